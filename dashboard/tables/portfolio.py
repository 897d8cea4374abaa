"""The tables and bars of the page Portfolio."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analytics.portfolio.wording import evidence_words, not_both_down, seen_together, tier_words
from analytics.wording.numbers import BLANK, format_duration, format_tenths

Names = Mapping[str, str]
#: Label of the row in which all of an order were down.
ALL_DOWN = "▲ all down"


def pair_table(rows: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Show each two with what they have in common, those down together least first.

    Args:
        rows: As from ``portfolio.rows.portfolio``.
        names: Slug to name.

    Returns:
        One row per pair, in words.
    """
    both = rows.filter(pl.col("metric") == "joint_availability", pl.col("others").is_not_null())
    beside = {
        (row["metric"], row["provider"], row["others"]): row
        for row in rows.filter(pl.col("metric").is_in(["joint_lift", "joint_overlap"])).to_dicts()
    }
    shown = []
    for row in both.sort("joint_s", maintain_order=True).to_dicts():
        of = row["provider"], row["others"]
        lift, tested = beside["joint_lift", *of], beside["joint_overlap", *of]
        shown.append(
            {
                "Pair": f"{names[of[0]]} and {names[of[1]]}",
                "Both down": seen_together(row),
                "Not both down (95 % interval)": not_both_down(row),
                "Against chance": _times(lift["value"]),
                "Together beyond chance?": evidence_words(tested),
                "Else pointing to one cause": tier_words(tested, names),
            }
        )
    return pl.DataFrame(shown)


def _times(lift: float | None) -> str:
    return BLANK if lift is None else f"× {format_tenths(lift)}"


def outage_bars(found: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Put outages on the row of their provider, and those of all on a row of their own.

    Returns:
        The columns of ``portfolio.outages.OUTAGES``, row (its label) and words (how long).
    """
    called = pl.col("provider").replace_strict(dict(names), default=None, return_dtype=pl.String)
    return found.with_columns(
        called.fill_null(ALL_DOWN).alias("row"),
        pl.col("seconds").map_elements(format_duration, pl.String).alias("words"),
        pl.col("provider").is_null().alias("all"),
    )


def observed_spans(spans: pl.DataFrame) -> pl.DataFrame:
    """Write how long each span of the window is.

    Returns:
        The columns of ``portfolio.outages.OBSERVED``, and words.
    """
    words = pl.col("seconds").map_elements(format_duration, pl.String)
    return spans.with_columns(words.alias("words"))
