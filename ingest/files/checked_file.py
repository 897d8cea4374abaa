"""Files whose names hold a digest of their bytes, so that one flipped bit is noticed.

A name is ``<stem>.<digest><suffix>``: the stem says what the file was made from, the digest
what was written. The bytes themselves stay those of their format. Such a file can be made
again, and one that a power cut tore is noticed: nobody waits until it is on disk.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from ingest.files import disk_errors
from ingest.files.atomic_write import draft_of

#: Hexadecimal digits of the digest in a name.
DIGITS = 16


class DamagedFileError(Exception):
    """A file that does not hold the bytes that were written; the message names it."""


def write(folder: Path, stem: str, suffix: str, body: bytes) -> Path:
    """Write ``body`` under a name that says what it is. Raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.{_digest(body)}{suffix}"
    draft = draft_of(path)
    try:
        with disk_errors.writing(draft):
            draft.write_bytes(body)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def read(path: Path) -> bytes:
    """Read what was written. Raises ``DamagedFileError`` and ``OSError``."""
    body = path.read_bytes()
    if path.name.split(".")[-2] != _digest(body):
        raise DamagedFileError(f"{path} is damaged")
    return body


def by_stem(folder: Path, suffix: str) -> dict[str, Path]:
    """List the files of a folder by stem; of two with one stem, which say the same, one."""
    return {
        path.name.removesuffix(suffix).rpartition(".")[0]: path
        for path in sorted(folder.glob(f"*{suffix}"))
    }


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:DIGITS]
