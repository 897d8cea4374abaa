"""Publish what the archive holds, aside or as the current snapshot."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.archive.store import Archive
from ingest.files.lock import PUBLISHING, hold_lock
from ingest.models import ReadFailure
from ingest.platforms import PLATFORMS
from ingest.registry import Registry
from ingest.runs import data_folder
from ingest.runs.data_folder import Progress, code_version, silent, simulated
from ingest.snapshot.pointer import CURRENT, current

if TYPE_CHECKING:
    from ingest.runs.importing import Taken
    from ingest.snapshot.publish import Published, Run

MINUTE = "%Y-%m-%d %H:%M"


def behind(data: Path) -> bool:
    """Say whether the archive holds something newer than the current snapshot."""
    pointer = data / "snapshots" / CURRENT
    files = Archive(data / "archive").files()
    if current(data / "snapshots") is None:
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
    """Publish what the archive holds now; of two runs the later one knows most.

    Args:
        data: The data folder.
        registry: Providers and pages.
        started_at: When the run began.
        captures: Captures the run took.
        failures: Pages or payloads in trouble.
        progress: Told which archive file is being read.

    Raises:
        NothingCapturedError: The archive is empty.
        LockHeldError: Another run publishes.
        OSError: The disk cannot be written.
    """
    from ingest.snapshot.publish import new_run

    run = replace(new_run(started_at), captures=captures, failures=failures)
    with hold_lock(data, PUBLISHING):
        return _publisher(data, registry, run, progress)()


def publish_aside(
    data: Path,
    registry: Registry,
    out: Path,
    as_of: datetime | None,
    at: datetime | None = None,
    progress: Progress = silent,
) -> Published:
    """Write a snapshot of what was known at ``as_of`` to ``out``; CURRENT stays.

    Args:
        data: The data folder.
        registry: Providers and pages.
        out: The file to write.
        as_of: Captures made until then are used; None: all.
        at: Of what they say, only what had been written by then.
        progress: Told which archive file is being read.
    """
    from ingest.snapshot.publish import new_run

    run = new_run(data_folder.now())
    return _publisher(data, registry, run, progress)(as_of=as_of, at=at, out=out)


def _publisher(data: Path, registry: Registry, run: Run, progress: Progress) -> partial[Published]:
    from ingest.snapshot.publish import publish

    now, version = data_folder.now(), code_version()
    simulation = simulated(data)
    return partial(
        publish, data, registry, run, now, version, simulated=simulation, progress=progress
    )


def forget_memos(data: Path) -> None:
    """Drop every memo; the archive stays."""
    shutil.rmtree(data / "derived", ignore_errors=True)


def derive_again(data: Path, registry: Registry, progress: Progress = silent) -> None:
    """Make every memo anew without publishing."""
    from ingest.ledger import memo

    pages = {p.page_key: p for p in registry.pages if p.platform in PLATFORMS}
    memo.derive_ledger(
        Archive(data / "archive"), data / "derived", pages, PLATFORMS, None, progress
    )


def unreadable(published: Published, taken: Collection[tuple[str, datetime]]) -> list[str]:
    """Return a line for each capture just taken whose body could not be read."""
    return [
        f"{row['url']} captured at {row['first_at']:%Y-%m-%dT%H:%M:%SZ}: "
        f"{row['failure']}: {row['message']}"
        for row in published.unread
        if (row["url"], row["first_at"]) in taken
    ]


def covered(published: Published, taken: Mapping[tuple[str, datetime], Taken]) -> list[str]:
    """Return a line for each payload just taken that was read: which time it covers.

    Args:
        published: What was published with it.
        taken: Each payload, by address and time of capture.
    """
    rows: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in published.captures:
        if row["failure"] is None:
            rows[row["url"]].append(row)
    lines = []
    for (url, at), one in taken.items():
        mine = [row for row in rows[url] if row["first_at"] <= at <= row["last_at"]]
        if mine:
            lines.append(f"{one.where}: covers {_span(mine[0], at, one.complete_since)}")
    return lines


def _span(row: Mapping[str, Any], at: datetime, stated: datetime | None) -> str:
    if row["horizon_at"] is None:
        return f"what it shows, at {at:{MINUTE}} UTC"
    start = stated or row["oldest_item_at"] or at
    said = ", as stated" if stated else ""
    partial = " but not the present: an open record was refused" if row["partial"] else ""
    return f"{start:{MINUTE}} to {at:{MINUTE}} UTC{said}{partial}"


def emptied(published: Published, since: datetime) -> list[str]:
    """Return a line for each list that held records and is empty since ``since``."""
    return [
        f"{row['url']}: {row['failure']}: {row['message']}"
        for row in published.unread
        if row["failure"] == ReadFailure.EMPTY and row["last_at"] >= since
    ]
