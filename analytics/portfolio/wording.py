"""Word what a second vendor would have saved, and who fails together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from analytics.portfolio.coincidence import (
    BEYOND,
    CANNOT_BE_TOLD,
    NAMED,
    NO_EVIDENCE,
    SAME_REGION,
    TIME_ONLY,
    TOO_LITTLE,
)
from analytics.portfolio.outages import Backed
from analytics.portfolio.pool import (
    ALONE,
    FEW_DAYS,
    NO_SURFACE,
    OTHER_BASIS,
    SEVERAL_REGIONS,
    Candidate,
)
from analytics.wording.grammar import join_words
from analytics.wording.numbers import (
    BLANK,
    format_count,
    format_duration,
    format_percent,
    format_range,
    format_share,
    format_surface,
)

#: Why a provider takes no part, as said of it.
REASONS: Mapping[str, str] = {
    FEW_DAYS: "observed for too few days",
    SEVERAL_REGIONS: "in several regions: choose one",
    OTHER_BASIS: "measured otherwise than the others",
    NO_SURFACE: "on no known surface",
    ALONE: "with nobody to stand in for it",
}
TIERS: Mapping[str, str] = {
    NAMED: "posts name the upstream",
    SAME_REGION: "components in one region",
    TIME_ONLY: "time alone",
}
SIZES = {2: "two", 3: "three"}
NOBODY = (
    "No two of these providers were observed together for 30 days on one surface, so nothing can "
    "be said of a second one."
)


ONE_PAGE = (
    "These read the same components of one page, so the same posts count for both: one cannot "
    "stand in for the other."
)


def backed_sentence(found: Backed, names: Mapping[str, str]) -> str:
    """Say how long a primary was down, and how long it and all its fallbacks were."""
    primary, *fallbacks = (names[one] for one in found.order)
    surface = format_surface(found.together.pool.surface)
    days = format_count(round(found.days), "common day")
    if not found.alone_s:
        return f"{primary} was not down on {surface} in {days}: there was nothing to save."
    alone = f"{primary} was down for {format_duration(found.alone_s)} on {surface} in {days}."
    return f"{alone} {_together(found, join_words(fallbacks))}"


def _together(found: Backed, fallbacks: str) -> str:
    seconds, bound = found.together.seconds, found.together.bound
    who = f"It and {fallbacks}"
    if seconds:
        return f"{who} were down at once for {format_duration(seconds)}."
    if bound is None:
        return f"{who} were never seen down at once, and nothing tells how likely that is."
    return (
        f"{who} were never seen down at once. That is not 100 %: up to "
        f"{format_duration(bound)} may be chance."
    )


def failover_sentence(found: Backed, names: Mapping[str, str]) -> str:
    """Say what failing over would have saved after each wait, of a primary that was down."""
    fallbacks = join_words([names[one] for one in found.order[1:]])
    told = [
        f"after {format_duration(one.delay_s)} **{format_duration(one.saved)}** of it"
        for one in found.waits
    ]
    return f"Turning to {fallbacks} would have saved {join_words(told)}."


def best_sentence(rows: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Say which two, and which three, were down together least; empty without a choice.

    Args:
        rows: As from ``portfolio.rows.portfolio``.
        names: Slug to name.
    """
    told = [
        f"{join_words([names[one] for one in _everyone(row)])} were down together least of every "
        f"{SIZES[row['k']]} ({seen_together(row)}; so too in "
        f"{format_share(row['win_share'], 0)} of the days drawn again)"
        for row in rows.filter(metric="joint_best").sort("k").iter_rows(named=True)
        if row["choices"] > 1
    ]
    return f"{'; '.join(told)}." if told else ""


def left_out_sentence(absent: Sequence[tuple[Candidate, str]], names: Mapping[str, str]) -> str:
    """Name who takes no part, and why; empty where all do."""
    reasons = dict.fromkeys((one.provider, why) for one, why in absent)
    told = [f"{names[who]} ({REASONS[why]})" for who, why in reasons]
    return f"Taking no part: {join_words(told)}." if told else ""


def seen_together(row: Mapping[str, Any]) -> str:
    """Write the joint downtime of a row, with its bound where none was seen."""
    if row["joint_s"]:
        return format_duration(row["joint_s"])
    bound = row["bound_s"]
    return "none seen" if bound is None else f"none seen, at most {format_duration(bound)}"


def not_both_down(row: Mapping[str, Any]) -> str:
    """Write a joint availability with its interval; too few outages give none.

    Where no joint second was seen that is not 100 %: only the least is told.
    """
    if row["value"] is None:
        return f"{BLANK} (takes 10 outages of each)"
    if not row["joint_s"]:
        return f"at least {format_percent(row['low'])}"
    return f"{format_percent(row['value'])} ({format_range(row['low'], row['high'])})"


def evidence_words(row: Mapping[str, Any]) -> str:
    """Say of a pair whether it fails together more than chance explains."""
    evidence = row["evidence"]
    if evidence == TOO_LITTLE:
        return "too little data: takes 60 common weeks and 10 outages of each"
    chance = f"p {row['p_adjusted']:.2f} of {row['weeks']} weeks"
    if evidence == CANNOT_BE_TOLD:
        pairs = format_count(row["pairs"], "pair")
        return (
            f"cannot be told from {row['weeks']} weeks and {pairs}; any pair: p {row['p_any']:.2f}"
        )
    return {BEYOND: f"▲ more than chance ({chance})", NO_EVIDENCE: f"no evidence ({chance})"}[
        evidence
    ]


def tier_words(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say what else points to a common cause of a pair."""
    upstreams = [names.get(one, one) for one in (row["upstreams"] or "").split(",") if one]
    return TIERS[row["tier"]] + (f": {join_words(upstreams)}" if upstreams else "")


def _everyone(row: Mapping[str, Any]) -> list[str]:
    return [row["provider"], *row["others"].split(",")]
