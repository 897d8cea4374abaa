"""Read package URLs, and the hosts of services, out of bills of materials.

No generator writes a vendor's host into one, and hosts of registries and licences are in every
part: only package URLs count, and endpoints that a person wrote under ``services``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from statusledger.dependencies.hosts import hosts_in
from statusledger.dependencies.lock_files import package_url


def is_cyclonedx(document: Mapping[str, Any]) -> bool:
    """Tell a document of CycloneDX."""
    return document.get("bomFormat") == "CycloneDX"


def is_spdx(document: Mapping[str, Any]) -> bool:
    """Tell a document of SPDX, up to version 2 or from version 3."""
    return "spdxVersion" in document or "@graph" in document


def cyclonedx(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield package URLs of components, nested ones too, and hosts of services."""
    for part in document.get("components", []):
        if "purl" in part:
            yield package_url(part["purl"])
        yield from cyclonedx(part)
    for service in document.get("services", []):
        for endpoint in service.get("endpoints", []):
            yield from hosts_in(endpoint)
        yield from cyclonedx({"services": service.get("services", [])})


def spdx(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield package URLs of packages."""
    for package in document.get("packages", []):
        for reference in package.get("externalRefs", []):
            if reference.get("referenceType") == "purl":
                yield package_url(reference["referenceLocator"])
    for element in document.get("@graph", []):
        if "software_packageUrl" in element:
            yield package_url(element["software_packageUrl"])
