"""The scorecard of one provider on one surface."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from analytics.evidence.incident_evidence import longest
from analytics.rules import INCIDENT_OPEN
from dashboard import format as said
from dashboard.document import value_text
from dashboard.document.answers import Numbers
from dashboard.document.cells import Cell, Row, Stack, Table, link
from dashboard.document.day_strips import month_bars
from dashboard.document.definitions import MEASURES
from dashboard.document.question_text import carried
from dashboard.document.question_text import surface as in_words

HEAD = ("Measure", "Value", "95 % interval", "n", "Coverage", "Rests on")
NUMERIC = frozenset({1, 2, 3, 4})
MONTHS = ("Month", "Days", "Availability", "Down", "Left out", "Posts open", "Coverage")
#: What the states of a source's components are made of, in words.
BASES = {
    "impacts": "impacts the page states",
    "replay": "states replayed from updates and captures",
    "incident": "incident level only: a whole post has one state",
}
DURATIONS = tuple(
    f"{what}_{statistic}"
    for what in ("open", "impact")
    for statistic in ("median", "p90", "rmst_24h")
)
#: Labels of the longest posts, and the column that says how long.
LONGEST = {"Longest open": "open_s", "Longest impact": "impact_s"}


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One provider on one surface, None: on none. Without coverage there are no tables."""

    provider: str
    surface: str | None
    tables: tuple[Table, ...] = ()


def scorecards(numbers: Numbers, provider: str) -> list[Scorecard]:
    """One for each surface the provider has; one that says so if it has none."""
    has = [name for name in numbers.surfaces if provider in numbers.providers_on(name)]
    return [scorecard(numbers, provider, name) for name in has] or [Scorecard(provider, None)]


def scorecard(numbers: Numbers, provider: str, surface: str) -> Scorecard:
    """Availability, frequency, durations, months and habits of one provider."""
    if provider not in numbers.covered_on(surface):
        return Scorecard(provider, surface)
    tables = (
        _measures(numbers, provider, surface),
        _months(numbers, provider, surface),
        _facts(numbers, provider, surface),
    )
    return Scorecard(provider, surface, tables)


def basis(source: Row | None, up: Row | None) -> str:
    """What the component states behind an availability are made of."""
    if source is None:
        return said.NONE
    if up is None or not up["covered_s"]:
        return "no component states"
    return "; ".join(BASES[name] for name in source["bases"]) or "never worse than operational"


def _measures(numbers: Numbers, provider: str, surface: str) -> Table:
    availability = numbers.measure(provider, surface, "availability")
    source = numbers.source(provider, surface)
    rows: list[tuple[Cell, ...]] = [
        _availability(availability, source),
        _availability(numbers.under(numbers.beside, provider, surface), source),
    ]
    if availability is not None and availability["value"] is not None:
        rows += _time(availability, numbers.unknown_s(provider, surface))
    for metric in ("frequency", *DURATIONS):
        row = numbers.measure(provider, surface, metric)
        of = f"{numbers.question.unit} begun" if metric == "frequency" else MEASURES[metric].of
        rows.append(_line(MEASURES[metric].label, row, of))
    here = numbers.evidence.filter(provider=provider, surface=surface)
    share = value_text.coverage(numbers.measure(provider, surface, "open_median"))
    rows += [_longest(here, label, column, share) for label, column in LONGEST.items()]
    rows.append(_coverage(numbers, provider, surface))
    return Table(_caption(numbers, provider, surface, "Measures"), HEAD, rows, NUMERIC)


def _caption(
    numbers: Numbers, provider: str, surface: str, what: str, *, ruled: bool = True
) -> str:
    where = f"{numbers.names[provider]}, {in_words(surface)}"
    return f"{what}. {where}: {carried(numbers, ruled=ruled)}"


def _line(label: str, row: Row | None, of: str) -> tuple[Cell, ...]:
    return (
        label,
        value_text.value(row),
        value_text.interval(row),
        value_text.count(row),
        value_text.coverage(row),
        of,
    )


def _availability(row: Row | None, source: Row | None) -> tuple[Cell, ...]:
    """Without an interval: it is measured, and its bounds have a line of their own."""
    rule = row["rule"] if row else said.NONE
    made = "posts open, whatever the states" if rule == INCIDENT_OPEN else basis(source, row)
    label, of = f"Availability, rule {rule}", f"{made}; n: posts open"
    return (
        label,
        value_text.value(row),
        said.NONE,
        value_text.count(row),
        value_text.coverage(row),
        of,
    )


def _time(row: Row, unknown_s: int) -> list[tuple[Cell, ...]]:
    """Time down, time unknown, and what the unknown could hide."""
    n, share = value_text.count(row), value_text.coverage(row)
    times = [("Time down", value_text.exact(row["down_s"]), f"weighted by rule {row['rule']}")]
    if unknown_s:
        of = f"of some component; {value_text.exact(row['unknown_s'])} of it of all, left out"
        times.append(("Time unknown", value_text.exact(unknown_s), of))
    if row["low"] is not None:
        possible = value_text.bounds(row["low"], row["high"])
        times.append((MEASURES["bounds"].label, possible, "unknown components down, to up"))
    return [(label, value, said.NONE, n, share, of) for label, value, of in times]


def _longest(here: pl.DataFrame, label: str, column: str, share: str) -> tuple[Cell, ...]:
    row, of = longest(here, column)
    n = said.number(of)
    if row is None:
        return label, "none", said.NONE, n, share, "no post with a known length"
    post = Stack(
        link(row["title"], row["url"]), (f"published {value_text.moment(row['published_at'])}",)
    )
    return label, value_text.lasted(row, column), said.NONE, n, share, post


def _coverage(numbers: Numbers, provider: str, surface: str) -> tuple[Cell, ...]:
    row, up = (numbers.measure(provider, surface, name) for name in ("coverage", "availability"))
    of = f"{value_text.length(row['covered_s'])}; " if row else ""
    share = value_text.coverage(row)
    return (
        "Coverage",
        share,
        said.NONE,
        value_text.count(row),
        share,
        of + basis(numbers.source(provider, surface), up),
    )


def _months(numbers: Numbers, provider: str, surface: str) -> Table:
    days = numbers.days.filter(provider=provider, surface=surface)
    zone = ZoneInfo(numbers.question.zone)
    rows: list[tuple[Cell, ...]] = []
    for row in numbers.months.filter(provider=provider, surface=surface).iter_rows(named=True):
        start, end = (row[edge].astimezone(zone) for edge in ("window_start", "window_end"))
        rows.append(
            (
                Stack(row["month"], (f"{start:%d %b} to {end:%d %b}",)),
                month_bars(days, row["month"]),
                value_text.value(row),
                *_lost(row),
                value_text.count(row),
                value_text.coverage(row),
            )
        )
    caption = _caption(numbers, provider, surface, "Month by month")
    caption += f"; days and months of {numbers.question.zone}"
    return Table(caption, MONTHS, rows, frozenset({2, 3, 4, 5, 6}))


def _lost(row: Row) -> tuple[str, str]:
    """Time down and time left out; neither is known of a month that is not."""
    if row["value"] is None:
        return said.NONE, said.NONE
    return value_text.exact(row["down_s"]), value_text.exact(row["unknown_s"])


def _facts(numbers: Numbers, provider: str, surface: str) -> Table:
    """What has a case, line by line, then in one line all that has none."""
    found = numbers.facts.filter(provider=provider, surface=surface)
    rows = [
        _line(MEASURES[row["metric"]].label, row, MEASURES[row["metric"]].of)
        for row in found.filter(pl.col("n") > 0).iter_rows(named=True)
    ]
    none = found.filter(pl.col("n") == 0).to_dicts()
    if none:
        labels = "; ".join(MEASURES[row["metric"]].label for row in none)
        share = value_text.coverage(none[0])
        rows.append(("Without a single case", value_text.SHORT, said.NONE, "0", share, labels))
    caption = _caption(numbers, provider, surface, "What is told and kept, no score", ruled=False)
    return Table(caption, HEAD, rows, NUMERIC)
