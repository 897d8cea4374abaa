"""Read the names of packages out of the lock files of npm, yarn and pnpm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

NPM = "pkg:npm/"
NAME = r"((?:@[^/@\s'\"]+/)?[^/@\s'\":,]+)"
#: A key of pnpm's packages: /name/1.2.3, /name@1.2.3 or name@1.2.3, or name@ and an address.
PNPM = re.compile(rf"^  ['\"]?/?{NAME}[@/](?:\d|https?:|git)", re.MULTILINE)
PNPM_HEAD = re.compile(r"^lockfileVersion:", re.MULTILINE)
YARN_HEAD = re.compile(r"^(# yarn lockfile|__metadata:)", re.MULTILINE)
#: What yarn looked for: a name and a range, which may be another name (``npm:name@range``).
YARN = re.compile(rf"{NAME}@(?!workspace:)(?:npm:{NAME}@)?")


def npm_packages(lock: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages of a ``package-lock.json`` of any version."""
    for place, one in lock.get("packages", {}).items():
        if "node_modules/" in place:
            yield NPM + str(one.get("name") or place.rpartition("node_modules/")[2]).lower()
    yield from _nested(lock.get("dependencies", {}))


def _nested(dependencies: Mapping[str, Any]) -> Iterator[str]:
    for name, one in dependencies.items():
        alias = YARN.match(f"{name}@{one.get('version', '')}")
        yield NPM + (alias[2] if alias and alias[2] else name).lower()
        yield from _nested(one.get("dependencies", {}))


def pnpm_packages(text: str) -> Iterator[str]:
    """Yield the packages of ``pnpm-lock.yaml``, of each document in it."""
    for section in re.split(r"^packages:\s*$", text, flags=re.MULTILINE)[1:]:
        for found in PNPM.finditer(re.split(r"^[\w-]", section, maxsplit=1, flags=re.MULTILINE)[0]):
            yield NPM + found[1].lower()


def yarn_packages(text: str) -> Iterator[str]:
    """Yield the packages of ``yarn.lock``, of the first yarn and of later ones."""
    for line in text.splitlines():
        # A long key stands on a line of its own, behind a question mark.
        if line.startswith("? ") or (line.endswith(":") and not line.startswith((" ", "#", "_"))):
            for looked_for in re.split(r"[\s\",?]+", line):
                if found := YARN.match(looked_for):
                    yield NPM + (found[2] or found[1]).lower()
