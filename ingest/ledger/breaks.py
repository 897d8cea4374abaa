"""Find where the series of a page breaks: what its captures show is no longer what it was.

A page changes its engine, another page answers in its place, one kind of record vanishes from
its answers, or the page is deleted. Each is a gap in coverage and no outage; a reader of the
series must know of it, for what stands before it and what follows do not compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import polars as pl

from ingest.ledger.posted_values import LASTING
from ingest.ledger.removals import CAPTURES
from ingest.models import FetchFailure, ReadFailure


class BreakKind(StrEnum):
    """Kinds of break."""

    MIGRATION = "migration"
    FOREIGN_PAGE = "foreign_page"
    ROSTER = "roster"
    DATA_GONE = "data_gone"
    FORM = "form"
    DELETED = "deleted"
    FROZEN = "frozen"


#: What an address shows when it no longer is what it was, by the failure of its captures.
SHOWN: Mapping[str, str] = {
    str(failure): str(kind)
    for failure, kind in (
        (ReadFailure.CHANGED_PLATFORM, BreakKind.MIGRATION),
        (ReadFailure.WRONG_PAGE, BreakKind.FOREIGN_PAGE),
        (ReadFailure.EMPTY, BreakKind.DATA_GONE),
        (ReadFailure.SHAPE_CHANGED, BreakKind.FORM),
        (FetchFailure.REDIRECT, BreakKind.DELETED),
        (FetchFailure.HTTP_401_403, BreakKind.DELETED),
        (FetchFailure.HTTP_404_410, BreakKind.DELETED),
        (FetchFailure.DNS, BreakKind.DELETED),
    )
}
#: Our own network fails by name too, seldom for so long.
NAMELESS_FOR = timedelta(days=1)
#: Addresses of a page that moves need not change in one go.
EXPLAINED_FOR = timedelta(days=1)
#: Cause of a spell in which an address shows another engine or another page.
MOVED = "moved"
BREAKS: Mapping[str, Any] = {
    "page_key": pl.String,
    "at": pl.Datetime("us", "UTC"),
    "ended_at": pl.Datetime("us", "UTC"),
    "kind": pl.String,
    "note": pl.String,
}


def captured_breaks(polls: pl.DataFrame) -> pl.DataFrame:
    """Find the breaks that captures show, one for each spell of them on a page.

    A spell begins with the first answer after a good one of the same address, and ends with the
    next good one. A short one that ended was a hiccup: it is a failure, and no break.

    Args:
        polls: Runs of captures, judged.

    Returns:
        Columns of ``BREAKS``; ``ended_at`` is null while it lasts.
    """
    runs = _list_runs(polls)
    spells = _spells(runs)
    if spells.is_empty():
        return pl.DataFrame(schema=BREAKS)
    found = _unexplained(_of_pages(_gone_or_deleted(spells, runs)))
    return found.select(list(BREAKS)).sort("page_key", "at", "kind")


def _list_runs(polls: pl.DataFrame) -> pl.DataFrame:
    """Return the runs of lists and rosters, from the first good one of each address on."""
    good = pl.col("failure").is_null() & pl.col("read")
    lists = (pl.col("roster") | pl.col("horizon_at").is_not_null()).any().over("page_key", "url")
    return (
        polls.sort("page_key", "url", "first_at")
        .with_columns(good.alias("good"), lists.alias("lists"))
        .with_columns(pl.col("good").cum_sum().over("page_key", "url").alias("spell"))
        .filter(pl.col("lists") & (pl.col("spell") > 0))
    )


def _spells(runs: pl.DataFrame) -> pl.DataFrame:
    """Find the spells of each address in which it showed nothing of its page."""
    ends = runs.filter("good").select("page_key", "url", "spell", ended_at="first_at")
    answers = runs.filter(~pl.col("good") & pl.col("failure").is_in(list(SHOWN)))
    lasted = pl.col("last_at") - pl.col("at")
    nameless = (pl.col("failure") == str(FetchFailure.DNS)) & (lasted < NAMELESS_FOR)
    asked = pl.col("sha256").is_null() & (pl.col("polls") < CAPTURES)
    return (
        answers.with_columns(pl.col("failure").replace_strict(SHOWN).alias("kind"))
        .group_by("page_key", "url", "spell", "kind", maintain_order=True)
        .agg(
            pl.col("first_at").first().alias("at"),
            pl.col("last_at").last(),
            pl.col("polls").sum(),
            pl.col("failure", "message", "sha256").first(),
        )
        .join(
            ends.with_columns(pl.col("spell") - 1),
            on=["page_key", "url", "spell"],
            how="left",
            maintain_order="left",
        )
        .filter(~nameless & ~asked)
        .filter(pl.col("ended_at").is_null() | (pl.col("polls") >= CAPTURES))
    )


def _gone_or_deleted(spells: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """Tell a page that is not there any more from one that lost an address, and word each."""
    newest = (
        spells.select("page_key", "url", "at", "last_at")
        .join(runs.select("page_key", "first_at", "good", other="url"), on="page_key")
        .filter(pl.col("first_at") <= pl.col("last_at"))
        .sort("first_at")
        .group_by("page_key", "url", "at", "other")
        .agg(pl.col("good").last())
        .group_by("page_key", "url", "at")
        .agg(pl.col("good").any().alias("stands"))
    )
    lost = (pl.col("kind") == str(BreakKind.DELETED)) & pl.col("stands")
    kind = pl.when(lost).then(pl.lit(str(BreakKind.DATA_GONE))).otherwise("kind").alias("kind")
    note = pl.concat_str(pl.col("url"), pl.lit(": "), pl.coalesce("message", "failure"))
    judged = spells.join(newest, on=["page_key", "url", "at"], how="left", maintain_order="left")
    return judged.with_columns(kind, note.alias("note"))


def _of_pages(spells: pl.DataFrame) -> pl.DataFrame:
    """Join the spells of a page's addresses that overlap and have one cause."""
    moved = pl.col("kind").is_in([str(BreakKind.MIGRATION), str(BreakKind.FOREIGN_PAGE)])
    cause = pl.when(moved).then(pl.lit(MOVED)).otherwise("kind").alias("cause")
    of_cause = ["page_key", "cause"]
    ordered = spells.with_columns(cause).sort(*of_cause, "at", "url")
    before = pl.col("ended_at").fill_null(LASTING).cum_max().shift(1).over(of_cause)
    return (
        ordered.with_columns((pl.col("at") >= before).fill_null(value=True).alias("apart"))
        .with_columns(pl.col("apart").cum_sum().over(of_cause).alias("nr"))
        .group_by(*of_cause, "nr", maintain_order=True)
        .agg(
            pl.col("at").min(),
            pl.when(pl.col("ended_at").is_not_null().all()).then(pl.col("ended_at").max()),
            # A changed engine is named, whatever its documents without a name looked like.
            pl.col("kind", "note").sort_by(pl.col("kind") != str(BreakKind.MIGRATION)).first(),
        )
    )


def _unexplained(found: pl.DataFrame) -> pl.DataFrame:
    """Drop what a page that moved lost on the day it did: its move explains that."""
    moved = found.filter(cause=MOVED).select("page_key", moved_at="at", back_at="ended_at")
    explained = (
        found.filter(pl.col("cause") != MOVED)
        .join(moved, on="page_key")
        .filter(
            (pl.col("at") > pl.col("moved_at") - EXPLAINED_FOR)
            & (pl.col("at") < pl.col("back_at").fill_null(LASTING))
        )
    )
    return found.join(explained, on=["page_key", "cause", "nr"], how="anti")
