"""Word time patterns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analytics.wording.numbers import format_count


def business_sentence(row: Mapping[str, Any]) -> str:
    """Compare business hours with all others.

    Args:
        row: That of ``business_ratio``, from ``patterns.rows.patterns``.
    """
    n = format_count(row["n"], "post")
    if row["value"] is None:
        return f"Too few to compare business hours with others ({n})."
    high = "more" if row["high"] is None else f"{row['high']:.1f}"
    interval = f"95 % interval {row['low']:.1f} to {high}, {n}"
    return (
        f"In business hours, 9 to 17 on working days, posts began {row['value']:.1f} times as "
        f"often as in others ({interval}). That mixes load, deploys and habits of posting."
    )
