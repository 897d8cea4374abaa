"""From the archive to the current snapshot: derive, write, point at it.

Readers resolve CURRENT, open that file and finish on it; nothing is ever replaced under
them.
"""

from __future__ import annotations

import gc
import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.archive.store import Archive
from ingest.fetching import schedule
from ingest.files import atomic_write
from ingest.incidents.upstream import flag_echoes
from ingest.labels import overrides
from ingest.ledger import event_time, ledger, memo
from ingest.models import Capture, FetchFailure, NothingCapturedError, Page
from ingest.platforms import PLATFORMS
from ingest.platforms.contract import Platform
from ingest.registry import Registry, collectable
from ingest.snapshot import file
from ingest.snapshot.break_rows import (
    captured_rows,
    frozen_row,
    migration_rows,
    renumbered_rows,
)
from ingest.snapshot.guarded_tables import LastGood, Tables, guarded_tables, rows_of_snapshot
from ingest.snapshot.incident_labels import LabelReader, read_labels
from ingest.snapshot.label_memo import LabelMemo
from ingest.snapshot.pointer import EXPOSED, current, point_at, snapshot_name
from ingest.snapshot.tables import Rows
from ingest.sources import Source
from ingest.validation import captures as checks

log = logging.getLogger(__name__)

RUNS_KEPT = 1000
#: A source is stale after this many of its own intervals without success, an hour at least.
STALE_INTERVALS = 3
STALE_AT_LEAST = timedelta(hours=1)


NOTHING = "nothing was captured yet: run `statusledger collect` or `statusledger import`"


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot that was written. ``current``: whether CURRENT names it now.

    ``captures``: the rows of that table. ``failed``: the pages that could not be worked out.
    """

    path: Path
    as_of: datetime
    digest: str
    current: bool
    captures: Sequence[Mapping[str, Any]]
    failed: Mapping[str, str]

    @property
    def unread(self) -> list[Mapping[str, Any]]:
        """Return the rows of bodies that could not be read, and why."""
        return [row for row in self.captures if row["failure"] and row["sha256"]]


@dataclass(frozen=True, slots=True)
class Run:
    """Record of what led to this publication, for table ``runs``."""

    run_id: str
    started_at: datetime
    captures: int
    failures: int


def publish(
    data: Path,
    registry: Registry,
    run: Run,
    now: datetime,
    code_version: str,
    *,
    as_of: datetime | None = None,
    at: datetime | None = None,
    out: Path | None = None,
    simulated: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Published:
    """Derive the ledger and write it as a snapshot.

    Args:
        data: The data folder.
        registry: Providers and pages.
        run: What led to this publication.
        now: The clock.
        code_version: The version of this project.
        as_of: Captures made until then are used; None: all.
        at: Of what they say, only what had been written by then.
        out: The file to write, and CURRENT stays; None: a new current snapshot, for which
            the caller holds the lock ``PUBLISHING``.
        simulated: Whether the captures are of an invented world.
        progress: Told which archive file is being read.

    Raises:
        NothingCapturedError: There is no capture, or none by ``as_of``.
        OverridesError: An entry of ``overrides.toml`` cannot be read.
        OSError: The disk cannot be written.
    """
    archive = Archive(data / "archive")
    newest = archive.newest()
    if newest is None:
        raise NothingCapturedError(NOTHING)
    for line in archive.lost():
        log.warning("%s", line)
    is_past = as_of is not None or at is not None
    ahead = newest > now and (as_of is None or as_of > now)
    if ahead:
        log.warning("captures dated after %s are left out: a clock ran ahead", f"{now:%FT%TZ}")
        as_of = now
    pages = {p.page_key: p for p in registry.pages if p.platform in PLATFORMS}
    found = memo.derive_ledger(archive, data / "derived", pages, PLATFORMS, as_of, progress)
    if found.polls.is_empty():
        raise NothingCapturedError(f"nothing was captured by {as_of}" if as_of else NOTHING)
    known_at = max(found.polls["last_at"]) if ahead else min(as_of or newest, newest)
    if at is not None:
        known_at = min(at, known_at)
        found = event_time.as_happened_by(found, known_at)
    snapshots = data / "snapshots"
    earlier = None if is_past or out else current(snapshots)
    labels = LabelMemo(data / "derived" / "labels")
    with _rare_collections():
        tables, rows, failed = snapshot_rows(
            found, registry, pages, known_at, rows_of_snapshot(earlier), labels.labels
        )
    if not is_past and out is None:  # a past knows but a part of the words
        labels.save()
    tables = overrides.load(data / overrides.FILE).lay_over(tables)
    if ahead:
        rows["warnings"] = [*rows["warnings"], *_dated_ahead(archive, pages, now, known_at)]
    rows["runs"] = [*_earlier_runs(data), _run_row(run, now, code_version)][-RUNS_KEPT:]
    meta = {
        "as_of": known_at.isoformat(),
        "run_id": run.run_id,
        "code_version": code_version,
        "simulated": str(simulated).lower(),
        "reconstructed": str(at is not None).lower(),
    }
    _clear_up(data, out, now)
    path = out or snapshots / snapshot_name(known_at, run.run_id)
    digest = file.write(path, {**tables, **rows}, meta)
    current_now = out is None and point_at(path, known_at, now)
    return Published(path, known_at, digest, current_now, list(rows["captures"]), failed)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for circles of garbage rarely while rows are made.

    Rows are many small objects in no circle. Looking through all of them, again and again as
    they grow, is a tenth of the work of a publication.
    """
    before = gc.get_threshold()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def snapshot_rows(
    found: ledger.Ledger,
    registry: Registry,
    pages: Mapping[str, Page],
    as_of: datetime,
    last_good: LastGood = lambda page_key: {},
    labels: LabelReader = read_labels,
) -> tuple[Tables, Rows, dict[str, str]]:
    """Derive the rows of every table but ``runs`` and ``meta``: a pure function.

    Args:
        found: The ledger.
        registry: Providers and pages.
        pages: The pages that are read, by key.
        as_of: The time of the newest capture used.
        last_good: The rows of a page as they were last derived.
        labels: How the words of an incident are read.

    Returns:
        What is derived page by page, as frames; the rows of the other tables; and the pages
        that could not be derived, each with the reason.
    """
    open_lists = [(k, s) for k, page in pages.items() for s in PLATFORMS[page.platform].active_only]
    polls = checks.doubt_empty(found.polls, open_lists)
    believed = ledger.replace_polls(found, polls)
    tables, failed = guarded_tables(believed, pages.values(), as_of, last_good, labels)
    tables = flag_echoes(tables, registry.providers)
    rows: Rows = registry_rows(registry)
    quiet = list(_quiet_pages(believed, pages))
    renumbered = renumbered_rows(found.aliases, pages)
    rows["breaks"] = [
        *(one for one in rows["breaks"] if one["at"] <= as_of),
        *captured_rows(polls, pages),
        *renumbered,
        *(frozen_row(page, since, reason) for page, _, since, reason in quiet),
    ]
    captured = polls.sort("url", "first_at").partition_by("page_key", as_dict=True)
    rows["captures"] = [
        row
        for key, page in pages.items()
        if (key,) in captured
        for row in _capture_rows(page, PLATFORMS[page.platform], captured[key,], as_of)
    ]
    rows["warnings"] = [
        *found.notices.rename({"captured_at": "at"})
        .group_by("page_key", "kind", "record", "reason", maintain_order=True)
        .agg(pl.col("at").min(), pl.col("last_at").max(), pl.col("n").sum())
        .to_dicts(),
        *(_page_warning(page, at, "stale_suspect", reason) for page, at, _, reason in quiet),
        *(_page_warning(pages[r["page_key"]], r["at"], "roster", r["note"]) for r in renumbered),
        *(_page_warning(pages[key], as_of, "derivation", failed[key]) for key in failed),
    ]
    return tables, rows, failed


def _capture_rows(
    page: Page, platform: Platform, polls: pl.DataFrame, as_of: datetime
) -> list[dict[str, Any]]:
    scheduled = _scheduled(page, platform, as_of)
    failures: Counter[str] = Counter()
    rows = []
    kept = ("url", "shape", "first_at", "last_at", "polls", "http_status", "failure")
    more = ("message", "sha256", "bytes", "horizon_at", "newest_item_at", "oldest_item_at")
    for row in polls.to_dicts():
        source = scheduled.get(row["url"])
        budget = max(STALE_INTERVALS * source.every, STALE_AT_LEAST) if source else None
        failures[row["url"]] = failures[row["url"]] + row["polls"] if row["failure"] else 0
        rows.append(
            {
                "provider": page.provider,
                "page_key": page.page_key,
                **{k: row[k] for k in (*kept, *more)},
                "records": row["records"] or 0,
                "rejected": row["rejected"] or 0,
                "partial": bool(row["unread_open"]),
                "stale_after_s": int(budget.total_seconds()) if budget else None,
                "next_attempt_at": _next_attempt(source, row, failures[row["url"]]),
            }
        )
    return rows


def _scheduled(page: Page, platform: Platform, as_of: datetime) -> dict[str, Source]:
    """Return the sources of a collected page by address, with their stand-ins."""
    if not collectable(page, [platform.name], as_of.date()):
        return {}
    found: dict[str, Source] = {}
    waiting = list(platform.sources(page))
    while waiting:
        source = waiting.pop()
        found[source.url] = source
        waiting.extend(source.otherwise)
    return found


def _next_attempt(source: Source | None, row: Mapping[str, Any], failures: int) -> datetime | None:
    if source is None:
        return None
    failure = FetchFailure(row["failure"]) if row["failure"] in set(FetchFailure) else None
    last = Capture(source.page_key, source.url, source.shape, row["last_at"], failure=failure)
    return schedule.next_attempt(source, last, failures)


def _quiet_pages(
    found: ledger.Ledger, pages: Mapping[str, Page]
) -> Iterator[tuple[Page, datetime, datetime, str]]:
    """Yield pages that post no more, when read last, when they posted last, and the reason.

    As of their last good capture: not read is not quiet.
    """
    good = found.polls.filter(pl.col("failure").is_null() & pl.col("read"))
    read = dict(good.group_by("page_key").agg(pl.col("last_at").max()).iter_rows())
    for (key,), posts in found.incidents.group_by("page_key", maintain_order=True):
        page = pages[str(key)]
        read_at = read.get(page.page_key)
        moved = posts["listed_at"].drop_nulls().to_list()
        reason = checks.frozen(moved, read_at) if read_at is not None else None
        if reason is not None and read_at is not None:
            yield page, read_at, max(moved), reason


def _dated_ahead(
    archive: Archive, pages: Mapping[str, Page], now: datetime, known_at: datetime
) -> list[dict[str, Any]]:
    """Warn of pages of which captures are dated after the clock."""
    months = [month for month in archive.months_by_name() if month >= f"{now:%Y-%m}"]
    later = [
        archive.metadata(month=month)
        .filter(pl.col("captured_at") > now)
        .select("page_key", "captured_at")
        for month in months
    ]
    newest = pl.concat(later).group_by("page_key").agg(pl.col("captured_at").max()).sort("page_key")
    return [
        _page_warning(
            pages[key], known_at, "clock", f"a capture is dated {at:%Y-%m-%d %H:%M} UTC, left out"
        )
        for key, at in newest.iter_rows()
        if key in pages
    ]


def _page_warning(page: Page, at: datetime, kind: str, reason: str) -> dict[str, Any]:
    about = {"page_key": page.page_key, "record": page.base_url, "kind": kind, "reason": reason}
    return {**about, "at": at, "last_at": at, "n": 1}


def _run_row(run: Run, now: datetime, code_version: str) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "started_at": run.started_at,
        "finished_at": now,
        "captures": run.captures,
        "failures": run.failures,
        "code_version": code_version,
    }


def _earlier_runs(data: Path) -> list[dict[str, Any]]:
    path = current(data / "snapshots")
    if path is None:
        return []
    try:
        with duckdb.connect(str(path), read_only=True) as con:
            runs: pl.DataFrame = con.sql("SELECT * FROM runs ORDER BY started_at").pl()
            return runs.to_dicts()
    except duckdb.Error as error:  # a snapshot is made again, damaged or not
        log.warning("%s: earlier runs are lost (%s)", path, str(error).splitlines()[0])
        return []


def new_run(now: datetime) -> Run:
    """Begin a run at ``now`` that has done nothing yet."""
    return Run(uuid.uuid4().hex[:8], now.astimezone(UTC), 0, 0)


def _clear_up(data: Path, out: Path | None, now: datetime) -> None:
    """Remove what killed runs were writing; beside ``out`` only drafts of that file."""
    for folder in ("archive", "derived/parsed", "derived/versions", "derived/labels", "snapshots"):
        atomic_write.clear(data / folder, now)
    for path in filter(None, (data / EXPOSED, out)):
        atomic_write.clear(path.parent, now, of=path.name)


def registry_rows(registry: Registry) -> dict[str, list[dict[str, Any]]]:
    """List rows of ``providers``, ``pages`` and ``breaks``, known before any fetch."""
    providers = [
        {
            "provider": p.slug,
            "name": p.name,
            "category": p.category,
            "homepage": p.homepage,
            "source_class": p.source_class,
            "starter": p.starter,
            "note": p.note,
        }
        for p in registry.providers
    ]
    pages = [
        {
            "provider": page.provider,
            "page_key": page.page_key,
            "platform": page.platform,
            "base_url": page.base_url,
            "zone": page.zone,
            "status": page.status,
            "valid_from": page.valid_from,
            "valid_to": page.valid_to,
            "measures": page.platform in PLATFORMS and PLATFORMS[page.platform].measures,
        }
        for page in registry.pages
    ]
    return {"providers": providers, "pages": pages, "breaks": migration_rows(registry.pages)}
