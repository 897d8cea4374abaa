"""Ask about one region, or take the mean over regions (METHODOLOGY, "Regions").

Some pages list a component for each region. A component without a region belongs to every region
of its surface; it is not one more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.answer import OK, SCHEMA
from analytics.memo import once
from analytics.question import Question, QuestionError, nothing
from analytics.scope import SCOPE, Key, ScopeKey
from analytics.snapshot import Snapshot

#: What a page calls a component that is of the whole product.
GLOBAL = "global"
#: Numbers of a row that are means over regions.
AVERAGED = ("value", "low", "high", "down_s", "covered_s", "unknown_s", "coverage")
Measure = Callable[[Snapshot, Question], pl.DataFrame]


@once(nothing)
def regions_of(snapshot: Snapshot) -> Mapping[ScopeKey, tuple[str, ...]]:
    """Return the regions in which each provider has components of a surface, sorted."""
    named = snapshot.table("components").filter(
        pl.col("region").is_not_null() & (pl.col("region") != GLOBAL)
    )
    found = named.group_by(SCOPE).agg(pl.col("region").unique().sort())
    return {(who, what): tuple(regions) for who, what, regions in found.iter_rows()}


def regions_asked(snapshot: Snapshot, question: Question) -> Mapping[Key, str]:
    """Return the region of each component; none where the question says how to combine."""
    return _regions(snapshot) if question.combine is None else {}


@once(nothing)
def _regions(snapshot: Snapshot) -> Mapping[Key, str]:
    named = snapshot.table("components").filter(pl.col("region") != GLOBAL)
    rows = named.select("page_key", "component_id", "region").iter_rows()
    return {(page, component): region for page, component, region in rows}


def _region(region: str, /) -> str:
    return region


@once(_region)
def in_region(snapshot: Snapshot, region: str) -> Snapshot:
    """Return the snapshot with the components of one region, and those of no region.

    Raises:
        QuestionError: No component is in that region.
    """
    components = snapshot.table("components")
    where = pl.col("region")
    if components.filter(where == region).is_empty():
        known = sorted({one for regions in regions_of(snapshot).values() for one in regions})
        there = f"there are {', '.join(known)}" if known else "no page names any"
        raise QuestionError(f"no component is in region {region!r}; {there}")
    mine = components.filter(where.is_null() | where.is_in([region, GLOBAL]))
    return snapshot.of_region(region, mine.select("page_key", "component_id"))


def over_regions(
    snapshot: Snapshot, question: Question, found: pl.DataFrame, measure: Measure
) -> pl.DataFrame:
    """Replace rows of surfaces in several regions by the mean over their regions.

    Args:
        snapshot: Where the components are.
        question: What is asked; where it says how to combine, every row stays.
        found: Rows with the columns of ``answer.SCHEMA``.
        measure: Gives such rows for a snapshot of one region.

    Returns:
        Columns of ``answer.SCHEMA``. ``combine`` says of how many regions a row is the mean;
        a row of which nothing is covered stays.
    """
    if question.combine is not None:
        return found
    shown = set(found.filter(pl.col("covered_s") > 0).select(SCOPE).iter_rows())
    several = {
        key: regions
        for key, regions in regions_of(snapshot).items()
        if len(regions) > 1 and key in shown
    }
    if not several:
        return found
    asked = replace(question, providers=tuple(sorted({who for who, _ in several})))
    regional = [
        measure(in_region(snapshot, region), asked).with_columns(pl.lit(region).alias("region"))
        for region in sorted({one for regions in several.values() for one in regions})
    ]
    rows = pl.concat(regional).to_dicts()
    return pl.DataFrame(
        [_mean(row, rows, several) for row in found.to_dicts()], schema=dict(SCHEMA), orient="row"
    )


def _mean(
    row: dict[str, Any],
    regional: Sequence[Mapping[str, Any]],
    several: Mapping[ScopeKey, tuple[str, ...]],
) -> dict[str, Any]:
    """Return a row as the mean over the regions of its scope, where it has several."""
    regions = several.get((row["provider"], row["surface"]))
    if regions is None:
        return row
    same = ("provider", "surface", "metric", "rule")
    mine = [
        one
        for one in regional
        if one["region"] in regions and all(one[name] == row[name] for name in same)
    ]
    known = [one for one in mine if one["value"] is not None]
    means = {name: _average(known or mine, name) for name in AVERAGED}
    status = OK if known else row["status"]
    return {**row, **means, "combine": f"mean of {len(regions)} regions", "status": status}


def _average(rows: Sequence[Mapping[str, Any]], name: str) -> float | int | None:
    """Return the mean of a column; a bound that is not given is the value itself."""
    if name in ("low", "high") and all(one[name] is None for one in rows):
        return None
    numbers = [one["value"] if one[name] is None else one[name] for one in rows]
    known = [one for one in numbers if one is not None]
    if not known:
        return None
    mean = sum(known) / len(known)
    return int(mean) if SCHEMA[name] == pl.Int64 else mean
