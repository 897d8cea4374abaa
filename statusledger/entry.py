"""Entry point of the console script: run a command, or say that an installation is damaged.

Other distributions install packages called ``analytics`` or ``dashboard`` too. An installer puts
their files over ours without a word, and takes ours away with theirs.
"""

from __future__ import annotations

import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

DISTRIBUTION = "statusledger"
#: Exit code, that of trouble with the disk: to a job that asks a gate, 1 would mean down.
DAMAGED = 5
PACKAGES = ("ingest", "analytics", "dashboard", "statusledger")


def main() -> None:
    """Run the command line; always ends in ``SystemExit``."""
    try:
        from statusledger.app import main as run

        run()
    except (ImportError, AttributeError):
        if (package := next(damaged_packages(), None)) is None:
            raise
        print(f"statusledger: {damage_sentence(package)}", file=sys.stderr)
        sys.exit(DAMAGED)


def damaged_packages() -> Iterator[str]:
    """Yield those of our packages in which a file is not the one that was installed, or is gone."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        installed = files(DISTRIBUTION) or []
    except PackageNotFoundError:
        return
    found = set()
    for file in installed:
        package = file.parts[0]
        if package not in PACKAGES or package in found or file.hash is None:
            continue
        path = Path(str(file.locate()))
        digest = urlsafe_b64encode(sha256(path.read_bytes()).digest()) if path.is_file() else b""
        if digest.decode().rstrip("=") != file.hash.value:
            found.add(package)
            yield package


def damage_sentence(package: str) -> str:
    """Say who took the place of a package, and how to install without them."""
    from importlib.metadata import packages_distributions

    others = sorted({*packages_distributions().get(package, [])} - {DISTRIBUTION})
    by = f" by {' and '.join(others)}" if others else ", perhaps by another distribution"
    return (
        f"files of our package {package!r} were overwritten or removed{by}: install Status Ledger "
        "by itself, with `uv tool install` or `pipx install`"
    )
