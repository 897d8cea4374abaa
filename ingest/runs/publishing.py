"""Publish what the archive holds, aside or as the current snapshot."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ingest.archive.store import Archive
from ingest.files.lock import PUBLISHING, hold_lock
from ingest.ledger import memo
from ingest.models import ReadFailure
from ingest.platforms import PLATFORMS
from ingest.registry import Registry
from ingest.runs import data_folder
from ingest.runs.data_folder import Progress, code_version, silent, simulated
from ingest.snapshot.pointer import CURRENT
from ingest.snapshot.publish import Published, new_run, publish


def behind(data: Path) -> bool:
    """Whether the archive holds something newer than the current snapshot."""
    pointer = data / "snapshots" / CURRENT
    files = Archive(data / "archive").files()
    if not pointer.is_file():
        return bool(files)
    try:
        return any(f.stat().st_mtime_ns > pointer.stat().st_mtime_ns for f in files)
    except FileNotFoundError:  # another run has just merged it into a new one
        return True


def publish_after(
    data: Path,
    registry: Registry,
    started_at: datetime,
    captures: int,
    failures: int,
    progress: Progress = silent,
) -> Published:
    """Publish what the archive holds now, one run after another: the last one knows most.

    Raises ``NothingCapturedError``, ``LockHeldError`` and ``OSError``.
    """
    run = replace(new_run(started_at), captures=captures, failures=failures)
    with hold_lock(data, PUBLISHING):
        return publish(
            data,
            registry,
            run,
            data_folder.now(),
            code_version(),
            simulated=simulated(data),
            progress=progress,
        )


def publish_aside(
    data: Path,
    registry: Registry,
    out: Path,
    as_of: datetime | None,
    at: datetime | None = None,
    progress: Progress = silent,
) -> Published:
    """A snapshot at ``out`` of what was known at ``as_of``; the current one stays.

    ``at``: of that, only what had been written by then.
    """
    run = new_run(data_folder.now())
    return publish(
        data,
        registry,
        run,
        data_folder.now(),
        code_version(),
        as_of=as_of,
        at=at,
        out=out,
        simulated=simulated(data),
        progress=progress,
    )


def forget_memos(data: Path) -> None:
    """Drop everything derived; the archive stays."""
    shutil.rmtree(data / "derived", ignore_errors=True)


def derive_again(data: Path, registry: Registry, progress: Progress = silent) -> None:
    """Make every memo anew without publishing."""
    pages = {p.page_key: p for p in registry.pages if p.platform in PLATFORMS}
    memo.derive_ledger(
        Archive(data / "archive"), data / "derived", pages, PLATFORMS, None, progress
    )


def unreadable(published: Published, taken: Collection[tuple[str, datetime]]) -> list[str]:
    """One line for each capture just taken whose body could not be read."""
    return [
        f"{row['url']} captured at {row['first_at']:%Y-%m-%dT%H:%M:%SZ}: "
        f"{row['failure']}: {row['message']}"
        for row in published.unread
        if (row["url"], row["first_at"]) in taken
    ]


def emptied(published: Published, since: datetime) -> list[str]:
    """One line for each list that held records and since then is empty: one capture cannot tell."""
    return [
        f"{row['url']}: {row['failure']}: {row['message']}"
        for row in published.unread
        if row["failure"] == ReadFailure.EMPTY and row["last_at"] >= since
    ]
