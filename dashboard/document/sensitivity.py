"""Tell whether the findings on a surface survive other rules, units and filters."""

from __future__ import annotations

import polars as pl

from analytics.comparison.ranking import METRIC
from analytics.evidence.provenance import sharing, whole_posts
from analytics.rules import INCIDENT_OPEN
from analytics.wording.comparison import sensitivity_sentence, survival_sentences
from analytics.wording.numbers import BLANK
from dashboard.charts.svg import mark_line
from dashboard.document import value_text
from dashboard.document.answers import Answers
from dashboard.document.cells import Cell, Row, Stack, Table
from dashboard.document.question_text import caption_tail, surface_heading

NOTES = {INCIDENT_OPEN: ("for contrast only",), "statuspage": ("and instatus",)}
CELL = ("rule", "counted", "notices")
WAYS = ("Rule", "Counted", "Notices", "Order by incidents", "Order by time down")
CLASSES = ("Provider", "Classes", "Availability", "Down", "Per 30 days", "n", "Coverage")


def survival_lines(answers: Answers, surface: str) -> list[str]:
    """Say whether the rankings survive, and what the rule alone changes."""
    providers = answers.snapshot.table("providers")
    whole = whole_posts(answers.snapshot, answers.question).filter(surface=surface)
    rules = answers.rules.filter(surface=surface)
    shared = sharing(answers.snapshot, surface)
    told_of = [sensitivity_sentence(rules, providers, whole, shared)]
    ordered, against = (of.filter(surface=surface) for of in (answers.leaders, answers.pairs))
    found = survival_sentences(ordered, against, providers)
    nobody = ["No two providers are compared here, so there is no ranking to test."]
    return [*(found or nobody), *told_of]


def counting_table(answers: Answers, surface: str) -> Table | None:
    """Build the table of the order in every way of counting; None without an order."""
    found = answers.grid.filter(surface=surface).sort(
        CELL, descending=[False, True, True], maintain_order=True
    )
    if found["rank"].is_null().all():
        return None
    rows: list[tuple[Cell, ...]] = []
    for cell, here in found.group_by(CELL, maintain_order=True):
        orders = (_order(here.filter(metric=metric), answers) for metric in METRIC.values())
        rows.append((*map(str, cell), *orders))
    caption = (
        f"{len(rows)} ways of counting. {surface_heading(surface)}, common time, best first: "
        f"{caption_tail(answers, ruled=False)}"
    )
    return Table(caption, WAYS, rows)


def _order(here: pl.DataFrame, answers: Answers) -> Cell:
    placed = here.filter(pl.col("rank").is_not_null()).iter_rows(named=True)
    orders = [
        f"{row['rank']}. {answers.names[row['provider']]}, "
        f"{value_text.amount_text(row, row['value'])}, n {value_text.count_text(row)}"
        for row in placed
    ]
    return Stack(orders[0], tuple(orders[1:])) if orders else BLANK


def rule_table(answers: Answers, surface: str) -> Table | None:
    """Build the table of availability under every rule; None where nothing is covered."""
    providers = answers.covered_on(surface)
    if not providers:
        return None
    found = answers.rules.filter(surface=surface)
    rows: list[tuple[Cell, ...]] = []
    for (rule,), here in found.group_by("rule", maintain_order=True):
        by = {row["provider"]: row for row in here.to_dicts()}
        name = Stack(str(rule), NOTES.get(str(rule), ()))
        rows.append((name, *(_under(by[provider]) for provider in providers)))
    states = found.filter(pl.col("rule") != INCIDENT_OPEN, pl.col("value").is_not_null())
    spreads = (_spread(states, provider, answers.question.rule) for provider in providers)
    rows.append(("From rule to rule", *spreads))
    head = ("Rule", *(answers.names[provider] for provider in providers))
    caption = (
        f"Every rule. {surface_heading(surface)}, availability of each provider over its own "
        f"coverage: {caption_tail(answers, ruled=False)}"
    )
    return Table(caption, head, rows, frozenset(range(1, len(head))))


def _under(row: Row) -> Cell:
    down = f"{value_text.length_text(row['down_s'])} down"
    rests = f"{down}, n {value_text.count_text(row)}, {value_text.coverage_text(row)} covered"
    if row["low"] is None:
        return value_text.value_cell(row, rests)
    return value_text.value_cell(
        row, rests, f"with the unknown {value_text.bounds_text(row['low'], row['high'])}"
    )


def _spread(states: pl.DataFrame, provider: str, main: str) -> Cell:
    """Draw a provider's availabilities on the line all share, the asked rule as a dot."""
    values = dict(states.filter(provider=provider).select("rule", "value").iter_rows())
    if not values:
        return BLANK
    low, high = (
        value_text.percent_text(end) for end in (min(values.values()), max(values.values()))
    )
    between = low if low == high else f"{low} to {high}"
    return Stack(between, (mark_line(values, main, min(states["value"]), between),))


def class_table(answers: Answers, surface: str) -> Table | None:
    """Build the table of what the filter of classes changes; None without coverage."""
    rows: list[tuple[Cell, ...]] = []
    for provider in answers.covered_on(surface):
        mine = answers.classes.filter(surface=surface, provider=provider)
        for (chosen,), here in mine.group_by("chosen", maintain_order=True):
            by = {row["metric"]: row for row in here.to_dicts()}
            up, rate = by["availability"], by["frequency"]
            classes = up["classes"].replace(",", ", ")
            rows.append(
                (
                    answers.names[provider],
                    Stack(str(chosen), (classes,)),
                    value_text.value_cell(up),
                    value_text.exact_text(up["down_s"]),
                    value_text.value_cell(rate, value_text.interval_text(rate)),
                    value_text.count_text(rate),
                    value_text.coverage_text(up),
                )
            )
    if not rows:
        return None
    tail = caption_tail(answers, classed=False)
    caption = f"What counts as trouble. {surface_heading(surface)}: {tail}"
    return Table(caption, CLASSES, rows, frozenset({2, 3, 4, 5, 6}))
