"""Rows of tables ``posted_uptime`` and ``posted_ratios``: the provider's own figures."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ingest.models import Page
from ingest.snapshot.file import Row
from ingest.states.components import KnownComponent


def day_rows(
    base: Row, page: Page, days: pl.DataFrame, components: Mapping[str, KnownComponent]
) -> list[Row]:
    """Return each day's newest figures; a day before the component's start is no data.

    Args:
        base: provider and page_key.
        page: the page, in whose zone the days are cut.
        days: frame ``posted_days`` of the ledger.
        components: the page's known components.
    """
    newest = (
        days.sort("captured_at", "url").group_by("component_id", "day", maintain_order=True).last()
    )
    rows = []
    for row in newest.sort("component_id", "day").to_dicts():
        known = components.get(row["component_id"])
        if known is not None and (known.start_date is None or known.start_date <= row["day"]):
            kept = ("component_id", "day", "partial_seconds", "major_seconds")
            figures = {name: row[name] for name in kept}
            rows.append({**base, **figures, "zone": page.zone, "known_from": row["captured_at"]})
    return rows


def ratio_rows(
    base: Row, ratios: pl.DataFrame, components: Mapping[str, KnownComponent]
) -> list[Row]:
    """Return the newest ratio of each window."""
    key = ["component_id", "window_start", "window_end", "rule"]
    newest = ratios.sort("captured_at", "url").group_by(key, maintain_order=True).last()
    return [
        {**base, **{name: row[name] for name in (*key, "ratio")}, "known_from": row["captured_at"]}
        for row in newest.sort(key).to_dicts()
        if row["component_id"] in components
    ]
