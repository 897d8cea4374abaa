"""Name the current snapshot: replace CURRENT in one step, keep a few files."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from ingest.files import atomic_write

KEPT = 3


CURRENT = "CURRENT"


#: The current snapshot under a name that stays, for other tools.
EXPOSED = "statusledger.duckdb"


def snapshot_name(as_of: datetime, run_id: str) -> str:
    """Name a snapshot file: names sort as their times do."""
    return f"{as_of:%Y%m%dT%H%M%SZ}-{run_id}.duckdb"


def current(snapshots: Path) -> Path | None:
    """Return the file CURRENT names, if there is one."""
    pointer = snapshots / CURRENT
    if not pointer.exists():
        return None
    path = snapshots / pointer.read_text(encoding="utf-8").strip()
    return path if path.exists() else None


def point_at(path: Path, as_of: datetime) -> bool:
    """Make ``path`` the current snapshot unless the current one knows more.

    The newest ``KEPT`` files stay. Replacing a pointer instead of a file lets readers finish
    on the file they opened.
    """
    snapshots = path.parent
    now = current(snapshots)
    if now is not None and now.name[:16] > snapshot_name(as_of, "")[:16]:
        _keep_last(snapshots, now)
        return False
    with atomic_write.whole(snapshots / CURRENT) as draft:
        draft.write_text(path.name + "\n", encoding="utf-8")
    _keep_last(snapshots, path)
    _expose(path, snapshots.parent / EXPOSED)
    return True


def _keep_last(snapshots: Path, named: Path) -> None:
    files_ = sorted(snapshots.glob("*.duckdb"), key=lambda p: (p == named, p.stat().st_mtime))
    for old in files_[:-KEPT]:
        try:
            old.unlink()
        except OSError:  # Windows: a reader still has it open; the next publish tries again
            continue


def _expose(path: Path, link: Path) -> None:
    """Give the snapshot its lasting name: a hard link, else a copy."""
    with atomic_write.whole(link) as draft:
        try:
            os.link(path, draft)
        except OSError:
            shutil.copyfile(path, draft)
