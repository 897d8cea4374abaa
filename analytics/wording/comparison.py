"""Comparisons of providers in sentences, and whether they survive; computed, never canned.

Words: METHODOLOGY, "Ranking" and "One basis".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.answer import WHOLE
from analytics.basis import BY_POST
from analytics.comparison.cohort import MIN_DAYS
from analytics.comparison.ranking import COUNT, DOWNTIME, METRIC
from analytics.comparison.sensitivity import AS_ASKED, EVERY_CLASS, WITH_NOTICES, WITHOUT_NOTICES
from analytics.rules import INCIDENT_OPEN
from analytics.scope import OTHER
from analytics.wording.grammar import join_words, name_some
from analytics.wording.numbers import format_count, format_duration, format_percent, format_tenths

COUNTING = {
    WITH_NOTICES: "Counting notices too",
    WITHOUT_NOTICES: "Leaving notices out",
    EVERY_CLASS: "Counting posts of every class",
}


def basis_sentence(bases: pl.DataFrame, names: pl.DataFrame) -> str:
    """Name providers whose component states are made of whole posts; else empty.

    ``bases`` as from ``provenance.bases``, of the rows shown.
    """
    called = dict(names.select("provider", "name").iter_rows())
    mine = bases.filter(pl.col("basis").str.contains(BY_POST))
    whose = [called.get(who) or who for who in mine["provider"].unique(maintain_order=True)]
    if not whose:
        return ""
    return (
        f"No component states are known of {name_some(whose)}. A whole post counts as the state "
        "of its components for as long as it is open, which can be far longer than the trouble. "
        "Do not compare such an availability with one from component states."
    )


def unrated_sentence(left_out: pl.DataFrame, names: pl.DataFrame) -> str:
    """Count posts that a minimum state leaves out as of unknown severity; else empty.

    ``left_out`` as from ``provenance.left_unrated``.
    """
    called = dict(names.select("provider", "name").iter_rows())
    whose = [
        f"{unrated:,} of {posts:,} posts of {called.get(who) or who}"
        for who, posts, unrated in left_out.iter_rows()
    ]
    if not whose:
        return ""
    return (
        f"Left out, because their severity is unknown: {name_some(whose)}. Any of them may have "
        "reached the minimum state asked for."
    )


def sensitivity_sentence(
    rules: pl.DataFrame,
    names: pl.DataFrame,
    whole: pl.DataFrame,
    shared: pl.DataFrame,
    over: str = "Each over its own coverage",
) -> str:
    """Say how far availability depends on the rule, and whether the order does.

    Args:
        rules: As from ``sensitivity.by_rule``, of one surface.
        names: Columns provider, name.
        whole: As from ``provenance.whole_posts``, of the same surface.
        shared: As from ``provenance.sharing``, of the same surface; these stand in no order.
        over: Which time the availabilities are about.
    """
    known = rules.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return "No provider has an availability on this surface."
    called = dict(names.select("provider", "name").iter_rows())
    spread = known.group_by("provider").agg(
        pl.col("value").max().alias("most"), pl.col("value").min().alias("least")
    )
    widest = spread.sort(pl.col("most") - pl.col("least"), "provider").row(-1, named=True)
    name = called.get(widest["provider"], widest["provider"])
    least, most = format_percent(widest["least"]), format_percent(widest["most"])
    wide = (
        f"{over}: the rule alone moves no availability."
        if least == most
        else f"{over}: the rule alone moves {name} from {least} to {most}."
    )
    by_post = pl.col("provider").is_in(whole["provider"].implode())
    here = shared.filter(pl.col("other").is_in(known["provider"].implode()))
    known = known.filter(~pl.col("provider").is_in(here["provider"].implode()))
    kinds = known.filter(by_post), known.filter(~by_post)
    mixed = not any(kind.is_empty() for kind in kinds)
    others = (" from whole posts", " from component states") if mixed else ("", "")
    orders = [_order(kind, of) for kind, of in zip(kinds, others, strict=True)]
    return " ".join(filter(None, [wide, *orders]))


def _order(rules: pl.DataFrame, made: str) -> str:
    """Say whether the order of providers holds under every rule; else empty.

    ``made``: what the component states of these providers are made of.
    """
    providers = rules["provider"].n_unique()
    if providers < 2:
        return ""
    whose = f"The order of the {providers} providers{made}"
    if _spread(rules["coverage"]) > 1 - WHOLE:
        return f"{whose} is not given: their coverage differs too much."
    weighed = rules.filter(pl.col("rule") != INCIDENT_OPEN).partition_by("rule")
    if any(_turnable(group) for group in weighed):
        return f"{whose} is not known: the unknown time could change it."
    orders = {
        tuple(group.sort("value", "provider", descending=[True, False])["provider"])
        for group in weighed
    }
    survives = "is the same" if len(orders) == 1 else "is not the same"
    return f"{whose} {survives} under every rule."


def _spread(numbers: pl.Series) -> float:
    least, most = numbers.min(), numbers.max()
    assert isinstance(least, float)
    assert isinstance(most, float)
    return most - least


def _turnable(rules: pl.DataFrame) -> bool:
    """Tell whether the unknown of a provider reaches past another's availability."""
    ends = rules.select(
        "value", low=pl.coalesce("low", "value"), high=pl.coalesce("high", "value")
    ).sort("value")
    least_above = pl.col("low").reverse().cum_min().reverse().shift(-1)
    return bool(ends.select((pl.col("high") > least_above).any()).item())


def classes_sentences(chosen: pl.DataFrame, names: pl.DataFrame) -> list[str]:
    """Say what the filter of classes changes in the numbers of one surface.

    ``chosen`` as from ``sensitivity.under_classes``.
    """
    called = dict(names.select("provider", "name").iter_rows())
    asked = chosen.filter(pl.col("chosen") == AS_ASKED).select("provider", "metric", "value", "n")
    both = chosen.join(asked, on=["provider", "metric"], suffix="_asked", maintain_order="left")
    up = both.filter(pl.col("metric") == "availability").with_columns(
        (pl.col("value") - pl.col("value_asked")).abs().fill_null(0).alias("moved"),
        (pl.col("n") - pl.col("n_asked")).abs().fill_null(0).alias("more"),
    )
    return [
        f"{counting} {_moves(up.filter(chosen=name), called)}"
        for name, counting in COUNTING.items()
        if name in up["chosen"]
    ]


def _moves(up: pl.DataFrame, called: Mapping[str, str]) -> str:
    """Say what a choice of classes moves most.

    ``up``: availability rows with the columns moved and more.
    """
    most = up.sort("moved", "more", "provider").row(-1, named=True)
    name = called[most["provider"]]
    posts = f"{most['n_asked'] or 0:,} to {most['n'] or 0:,}"
    before, after = (format_percent(most[of]) for of in ("value_asked", "value"))
    if most["moved"] and before != after:
        return f"moves {name} from {before} to {after}; posts open: {posts}."
    if most["more"]:
        return f"moves no availability here; posts of {name} go from {posts}."
    return "changes nothing here."


def survival_sentences(
    leaders: pl.DataFrame, pairs: pl.DataFrame, names: pl.DataFrame
) -> list[str]:
    """Say whether the rankings of one surface survive; empty without a ranking.

    ``leaders`` as from ``sensitivity.leaders``, ``pairs`` as from ``pairwise.pairs``.
    """
    called = dict(names.select("provider", "name").iter_rows())
    if leaders.is_empty():
        return []
    sentences = []
    for measure, of in (("By time down", DOWNTIME), ("By incidents", COUNT)):
        against = pairs.filter(metric=of)
        survives = survival_sentence(leaders.filter(metric=METRIC[of]), called, against)
        sentences.append(
            " ".join(filter(None, [f"{measure}. {survives}", left_out_sentence(against, called)]))
        )
    return sentences


def left_out_sentence(pairs: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Say what a ranking by one measure leaves out as unknown; empty if nothing.

    ``pairs``: those of that measure and one surface.
    """
    # The two of a row that are not compared may each be compared with others.
    known = pairs.filter(pl.any_horizontal(pl.col("unknown_s", "unrated").is_not_null()))
    unknown = [
        f"{_amount(row, side)} of {names[row[who]]}"
        for who, side in (("provider", ""), ("other", "_other"))
        for row in known.unique(who, keep="first", maintain_order=True).iter_rows(named=True)
        if row[f"unknown{side}_s"] or row[f"unrated{side}"]
    ]
    whose = list(dict.fromkeys(unknown))
    return f"Left out as unknown: {join_words(whose)}." if whose else ""


def _amount(row: dict[str, Any], side: str) -> str:
    if row["metric"] == DOWNTIME:
        return format_duration(row[f"unknown{side}_s"])
    return format_count(row[f"unrated{side}"], "post")


def survival_sentence(leaders: pl.DataFrame, names: Mapping[str, str], pairs: pl.DataFrame) -> str:
    """Say whether a ranking is the same in every way of counting; if not, who leads.

    ``leaders`` as from ``sensitivity.leaders``, of one surface and metric; ``names``: slug to
    name; ``pairs`` of the same: an order that the unknown leaves unsettled does not survive.
    """
    rows = leaders.to_dicts()
    if not rows:
        return "There is no ranking to test."
    cells = rows[0]["cells"]
    turned = [
        f"{names[row['provider']]} and {names[row['other']]}"
        for row in pairs.filter(~pl.col("settled")).iter_rows(named=True)
    ]
    if not turned and pairs.filter(pl.col("favoured").is_not_null()).is_empty():
        return f"All are equal in all {cells} ways of counting: there is no order to test."
    if turned and rows[0]["same_order"]:
        return (
            f"The ranking does not survive the unknown. The order is the same in all {cells} ways "
            "of counting, but the unknown, counted as trouble, could reverse "
            f"{name_some(turned)}."
        )
    if rows[0]["same_order"]:
        return f"The ranking survives: the order is the same in all {cells} ways of counting."
    if len(rows) == 1 and rows[0]["led"] == cells:
        could = (
            f" The unknown, counted as trouble, could reverse {name_some(turned)}."
            if turned
            else ""
        )
        return (
            f"{names[rows[0]['provider']]} comes first in all {cells} ways of counting; the order "
            f"behind changes.{could}"
        )
    leads = ", ".join(f"{names[row['provider']]} in {row['led']}" for row in rows)
    return (
        f"The ranking does not survive: of {cells} ways of counting, {leads} "
        f"{'comes' if len(rows) == 1 else 'come'} first."
    )


def exclusion_reason(row: Mapping[str, Any]) -> str | None:
    """Say why a provider, a row of ``eligibility``, is not compared; None where it is."""
    if row["surface"] == OTHER:
        return "components without a known surface are not compared"
    if not row["entered"]:
        return f"it was observed for {format_tenths(row['days'])} of the {MIN_DAYS} days needed"
    if row["enough"]:
        return None
    if row["common_days"] >= MIN_DAYS:
        return "no other provider was observed for long enough"
    return f"there are {format_tenths(row['common_days'])} of the {MIN_DAYS} common days needed"
