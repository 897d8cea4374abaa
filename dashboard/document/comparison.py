"""Providers side by side on one surface."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.comparison.ranking import COUNT, DOWNTIME, METRIC
from analytics.wording.comparison import not_compared
from analytics.wording.head_to_head import sureness, turning
from analytics.wording.numbers import tenths
from dashboard import format as said
from dashboard.charts.svg import interval
from dashboard.document import value_text
from dashboard.document.answers import Numbers
from dashboard.document.cells import Cell, Row, Stack, Table
from dashboard.document.day_strips import GLANCE_DAYS, last_days
from dashboard.document.definitions import MEASURES
from dashboard.document.question_text import carried, heading
from dashboard.document.scorecard import basis

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


def at_a_glance(numbers: Numbers, surface: str) -> Table:
    """One row per provider: the first page of the document."""
    head = (
        "Provider",
        f"Last {GLANCE_DAYS} days of the window",
        "Availability",
        f"{numbers.question.unit.capitalize()} per 30 days",
        "Median time open",
        "Coverage",
    )
    rows = [_glance(numbers, provider, surface) for provider in numbers.providers_on(surface)]
    where = f"{heading(surface)}, each provider over its own coverage"
    caption = f"At a glance. {where}: {carried(numbers)}"
    return Table(caption, head, rows, frozenset({2, 3, 4, 5}))


def _glance(numbers: Numbers, provider: str, surface: str) -> tuple[Cell, ...]:
    up = numbers.measure(provider, surface, "availability")
    rate = numbers.measure(provider, surface, "frequency")
    median = numbers.measure(provider, surface, "open_median")
    days = numbers.days.filter(provider=provider, surface=surface)
    lost = [f"{value_text.length(up['down_s'])} down"] if up else []
    if up and (unknown_s := numbers.unknown_s(provider, surface)):
        possible = "" if up["low"] is None else f": {value_text.bounds(up['low'], up['high'])}"
        lost.append(f"{value_text.length(unknown_s)} unknown{possible}")
    return (
        numbers.names[provider],
        last_days(days),
        value_text.value(up, *lost, f"n {value_text.count(up)}"),
        value_text.value(rate, value_text.interval(rate), f"n {value_text.count(rate)}"),
        value_text.value(median, value_text.interval(median), f"n {value_text.count(median)}"),
        Stack(
            value_text.coverage(up), (*_posts_covered(up, rate), _basis(numbers, provider, surface))
        ),
    )


def _posts_covered(up: Row | None, rate: Row | None) -> tuple[str, ...]:
    """The coverage of posts, where it is another than that of component states."""
    apart = up and rate and up["covered_s"] != rate["covered_s"]
    return (f"posts: {value_text.coverage(rate)}",) if apart else ()


def matrix(numbers: Numbers, surface: str) -> Table:
    """Measures by providers, over the time in which all that are compared were observed."""
    providers = numbers.providers_on(surface)
    by = {row["provider"]: row for row in numbers.eligibility.filter(surface=surface).to_dicts()}
    ground = [by[provider] for provider in providers]
    sources = [numbers.source(provider, surface) for provider in providers]
    rows: list[tuple[Cell, ...]] = [
        ("Compared", *(_entered(row, numbers) for row in ground)),
        ("Posted by", *(_posted_by(source) for source in sources)),
        ("States from", *(_basis(numbers, provider, surface) for provider in providers)),
    ]
    if ground and ground[0]["enough"]:
        for metric in COMMON:
            found = [numbers.measure(provider, surface, metric) for provider in providers]
            comparable = _all_compared(numbers, found, surface)
            rows.append((MEASURES[metric].label, *_on_one_scale(found, comparable)))
        unknown = _unknown(numbers, surface)
        rows.append(("Left out as unknown", *(unknown.get(p, said.NONE) for p in providers)))
    head = ("Measure", *(numbers.names[provider] for provider in providers))
    where = f"{heading(surface)}, common time: {_common(ground)}"
    return Table(f"Side by side. {where}; {carried(numbers)}", head, rows)


def _unknown(numbers: Numbers, surface: str) -> dict[str, Cell]:
    """What the measures of common time leave out because nobody knows it, by provider."""
    found: dict[str, dict[str, str]] = {}
    pairs = numbers.pairs.filter(pl.col("word").is_not_null(), surface=surface)
    for row in pairs.iter_rows(named=True):
        for provider, side in ((row["provider"], ""), (row["other"], "_other")):
            if row["metric"] == DOWNTIME:
                amount = f"{value_text.length(row[f'unknown{side}_s'])} of unknown state"
            else:
                amount = f"{said.count(row[f'unrated{side}'], 'post')} of unknown severity"
            found.setdefault(provider, {})[row["metric"]] = amount
    return {
        provider: Stack(first, rest)
        for provider, each in found.items()
        for first, *rest in [each.values()]
    }


def _common(ground: list[Row]) -> str:
    """The common time of a surface in words."""
    if not ground or not ground[0]["enough"]:
        return "not enough of it"
    row = ground[0]
    start, end = value_text.moment(row["common_start"]), value_text.moment(row["common_end"])
    return f"{tenths(row['common_days'])} days, {start} to {end}"


def _entered(row: Row, numbers: Numbers) -> Cell:
    """Whether a provider, a row of ``ground``, is compared with anybody; if not, why."""
    if why := not_compared(row):
        return Stack("no", (why,))
    who = pl.col("provider").eq(row["provider"]) | pl.col("other").eq(row["provider"])
    mine = numbers.pairs.filter(who, surface=row["surface"])
    if mine["word"].null_count() < mine.height or mine.is_empty():
        return "yes"
    reasons = dict.fromkeys(_why(pair) for pair in mine.filter("unlike").iter_rows(named=True))
    return Stack("no", tuple(reasons))


def _posted_by(source: Row | None) -> str:
    return POSTED_BY[source["source_class"]] if source else said.NONE


def _basis(numbers: Numbers, provider: str, surface: str) -> str:
    covered = provider in numbers.covered_on(surface)
    up = numbers.measure(provider, surface, "availability")
    return basis(numbers.source(provider, surface), up) if covered else said.NONE


def _all_compared(numbers: Numbers, found: Sequence[Row | None], surface: str) -> bool:
    """Whether any two that have a value of a measure are compared by it."""
    shown = [row for row in found if row and row["value"] is not None]
    measures = {measure for row in shown for measure in METRIC if METRIC[measure] == row["metric"]}
    among = pl.col("provider", "other").is_in([row["provider"] for row in shown])
    pairs = numbers.pairs.filter(among, pl.col("metric").is_in(measures), surface=surface)
    return not pairs["word"].has_nulls()


def _on_one_scale(found: list[Row | None], comparable: bool) -> list[Cell]:
    """Values of one measure with their intervals, drawn on one scale where they are
    ``comparable`` and no ranks."""
    shown = [row for row in found if row and row["value"] is not None]
    ends = [end for row in shown for end in (row["value"], row["high"]) if end is not None]
    return [_common_value(row, max(ends, default=0) if comparable else None) for row in found]


def _common_value(row: Row | None, most: float | None) -> Cell:
    if row is None or row["value"] is None:
        return said.NONE
    number, between = value_text.number(row, row["value"]), value_text.interval(row)
    rests = (f"n {value_text.count(row)}; {value_text.coverage(row)} covered",)
    if row["unit"].startswith("rank"):
        return Stack(number, (f"95 %: {between}", *rests))
    words = f"95 %: {between}"
    down = () if row["down_s"] is None else (f"{value_text.exact(row['down_s'])} down",)
    if most is None:
        return Stack(number, (words, *down, *rests))
    picture = interval(row["value"], row["low"], row["high"], most, f"{number}, {words}")
    return Stack(number, (picture, words, *down, *rests))


def head_to_head(numbers: Numbers, surface: str) -> Table | None:
    """Pairs of those observed enough: difference, test, the one word; None without any word."""
    ground = numbers.eligibility.filter(pl.col("entered") & pl.col("enough"), surface=surface)
    entered = ground["provider"].to_list()
    found = numbers.pairs.filter(
        pl.col("provider").is_in(entered) & pl.col("other").is_in(entered), surface=surface
    )
    if found["word"].null_count() == found.height:
        return None
    rows = [_pair(row, numbers) for row in found.iter_rows(named=True)]
    caption = (
        f"Pair by pair. {heading(surface)}, common time (incidents: the first rate over the "
        f"second; time down: the first share less the second): {carried(numbers)}"
    )
    return Table(caption, PAIR, rows, frozenset({2, 3, 4, 5, 6, 7}))


def _pair(row: Row, numbers: Numbers) -> tuple[Cell, ...]:
    pair = f"{numbers.names[row['provider']]} and {numbers.names[row['other']]}"
    if row["word"] is None:
        return pair, BY[row["metric"]], *[said.NONE] * 6, f"not compared: {_why(row)}"
    favoured = (f"for {numbers.names[row['favoured']]}",) if row["favoured"] else ()
    return (
        pair,
        BY[row["metric"]],
        _difference(row, "value"),
        f"{_difference(row, 'low')} to {_difference(row, 'high')}",
        value_text.unbroken(f"{row['n']:,} and {row['n_other']:,}"),
        Stack(_p(row["p_value"]), (row["test"],)),
        Stack(sureness(row), favoured),
        f"{row['agreeing']} of {row['cells']}",
        Stack(row["word"], (turning(row, numbers.names),)) if row["turnable"] else row["word"],
    )


def _why(row: Row) -> str:
    if row["same_page"]:
        return "the same posts stand behind both"
    return "posted differently" if row["metric"] == COUNT else "whole posts stand for states of one"


def _p(chance: float) -> str:
    """A p-value, never told as zero."""
    return f"{chance:.3f}" if chance >= LEAST_P else f"below {LEAST_P}"


def _difference(row: Row, which: str) -> str:
    """A bound without a number lies beyond everything."""
    amount: float | None = row[which]
    if amount is None:
        return said.NONE if row["value"] is None else "∞"
    if row["metric"] == DOWNTIME:
        return value_text.unbroken(f"{amount * 100:+.3f} %")
    return f"{amount:.2f}"
