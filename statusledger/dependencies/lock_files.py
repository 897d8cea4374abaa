"""Read the names of packages out of lock files, as package URLs without a version."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

NPM, PYPI, CARGO = "pkg:npm/", "pkg:pypi/", "pkg:cargo/"
#: What Cargo writes of packages that are not of the project itself.
CRATES = "crates.io-index"
#: A line of a requirements file begins with a name; what may follow it.
REQUIREMENT = re.compile(
    r"([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*(===|==|~=|!=|<=|>=|<|>|@|;|\\|#|$)", re.ASCII
)
#: A line that fixes a version, as no list of hosts has one.
PINNED = re.compile(r"^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*(===|==|~=|>=)\s*\d", re.MULTILINE)
#: A key of pnpm's packages: /name/1.2.3, /name@1.2.3 or name@1.2.3, with or without a scope.
PNPM = re.compile(r"^  ['\"]?/?((?:@[^/@\s'\"]+/)?[^/@\s'\":]+)[@/]\d", re.MULTILINE)
#: A name in the head of one of yarn's blocks: name@range.
YARN = re.compile(r"((?:@[^/@\s\"]+/)?[^/@\s\",]+)@[^\",]")


def package_url(text: str) -> str:
    """Return a package URL without version, in the one spelling that is compared.

    >>> package_url("pkg:npm/%40anthropic-ai/sdk@0.30.1"), package_url("pkg:pypi/Open_AI@1?x=1")
    ('pkg:npm/@anthropic-ai/sdk', 'pkg:pypi/open-ai')
    """
    bare = re.split(r"[?#]", text, maxsplit=1)[0]
    head, at, version = bare.rpartition("@")
    # An @ may also begin a scope that is written as it is; no version holds a slash.
    name = head if at and "/" not in version and not head.endswith("/") else bare
    url = unquote(name).lower()
    return re.sub(r"[-_.]+", "-", url) if url.startswith(PYPI) else url


def requirements(text: str) -> Iterator[str]:
    """Yield the packages of a requirements file."""
    for line in text.splitlines():
        if found := REQUIREMENT.match(line):
            yield package_url(PYPI + found[1])


def toml_packages(text: str) -> Iterator[str]:
    """Yield the packages of uv, poetry or Cargo. Raises ``ValueError``."""
    kind = CARGO if CRATES in text else PYPI
    for one in tomllib.loads(text).get("package", []):
        yield package_url(f"{kind}{one['name']}")


def pipenv_packages(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages of a ``Pipfile.lock``."""
    for group in ("default", "develop"):
        yield from (package_url(PYPI + name) for name in lock.get(group, {}))


def npm_packages(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages of a ``package-lock.json`` of any version."""
    for place, one in lock.get("packages", {}).items():
        if "node_modules/" in place:
            yield NPM + str(one.get("name") or place.rpartition("node_modules/")[2]).lower()
    yield from _nested(lock.get("dependencies", {}))


def _nested(dependencies: Mapping[str, Any]) -> Iterator[str]:
    for name, one in dependencies.items():
        yield NPM + name.lower()
        yield from _nested(one.get("dependencies", {}))


def pnpm_packages(text: str) -> Iterator[str]:
    """Yield the packages of ``pnpm-lock.yaml``."""
    section = re.split(r"^packages:\s*$", text, maxsplit=1, flags=re.MULTILINE)[-1]
    for found in PNPM.finditer(re.split(r"^\w", section, maxsplit=1, flags=re.MULTILINE)[0]):
        yield NPM + found[1].lower()


def yarn_packages(text: str) -> Iterator[str]:
    """Yield the packages of ``yarn.lock``, of the first yarn and of later ones."""
    for line in text.splitlines():
        if line.endswith(":") and not line.startswith((" ", "#", "__metadata")):
            yield from (NPM + found[1].lower() for found in YARN.finditer(line))
