"""The league table as cards, one a provider, for screens too narrow for a table."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import polars as pl

from analytics.metrics.catalogue import METRICS
from analytics.wording.numbers import BLANK, format_percent, format_rough
from dashboard.charts.palette import provider_colour
from dashboard.shown_text import to_line
from dashboard.style import CARDS
from dashboard.tables.league import row_notes


def league_cards(rows: pl.DataFrame) -> str:
    """Write rows of ``overview.league`` as HTML, one card each, in their order."""
    cards = (_card(row, notes) for row, notes in zip(rows.to_dicts(), row_notes(rows), strict=True))
    return f'<div class="{CARDS}">{"".join(cards)}</div>'


def _card(row: dict[str, Any], notes: list[str]) -> str:
    slug = row["provider"]
    name = escape(to_line(row["name"] or slug))
    facts = "".join(f"<div><dt>{what}</dt><dd>{value}</dd></div>" for what, value in _facts(row))
    said = f"<p>{escape('; '.join(notes))}</p>" if notes else ""
    dot = f'<i style="background:{provider_colour(slug)}"></i>'
    return f"<article><b>{dot}{name}</b><dl>{facts}</dl>{said}</article>"


def _facts(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield METRICS["availability"].label, format_percent(row["availability"])
    yield "Down", BLANK if row["down_s"] is None else format_rough(row["down_s"])
    yield "Incidents", BLANK if row["n"] is None else f"{row['n']:,}"
    yield METRICS["coverage"].label, format_percent(row["coverage"], 1)
