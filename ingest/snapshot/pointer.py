"""Name the current snapshot: replace CURRENT in one step, keep a few files.

CURRENT is derived and safe to lose: one that does not name a snapshot directly inside its
folder is replaced by the next publication, whatever it holds.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from ingest.files import atomic_write

log = logging.getLogger(__name__)

KEPT = 3
CURRENT = "CURRENT"
#: The current snapshot under a name that stays, for other tools.
EXPOSED = "statusledger.duckdb"
#: The name of a snapshot file: its as-of time, and the run that made it.
NAME = re.compile(r"(\d{8}T\d{6}Z)-[\w-]{1,64}\.duckdb")


def snapshot_name(as_of: datetime, run_id: str) -> str:
    """Name a snapshot file: names sort as their times do."""
    return f"{as_of:%Y%m%dT%H%M%SZ}-{run_id}.duckdb"


def current(snapshots: Path) -> Path | None:
    """Return the snapshot file directly inside the folder that CURRENT names, if it does."""
    pointer = snapshots / CURRENT
    if not pointer.is_file():
        return None
    with pointer.open("rb") as file:
        name = file.read(200).decode("ascii", "replace").strip()
    path = snapshots / name
    inside = NAME.fullmatch(name) and path.is_file() and not path.is_symlink()
    return path if inside else None


def point_at(path: Path, as_of: datetime, now: datetime) -> bool:
    """Make ``path`` the current snapshot unless the current one knows more.

    The newest ``KEPT`` files stay. Replacing a pointer instead of a file lets readers finish
    on the file they opened. A snapshot of a time that is yet to come, which a clock set ahead
    left behind, knows nothing.

    Args:
        path: The new snapshot.
        as_of: What it knows up to.
        now: The clock.
    """
    snapshots = path.parent
    named = current(snapshots)
    mine, clock = (snapshot_name(at, "")[:16] for at in (as_of, now.astimezone(UTC)))
    if named is not None and mine < named.name[:16] <= clock and _is_readable(named):
        _keep_last(snapshots, named)
        return False
    if named is None and os.path.lexists(snapshots / CURRENT):
        log.warning("%s named no snapshot: replaced", snapshots / CURRENT)
        if (snapshots / CURRENT).is_dir():
            shutil.rmtree(snapshots / CURRENT)
    with atomic_write.whole(snapshots / CURRENT) as draft:
        draft.write_text(path.name + "\n", encoding="utf-8")
    _keep_last(snapshots, path)
    _expose(path, snapshots.parent / EXPOSED)
    return True


def _is_readable(path: Path) -> bool:
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True) as con:
            con.execute("SELECT key FROM meta")
    except duckdb.Error as error:
        log.warning("%s cannot be read: replaced (%s)", path, str(error).splitlines()[0])
        return False
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
