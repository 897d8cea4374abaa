"""Two providers on the time they have in common (METHODOLOGY, "Head-to-head")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl

from analytics.availability import combined, watched
from analytics.downtime import Array
from analytics.field import Entrant, Field, fields
from analytics.frequency import begun_covered
from analytics.overview import surfaces
from analytics.question import Question
from analytics.ranking import widest
from analytics.scope import OTHER, Interval, epoch, open_during, posts, scopes, with_open_end
from analytics.snapshot import Snapshot
from ingest.intervals import intersection, total, union

#: Before any status page.
EVER = date(2000, 1, 1)
INSTANT = pl.Datetime("us", "UTC")
SEEN: dict[str, Any] = {
    "provider": pl.String,
    "observed_s": pl.Int64,
    "first_at": INSTANT,
    "last_at": INSTANT,
    "window_start": INSTANT,
    "window_end": INSTANT,
}


def meeting(snapshot: Snapshot, question: Question) -> Field:
    """The question's two providers on its surface, over the time in which both were observed.

    Nobody is left out, however short that time is.
    """
    [ground] = fields(snapshot, question, widest(question), min_days=0)
    return ground


def surfaces_of(snapshot: Snapshot, provider: str) -> list[str]:
    """Surfaces vouched for of a provider, those most providers have first."""
    covered = snapshot.table("coverage").filter(pl.col("provider") == provider)
    return [name for name in surfaces(snapshot) if name in set(covered["surface"])]


def shared_surfaces(snapshot: Snapshot, one: str, other: str) -> list[str]:
    """Those of both, without ``other``, which is no surface."""
    its = surfaces_of(snapshot, other)
    return [name for name in surfaces_of(snapshot, one) if name in its and name != OTHER]


def listing(snapshot: Snapshot, provider: str) -> tuple[list[str], str]:
    """What the registry says of a provider's pages: their statuses, and a note."""
    mine = pl.col("provider") == provider
    statuses = snapshot.table("pages").filter(mine)["status"].unique().sort().to_list()
    notes = snapshot.table("providers").filter(mine)["note"].drop_nulls().to_list()
    return statuses, " ".join(notes)


def common_ever(snapshot: Snapshot, question: Question) -> int:
    """Seconds in which both were observed, in all that was collected."""
    return total(meeting(snapshot, replace(question, since=EVER, until=None)).common)


def seen(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """What was observed of each by itself.

    Columns: provider, observed_s, first_at, last_at (null: never), window_start, window_end.
    """
    rows = []
    for scope in scopes(snapshot, question):
        spans = union(i for found in watched(snapshot, scope).observed.values() for i in found)
        ends = (instant(spans[0][0]), instant(spans[-1][1])) if spans else (None, None)
        rows.append((scope.provider, total(spans), *ends, scope.start, scope.end))
    return pl.DataFrame(rows, schema=SEEN, orient="row")


def instant(second: int) -> datetime:
    """Epoch seconds as an instant in UTC."""
    return datetime.fromtimestamp(second, UTC)


def begun_in(
    snapshot: Snapshot, question: Question, one: Entrant, common: Sequence[Interval]
) -> pl.DataFrame:
    """Posts of the entrant whose impact began in the common time."""
    return begun_covered(posts(snapshot, question, one.scope), common)


def open_in(
    snapshot: Snapshot, question: Question, one: Entrant, common: Sequence[Interval]
) -> int:
    """How many posts were open at some time of the common time."""
    end = epoch(snapshot.as_of)
    found = open_during(posts(snapshot, question, one.scope), one.scope, end)
    spans = with_open_end(found, end).select("published_s", "closed_s").iter_rows()
    return sum(bool(intersection([(start, max(end, start + 1))], common)) for start, end in spans)


def daily_downtime(snapshot: Snapshot, question: Question, ground: Field) -> Array:
    """Weighted seconds down in each day of the common time, providers by days."""
    return np.array(
        [
            combined(snapshot, question, one.seen, cuts=ground.edges).summed(ground.edges)
            for one in ground.entrants
        ]
    )
