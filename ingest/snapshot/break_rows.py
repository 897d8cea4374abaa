"""Rows of table ``breaks``: where a series must not be read straight through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from ingest.ledger.aliases import INCIDENT
from ingest.ledger.breaks import BreakKind, captured_breaks
from ingest.models import Page
from ingest.safe_text import amount
from ingest.snapshot.file import Row
from ingest.states.coverage import start_of_day

#: Records with another id, at the least, that make a break; or all that a list held.
LEAST_RENUMBERED = 2
#: Lists of a page are not captured at one time: what changes within a day is one break.
ONE_BREAK_FOR = timedelta(days=1)
ONE_LISTED = pl.col("listed") == 1


def migration_rows(pages: Sequence[Page]) -> list[Row]:
    """List a break where each era begins whose first day the registry knows."""
    rows = []
    for page in pages:
        if page.valid_from is not None:
            mine = [p for p in pages if p.provider == page.provider]
            before = [p.platform for p in mine if p.valid_to and p.valid_to <= page.valid_from]
            moved = f"from {before[-1]} to {page.platform}" if before else f"to {page.platform}"
            at = start_of_day(page.valid_from, page.zone)
            rows.append(_row(page, at, BreakKind.MIGRATION, f"moved {moved}", at))
    return rows


def captured_rows(polls: pl.DataFrame, pages: Mapping[str, Page]) -> list[Row]:
    """List the breaks that captures show."""
    return [
        _row(pages[row["page_key"]], row["at"], row["kind"], row["note"], row["ended_at"])
        for row in captured_breaks(polls).to_dicts()
    ]


def renumbered_rows(aliases: pl.DataFrame, pages: Mapping[str, Page]) -> list[Row]:
    """List where the incidents and components of a page have other ids under their old names.

    Args:
        aliases: The aliases of the ledger.
        pages: The pages that are read, by key.
    """
    apart = pl.col("at") - pl.col("at").shift(1).over("page_key") > ONE_BREAK_FOR
    incidents = (pl.col("record") == INCIDENT).sum()
    breaks = (
        aliases.sort("page_key", "at")
        .with_columns(apart.fill_null(value=False).cum_sum().over("page_key").alias("nr"))
        .group_by("page_key", "nr", maintain_order=True)
        .agg(
            pl.col("at").min(),
            incidents.alias("incidents"),
            (pl.len() - incidents).alias("components"),
            pl.col("listed").max(),
        )
        .filter((pl.col("incidents") + pl.col("components") >= LEAST_RENUMBERED) | ONE_LISTED)
    )
    rows = []
    for page, _, at, *numbers, _ in breaks.iter_rows():
        counted = zip(numbers, ("incident", "component"), strict=True)
        changed = " and ".join(amount(n, thing) for n, thing in counted if n)
        note = f"{changed} with other ids under the same names"
        rows.append(_row(pages[page], at, BreakKind.ROSTER, note, at))
    return rows


def frozen_row(page: Page, since: datetime, reason: str) -> Row:
    """Return the break of a page that posts nothing any more."""
    return _row(page, since, BreakKind.FROZEN, reason, None)


def _row(page: Page, at: datetime, kind: str, note: str, ended_at: datetime | None) -> Row:
    about = {"provider": page.provider, "page_key": page.page_key, "at": at}
    return {**about, "kind": str(kind), "note": note, "ended_at": ended_at}
