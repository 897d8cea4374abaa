"""Write the summary of a workbook: formulas over the sheet of data, each with its value.

Down seconds are linear in the weights of the states, so three rules give the seconds in each
state by itself, whichever way components are combined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from analytics import Question, Snapshot
from analytics.directory import provider_names
from analytics.evidence.incident_evidence import evidence
from analytics.read_models.monthly import monthly
from analytics.rules import HEADLINE, INCIDENT_OPEN, weights_of
from analytics.verdict.remedy import remedy
from analytics.verdict.verdict import verdict
from analytics.wording.grammar import AS_POSTED
from analytics.wording.numbers import format_day
from analytics.wording.question import describe_rule, format_choice
from analytics.wording.verdict import word_verdict
from dashboard.document.question_text import describe_basis
from dashboard.shown_text import SIMULATED
from dashboard.workbook.sheets import NO_DATA, PERCENT, Cell, Formula, Number, Sheets
from ingest.models import State

#: Rules that tell the seconds in a state apart, from the widest to the narrowest.
LEVELS = {"degraded": "strict", "partial": "incident_io", "major": "major_only"}
SECONDS, TENTHS = "#,##0", "#,##0.0"
#: Row of the first provider in the summary, counted as the workbook counts.
FIRST = 13
MONTH_S = 30 * 86_400
#: Share of the window below which a target is neither met nor missed.
ENOUGH, TOO_LITTLE = 0.5, "too little data"


@dataclass(frozen=True, slots=True)
class Total:
    """Hold sums over a provider's months, in seconds; ``levels``: in each state by itself."""

    covered_s: float
    observed_s: float
    unknown_s: float
    levels: tuple[float, float, float]
    incidents: int


def state_seconds(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure each month's seconds in each state by itself, and what was observed.

    Returns:
        Columns provider, name, month, covered_s, observed_s, unknown_s, degraded_s, partial_s,
        major_s and incidents (those in the n of the rate, by the begin of their impact).
    """
    keys = ["provider", "month"]
    found = pl.DataFrame(schema={"provider": pl.String, "month": pl.String})
    for level, rule in LEVELS.items():
        rows = monthly(snapshot, replace(question, rule=rule, weights=None))
        mine = rows.select(*keys, "covered_s", "unknown_s", pl.col("down_s").alias(level))
        found = mine if found.is_empty() else found.join(mine.select(*keys, level), on=keys)
    began = pl.col("impact_start_at").dt.convert_time_zone(question.zone).dt.strftime("%Y-%m")
    counts = (
        evidence(snapshot, question)
        .filter("in_rate")
        .group_by("provider", began.alias("month"))
        .len("incidents")
    )
    names = snapshot.table("providers").select("provider", "name")
    return (
        found.join(counts, on=keys, how="left")
        .join(names, on="provider", how="left")
        .sort(keys)
        .select(
            "provider",
            "name",
            "month",
            "covered_s",
            (pl.col("covered_s") - pl.col("unknown_s")).alias("observed_s"),
            "unknown_s",
            (pl.col("degraded") - pl.col("partial")).alias("degraded_s"),
            (pl.col("partial") - pl.col("major")).alias("partial_s"),
            pl.col("major").alias("major_s"),
            pl.col("incidents").fill_null(0),
        )
    )


DATA_HEAD = (
    *("Slug", "Provider", "Month", "Covered s", "Observed s", "Unknown s"),
    *("Degraded s", "Partial s", "Major s", "Incidents"),
)
#: Column of the sheet Data for each sum.
COLUMNS = dict(
    zip(
        ("covered", "observed", "unknown", "degraded", "partial", "major", "incidents"),
        "DEFGHIJ",
        strict=True,
    )
)


def data_row(row: Mapping[str, Any]) -> list[Cell]:
    """Write a month of ``state_seconds`` as a row of the sheet Data."""
    return [*row.values()]


def _weights(question: Question) -> tuple[float, float, float]:
    """Return what the weights begin with; those of the headline where a rule has none."""
    rule = HEADLINE if question.rule == INCIDENT_OPEN else question.rule
    weights = weights_of(rule, question.weights)
    return weights[State.DEGRADED], weights[State.PARTIAL], weights[State.MAJOR]


def write_summary(
    sheets: Sheets, snapshot: Snapshot, question: Question, months: pl.DataFrame
) -> None:
    """Write the sheet of formulas.

    Args:
        sheets: The workbook.
        snapshot: Where the data are.
        question: What is asked, of one surface.
        months: Columns as from ``state_seconds``; the sheet Data holds them, too.
    """
    sheet = sheets.add("Summary", (22, 34, *(14,) * 11))
    names = provider_names(snapshot)
    found = verdict(snapshot, question)
    finding = word_verdict(found, names, remedy(snapshot, question, found))
    start, end = question.window(snapshot.as_of)
    asked = (
        f"{format_choice(question.surface)}, {format_day(start)} up to, not including, "
        f"{format_day(end)}, {describe_rule(question)}"
    )
    weights, window_s = _weights(question), (end - start).total_seconds()
    lines: list[list[Cell]] = [
        [SIMULATED if snapshot.simulated else AS_POSTED],
        [f"{finding.head}. {finding.grade}: {finding.because}"],
        [asked],
        ["Change the yellow cells: everything below follows. The finding above does not."],
        ["Weight of degraded", Number(weights[0], "0.00", input=True)],
        ["Weight of partial", Number(weights[1], "0.00", input=True)],
        ["Weight of major", Number(weights[2], "0.00", input=True)],
        ["Target", Number(question.slo, PERCENT, input=True)],
        ["Window, seconds", Number(window_s, SECONDS)],
        ["Basis", describe_basis(snapshot, question)],
    ]
    for number, line in enumerate(lines):
        sheets.row(sheet, number, line, strong=number < 2)
    sheets.row(sheet, FIRST - 2, SUMMARY_HEAD, strong=True)
    providers = months["provider"].unique(maintain_order=True).to_list()
    totals = {who: _total(months.filter(provider=who)) for who in providers}
    rows = _provider_rows(totals, names, weights, window_s, question.slo, months.height)
    for number, row in enumerate(rows, FIRST - 1):
        sheets.row(sheet, number, row)
    sheet.freeze_panes(FIRST - 1, 2)


SUMMARY_HEAD = (
    *("Slug", "Provider", "Observed s", "Down s", "Availability", "Down min per 30 days"),
    *("Incidents", "Incidents per 30 days", "Covered s", "Coverage", "Unknown s", "Target"),
)


def _total(months: pl.DataFrame) -> Total:
    sums = months.select(pl.selectors.numeric().sum()).row(0, named=True)
    levels = sums["degraded_s"], sums["partial_s"], sums["major_s"]
    return Total(
        sums["covered_s"], sums["observed_s"], sums["unknown_s"], levels, sums["incidents"]
    )


def _provider_rows(
    totals: Mapping[str, Total],
    names: Mapping[str, str],
    weights: Sequence[float],
    window_s: float,
    slo: float,
    height: int,
) -> Iterator[list[Cell]]:
    """Write a row of formulas per provider, each with its value.

    Args:
        totals: By slug.
        names: Slug to name.
        weights: Of degraded, partial and major.
        window_s: Length of the window.
        slo: Target, as a fraction.
        height: Rows of the sheet Data.
    """
    last = max(height, 1) + 1

    def column(name: str) -> str:
        return f"Data!${COLUMNS[name]}$2:${COLUMNS[name]}${last}"

    for n, (who, total) in enumerate(totals.items(), FIRST):
        up, down_s = _available(total, weights), _down(total, weights)
        mine = f"(Data!$A$2:$A${last}=$A{n})"

        def summed(name: str, mine: str = mine) -> str:
            return f"=SUMPRODUCT({mine}*{column(name)})"

        weighed = "+".join(f"$B${5 + place}*{column(level)}" for place, level in enumerate(LEVELS))
        covered = total.covered_s
        rate: float | str = total.incidents / covered * MONTH_S if covered else NO_DATA
        yield [
            who,
            names.get(who, who),
            Formula(summed("observed"), total.observed_s, SECONDS),
            Formula(f"=SUMPRODUCT({mine}*({weighed}))", down_s, SECONDS),
            Formula(_if_data(f"C{n}", f"1-D{n}/C{n}"), NO_DATA if up is None else up, PERCENT),
            Formula(
                _if_data(f"C{n}", f"D{n}/C{n}*43200"),
                NO_DATA if up is None else down_s / total.observed_s * 43_200,
                TENTHS,
            ),
            Formula(summed("incidents"), total.incidents, SECONDS),
            Formula(_if_data(f"I{n}", f"G{n}/I{n}*{MONTH_S}"), rate, TENTHS),
            Formula(summed("covered"), covered, SECONDS),
            Formula(f"=I{n}/$B$9", covered / window_s, PERCENT),
            Formula(summed("unknown"), total.unknown_s, SECONDS),
            Formula(
                # A text is more than every number: what is not known would have met any target.
                f'=IF(OR(C{n}=0,J{n}<{ENOUGH}),"{TOO_LITTLE}",IF(E{n}>=$B$8,"met","missed"))',
                _verdict(up, covered / window_s, slo),
            ),
        ]


def _verdict(up: float | None, coverage: float, slo: float) -> str:
    if up is None or coverage < ENOUGH:
        return TOO_LITTLE
    return "met" if up >= slo else "missed"


def _if_data(cell: str, then: str) -> str:
    return f'=IF({cell}=0,"{NO_DATA}",{then})'


def _down(total: Total, weights: Sequence[float]) -> float:
    return sum(weight * level for weight, level in zip(weights, total.levels, strict=True))


def _available(total: Total, weights: Sequence[float]) -> float | None:
    return 1 - _down(total, weights) / total.observed_s if total.observed_s else None
