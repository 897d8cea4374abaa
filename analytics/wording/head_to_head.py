"""Comparisons of two providers in sentences; computed, never canned.

Words: METHODOLOGY, "Head-to-head".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import polars as pl

from analytics.comparison.cohort import DAY_S, MIN_DAYS
from analytics.comparison.pairwise import BETTER, LEANING
from analytics.comparison.ranking import COUNT, DOWNTIME
from analytics.wording.grammar import NOT_PROOF, join_words
from analytics.wording.numbers import (
    format_count,
    format_day,
    format_duration,
    format_percent,
    format_surface,
)
from analytics.wording.profile import collect_hint, page_status_sentence

BY = {DOWNTIME: "by time down", COUNT: "by incidents"}
#: Nearer to certainty than this, no digits are given.
CERTAIN = 0.99
SAME_PAGE = "both are read from the same components of one page, so the same posts count for both"
#: Ends of observation closer than this to the end of the window are no news.
LAG = timedelta(days=1)


def verdict_sentence(
    against: pl.DataFrame, names: Mapping[str, str], mark: str = "**"
) -> str | None:
    """Say which of two providers is better, with chance, n and common time, or why neither.

    None where too little was observed of both. ``against`` as from ``pairwise.pairs``, of one
    pair; ``names``: slug to name; ``mark``: what stands around the words that count. Words:
    METHODOLOGY, "Ranking".
    """
    rows = {row["metric"]: row for row in against.iter_rows(named=True)}
    by = {measure: row for measure, row in rows.items() if row["word"] or row["unlike"]}
    if not by:
        return None
    clauses = "; ".join(
        _clause(by[measure], names, mark)
        if by[measure]["word"]
        else not_compared_clause(by[measure], names)
        for measure in (DOWNTIME, COUNT)
        if measure in by
    )
    if all(row["same_page"] for row in by.values()):
        return f"{mark}Not compared{mark}: {SAME_PAGE}."
    if not any(row["word"] for row in by.values()):
        return f"{mark}Not compared{mark}: {clauses}."
    one = by[DOWNTIME] if DOWNTIME in by else by[COUNT]
    days, read = (round(row["covered_s"] / DAY_S) for row in (one, by.get(COUNT, one)))
    counted = f" (incidents: {format_count(read, 'day')} in which both pages were read)"
    return (
        f"{clauses[0].upper()}{clauses[1:]}; over the "
        f"{format_count(days, 'day')} in which both were "
        f"observed{counted if read != days else ''}, {format_percent(one['coverage'], 0)} of "
        f"{format_day(one['window_start'])} to {format_day(one['window_end'])}."
    )


def _clause(row: Mapping[str, Any], names: Mapping[str, str], mark: str) -> str:
    one, other = row["provider"], row["other"]
    ours, theirs = "", "_other"
    if row["favoured"] == other:
        one, other, ours, theirs = other, one, theirs, ours
    said = {
        BETTER: f"{mark}{names[one]} is better{mark} than {names[other]}",
        LEANING: f"{mark}{names[one]} is likely better{mark} than {names[other]}",
    }.get(row["word"], f"there is {mark}no clear difference{mark}")
    n, others = row[f"n{ours}"], row[f"n{theirs}"]
    if row["metric"] == DOWNTIME:
        numbers = (
            f"{format_duration(row[f'down{ours}_s'])} against "
            f"{format_duration(row[f'down{theirs}_s'])}, in {n:,} and "
            f"{format_count(others, 'incident')}"
        )
    else:
        numbers = f"{n:,} against {format_count(others, 'incident')}"
        if any(unrated := (row[f"unrated{ours}"], row[f"unrated{theirs}"])):
            numbers += f", and {unrated[0]:,} against {unrated[1]:,} of unknown severity"
    more = ", and no more," if row["word"] == LEANING else ","
    reason = f"{more} because {unknown_clause(row, names)}" if row["turnable"] else ""
    return f"{BY[row['metric']]} {said} ({_chance(row, names)}; {numbers}){reason}"


def unknown_clause(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say what is left of a pair's difference when the unknown counts as trouble."""
    its = "" if row["favoured"] == row["provider"] else "_other"
    name = names.get(row["favoured"], row["favoured"])
    if row["metric"] == DOWNTIME:
        unknown = f"{format_duration(row[f'unknown{its}_s'])} of unknown state counted as down"
    else:
        posts = format_count(row[f"unrated{its}"], "post")
        unknown = f"{posts} of unknown severity counted as trouble"
    return (
        f"with {unknown} for {name}, P is {format_chance(row['p_worst'])} and "
        f"{row['agreeing_worst']} of {row['cells']} ways of counting agree"
    )


def not_compared_clause(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say why the two of a pair are not compared, though both were observed enough."""
    if row["metric"] == COUNT:
        return "incidents are not compared, because the two providers post differently"
    who = row["provider"] if row["by_post"] else row["other"]
    return f"time down is not compared, because that of {names.get(who, who)} rests on whole posts"


def _chance(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if row["favoured"] is None:
        return "P 0.50"
    whose = "" if row["word"] in (BETTER, LEANING) else f" for {names[row['favoured']]}"
    cells = f"{row['agreeing']} of {row['cells']} ways of counting agree"
    return f"P {format_favoured_chance(row)}{whose}, {cells}"


def format_favoured_chance(row: Mapping[str, Any]) -> str:
    """Write the chance of the provider that a pair favours."""
    return format_chance(max(row["p_better"], 1 - row["p_better"]))


def format_chance(chance: float) -> str:
    """Write a chance rounded down and never as certain.

    >>> format_chance(0.958), format_chance(0.9999)
    ('0.95', '> 0.99')
    """
    return f"> {CERTAIN}" if chance > CERTAIN else f"{math.floor(chance * 100) / 100:.2f}"


def lag_sentence(seen: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Name providers not observed up to the end of the window; empty if none.

    ``seen`` as from ``shared_window.seen``.
    """
    late = seen.filter((pl.col("window_end") - pl.col("last_at") > LAG).fill_null(True))
    sentences = [
        f"Nothing of {names[provider]} was observed in this window."
        if last is None
        else f"{names[provider]} was last observed on {format_day(last)}; "
        "later time counts for neither."
        for provider, last in late.select("provider", "last_at").iter_rows()
    ]
    return " ".join(sentences)


def still_open_sentence(paired: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Count posts that are still open; empty if none.

    ``paired`` as from ``head_to_head.side_by_side``.
    """
    rows = paired.filter(pl.col("metric") == "open_median")
    posts = [
        f"{format_count(row[f'{side}_running'], 'post')} of {names[row[side]]}"
        for row in rows.iter_rows(named=True)
        for side in "ab"
        if row[f"{side}_running"]
    ]
    if not posts:
        return ""
    return f"Still open: {' and '.join(posts)}. Counted up to the newest data, as “so far”."


def never_down_sentence(paired: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Name providers with posts, yet without any component down; empty if none.

    ``paired`` as from ``head_to_head.side_by_side``.
    """
    rows = paired.filter(pl.col("metric") == "downtime")
    sentences = [
        f"{names[row[side]]} has {format_count(row[f'{side}_n'], 'post')} in the common time, "
        "none of which put a component down under this rule: its 100 % may only mean that its "
        "page does not say."
        for row in rows.iter_rows(named=True)
        for side in "ab"
        if row[f"{side}_n"] and row[f"{side}_value"] == 0
    ]
    return " ".join(sentences)


def quiet_sentence(paired: pl.DataFrame, names: Mapping[str, str], narrowed: bool) -> str:
    """Name providers without posts, and say what that does not prove; empty if none.

    ``paired`` as from ``head_to_head.side_by_side``; ``narrowed``: as ``Question.narrowed``.
    """
    # Time down rests on every post that was open, whatever minimum was asked for.
    rows = paired.filter(pl.col("metric") == ("frequency" if narrowed else "downtime"))
    quiet = [
        names[row[side]]
        for row in rows.iter_rows(named=True)
        for side in "ab"
        if row[f"{side}_n"] == 0
    ]
    what = "nothing of the kind asked for" if narrowed else "nothing"
    return f"{join_words(quiet)} posted {what} in the common time. {NOT_PROOF}" if quiet else ""


def common_time_sentence(paired: pl.DataFrame) -> str:
    """Say what every number side by side rests on.

    ``paired`` as from ``head_to_head.side_by_side``.
    """
    row = paired.row(0, named=True)
    longer = pl.col("covered_s") > row["covered_s"]
    posts = "".join(
        f" (posts: over the {format_duration(counted)} in which both pages were read, whether or "
        "not the states of their components are known)"
        for counted in paired.filter(longer)["covered_s"].head(1)
    )
    return (
        f"Both over the same {format_duration(row['covered_s'])}, in which both were "
        f"observed{posts}: {format_percent(row['coverage'], 1)} of "
        f"{format_day(row['window_start'])} to {format_day(row['window_end'])}. Rule "
        f"{row['rule']}; posts of class {' and '.join(row['classes'].split(','))}; n counts "
        "posts. *A against B* is A less B, or A as many times B; it takes "
        f"{MIN_DAYS} common days."
    )


def overlap_sentence(overlaps: pl.DataFrame, paired: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Say for how long both were down at once, beside the time down of each.

    ``overlaps`` as from ``pair_series.overlaps``.
    """
    row = paired.filter(pl.col("metric") == "downtime").row(0, named=True)
    seconds = int(overlaps["seconds"].sum())
    if not overlaps.height:
        return "The two were never down at once in the common time. That promises nothing."
    return (
        f"Both were down at once for {format_duration(seconds)}, in "
        f"{format_count(overlaps.height, 'stretch', 'stretches')}; in all {names[row['a']]} was "
        f"down for {format_duration(row['a_value'])} and {names[row['b']]} for "
        f"{format_duration(row['b_value'])}."
    )


def rules_sentence(rules: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Say from which to which rule each availability runs.

    ``rules`` as from ``pair_series.by_rule``.
    """
    ranges = []
    for (provider,), mine in rules.sort("value").group_by("provider", maintain_order=True):
        least, most = mine.row(0, named=True), mine.row(-1, named=True)
        ranges.append(
            f"{names[str(provider)]} from {format_percent(least['value'])} ({least['rule']}) to "
            f"{format_percent(most['value'])} ({most['rule']})"
        )
    return f"Availability under every rule: {'; '.join(ranges)}."


def surface_sentence(here: str, shared: Sequence[str]) -> str:
    """Name the surface compared where none was asked for, and the others shared."""
    rest = [format_surface(name) for name in shared if name != here]
    tail = f" Both also have {join_words(rest)}: choose above." if rest else " They share no other."
    return f"Compared on **{format_surface(here)}**, the first surface both have.{tail}"


def no_shared_surface_sentence(
    asked: str | None, mine: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> str:
    """Say why two providers cannot be compared on a surface.

    ``mine``: slug to the covered surfaces.
    """
    (one, has), (other, its) = mine.items()
    both = [name for name in has if name in its]
    if asked is not None and both:
        without = [names[who] for who, found in mine.items() if asked not in found]
        return (
            f"There is no coverage of {format_surface(asked)} for {' and '.join(without)}. "
            f"Both have {join_words([format_surface(name) for name in both])}: choose above."
        )
    return (
        f"{names[one]} and {names[other]} have no surface in common. Numbers of different "
        f"surfaces are not compared. {names[one]} has {_all(has)}; {names[other]} has {_all(its)}."
    )


def _all(surfaces: Sequence[str]) -> str:
    return (
        join_words([format_surface(name) for name in surfaces])
        if surfaces
        else "none that is mapped"
    )


def not_collected_sentence(provider: str, name: str, statuses: Sequence[str], note: str) -> str:
    """Say why a provider has no numbers.

    Args:
        provider: Slug.
        name: Its name.
        statuses: Statuses of its pages in the registry.
        note: What the registry says of it, or empty.
    """
    sentences = [
        f"Nothing is collected of {name}.",
        page_status_sentence(statuses)
        if statuses
        else "The registry knows no page of this provider.",
        note,
        "That is no data, which is not the same as no incidents.",
    ]
    return " ".join(filter(None, sentences)) + collect_hint(provider, statuses)


NO_SURFACE = (
    "Components without a known surface are not compared, because they differ in kind. Choose a "
    "surface that both have."
)
