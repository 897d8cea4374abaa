"""The answers to one question that a document shows, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import polars as pl

from analytics import Question, Snapshot
from analytics.comparison.eligibility import comparable_since, eligibility
from analytics.comparison.pairwise import pairs
from analytics.comparison.ranking import grid, ranking
from analytics.comparison.sensitivity import by_rule, leaders, under_classes
from analytics.evidence.incident_evidence import evidence
from analytics.evidence.provenance import breaks, provenance
from analytics.metrics.availability import availability
from analytics.metrics.coverage import coverage
from analytics.metrics.durations import durations
from analytics.metrics.frequency import frequency
from analytics.metrics.stages import stages
from analytics.metrics.transparency import transparency
from analytics.read_models.daily_states import daily
from analytics.read_models.monthly import monthly
from analytics.rules import BESIDE, HEADLINE
from analytics.scope import OTHER
from dashboard.document.cells import Row
from dashboard.document.definitions import FACTS


@dataclass(frozen=True)
class Answers:
    """Hold a question with its answers, frames as the functions of their names give.

    ``question`` names its providers. ``surfaces``: the covered ones, and the one asked for.
    ``names``: provider to display name. ``measures``: rows of ``answer.SCHEMA``, one per provider,
    surface and metric. ``comparable_since``: surface to the first day of a window long enough to
    compare, where the window asked for is too short and a longer one would do.
    """

    snapshot: Snapshot
    question: Question
    start: datetime
    end: datetime
    names: Mapping[str, str]
    surfaces: tuple[str, ...]
    measures: pl.DataFrame
    months: pl.DataFrame
    days: pl.DataFrame
    facts: pl.DataFrame
    eligibility: pl.DataFrame
    comparable_since: Mapping[str, date]
    pairs: pl.DataFrame
    grid: pl.DataFrame
    leaders: pl.DataFrame
    rules: pl.DataFrame
    classes: pl.DataFrame
    evidence: pl.DataFrame
    provenance: pl.DataFrame
    breaks: pl.DataFrame

    def measure(self, provider: str, surface: str, metric: str) -> Row | None:
        """Return the row of one number; None where the provider has no such surface."""
        return self._measures.get((provider, surface, metric))

    def under(self, rule: str, provider: str, surface: str) -> Row | None:
        """Return the row of an availability under another rule."""
        return self._rules.get((provider, surface, rule))

    def source(self, provider: str, surface: str) -> Row | None:
        """Return the row that says where a provider's numbers on a surface come from."""
        return self._sources.get((provider, surface))

    def providers_on(self, surface: str) -> list[str]:
        """Return the providers that have the surface, in the order asked for."""
        return [p for p in self.question.providers if (p, surface) in self._sources]

    def covered_on(self, surface: str) -> list[str]:
        """Return the providers with any coverage on the surface."""
        rows = ((p, self.measure(p, surface, "coverage")) for p in self.providers_on(surface))
        return [provider for provider, row in rows if row and row["covered_s"]]

    def unknown_s(self, provider: str, surface: str) -> int:
        """Return covered seconds in which the state of some component is not known."""
        row = self.measure(provider, surface, "availability")
        anywhere = self.days.filter(provider=provider, surface=surface)["unknown_s"].sum()
        return max(int(anywhere), (row and row["unknown_s"]) or 0)

    @cached_property
    def _measures(self) -> Mapping[tuple[str, ...], Row]:
        return rows_by(self.measures, "provider", "surface", "metric")

    @cached_property
    def _rules(self) -> Mapping[tuple[str, ...], Row]:
        return rows_by(self.rules, "provider", "surface", "rule")

    @cached_property
    def _sources(self) -> Mapping[tuple[str, ...], Row]:
        return rows_by(self.provenance, "provider", "surface")

    @property
    def beside(self) -> str:
        """Name the rule shown beside the one asked for."""
        return HEADLINE if self.question.rule == BESIDE else BESIDE


def rows_by(frame: pl.DataFrame, *keys: str) -> Mapping[tuple[str, ...], Row]:
    """Return each row by its values of ``keys``, which tell the rows apart."""
    return {tuple(row[key] for key in keys): row for row in frame.iter_rows(named=True)}


def answer_all(snapshot: Snapshot, question: Question) -> Answers:
    """Ask everything a document shows.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    names = dict(snapshot.table("providers").select("provider", "name").iter_rows())
    covered = coverage(snapshot, question)
    asked = question.providers or tuple(covered["provider"].unique(maintain_order=True))
    question = replace(question, providers=tuple(dict.fromkeys(asked)))
    answers = (availability, frequency, durations, ranking)
    ordered = grid(snapshot, question)
    start, end = question.window(snapshot.as_of)
    return Answers(
        snapshot=snapshot,
        question=question,
        start=start,
        end=end,
        names=names,
        surfaces=_surfaces(covered, question),
        measures=pl.concat([covered, *(metric(snapshot, question) for metric in answers)]),
        months=monthly(snapshot, question),
        days=daily(snapshot, question),
        facts=_facts(snapshot, question),
        eligibility=(compared := eligibility(snapshot, question)),
        comparable_since=comparable_since(snapshot, question, compared),
        pairs=pairs(snapshot, question),
        grid=ordered,
        leaders=leaders(ordered),
        rules=by_rule(snapshot, question),
        classes=under_classes(snapshot, question),
        evidence=evidence(snapshot, question),
        provenance=provenance(snapshot, question),
        breaks=breaks(snapshot, question),
    )


def _facts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Join stages and transparency, which share some metrics, with each metric once."""
    both = pl.concat([stages(snapshot, question), transparency(snapshot, question)])
    key = ["provider", "surface", "metric"]
    order = pl.DataFrame({"metric": list(FACTS)}, schema={"metric": pl.String}).with_row_index()
    return (
        both.unique(key, keep="first", maintain_order=True)
        .join(order, on="metric")
        .sort("provider", "surface", "index")
        .drop("index")
    )


def _surfaces(covered: pl.DataFrame, question: Question) -> tuple[str, ...]:
    """List the surfaces of the document, those covered for most providers first."""
    if question.surface is not None:
        return (question.surface,)
    shared = covered.filter(pl.col("covered_s") > 0).group_by("surface").len()
    ordered = shared.sort(
        pl.col("surface") == OTHER, pl.col("len"), "surface", descending=[False, True, False]
    )
    return tuple(ordered["surface"])
