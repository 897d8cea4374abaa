"""Providers side by side on one surface."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.comparison.ranking import COUNT, DOWNTIME, METRIC
from analytics.metrics.catalogue import METRICS
from analytics.wording.comparison import exclusion_reason
from analytics.wording.head_to_head import format_favoured_chance, unknown_clause
from analytics.wording.numbers import BLANK, format_count, format_tenths
from dashboard.charts.svg import interval_bar
from dashboard.document.answers import Answers
from dashboard.document.cells import Cell, Row, Stack, Table
from dashboard.document.day_strips import GLANCE_DAYS, recent_strip
from dashboard.document.definitions import MEASURES
from dashboard.document.question_text import caption_tail, surface_heading
from dashboard.document.scorecard import basis_text
from dashboard.document.value_text import (
    amount_text,
    bounds_text,
    count_text,
    coverage_text,
    exact_text,
    interval_text,
    length_text,
    moment_text,
    on_one_line,
    value_cell,
)

COMMON = ("common_frequency", "count_rank", "common_downtime", "downtime_rank")
PAIR = (
    "Pair",
    "By",
    "Difference",
    "95 % interval",
    "n",
    "p",
    "P(better)",
    "Ways agreeing",
    "Word",
)
BY = {COUNT: "incidents", DOWNTIME: "time down"}
LEAST_P = 0.001
#: Who posts, in words, by source class.
POSTED_BY = {
    "curated": "people (curated)",
    "automatic": "monitors (automatic)",
    "large_only": "people, wide incidents only (large_only)",
}


def glance_table(answers: Answers, surface: str) -> Table:
    """Build the table of the first page: one row per provider."""
    head = (
        "Provider",
        f"Last {GLANCE_DAYS} days of the window",
        "Availability",
        f"{answers.question.unit.capitalize()} per 30 days",
        METRICS["open_median"].label,
        "Coverage",
    )
    rows = [_glance(answers, provider, surface) for provider in answers.providers_on(surface)]
    where = f"{surface_heading(surface)}, each provider over its own coverage"
    caption = f"At a glance. {where}: {caption_tail(answers)}"
    return Table(caption, head, rows, frozenset({2, 3, 4, 5}))


def _glance(answers: Answers, provider: str, surface: str) -> tuple[Cell, ...]:
    up = answers.measure(provider, surface, "availability")
    rate = answers.measure(provider, surface, "frequency")
    median = answers.measure(provider, surface, "open_median")
    days = answers.days.filter(provider=provider, surface=surface)
    lost = [f"{length_text(up['down_s'])} down"] if up else []
    if up and (unknown_s := answers.unknown_s(provider, surface)):
        possible = "" if up["low"] is None else f": {bounds_text(up['low'], up['high'])}"
        lost.append(f"{length_text(unknown_s)} unknown{possible}")
    return (
        answers.names[provider],
        recent_strip(days),
        value_cell(up, *lost, f"n {count_text(up)}"),
        value_cell(rate, interval_text(rate), f"n {count_text(rate)}"),
        value_cell(median, interval_text(median), f"n {count_text(median)}"),
        Stack(coverage_text(up), (*_posts_covered(up, rate), _basis(answers, provider, surface))),
    )


def _posts_covered(up: Row | None, rate: Row | None) -> tuple[str, ...]:
    """Give the coverage of posts where it differs from that of component states."""
    apart = up and rate and up["covered_s"] != rate["covered_s"]
    return (f"posts: {coverage_text(rate)}",) if apart else ()


def measure_table(answers: Answers, surface: str) -> Table:
    """Build the table of measures by providers, over the time all were observed."""
    providers = answers.providers_on(surface)
    by = {row["provider"]: row for row in answers.eligibility.filter(surface=surface).to_dicts()}
    ground = [by[provider] for provider in providers]
    sources = [answers.source(provider, surface) for provider in providers]
    rows: list[tuple[Cell, ...]] = [
        ("Compared", *(_entered(row, answers) for row in ground)),
        ("Posted by", *(_posted_by(source) for source in sources)),
        ("States from", *(_basis(answers, provider, surface) for provider in providers)),
    ]
    if ground and ground[0]["enough"]:
        for metric in COMMON:
            found = [answers.measure(provider, surface, metric) for provider in providers]
            comparable = _all_compared(answers, found, surface)
            rows.append((MEASURES[metric].label, *_on_one_scale(found, comparable)))
        unknown = _unknown(answers, surface)
        rows.append(("Left out as unknown", *(unknown.get(p, BLANK) for p in providers)))
    head = ("Measure", *(answers.names[provider] for provider in providers))
    where = f"{surface_heading(surface)}, common time: {_common(ground)}"
    return Table(f"Side by side. {where}; {caption_tail(answers)}", head, rows)


def _unknown(answers: Answers, surface: str) -> dict[str, Cell]:
    """Give, by provider, what the measures of common time leave out as unknown."""
    found: dict[str, dict[str, str]] = {}
    pairs = answers.pairs.filter(pl.col("word").is_not_null(), surface=surface)
    for row in pairs.iter_rows(named=True):
        for provider, side in ((row["provider"], ""), (row["other"], "_other")):
            if row["metric"] == DOWNTIME:
                amount = f"{length_text(row[f'unknown{side}_s'])} of unknown state"
            else:
                amount = f"{format_count(row[f'unrated{side}'], 'post')} of unknown severity"
            found.setdefault(provider, {})[row["metric"]] = amount
    return {
        provider: Stack(first, rest)
        for provider, each in found.items()
        for first, *rest in [each.values()]
    }


def _common(ground: list[Row]) -> str:
    """Write the common time of a surface in words."""
    if not ground or not ground[0]["enough"]:
        return "not enough of it"
    row = ground[0]
    start, end = moment_text(row["common_start"]), moment_text(row["common_end"])
    return f"{format_tenths(row['common_days'])} days, {start} to {end}"


def _entered(row: Row, answers: Answers) -> Cell:
    """Say whether a provider, a row of ``eligibility``, is compared; if not, why."""
    if why := exclusion_reason(row):
        return Stack("no", (why,))
    who = pl.col("provider").eq(row["provider"]) | pl.col("other").eq(row["provider"])
    mine = answers.pairs.filter(who, surface=row["surface"])
    if mine["word"].null_count() < mine.height or mine.is_empty():
        return "yes"
    reasons = dict.fromkeys(_why(pair) for pair in mine.filter("unlike").iter_rows(named=True))
    return Stack("no", tuple(reasons))


def _posted_by(source: Row | None) -> str:
    return POSTED_BY[source["source_class"]] if source else BLANK


def _basis(answers: Answers, provider: str, surface: str) -> str:
    covered = provider in answers.covered_on(surface)
    up = answers.measure(provider, surface, "availability")
    return basis_text(answers.source(provider, surface), up) if covered else BLANK


def _all_compared(answers: Answers, found: Sequence[Row | None], surface: str) -> bool:
    """Tell whether all providers that have a value of a measure are compared by it."""
    shown = [row for row in found if row and row["value"] is not None]
    measures = {measure for row in shown for measure in METRIC if METRIC[measure] == row["metric"]}
    among = pl.col("provider", "other").is_in([row["provider"] for row in shown])
    pairs = answers.pairs.filter(among, pl.col("metric").is_in(measures), surface=surface)
    return not pairs["word"].has_nulls()


def _on_one_scale(found: list[Row | None], comparable: bool) -> list[Cell]:
    """Show values of one measure with their intervals, drawn on one scale.

    Values that are not ``comparable``, and ranks, are not drawn.
    """
    shown = [row for row in found if row and row["value"] is not None]
    ends = [end for row in shown for end in (row["value"], row["high"]) if end is not None]
    return [_common_value(row, max(ends, default=0) if comparable else None) for row in found]


def _common_value(row: Row | None, most: float | None) -> Cell:
    if row is None or row["value"] is None:
        return BLANK
    number, between = amount_text(row, row["value"]), interval_text(row)
    rests = (f"n {count_text(row)}; {coverage_text(row)} covered",)
    if row["unit"].startswith("rank"):
        return Stack(number, (f"95 %: {between}", *rests))
    words = f"95 %: {between}"
    down = () if row["down_s"] is None else (f"{exact_text(row['down_s'])} down",)
    if most is None:
        return Stack(number, (words, *down, *rests))
    picture = interval_bar(row["value"], row["low"], row["high"], most, f"{number}, {words}")
    return Stack(number, (picture, words, *down, *rests))


def pair_table(answers: Answers, surface: str) -> Table | None:
    """Build the table of pairs: difference, test and verdict; None without verdicts."""
    ground = answers.eligibility.filter(pl.col("entered") & pl.col("enough"), surface=surface)
    entered = ground["provider"].to_list()
    found = answers.pairs.filter(
        pl.col("provider").is_in(entered) & pl.col("other").is_in(entered), surface=surface
    )
    if found["word"].null_count() == found.height:
        return None
    rows = [_pair(row, answers) for row in found.iter_rows(named=True)]
    caption = (
        f"Pair by pair. {surface_heading(surface)}, common time (incidents: the first rate over "
        f"the second; time down: the first share less the second): {caption_tail(answers)}"
    )
    return Table(caption, PAIR, rows, frozenset({2, 3, 4, 5, 6, 7}))


def _pair(row: Row, answers: Answers) -> tuple[Cell, ...]:
    pair = f"{answers.names[row['provider']]} and {answers.names[row['other']]}"
    if row["word"] is None:
        return pair, BY[row["metric"]], *[BLANK] * 6, f"not compared: {_why(row)}"
    favoured = (f"for {answers.names[row['favoured']]}",) if row["favoured"] else ()
    return (
        pair,
        BY[row["metric"]],
        _difference(row, "value"),
        f"{_difference(row, 'low')} to {_difference(row, 'high')}",
        on_one_line(f"{row['n']:,} and {row['n_other']:,}"),
        Stack(_p(row["p_value"]), (row["test"],)),
        Stack(format_favoured_chance(row), favoured),
        f"{row['agreeing']} of {row['cells']}",
        Stack(row["word"], (unknown_clause(row, answers.names),))
        if row["turnable"]
        else row["word"],
    )


def _why(row: Row) -> str:
    if row["same_page"]:
        return "the same posts count for both"
    return "posted differently" if row["metric"] == COUNT else "one rests on whole posts"


def _p(chance: float) -> str:
    """Write a p-value, never as zero."""
    return f"{chance:.3f}" if chance >= LEAST_P else f"below {LEAST_P}"


def _difference(row: Row, which: str) -> str:
    """Write a bound of a difference; one without a number lies beyond everything."""
    amount: float | None = row[which]
    if amount is None:
        return BLANK if row["value"] is None else "∞"
    if row["metric"] == DOWNTIME:
        return on_one_line(f"{amount * 100:+.3f} %")
    return f"{amount:.2f}"
