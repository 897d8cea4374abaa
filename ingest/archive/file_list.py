"""The list of the archive's files by month, with a digest of each, so that a loss is noticed.

``<month>.sha256`` has the form of ``sha256sum``, which can check it too. A file is listed
after it was written and struck off before it is removed; one that is not listed (a run was
killed, or somebody put it there) is listed by a later run. Only a listed file can be missed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ingest.files.atomic_write import whole
from ingest.files.lock import hold_lock

SUFFIX = ".sha256"
LOCK = "list.lock"
LINE = re.compile(r"([0-9a-f]{64})  ([\w.-]+/[\w.-]+|[\w.-]+)")


def lists(root: Path) -> list[Path]:
    """List the files that are lists, oldest month first."""
    return sorted(root.glob(f"*{SUFFIX}"))


def read(path: Path) -> dict[str, str]:
    """Read a list: the digest of each file by its name relative to the archive."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    found = filter(None, map(LINE.fullmatch, lines))
    return {line[2]: line[1] for line in found}


def update(
    root: Path, month: str, written: Iterable[Path] = (), removed: Collection[Path] = ()
) -> None:
    """List files that were written, and strike off those about to be removed.

    Args:
        root: The archive.
        month: The UTC month the files are of, such as ``2026-07``.
        written: New files.
        removed: Files whose captures are in others now.

    Raises:
        OSError: The list cannot be written.
    """
    with hold_lock(root, LOCK):
        path = root / f"{month}{SUFFIX}"
        known = read(path)
        gone = {_name(root, one) for one in removed}
        new = {_name(root, one): digest_of(one) for one in written}
        wanted = {name: digest for name, digest in known.items() if name not in gone} | new
        if wanted != known:
            _write(path, wanted)


def list_unlisted(root: Path, months: Mapping[str, Iterable[Path]]) -> None:
    """List what no list knows of ``months``, the archive's files. Raises ``OSError``."""
    for month, paths in months.items():
        known = read(root / f"{month}{SUFFIX}")
        if new := [path for path in paths if _name(root, path) not in known]:
            update(root, month, new)


def forget_lost(root: Path) -> None:
    """Strike off every file that is gone. Raises ``OSError``."""
    for path in lists(root):
        update(root, path.stem, removed=[root / name for name in _lost(root, path)])


def lost(root: Path) -> list[str]:
    """Return a line for each month of which listed files are gone."""
    return [
        f"{path}: {len(names)} of the files listed there are gone ({', '.join(names[:3])}"
        f"{', …' if len(names) > 3 else ''}): put them back from a backup, or run "
        "`statusledger compact` to go on without them"
        for path in lists(root)
        if (names := _lost(root, path))
    ]


def altered(root: Path, paths: Iterable[Path]) -> list[str]:
    """Return a line for each of some files whose bytes are not those that were listed."""
    listed = {root / name: digest for path in lists(root) for name, digest in read(path).items()}
    return [
        f"{path}: not the bytes that were written"
        for path in paths
        if path in listed and digest_of(path) != listed[path]
    ]


def digest_of(path: Path) -> str:
    """Hash the bytes of a file with SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lost(root: Path, path: Path) -> list[str]:
    gone = [name for name in read(path) if not (root / name).is_file()]
    # A merge by another run strikes files off before it removes them.
    return [name for name in read(path) if name in gone] if gone else []


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _write(path: Path, digests: Mapping[str, str]) -> None:
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    with whole(path) as draft:
        draft.write_text(text, encoding="utf-8")
