"""What the archive remembers of one page: attempts, validators, failures, silences.

There is no other scheduler state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

from ingest.archive.capture_file import capture_from
from ingest.models import LONG_SILENCE, Capture, FetchFailure

#: A page that challenged us as a bot is left alone for this long.
BLOCKED_FOR = timedelta(days=1)
#: No Retry-After keeps us away longer, be it a slip of the server or not.
LONGEST_WAIT = timedelta(days=1)

#: The shape under which a host's robots.txt is archived.
ROBOTS = "robots"
Load = Callable[[str, str], bytes | None]


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional, and the hash of the body it is conditional on."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Memory:
    """Past captures of one page, without bodies, as of ``now``; see ``remember``."""

    now: datetime
    _attempts: Mapping[str, Capture]
    _successes: Mapping[str, Capture]
    _robots: Mapping[str, Capture]
    _validators: Mapping[str, Validators]
    _failures: Mapping[str, int]
    _silences: Mapping[str, tuple[datetime, datetime]]
    _files: Mapping[str, str]
    _load: Load

    def last_attempt(self, url: str) -> Capture | None:
        """Return the newest capture of ``url``, whatever it brought."""
        return self._attempts.get(url)

    def last_success(self, url: str) -> Capture | None:
        """Return the newest capture of ``url`` that brought a body or confirmed one (304)."""
        return self._successes.get(url)

    def last_robots(self, url: str) -> Capture | None:
        """Return the newest capture of a robots.txt that settled what is allowed."""
        return self._robots.get(url)

    def validators(self, url: str) -> Validators:
        """Return those of the body last seen at ``url``; empty where that is not at hand."""
        return self._validators.get(url, NOTHING_KNOWN)

    def failures(self, url: str) -> int:
        """Count the attempts at ``url`` since its last success."""
        return self._failures.get(url, 0)

    def silence(self, url: str) -> tuple[datetime, datetime] | None:
        """Return the successes before and after the newest long silence of ``url``."""
        return self._silences.get(url)

    def body(self, sha256: str | None) -> bytes | None:
        """Read the body with that hash from the archive, if a capture holds it."""
        file = self._files.get(sha256 or "")
        return None if file is None or sha256 is None else self._load(file, sha256)

    def rests_until(self) -> datetime | None:
        """Return until when the page is left alone: a bot challenge, or a Retry-After."""
        return max(filter(None, map(_asked_to_wait, self._attempts.values())), default=None)


def remember(metadata: pl.DataFrame, now: datetime, load: Load) -> Memory:
    """Build the memory of one page from its rows of ``Archive.metadata()``.

    ``load(file, sha256)`` reads a body, as ``Archive.body`` does.
    """
    import polars as pl

    rows = metadata.filter(pl.col("captured_at") <= now).sort("captured_at", maintain_order=True)
    good = rows.filter(pl.col("failure").is_null() & pl.col("sha256").is_not_null())
    bodies = dict(good.filter(pl.col("bytes").is_not_null()).select("sha256", "file").iter_rows())
    newest = good.group_by("url").agg(pl.col("sha256").last(), pl.col("captured_at").last())
    tagged = good.filter(pl.col("headers").str.contains('"etag"|"last-modified"')).join(
        newest, on=["url", "sha256"], how="semi"
    )
    missed = (
        rows.join(newest.select("url", succeeded_at="captured_at"), on="url", how="left")
        .filter(pl.col("succeeded_at").is_null() | (pl.col("captured_at") > pl.col("succeeded_at")))
        .group_by("url")
        .len()
    )
    return Memory(
        now=now,
        _attempts=_last(rows),
        _successes=_last(good),
        _robots=_last(rows.filter(pl.col("shape") == ROBOTS, _settles())),
        _validators={
            url: _validators(capture)
            for url, capture in _last(tagged).items()
            if capture.sha256 in bodies
        },
        _failures=dict(missed.iter_rows()),
        _silences=_silences(good),
        _files=bodies,
        _load=load,
    )


def _settles() -> pl.Expr:
    """Select settled robots.txt: rules came, or there are none (4xx, led away; RFC 9309)."""
    import polars as pl

    return (
        pl.col("failure").is_null()
        | pl.col("http_status").is_between(400, 499)
        | (pl.col("failure") == FetchFailure.REDIRECT)
    )


def _silences(good: pl.DataFrame) -> dict[str, tuple[datetime, datetime]]:
    import polars as pl

    before = pl.col("captured_at").shift(1).over("url").alias("before")
    long = good.select("url", before, pl.col("captured_at").alias("after")).filter(
        pl.col("after") - pl.col("before") > LONG_SILENCE
    )
    newest = long.unique("url", keep="last", maintain_order=True)
    return {url: (before, after) for url, before, after in newest.iter_rows()}


def _last(rows: pl.DataFrame) -> dict[str, Capture]:
    """Return the last of ``rows`` for each URL."""
    last = rows.unique("url", keep="last")
    return {row["url"]: capture_from(row) for row in last.iter_rows(named=True)}


def _validators(capture: Capture) -> Validators:
    headers = capture.headers
    return Validators(headers.get("etag"), headers.get("last-modified"), capture.sha256)


def _asked_to_wait(attempt: Capture) -> datetime | None:
    if attempt.failure == FetchFailure.BLOCKED:
        return attempt.captured_at + BLOCKED_FOR
    if attempt.failure in (FetchFailure.HTTP_429, FetchFailure.HTTP_5XX):
        wait = retry_after(attempt.headers.get("retry-after"), attempt.captured_at)
        return None if wait is None else attempt.captured_at + wait
    return None


def retry_after(text: str | None, at: datetime) -> timedelta | None:
    """Read a Retry-After header (seconds or an HTTP date) as a wait, a day at most."""
    if text is None:
        return None
    try:
        if text.strip().isdigit():
            wait = timedelta(seconds=min(int(text), LONGEST_WAIT.total_seconds()))
        else:
            wait = parsedate_to_datetime(text).astimezone(UTC) - at
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
