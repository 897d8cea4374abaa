"""Read package URLs, and the hosts of services, out of bills of materials.

No generator writes a vendor's host into one, and hosts of registries and licences are in every
part: only package URLs count, and endpoints that a person wrote under ``services``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from statusledger.dependencies.hosts import hosts_in
from statusledger.dependencies.lock_files import package_url

#: What the head of a bill of materials says that is no JSON: XML, tags and values, YAML.
WRITTEN_OUT = re.compile(r"cyclonedx\.org/schema/bom|^spdxVersion:", re.IGNORECASE | re.MULTILINE)
HEAD = 4096
URL = re.compile(r"pkg:[a-z]+/[^\s\"'<>]+", re.IGNORECASE)
ENDPOINT = re.compile(r"<endpoint>([^<]+)</endpoint>")


def is_written_out(text: str) -> bool:
    """Tell a bill of materials in a form that is no JSON."""
    return WRITTEN_OUT.search(text[:HEAD]) is not None


def written_out(text: str) -> Iterator[str]:
    """Yield package URLs, and hosts of services, of such a bill."""
    yield from map(package_url, URL.findall(text))
    for endpoint in ENDPOINT.findall(text):
        yield from hosts_in(endpoint)


def is_cyclonedx(document: Mapping[str, Any]) -> bool:
    """Tell a document of CycloneDX."""
    return document.get("bomFormat") == "CycloneDX"


def is_spdx(document: Mapping[str, Any]) -> bool:
    """Tell a document of SPDX, up to version 2 or from version 3."""
    return "spdxVersion" in document or "@graph" in document


def cyclonedx(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield package URLs of components, nested ones too, and hosts of services."""
    for part in document.get("components") or ():
        if part.get("purl"):
            yield package_url(part["purl"])
        yield from cyclonedx(part)
    for service in document.get("services") or ():
        for endpoint in service.get("endpoints") or ():
            yield from hosts_in(endpoint)
        yield from cyclonedx({"services": service.get("services")})


def spdx(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield package URLs of packages."""
    for package in document.get("packages", []):
        for reference in package.get("externalRefs", []):
            if reference.get("referenceType") == "purl":
                yield package_url(reference["referenceLocator"])
    for element in document.get("@graph", []):
        if "software_packageUrl" in element:
            yield package_url(element["software_packageUrl"])
        # Identifiers stand inside an element, or as elements of their own.
        for one in (element, *element.get("externalIdentifier", [])):
            if isinstance(one, dict) and one.get("externalIdentifierType") == "packageUrl":
                yield package_url(one["identifier"])
