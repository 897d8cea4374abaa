"""Say of a break what changed, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from analytics.wording.grammar import NAMED
from analytics.wording.numbers import format_day, format_instant
from ingest.models import time_zone

#: Stands in pictures where a break is.
MARK = "▼"
#: What changed, by the kind of a break.
CHANGES: Mapping[str, str] = {
    "migration": "another engine",
    "foreign_page": "another page at its address",
    "roster": "other ids",
    "data_gone": "one kind of record gone",
    "form": "answers of another form",
    "deleted": "page gone",
    "frozen": "no post any more",
}


def gone_sentence(gone: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Say which pages do not answer as themselves any more, and since when; empty if none.

    Args:
        gone: As from ``freshness.gone_pages``.
        names: Slug to name.
    """
    told = [
        f"{names.get(who, who)}: {CHANGES[kind]} since {format_instant(at)}"
        for who, kind, at in gone.select("provider", "kind", "at").iter_rows()
    ]
    return _some(told)


def describe_breaks(found: pl.DataFrame, names: Mapping[str, str], zone: str) -> pl.DataFrame:
    """Describe each break in words: whose it is, what changed, and for how long.

    Args:
        found: As from ``provenance.breaks``.
        names: Slug to name.
        zone: Zone of the dates.

    Returns:
        The breaks with one more column, words.
    """
    words = [_words(row, names, time_zone(zone)) for row in found.iter_rows(named=True)]
    return found.with_columns(pl.Series("words", words, dtype=pl.String))


def _words(row: Mapping[str, Any], names: Mapping[str, str], zone: ZoneInfo) -> str:
    when = format_day(row["at"].astimezone(zone))
    if row["ended_at"] is None:
        when = f"since {when}"
    elif row["ended_at"] != row["at"]:
        when = f"{when} to {format_day(row['ended_at'].astimezone(zone))}"
    note = f" ({row['note']})" if row["note"] else ""
    whose = names.get(row["provider"], row["provider"])
    return f"{whose}, {when}: {CHANGES.get(row['kind'], row['kind'])}{note}"


def breaks_sentence(told: pl.DataFrame) -> str:
    """Explain the marks of breaks in a picture, and name them; empty where there are none.

    ``told`` as from ``describe_breaks``.
    """
    if told.is_empty():
        return ""
    named = _some(told["words"].to_list())
    return f"{MARK} is a break: do not read a series across it. {named}."


def _some(words: Sequence[str]) -> str:
    """List the first ones, and count the others."""
    left = len(words) - NAMED
    return "; ".join([*words[:NAMED], *([f"and {left} more"] if left > 0 else [])])
