"""Rows of table ``breaks``: where a series must not be read straight through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from ingest.ledger.breaks import BreakKind, captured_breaks
from ingest.models import Page
from ingest.snapshot.file import Row
from ingest.states.coverage import start_of_day

#: Components of one name with a new id each, at the least, that make a new roster.
LEAST_ROTATED = 2


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


def rotated_rows(tables: Mapping[str, pl.DataFrame], pages: Mapping[str, Page]) -> list[Row]:
    """List where the components of a page have new ids under their old names.

    Args:
        tables: The rows of tables; there may be none of ``components``.
        pages: The pages that are read, by key.
    """
    if "components" not in tables:
        return []
    named = tables["components"].select("page_key", "name", "first_seen_at", "retired_at")
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
        _row(pages[page], at, BreakKind.ROSTER, f"{again} of {n} components have new ids", at)
        for page, at, again, n in counts.iter_rows()
    ]


def frozen_row(page: Page, since: datetime, reason: str) -> Row:
    """Return the break of a page that posts nothing any more."""
    return _row(page, since, BreakKind.FROZEN, reason, None)


def _row(page: Page, at: datetime, kind: str, note: str, ended_at: datetime | None) -> Row:
    about = {"provider": page.provider, "page_key": page.page_key, "at": at}
    return {**about, "kind": str(kind), "note": note, "ended_at": ended_at}
