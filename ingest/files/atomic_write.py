"""Files that are whole or absent: written under a draft's name, flushed, renamed.

A killed run leaves its draft behind; a later run clears it away.
"""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

TEMPORARY = ".tmp"
#: What a draft may be called: DuckDB keeps a log of its own beside the file it writes.
ENDINGS = (TEMPORARY, f"{TEMPORARY}.wal")
#: A draft older than this belongs to no run that still lives.
LIVES = timedelta(days=1)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a draft that becomes ``path`` if the block ends well. Raises ``OSError``."""
    draft = draft_of(path)
    try:
        yield draft
        sync(draft)
        os.replace(draft, path)
        sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def draft_of(path: Path) -> Path:
    """Return a new hidden name beside ``path``."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}{TEMPORARY}")


def sync(path: Path) -> None:
    """Flush a file or a folder to disk; Windows cannot flush folders, nor need it."""
    folder = path.is_dir()
    if folder and os.name == "nt":
        return
    # Windows flushes nothing that was opened for reading only.
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear(folder: Path, now: datetime, of: str | None = None) -> None:
    """Remove from ``folder`` old drafts (with ``of``: of that name) of killed runs."""
    named = "*" if of is None else f"{glob.escape(of)}.*"
    for ending in ENDINGS:
        for draft in folder.glob(f".{named}{ending}"):
            try:
                if now.timestamp() - draft.stat().st_mtime <= LIVES.total_seconds():
                    continue
                if draft.is_dir():
                    shutil.rmtree(draft)
                else:
                    draft.unlink()
            except OSError:  # another run was faster, or Windows holds it until the next time
                continue
