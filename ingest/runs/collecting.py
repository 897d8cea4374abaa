"""Run one collection on a data folder, alone on it, and judge what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.archive.history_memo import source_histories
from ingest.archive.store import Archive
from ingest.fetching.collector import HISTORY, collect
from ingest.fetching.fetcher import Clock, Fetcher
from ingest.fetching.page_visit import LIMIT, PageRun
from ingest.fetching.schedule import NOT_OFFERED
from ingest.files.lock import hold_lock
from ingest.models import Capture, Page
from ingest.platforms import PLATFORMS
from ingest.runs import data_folder
from ingest.runs.data_folder import DERIVED


def collect_now(
    data: Path,
    pages: Sequence[Page],
    fetcher: Fetcher,
    clock: Clock = data_folder.now,
    on_page: Callable[[PageRun], object] = lambda _: None,
    *,
    fill: bool = False,
    limit: int = LIMIT,
    on_capture: Callable[[Capture], object] = lambda _: None,
) -> list[PageRun]:
    """Collect what is due on ``pages`` and merge the archive, alone on the folder.

    Args:
        data: The data folder.
        pages: Whom to ask.
        fetcher: How to ask.
        clock: The time of each capture.
        on_page: Told of each page as it ends.
        fill: Also ask for what the pages still hold of their past.
        limit: Most requests to one page.
        on_capture: Told of each capture.

    Raises:
        LockHeldError: Another run collects.
        OSError: The archive cannot be written.
    """
    archive = Archive(data / "archive")
    with hold_lock(data):
        runs = collect(
            pages,
            PLATFORMS,
            archive,
            fetcher,
            clock,
            on_page,
            limit,
            fill=fill,
            on_capture=on_capture,
            derived=data / DERIVED,
        )
        if archive.merge(clock()) or any(run.captures for run in runs):
            # So that the next run starts at once.
            source_histories(archive, data / DERIVED / HISTORY, clock())
    return runs


#: Failures of a source that is not to be had, for which another stood in.
NO_TROUBLE = frozenset(str(kind) for kind in NOT_OFFERED)


def in_trouble(run: PageRun) -> bool:
    """Say whether a source that should have answered did not, or nothing came at all."""
    real = {kind for kind in run.failures if kind not in NO_TROUBLE}
    return bool(real) or nothing_came(run)


def nothing_came(run: PageRun) -> bool:
    """Say whether every request of a page failed."""
    return run.message is not None or (run.captures > 0 and not run.answered)
