"""List the licence of every locked dependency, as its own metadata states it.

Run by ``make licences``; reads what is installed, since a lock holds no licences.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

#: A pinned requirement of a lock, with the condition under which it is needed.
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)(?: ; (.+?))?(?: \\)?$", re.MULTILINE)
#: Begins a classifier that names a licence.
OSI = "License :: OSI Approved :: "


def licence(stated: PackageMetadata) -> str:
    """Return the licence that a distribution states; empty where it states none."""
    if expression := stated.get("License-Expression"):
        return str(expression)
    classifiers = stated.get_all("Classifier") or []
    if listed := [one.removeprefix(OSI) for one in classifiers if one.startswith(OSI)]:
        return " and ".join(listed)
    return str(stated.get("License") or "").strip().split("\n", 1)[0]


def rows(lock: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, version and licence of each requirement of a lock."""
    for name, version, condition in PINNED.findall(lock):
        try:
            stated = metadata(name)
        except PackageNotFoundError:
            yield name, version, f"not installed here ({condition})" if condition else "missing"
            continue
        if not condition or stated["Version"] == version:  # else it is pinned twice
            yield name, version, licence(stated) or "not stated"


def main() -> int:
    """Print the table; exit 1 where a licence is not stated or a dependency is missing."""
    found = list(rows(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print("| dependency | version | licence |\n|---|---|---|")
    for row in found:
        print(f"| {' | '.join(row)} |")
    return int(any(kind in {"not stated", "missing"} for _, _, kind in found))


if __name__ == "__main__":
    sys.exit(main())
