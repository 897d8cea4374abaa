"""Rows of table ``breaks``: where a series is no longer about the same page or components.

Some are known from the registry, before any capture; others show in the captures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ingest.ledger.own_pages import MOVED
from ingest.models import Page
from ingest.snapshot.file import Row
from ingest.states.coverage import start_of_day

#: Components of one name with a new id each, at the least, that make a new roster.
LEAST_ROTATED = 2


def migrations(pages: Sequence[Page]) -> list[Row]:
    """List a break where each era begins whose first day the registry knows."""
    rows = []
    for page in pages:
        if page.valid_from is not None:
            mine = [p for p in pages if p.provider == page.provider]
            before = [p.platform for p in mine if p.valid_to and p.valid_to <= page.valid_from]
            moved = f"from {before[-1]} to {page.platform}" if before else f"to {page.platform}"
            at = start_of_day(page.valid_from, page.zone)
            rows.append(_row(page, at, "migration", f"moved {moved}"))
    return rows


def seen_breaks(
    polls: pl.DataFrame, components: pl.DataFrame, pages: Mapping[str, Page]
) -> list[Row]:
    """List the breaks that captures show.

    Args:
        polls: runs of captures of all pages.
        components: table ``components``.
        pages: the pages that are read, by key.

    Returns:
        Rows of ``breaks``: where a page that the registry knows no end of answers as another
        one since, and where the components of a page have new ids under their old names.
    """
    return [*_moved(polls, pages), *_rotated(components, pages)]


def _moved(polls: pl.DataFrame, pages: Mapping[str, Page]) -> list[Row]:
    good = polls.filter(pl.col("read") & pl.col("failure").is_null())
    last = good.group_by("page_key").agg(pl.col("last_at").max())
    foreign = (
        polls.filter(pl.col("failure").is_in(MOVED))
        .join(last, on="page_key")
        .filter(pl.col("first_at") > pl.col("last_at_right"))
        .group_by("page_key")
        .agg(pl.col("first_at").min(), pl.col("last_at_right").first())
        .sort("page_key")
    )
    return [
        _row(pages[key], at, "migration", f"another page or engine answers; last itself {until:%F}")
        for key, at, until in foreign.iter_rows()
        if key in pages and pages[key].valid_to is None
    ]


def _rotated(components: pl.DataFrame, pages: Mapping[str, Page]) -> list[Row]:
    named = components.select("page_key", "name", "first_seen_at", "retired_at")
    gone = named.drop_nulls("retired_at")
    together = gone.join(named, on=["page_key", "name"], suffix="_new").filter(
        pl.col("first_seen_at_new") == pl.col("retired_at")
    )
    key = ["page_key", "retired_at"]
    counts = (
        together.group_by(key)
        .agg(pl.col("name").n_unique().alias("again"))
        .join(gone.group_by(key).len(), on=key)
        .filter((pl.col("again") >= LEAST_ROTATED) & (2 * pl.col("again") >= pl.col("len")))
        .sort(key)
    )
    return [
        _row(pages[page], at, "roster", f"{again} of {n} components have new ids")
        for page, at, again, n in counts.iter_rows()
        if page in pages
    ]


def _row(page: Page, at: Any, kind: str, note: str) -> Row:
    about = {"provider": page.provider, "page_key": page.page_key}
    return {**about, "at": at, "kind": kind, "note": note}
