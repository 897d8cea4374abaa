"""Read the names of packages out of lock files, as package URLs without a version."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

PYPI, CARGO, GO, GEM = "pkg:pypi/", "pkg:cargo/", "pkg:golang/", "pkg:gem/"
COMPOSER, NUGET, MAVEN = "pkg:composer/", "pkg:nuget/", "pkg:maven/"
#: A line of a requirements file begins with a name; what may follow it.
REQUIREMENT = re.compile(
    r"\s*([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*(===|==|~=|!=|<=|>=|<|>|@|;|\\|#|\(|$)", re.ASCII
)
#: The name that a requirement by address gives.
EGG = re.compile(r"[#&]egg=([\w.-]+)", re.ASCII)
#: A line that fixes a version, as no list of hosts has one.
PINNED = re.compile(r"^[A-Za-z0-9][\w.-]*(\[[^\]]*\])?\s*(===|==|~=|>=)\s*\d", re.MULTILINE)
#: A package in a lock of uv, poetry, pdm or Cargo, or in a ``pylock.toml``.
TOML = re.compile(r"^\[\[packages?\]\]", re.MULTILINE)
GO_SUM = re.compile(r"^\S+ v\d\S* h1:", re.MULTILINE)
#: A module whose code ``go.sum`` vouches for; of others it has the ``go.mod`` alone.
GO_BUILT = re.compile(r"^(\S+) v[^/\s]+ h1:", re.MULTILINE)
GO_MOD = re.compile(r"\A(?:[ \t]*(?://[^\n]*)?\r?\n)*module[ \t]+\S+[ \t]*(?://[^\n]*)?\r?\n")
#: A module that a ``go.mod`` requires, in a block or on a line of its own.
GO_REQUIRED = re.compile(r"^(?:require)?[ \t]+(\S+) v\d", re.MULTILINE)
GEMFILE = re.compile(r"^(GEM|GIT|PATH)\r?\n  remote: ", re.MULTILINE)
#: A gem that is locked; those it needs stand two spaces further in.
GEM_LOCKED = re.compile(r"^ {4}([\w.-]+) \([^)]*\)", re.MULTILINE)
GRADLE = "# This is a Gradle generated file for dependency locking."
#: A line of it: group, artefact, version, and what it is for.
GRADLE_LOCKED = re.compile(r"^([\w.-]+):([\w.-]+):[^:=\s]+=\S", re.MULTILINE)


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
        if found := REQUIREMENT.match(line) or EGG.search(line):
            yield package_url(PYPI + found[1])


def toml_packages(text: str) -> Iterator[str]:
    """Yield the packages of uv, poetry, pdm, ``pylock.toml`` or Cargo. Raises ``ValueError``."""
    lock = tomllib.loads(text)
    packages = [*lock.get("package", []), *lock.get("packages", [])]
    # Cargo alone writes the source of a package as a text.
    kind = CARGO if any(isinstance(one.get("source"), str) for one in packages) else PYPI
    for one in packages:
        yield package_url(f"{kind}{one['name']}")


def pipenv_packages(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages of a ``Pipfile.lock``, of groups of one's own too."""
    for group, packages in lock.items():
        if group != "_meta":
            yield from (package_url(PYPI + name) for name in packages)


def composer_packages(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages of a ``composer.lock``."""
    for group in ("packages", "packages-dev"):
        yield from (package_url(COMPOSER + one["name"]) for one in lock.get(group, []))


def nuget_packages(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages of a ``packages.lock.json``."""
    for framework in lock["dependencies"].values():
        yield from (package_url(NUGET + name) for name in framework)


def written_lines(text: str) -> Iterator[str] | None:
    """Yield the packages of Go, Ruby or Gradle; None where a text is no lock of these."""
    if GO_SUM.search(text):
        return (package_url(GO + name) for name in GO_BUILT.findall(text))
    if GO_MOD.search(text):
        return (package_url(GO + name) for name in GO_REQUIRED.findall(text))
    if GEMFILE.search(text):
        return (package_url(GEM + name) for name in GEM_LOCKED.findall(text))
    if text.startswith(GRADLE):
        return (
            package_url(f"{MAVEN}{group}/{name}") for group, name in GRADLE_LOCKED.findall(text)
        )
    return None
