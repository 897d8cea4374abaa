"""Whether what is said of a surface survives other rules, units and filters."""

from __future__ import annotations

import polars as pl

from analytics.comparison.ranking import METRIC
from analytics.evidence.provenance import sharing, whole_posts
from analytics.rules import INCIDENT_OPEN
from analytics.wording.comparison import sensitivity_sentence, survival_sentences
from dashboard import format as said
from dashboard.charts.svg import marks
from dashboard.document import value_text
from dashboard.document.answers import Numbers
from dashboard.document.cells import Cell, Row, Stack, Table
from dashboard.document.question_text import carried, heading

NOTES = {INCIDENT_OPEN: ("for contrast only",), "statuspage": ("and instatus",)}
CELL = ("rule", "counted", "notices")
WAYS = ("Rule", "Counted", "Notices", "Order by incidents", "Order by time down")
CLASSES = ("Provider", "Classes", "Availability", "Down", "Per 30 days", "n", "Coverage")


def survival(numbers: Numbers, surface: str) -> list[str]:
    """Whether the rankings survive, and what the rule alone does, in words."""
    providers = numbers.snapshot.table("providers")
    whole = whole_posts(numbers.snapshot, numbers.question).filter(surface=surface)
    rules = numbers.rules.filter(surface=surface)
    shared = sharing(numbers.snapshot, surface)
    told_of = [sensitivity_sentence(rules, providers, whole, shared)]
    ordered, against = (of.filter(surface=surface) for of in (numbers.leaders, numbers.pairs))
    found = survival_sentences(ordered, against, providers)
    nobody = ["No two providers are compared here, so there is no ranking to test."]
    return [*(found or nobody), *told_of]


def ways_of_counting(numbers: Numbers, surface: str) -> Table | None:
    """The order of the providers in every cell of the grid; None where there is none."""
    found = numbers.grid.filter(surface=surface).sort(
        CELL, descending=[False, True, True], maintain_order=True
    )
    if found["rank"].is_null().all():
        return None
    rows: list[tuple[Cell, ...]] = []
    for cell, here in found.group_by(CELL, maintain_order=True):
        orders = (_order(here.filter(metric=metric), numbers) for metric in METRIC.values())
        rows.append((*map(str, cell), *orders))
    caption = (
        f"{len(rows)} ways of counting. {heading(surface)}, common time, best first: "
        f"{carried(numbers, ruled=False)}"
    )
    return Table(caption, WAYS, rows)


def _order(here: pl.DataFrame, numbers: Numbers) -> Cell:
    placed = here.filter(pl.col("rank").is_not_null()).iter_rows(named=True)
    orders = [
        f"{row['rank']}. {numbers.names[row['provider']]}, {value_text.number(row, row['value'])}, "
        f"n {value_text.count(row)}"
        for row in placed
    ]
    return Stack(orders[0], tuple(orders[1:])) if orders else said.NONE


def every_rule(numbers: Numbers, surface: str) -> Table | None:
    """Availability under every rule, providers side by side; None where nothing is covered."""
    providers = numbers.covered_on(surface)
    if not providers:
        return None
    found = numbers.rules.filter(surface=surface)
    rows: list[tuple[Cell, ...]] = []
    for (rule,), here in found.group_by("rule", maintain_order=True):
        by = {row["provider"]: row for row in here.to_dicts()}
        name = Stack(str(rule), NOTES.get(str(rule), ()))
        rows.append((name, *(_under(by[provider]) for provider in providers)))
    states = found.filter(pl.col("rule") != INCIDENT_OPEN, pl.col("value").is_not_null())
    spreads = (_spread(states, provider, numbers.question.rule) for provider in providers)
    rows.append(("From rule to rule", *spreads))
    head = ("Rule", *(numbers.names[provider] for provider in providers))
    caption = (
        f"Every rule. {heading(surface)}, availability of each provider over its own coverage: "
        f"{carried(numbers, ruled=False)}"
    )
    return Table(caption, head, rows, frozenset(range(1, len(head))))


def _under(row: Row) -> Cell:
    down = f"{value_text.length(row['down_s'])} down"
    rests = f"{down}, n {value_text.count(row)}, {value_text.coverage(row)} covered"
    if row["low"] is None:
        return value_text.value(row, rests)
    return value_text.value(
        row, rests, f"with the unknown {value_text.bounds(row['low'], row['high'])}"
    )


def _spread(states: pl.DataFrame, provider: str, main: str) -> Cell:
    """A provider's availabilities as marks on the line all share, the rule asked for as a dot."""
    values = dict(states.filter(provider=provider).select("rule", "value").iter_rows())
    if not values:
        return said.NONE
    low, high = (value_text.percent(end) for end in (min(values.values()), max(values.values())))
    between = low if low == high else f"{low} to {high}"
    return Stack(between, (marks(values, main, min(states["value"]), between),))


def other_classes(numbers: Numbers, surface: str) -> Table | None:
    """What the filter of classes does to the numbers; None where nothing is covered."""
    rows: list[tuple[Cell, ...]] = []
    for provider in numbers.covered_on(surface):
        mine = numbers.classes.filter(surface=surface, provider=provider)
        for (chosen,), here in mine.group_by("chosen", maintain_order=True):
            by = {row["metric"]: row for row in here.to_dicts()}
            up, rate = by["availability"], by["frequency"]
            classes = up["classes"].replace(",", ", ")
            rows.append(
                (
                    numbers.names[provider],
                    Stack(str(chosen), (classes,)),
                    value_text.value(up),
                    value_text.exact(up["down_s"]),
                    value_text.value(rate, value_text.interval(rate)),
                    value_text.count(rate),
                    value_text.coverage(up),
                )
            )
    if not rows:
        return None
    caption = f"What counts as trouble. {heading(surface)}: {carried(numbers, classed=False)}"
    return Table(caption, CLASSES, rows, frozenset({2, 3, 4, 5, 6}))
