"""Work out which captures showed a component, and as what.

Captures say of all their components together by one key (``sightings``); here that becomes
one row for each time in which a component was shown alike by all captures of an address.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ingest.ledger.capture_runs import longest_pause

#: What a capture says of a component.
CONTENT = ["name", "group_name", "region", "state", "state_since_at", "start_date"]
SHOWN_SCHEMA: Mapping[str, Any] = {
    "page_key": pl.String,
    "url": pl.String,
    "shape": pl.String,
    "component_id": pl.String,
    "name": pl.String,
    "group_name": pl.String,
    "region": pl.String,
    "state": pl.String,
    "state_since_at": pl.Datetime("us", "UTC"),
    "start_date": pl.Date,
    "captured_at": pl.Datetime("us", "UTC"),
    "seen_until_at": pl.Datetime("us", "UTC"),
    "polls": pl.Int64,
    "longest_pause": pl.Duration("us"),
}
#: One row goes on with the one before it wherever both say the same.
ALWAYS = pl.lit(value=True)


def shown_components(polls: pl.DataFrame, components: pl.DataFrame) -> pl.DataFrame:
    """Join components to the captures that showed them.

    Args:
        polls: runs of captures, which say again what an unchanged body said.
        components: frame ``components`` of a fold.

    Returns:
        The columns of ``SHOWN_SCHEMA``: a row for each stretch of successive captures of an
        address that showed a component alike; captured_at is the first of them, seen_until_at
        the last, polls their number, longest_pause the longest time between two of them.
    """
    source = ["page_key", "url"]
    said = polls.filter(pl.col("read") & pl.col("failure").is_null()).filter(
        pl.col("components_key").is_not_null()
    )
    # Most captures show what the one before them did: those are joined before there is a row
    # for each component.
    ordered = said.sort(*source, "first_at").rename(
        {"first_at": "captured_at", "last_at": "seen_until_at"}
    )
    successive = _stretches(ordered, [*source, "components_key"])
    numbered = successive.with_columns(pl.int_range(pl.len()).over(source).alias("nr"))
    content = components.select(*source, "shape", "components_key", "component_id", *CONTENT)
    key = [*source, "shape", "component_id"]
    rows = numbered.join(content, on=[*source, "components_key"]).sort(*key, "nr")
    goes_on = pl.col("nr") == pl.col("nr").shift(1) + 1
    return (
        _stretches(rows, [*key, *CONTENT], goes_on)
        .select(pl.col(c).cast(dtype) for c, dtype in SHOWN_SCHEMA.items())
        .sort("page_key", "url", "shape", "component_id", "captured_at")
    )


def _stretches(
    rows: pl.DataFrame, content: Sequence[str], goes_on: pl.Expr = ALWAYS
) -> pl.DataFrame:
    """Join successive rows of equal ``content``, where one goes on with the one before it."""
    alike = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).shift(1)) for c in content)
    same = (alike & goes_on).fill_null(value=False)
    return (
        rows.with_columns(
            (~same).cum_sum().alias("stretch"),
            (pl.col("captured_at") - pl.col("seen_until_at").shift(1)).alias("pause"),
        )
        .group_by("stretch", maintain_order=True)
        .agg(
            *[pl.col(c).first() for c in content],
            pl.col("captured_at").min(),
            pl.col("seen_until_at").max(),
            pl.col("polls").sum(),
            longest_pause(),
        )
        .drop("stretch")
    )
