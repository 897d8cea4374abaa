"""Say in lines for ``health`` what is wrong with whole pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from analytics.snapshot import Snapshot
from analytics.wording.breaks import CHANGES

#: Readers and publishers may have clocks of their own.
TOLERATED = timedelta(minutes=10)
#: Kinds of warnings about a whole page, each with whether it makes ``health`` say no.
KINDS = {"derivation": True, "clock": True, "stale_suspect": False, "contradiction": False}


@dataclass(frozen=True, slots=True)
class PageTrouble:
    """Hold a line, and whether today's numbers cannot be trusted for it."""

    line: str
    serious: bool


def page_troubles(snapshot: Snapshot, now: datetime) -> Iterator[PageTrouble]:
    """Find what the newest captures warn of, and a snapshot that is ahead of the reader.

    Args:
        snapshot: Where to look.
        now: The reader's clock.
    """
    if snapshot.as_of > now + TOLERATED:
        as_of = f"{snapshot.as_of:%Y-%m-%d %H:%M} UTC"
        yield PageTrouble(f"the newest capture is dated {as_of}, which is yet to come", True)
    captures = snapshot.table("captures").group_by("page_key")
    newest = captures.agg(pl.col("last_at").max().alias("newest_at"))
    warnings = snapshot.table("warnings").join(newest, on="page_key", how="left")
    pages = pl.col("kind").is_in(["derivation", "stale_suspect"])
    age = pl.col("newest_at") - pl.col("last_at")
    clock = (pl.col("kind") == "clock") & (age <= timedelta(0))
    contradiction = (pl.col("kind") == "contradiction") & (age <= TOLERATED)
    for row in (
        warnings.filter(pages | clock | contradiction)
        .sort("page_key", "kind")
        .iter_rows(named=True)
    ):
        line = f"{row['page_key']}: {row['kind']}: {row['reason']}"
        yield PageTrouble(line, KINDS[row["kind"]])
    yield from _breaks(snapshot)


def _breaks(snapshot: Snapshot) -> Iterator[PageTrouble]:
    """Find breaks that last; a page that fell quiet is warned of already."""
    lasting = pl.col("ended_at").is_null() & (pl.col("kind") != "frozen")
    found = snapshot.table("breaks").filter(lasting).sort("page_key", "at", "kind")
    for row in found.iter_rows(named=True):
        since = f"{row['at']:%Y-%m-%d %H:%M} UTC"
        what = CHANGES["deleted"] if row["kind"] == "deleted" else row["kind"]
        line = f"{row['page_key']}: {what} since {since}: {row['note']}"
        yield PageTrouble(line, True)
