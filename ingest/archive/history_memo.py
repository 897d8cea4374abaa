"""The history of every source, from the archive by way of a memo for each month.

A year of captures is millions of rows; a run needs the last few of each source. So the
history of a month is kept in ``derived/history`` under a name that says which archive files
it was made from, and only files that came since are read. Safe to delete.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

from ingest.archive.capture_file import UnreadableFileError, capture_from, light_batches
from ingest.archive.source_history import (
    FAILURES_KEPT,
    ROBOTS,
    SourceHistory,
    joined,
    merge,
    newest_silences,
)
from ingest.archive.store import Archive
from ingest.files import checked_file
from ingest.models import LONG_SILENCE, Capture, FetchFailure

#: Bumped when a memo's layout changes.
VERSION = 1
SUFFIX = ".json"
#: The history of each source, by page key and address.
Histories = Mapping[str, Mapping[str, SourceHistory]]
_Folded = dict[tuple[str, str], SourceHistory]


def source_histories(archive: Archive, memos: Path | None, now: datetime) -> Histories:
    """Read the history of every source by ``now``, and renew the memos.

    Captures dated after ``now`` are left out: our clock was ahead when they were made.

    Args:
        archive: The captures.
        memos: The folder of memos; None: without.
        now: The clock.

    Raises:
        OSError: A memo cannot be written.
    """
    while True:
        try:
            return _source_histories(archive, memos, now.astimezone(UTC))
        except FileNotFoundError:  # another run has merged files meanwhile
            continue


def _source_histories(archive: Archive, memos: Path | None, now: datetime) -> Histories:
    this_month = f"{now:%Y-%m}"
    known = {} if memos is None else checked_file.by_stem(memos, SUFFIX)
    used: set[Path] = set()
    found: _Folded = {}
    for month, paths in archive.months_by_name().items():
        if month > this_month:
            continue
        names = {path.name: path for path in paths}
        stem, covered, folded = _remembered(month, names, known)
        late: _Folded = {}
        for name in sorted(names.keys() - covered):
            mine, whole = _folded_file(archive, names[name], now)
            _merge_into(folded if whole else late, mine)
            covered = covered | {name} if whole else covered
        wanted = _stem(month, covered)
        if memos is not None and covered:
            if wanted != stem:
                used.add(checked_file.write(memos, wanted, SUFFIX, _printed(covered, folded)))
            else:
                used.add(known[stem])
        _merge_into(folded, late)
        ended = month < this_month
        _merge_into(found, {k: newest_silences(h) for k, h in folded.items()} if ended else folded)
    for path in set(known.values()) - used:
        path.unlink(missing_ok=True)
    by_page: defaultdict[str, dict[str, SourceHistory]] = defaultdict(dict)
    for (page_key, url), history in found.items():
        by_page[page_key][url] = history
    return by_page


def _stem(month: str, names: Iterable[str]) -> str:
    parts = [str(VERSION), *sorted(names)]
    return f"{month}.{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:12]}"


def _remembered(
    month: str, names: Mapping[str, Path], known: Mapping[str, Path]
) -> tuple[str | None, frozenset[str], _Folded]:
    """Find the memo of a month that was made from files which are all still there."""
    exact = _stem(month, names)
    mine = [stem for stem in known if stem.startswith(f"{month}.")]
    for stem in sorted(mine, key=lambda stem: stem != exact):
        try:
            covered, folded = _read_back(checked_file.read(known[stem]))
        except (checked_file.DamagedFileError, FileNotFoundError):
            continue
        if covered <= names.keys():
            return stem, covered, folded
    return None, frozenset(), {}


def _merge_into(found: _Folded, more: _Folded) -> None:
    for key, history in more.items():
        found[key] = merge(found[key], history) if key in found else history


def _folded_file(archive: Archive, path: Path, now: datetime) -> tuple[_Folded, bool]:
    """Fold one archive file; also whether all of it was captured by ``now`` and readable."""
    import polars as pl

    found: _Folded = {}
    whole = True
    try:
        for rows in light_batches(path):
            past = rows.filter(pl.col("captured_at") <= now)
            whole = whole and past.height == rows.height
            _merge_into(found, fold(past, archive.relative(path)))
    except UnreadableFileError as error:
        archive.report(error)
        return found, False
    return found, whole


def fold(rows: pl.DataFrame, file: str) -> _Folded:
    """Fold rows of the light columns of one archive file, by page key and address.

    ``file``: its name relative to the archive.
    """
    import polars as pl

    source = ["page_key", "url"]
    at = pl.col("captured_at")
    rows = rows.sort("captured_at", "sha256", "failure", maintain_order=True)
    good = rows.filter(pl.col("failure").is_null(), pl.col("sha256").is_not_null())
    newest = good.unique(source, keep="last").select(*source, "sha256", succeeded_at=at)
    tagged = good.filter(pl.col("headers").str.contains('"etag"|"last-modified"')).join(
        newest, on=[*source, "sha256"], how="semi"
    )
    failed = (
        rows.join(newest, on=source, how="left")
        .filter(pl.col("succeeded_at").is_null() | (at > pl.col("succeeded_at")))
        .group_by(source)
        .agg(at.unique().sort().tail(FAILURES_KEPT))
    )
    robots = rows.filter(pl.col("shape") == ROBOTS, _settles())
    wanted = pl.concat([frame.select(*source, "sha256") for frame in (newest, robots)])
    bodies = good.filter(pl.col("bytes").is_not_null()).join(
        wanted, on=[*source, "sha256"], how="semi"
    )
    files: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for page_key, url, sha256 in bodies.select(*source, "sha256").iter_rows():
        files[page_key, url][sha256] = file
    failures = {(p, u): tuple(x.astimezone(UTC) for x in times) for p, u, times in failed.rows()}
    successes, settled, tags, spans = _last(good), _last(robots), _last(tagged), _spans(good)
    return {
        key: SourceHistory(
            attempt,
            successes.get(key),
            settled.get(key),
            tags.get(key),
            failures.get(key, ()),
            spans.get(key, ()),
            files.get(key, {}),
        )
        for key, attempt in _last(rows).items()
    }


def _settles() -> pl.Expr:
    """Select settled robots.txt: rules came, or there are none (4xx, led away; RFC 9309)."""
    import polars as pl

    return (
        pl.col("failure").is_null()
        | pl.col("http_status").is_between(400, 499)
        | (pl.col("failure") == FetchFailure.REDIRECT)
    )


def _last(rows: pl.DataFrame) -> dict[tuple[str, str], Capture]:
    """Return the last of ``rows`` for each source."""
    last = rows.unique(["page_key", "url"], keep="last")
    return {(row["page_key"], row["url"]): capture_from(row) for row in last.iter_rows(named=True)}


def _spans(good: pl.DataFrame) -> dict[tuple[str, str], tuple[tuple[datetime, datetime], ...]]:
    """Return the spans of successes of each source between which silences were long."""
    import polars as pl

    source = ["page_key", "url"]
    at = pl.col("captured_at")
    spans = (
        good.select(*source, "captured_at")
        .with_columns(
            ((at - at.shift(1).over(source)) > LONG_SILENCE).fill_null(value=False).alias("begins")
        )
        .with_columns(pl.col("begins").cast(pl.Int32).cum_sum().over(source).alias("span"))
        .group_by(*source, "span")
        .agg(at.min().alias("first"), at.max().alias("last"))
    )
    found: defaultdict[tuple[str, str], list[tuple[datetime, datetime]]] = defaultdict(list)
    for page_key, url, _, first, last in spans.iter_rows():
        found[page_key, url].append((first.astimezone(UTC), last.astimezone(UTC)))
    return {key: joined(mine) for key, mine in found.items()}


def _printed(covered: Iterable[str], folded: _Folded) -> bytes:
    sources = [
        {
            "page_key": page_key,
            "url": url,
            "attempt": _plain(history.attempt),
            "success": _plain(history.success, history.attempt),
            "robots": _plain(history.robots, history.attempt),
            "tagged": _plain(history.tagged, history.attempt),
            "failed_at": [at.isoformat() for at in history.failed_at],
            "successes": [
                [first.isoformat(), last.isoformat()] for first, last in history.successes
            ],
            "files": history.files,
        }
        for (page_key, url), history in sorted(folded.items())
    ]
    return json.dumps({"files": sorted(covered), "sources": sources}).encode()


def _plain(capture: Capture | None, attempt: Capture | None = None) -> Any:
    """Turn a capture into JSON; True where it is the newest attempt."""
    if capture is None or capture == attempt:
        return capture is not None
    return {
        "shape": capture.shape,
        "captured_at": capture.captured_at.isoformat(),
        "elapsed_ms": capture.elapsed_ms,
        "http_status": capture.http_status,
        "failure": capture.failure,
        "headers": dict(capture.headers),
        "sha256": capture.sha256,
    }


def _read_back(body: bytes) -> tuple[frozenset[str], _Folded]:
    stored = json.loads(body)
    folded = {}
    for row in stored["sources"]:
        page_key, url = row["page_key"], row["url"]
        attempt = _capture(page_key, url, row["attempt"])
        captures = {
            name: attempt if row[name] is True else _capture(page_key, url, row[name])
            for name in ("success", "robots", "tagged")
            if row[name]
        }
        folded[page_key, url] = SourceHistory(
            attempt,
            captures.get("success"),
            captures.get("robots"),
            captures.get("tagged"),
            tuple(map(datetime.fromisoformat, row["failed_at"])),
            tuple(
                (datetime.fromisoformat(first), datetime.fromisoformat(last))
                for first, last in row["successes"]
            ),
            row["files"],
        )
    return frozenset(stored["files"]), folded


def _capture(page_key: str, url: str, row: Mapping[str, Any]) -> Capture:
    return Capture(
        page_key=page_key,
        url=url,
        shape=row["shape"],
        captured_at=datetime.fromisoformat(row["captured_at"]),
        elapsed_ms=row["elapsed_ms"],
        http_status=row["http_status"],
        failure=None if row["failure"] is None else FetchFailure(row["failure"]),
        headers=row["headers"],
        sha256=row["sha256"],
    )
