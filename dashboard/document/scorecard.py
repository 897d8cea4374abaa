"""The scorecard of one provider on one surface."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analytics.evidence.incident_evidence import longest
from analytics.rules import INCIDENT_OPEN
from analytics.wording.numbers import BLANK, format_number
from dashboard.document import value_text
from dashboard.document.answers import Answers
from dashboard.document.cells import Cell, Row, Stack, Table, foreign_link
from dashboard.document.day_strips import by_month, month_strip
from dashboard.document.definitions import MEASURES
from dashboard.document.question_text import caption_tail, name_surface
from dashboard.document.value_text import (
    bounds_text,
    count_text,
    coverage_text,
    exact_text,
    interval_text,
    lasted_text,
    length_text,
    moment_text,
    value_cell,
)
from ingest.models import time_zone

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
    """Hold a provider on a surface (None: it has none); no tables without coverage."""

    provider: str
    surface: str | None
    tables: tuple[Table, ...] = ()


def provider_scorecards(answers: Answers, provider: str) -> list[Scorecard]:
    """Make a scorecard for each surface of a provider; without any, one saying so."""
    has = [name for name in answers.surfaces if provider in answers.providers_on(name)]
    return [make_scorecard(answers, provider, name) for name in has] or [Scorecard(provider, None)]


def make_scorecard(answers: Answers, provider: str, surface: str) -> Scorecard:
    """Make the scorecard of one provider on one surface."""
    if provider not in answers.covered_on(surface):
        return Scorecard(provider, surface)
    tables = (
        _measures(answers, provider, surface),
        _months(answers, provider, surface),
        _facts(answers, provider, surface),
    )
    return Scorecard(provider, surface, tables)


def basis_text(source: Row | None, up: Row | None) -> str:
    """Say what the component states behind an availability are made of."""
    if source is None:
        return BLANK
    if up is None or not up["covered_s"]:
        return "no component states"
    return "; ".join(BASES[name] for name in source["bases"]) or "never worse than operational"


def _measures(answers: Answers, provider: str, surface: str) -> Table:
    availability = answers.measure(provider, surface, "availability")
    source = answers.source(provider, surface)
    rows: list[tuple[Cell, ...]] = [
        _availability(availability, source),
        _availability(answers.under(answers.beside, provider, surface), source),
    ]
    if availability is not None and availability["value"] is not None:
        rows += _time(availability, answers.unknown_s(provider, surface))
    for metric in ("frequency", *DURATIONS):
        row = answers.measure(provider, surface, metric)
        of = f"{answers.question.unit} begun" if metric == "frequency" else MEASURES[metric].of
        rows.append(_line(MEASURES[metric].label, row, of))
    here = answers.evidence.filter(provider=provider, surface=surface)
    share = coverage_text(answers.measure(provider, surface, "open_median"))
    rows += [_longest(here, label, column, share) for label, column in LONGEST.items()]
    rows.append(_coverage(answers, provider, surface))
    return Table(_caption(answers, provider, surface, "Measures"), HEAD, rows, NUMERIC)


def _caption(
    answers: Answers, provider: str, surface: str, what: str, *, ruled: bool = True
) -> str:
    where = f"{answers.names[provider]}, {name_surface(surface)}"
    return f"{what}. {where}: {caption_tail(answers, ruled=ruled)}"


def _line(label: str, row: Row | None, of: str) -> tuple[Cell, ...]:
    return (
        label,
        value_cell(row),
        interval_text(row),
        count_text(row),
        coverage_text(row),
        of,
    )


def _availability(row: Row | None, source: Row | None) -> tuple[Cell, ...]:
    """Build the line of an availability; its bounds have a line of their own."""
    rule = row["rule"] if row else BLANK
    made = "posts open, whatever the states" if rule == INCIDENT_OPEN else basis_text(source, row)
    label, of = f"Availability, rule {rule}", f"{made}; n: posts open"
    return (
        label,
        value_cell(row),
        BLANK,
        count_text(row),
        coverage_text(row),
        of,
    )


def _time(row: Row, unknown_s: int) -> list[tuple[Cell, ...]]:
    """Build the lines of time down, time unknown, and what the unknown could hide."""
    n, share = count_text(row), coverage_text(row)
    times = [("Time down", exact_text(row["down_s"]), f"weighted by rule {row['rule']}")]
    if unknown_s:
        of = f"of some component; {exact_text(row['unknown_s'])} of it of all, left out"
        times.append(("Time unknown", exact_text(unknown_s), of))
    if row["low"] is not None:
        possible = bounds_text(row["low"], row["high"])
        times.append((MEASURES["bounds"].label, possible, "unknown components down, to up"))
    return [(label, value, BLANK, n, share, of) for label, value, of in times]


def _longest(here: pl.DataFrame, label: str, column: str, share: str) -> tuple[Cell, ...]:
    row, of = longest(here, column)
    n = format_number(of)
    if row is None:
        return label, "none", BLANK, n, share, "no post with a known length"
    post = Stack(
        foreign_link(row["title"], row["url"]),
        (f"published {moment_text(row['published_at'])}",),
    )
    return label, lasted_text(row, column), BLANK, n, share, post


def _coverage(answers: Answers, provider: str, surface: str) -> tuple[Cell, ...]:
    row, up = (answers.measure(provider, surface, name) for name in ("coverage", "availability"))
    of = f"{length_text(row['covered_s'])}; " if row else ""
    share = coverage_text(row)
    return (
        "Coverage",
        share,
        BLANK,
        count_text(row),
        share,
        of + basis_text(answers.source(provider, surface), up),
    )


def _months(answers: Answers, provider: str, surface: str) -> Table:
    days = by_month(answers.days.filter(provider=provider, surface=surface))
    zone = time_zone(answers.question.zone)
    rows: list[tuple[Cell, ...]] = []
    for row in answers.months.filter(provider=provider, surface=surface).iter_rows(named=True):
        start, end = (row[edge].astimezone(zone) for edge in ("window_start", "window_end"))
        rows.append(
            (
                Stack(row["month"], (f"{start:%d %b} to {end:%d %b}",)),
                month_strip(days.get(row["month"], ()), row["month"]),
                value_cell(row),
                *_lost(row),
                count_text(row),
                coverage_text(row),
            )
        )
    caption = _caption(answers, provider, surface, "Month by month")
    caption += f"; days and months of {answers.question.zone}"
    return Table(caption, MONTHS, rows, frozenset({2, 3, 4, 5, 6}))


def _lost(row: Row) -> tuple[str, str]:
    """Give time down and time left out; blank for a month without an availability."""
    if row["value"] is None:
        return BLANK, BLANK
    return exact_text(row["down_s"]), exact_text(row["unknown_s"])


def _facts(answers: Answers, provider: str, surface: str) -> Table:
    """Build the table of habits: metrics with a case by line, the others in one line."""
    found = answers.facts.filter(provider=provider, surface=surface)
    rows = [
        _line(MEASURES[row["metric"]].label, row, MEASURES[row["metric"]].of)
        for row in found.filter(pl.col("n") > 0).iter_rows(named=True)
    ]
    none = found.filter(pl.col("n") == 0).to_dicts()
    if none:
        labels = "; ".join(MEASURES[row["metric"]].label for row in none)
        share = coverage_text(none[0])
        rows.append(("Without a single case", value_text.SHORT, BLANK, "0", share, labels))
    caption = _caption(answers, provider, surface, "Posting habits, no score", ruled=False)
    return Table(caption, HEAD, rows, NUMERIC)
