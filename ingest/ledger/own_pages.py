"""Tell captures of a page from what its addresses showed of another one.

An address may begin to serve another page, or another engine. Its captures stay, as failures
``wrong_page``: nothing in them is of this page, and nothing is missing from them.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from ingest.ledger.capture_runs import SAID
from ingest.ledger.sightings import Frames
from ingest.models import ReadFailure

#: Failures that say that an address serves something else now.
MOVED = (str(ReadFailure.WRONG_PAGE), str(ReadFailure.CHANGED_PLATFORM))
#: What such a column holds where no body was read, if not null.
UNSAID = {"records": 0, "rejected": 0, "roster": False, "unread_open": False}


def own_captures(folded: Frames) -> tuple[Frames, bool]:
    """Drop what the addresses of a page showed of another page than the first one.

    Documents that do not say whose they are, as feeds, belong to the page only as long as
    those do that say so.

    Args:
        folded: what ``fold`` returns, in which unchanged bodies speak again.

    Returns:
        The same frames, and whether anything was dropped.
    """
    polls = _refuse_foreign(folded["polls"])
    spans = _moved_spans(polls)
    if polls.equals(folded["polls"]) and spans.is_empty():
        return folded, False
    ours: Frames = {"polls": _refuse_unnamed(polls, spans)}
    own = _own_page_ids(folded["polls"])
    for name, frame in folded.items():
        if name != "polls":
            known = frame.join(own, on="page_key", how="left", maintain_order="left")
            named = (pl.col("page_id") == pl.col("own_id")).fill_null(value=True)
            ours[name] = _without(known.filter(named).select(frame.columns), spans)
    return ours, True


def _own_page_ids(polls: pl.DataFrame) -> pl.DataFrame:
    """Find the id by which each page was first seen to call itself: page_key, own_id."""
    named = polls.filter(pl.col("read") & pl.col("page_id").is_not_null())
    return (
        named.sort("first_at", "url", "page_id")
        .group_by("page_key", maintain_order=True)
        .agg(pl.col("page_id").first().alias("own_id"))
    )


def _refuse_foreign(polls: pl.DataFrame) -> pl.DataFrame:
    """Turn the captures of other pages into failures."""
    foreign = pl.col("read") & (pl.col("page_id") != pl.col("own_id")).fill_null(value=False)
    message = pl.format("page {}, first seen here was {}", "page_id", "own_id")
    return (
        polls.join(_own_page_ids(polls), on="page_key", how="left", maintain_order="left")
        .with_columns(_refused(foreign, message))
        .select(polls.columns)
    )


def _refused(foreign: pl.Expr, message: pl.Expr) -> list[pl.Expr]:
    """Return the columns of captures of which some are refused."""
    failure = pl.lit(str(ReadFailure.WRONG_PAGE))
    return [
        pl.when(foreign).then(failure).otherwise("failure").alias("failure"),
        pl.when(foreign).then(message).otherwise("message").alias("message"),
        *[
            pl.when(~foreign).then(pl.col(name)).otherwise(UNSAID.get(name)).alias(name)
            for name in SAID
            if name != "page_id"
        ],
        (pl.col("read") & ~foreign).alias("read"),
    ]


def _moved_spans(polls: pl.DataFrame) -> pl.DataFrame:
    """Find when an address that had shown the page showed another: page_key, after, before.

    After the last capture that named the page, and before the next one that does.
    """
    own = polls.filter(pl.col("read") & pl.col("page_id").is_not_null())
    shown = own.group_by("page_key", "url").agg(pl.col("first_at").min().alias("shown_at"))
    foreign = (
        polls.filter(pl.col("failure").is_in(MOVED))
        .join(shown, on=["page_key", "url"])
        .filter(pl.col("first_at") > pl.col("shown_at"))
        .select("page_key", pl.col("first_at").alias("foreign_at"))
        .unique()
        .sort("foreign_at")
    )
    last = own.select("page_key", pl.col("last_at").alias("after")).sort("after")
    following = own.select("page_key", pl.col("first_at").alias("before")).sort("before")
    by = "page_key"
    return (
        foreign.join_asof(
            last, left_on="foreign_at", right_on="after", by=by, check_sortedness=False
        )
        .join_asof(
            following,
            left_on="foreign_at",
            right_on="before",
            by=by,
            strategy="forward",
            check_sortedness=False,
        )
        .select("page_key", "after", "before")
        .unique()
        .drop_nulls("after")
    )


def _refuse_unnamed(polls: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Refuse captures of documents that do not say whose they are, while the page had moved."""
    for page_key, after, before in spans.iter_rows():
        mine = (pl.col("page_key") == page_key) & pl.col("read") & pl.col("page_id").is_null()
        within = mine & _between("first_at", after, before)
        message = pl.lit("the page had moved by then")
        polls = polls.with_columns(
            _refused(within, message),
        ).with_columns(
            pl.when(mine & (pl.col("first_at") <= after) & (pl.col("last_at") > after))
            .then(pl.lit(after))
            .otherwise("last_at")
            .alias("last_at")
        )
    return polls


def _without(frame: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Drop what documents said that do not say whose they are, while the page had moved."""
    for page_key, after, before in spans.iter_rows():
        mine = (pl.col("page_key") == page_key) & pl.col("page_id").is_null()
        frame = frame.filter(~(mine & _between("captured_at", after, before)))
    return frame


def _between(column: str, after: datetime, before: datetime | None) -> pl.Expr:
    later = pl.col(column) > after
    return later if before is None else later & (pl.col(column) < before)
