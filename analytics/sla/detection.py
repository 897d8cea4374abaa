"""Hold a user's own probes against posts: who saw it first, and what nobody posted.

METHODOLOGY, "Own probes". Probes are a lane of their own: they never enter a number of posts or
states, and no post enters theirs.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from analytics.answer import INSUFFICIENT, OK, SCHEMA, framed, row
from analytics.incident_selection import incidents, posts
from analytics.memo import once
from analytics.question import MAINTENANCE, Question, everything
from analytics.scope import Interval, Scope, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.estimates import MIN_MEDIAN, median_ranks
from analytics.statistics.proportions import share
from ingest.intervals import clip, union

#: What rows about probes rest on.
PROBE = "probe"
#: Folder of the probes inside a data folder.
FOLDER = "probes"
#: A run of failures that ended longer before a post is another trouble.
BEFORE_S = 3600
PROBES: Mapping[str, Any] = {
    "provider": pl.String,
    "surface": pl.String,
    "target": pl.String,
    "at_s": pl.Int64,
    "ok": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Failures:
    """Hold the first and last instant of a run of failed probes: no good one lies between."""

    first_s: int
    last_s: int


@dataclass(frozen=True, slots=True)
class PostedSpan:
    """Hold when a post was published, when its impact began if earlier, and when it closed.

    Of planned work, which is published ahead: when the work began and ended.
    """

    posted_s: int
    began_s: int
    closed_s: int


def read_probes(data: Path) -> pl.DataFrame:
    """Read every probe of a data folder, each once, in order of time.

    Returns:
        Columns of ``PROBES``.
    """
    paths = sorted((data / FOLDER).glob("*.parquet"))
    if not paths:
        return framed([], PROBES)
    at_s = (pl.col("at").dt.epoch("us") // 10**6).alias("at_s")
    rows = pl.concat(pl.read_parquet(path) for path in paths)
    return rows.select("provider", "surface", "target", at_s, "ok").unique().sort("at_s", "target")


def failures(probes: Iterable[tuple[int, bool]]) -> list[Failures]:
    """Find the runs of failed probes of one target, in order of time.

    >>> failures([(0, True), (60, False), (120, False), (180, True), (240, False)])
    [Failures(first_s=60, last_s=120), Failures(first_s=240, last_s=240)]
    """
    found: list[Failures] = []
    running = False
    for at_s, ok in probes:
        if not ok:
            first_s = found.pop().first_s if running else at_s
            found.append(Failures(first_s, at_s))
        running = not ok
    return found


def detection_leads(runs: Sequence[Failures], told: Iterable[PostedSpan]) -> list[int]:
    """Return by how many seconds probes failed before each post; negative: after it.

    A run belongs to a post if it still failed within the hour before it, or while it was open. Of
    several the earliest counts. A post without one has no lead.

    >>> post = PostedSpan(posted_s=7200, began_s=7200, closed_s=9000)
    >>> detection_leads([Failures(6000, 6600), Failures(7300, 8000)], [post])
    [1200]
    """
    leads = []
    for post in told:
        mine = [
            run.first_s
            for run in runs
            if run.last_s >= post.posted_s - BEFORE_S and run.first_s < post.closed_s
        ]
        if mine:
            leads.append(post.posted_s - min(mine))
    return leads


def uncovered(failed: Sequence[int], told: Iterable[PostedSpan]) -> int:
    """Count failed probes at which no post says that anything was wrong.

    >>> uncovered([100, 200, 300], [PostedSpan(posted_s=250, began_s=150, closed_s=260)])
    2
    """
    spans = union((min(one.began_s, one.posted_s), one.closed_s) for one in told)
    inside = sum(bisect_left(failed, end) - bisect_left(failed, start) for start, end in spans)
    return len(failed) - inside


@once(everything)
def detection(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Say that a snapshot alone knows no probe: rows without a number.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    return detection_rows(snapshot, question, framed([], PROBES))


def detection_rows(snapshot: Snapshot, question: Question, probes: pl.DataFrame) -> pl.DataFrame:
    """Hold probes against the posts of each provider and surface.

    ``detection_lead_median``: seconds from the first failed probe to the post.
    ``unposted_failures``: share of failed probes that no post covers, of those in covered time.

    Args:
        snapshot: Where the posts are.
        question: Providers, surface, window and classes.
        probes: Columns of ``PROBES``.

    Returns:
        Columns of ``answer.SCHEMA``; basis is probe.
    """
    found = (
        line
        for scope in scopes(snapshot, question)
        for line in detection_lines(snapshot, question, scope, probes)
    )
    return framed(found, SCHEMA)


def detection_lines(
    snapshot: Snapshot, question: Question, scope: Scope, probes: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """Build the two rows of one scope.

    Args:
        snapshot: Where the posts are.
        question: Classes that count.
        scope: Provider, surface and window.
        probes: Columns of ``PROBES``.
    """
    mine = probes.filter(provider=scope.provider, surface=scope.surface)
    window = scope.start_s, scope.end_s
    told = _posted(snapshot, question, scope)
    runs = [
        run
        for _, its in mine.group_by("target", maintain_order=True)
        for run in failures(its.select("at_s", "ok").iter_rows())
    ]
    begun = [one for one in told if window[0] <= one.posted_s < window[1]]
    failed = inside(mine.filter(~pl.col("ok"))["at_s"].to_list(), clip(scope.covered, *window))
    lead = median_lead(detection_leads(runs, begun))
    apart = share(uncovered(failed, [*told, *_planned(snapshot, question, scope)]), len(failed))
    for metric, unit, numbers in (
        ("detection_lead_median", "seconds", lead),
        ("unposted_failures", "fraction", apart),
    ):
        numbers = {**numbers, "basis": PROBE}
        yield row(snapshot, question, scope, metric, unit, **numbers)


def _posted(snapshot: Snapshot, question: Question, scope: Scope) -> list[PostedSpan]:
    found = incidents(snapshot, question, scope).filter(pl.col("published_s").is_not_null())
    began = pl.min_horizontal("impact_start_s", "published_s")
    rows = found.select("published_s", began, pl.max_horizontal("closed_s", "published_s"))
    return [PostedSpan(*each) for each in rows.iter_rows()]


def _planned(snapshot: Snapshot, question: Question, scope: Scope) -> list[PostedSpan]:
    """Return when planned work went on; whatever the classes asked for, a post told of it."""
    asked = replace(question, classes=(MAINTENANCE,), minimum=None)
    found = posts(snapshot, asked, scope).select("impact_start_s", "closed_s")
    return [PostedSpan(start, start, end) for start, end in found.iter_rows()]


def inside(instants: Sequence[int], spans: Sequence[Interval]) -> list[int]:
    """Keep the instants, in order, that lie in disjoint spans."""
    return [
        at
        for start, end in spans
        for at in instants[bisect_left(instants, start) : bisect_right(instants, end - 1)]
    ]


def median_lead(leads: Sequence[int]) -> dict[str, Any]:
    """Give the numbers of a row for the median of leads; of six at least.

    >>> median_lead([60, 0, 120, 300, 240, 180])["value"]
    120.0
    """
    n, ordered = len(leads), sorted(leads)
    if n < MIN_MEDIAN:
        return {"n": n, "status": INSUFFICIENT}
    lower, upper = median_ranks(n)
    value, low, high = (float(ordered[rank - 1]) for rank in ((n + 1) // 2, lower, upper))
    return {"value": value, "low": low, "high": high, "n": n, "status": OK}
