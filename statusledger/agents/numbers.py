"""Answer agents with numbers, each by the metric of the project that gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
from pydantic import create_model

from analytics import METRICS
from analytics.comparison.ranking import DOWNTIME
from analytics.directory import provider_names
from analytics.evidence.incident_evidence import evidence
from analytics.forecast.forecast import FORECASTS, forecast
from analytics.portfolio.concentration import CONCENTRATION, concentration
from analytics.portfolio.failover import Plan
from analytics.portfolio.rows import PORTFOLIO, portfolio
from analytics.verdict.remedy import remedy
from analytics.verdict.rows import VERDICTS, verdict_rows
from analytics.verdict.verdict import verdicts
from analytics.wording.verdict import word_verdict
from statusledger.agents.answers import (
    CITATION,
    MEANING,
    MOST_NOTES,
    MOST_ROWS,
    NUMBER,
    cited,
    list_of,
    measured,
    measured_model,
    plain,
    plain_rows,
    row_model,
)
from statusledger.agents.asked_question import AskedQuestion, asked_question
from statusledger.agents.pinned_snapshot import PinnedSnapshots
from statusledger.agents.questions import AboutProviders, AboutSecond, AboutSeveral

FINDING = create_model(
    "Finding", surface=(str, ...), sentence=(str, ...), grade=(str, ...), because=(str, ...)
)
COMPARISON = measured_model(
    "Comparison",
    row_model("Verdict", VERDICTS, meaning=MEANING),
    CITATION,
    findings=(list_of(FINDING), ...),
)
AVAILABILITY = measured_model("Availability", NUMBER, CITATION)
DURATIONS = measured_model(
    "Durations", NUMBER, CITATION, forecasts=(list_of(row_model("Forecast", FORECASTS)), ...)
)
SECOND = measured_model(
    "SecondVendor",
    row_model("SecondSource", CONCENTRATION, meaning=MEANING),
    CITATION,
    failover=(list_of(row_model("Failover", PORTFOLIO)), ...),
)
#: Metrics of the portfolio that say what turning to the candidates leaves down.
FAILOVER = ("failover_availability", "failover_saved")


def compare(snapshots: PinnedSnapshots, asked: AboutSeveral) -> dict[str, Any]:
    """Answer who was down less and had fewer incidents, and how sure that is."""
    found = asked_question(snapshots, asked, asked.providers)
    numbers = verdict_rows(found.snapshot, found.question)
    findings = [plain(one) for one in _findings(found)]
    return measured(
        found.snapshot, numbers, _weighty(found), found.notes, findings=findings[:MOST_NOTES]
    )


def availability(snapshots: PinnedSnapshots, asked: AboutProviders) -> dict[str, Any]:
    """Answer which share of the observed time each provider was up."""
    found = asked_question(snapshots, asked, asked.providers)
    numbers = METRICS["availability"](found.snapshot, found.question)
    return measured(found.snapshot, numbers, _weighty(found), found.notes)


def how_long(snapshots: PinnedSnapshots, asked: AboutProviders) -> dict[str, Any]:
    """Answer how long incidents lasted, and how long those that are open may last yet."""
    found = asked_question(snapshots, asked, asked.providers)
    numbers = METRICS["durations"](found.snapshot, found.question)
    rests = evidence(found.snapshot, found.question).filter("in_durations")
    newest = rests.sort("published_at", descending=True, nulls_last=True, maintain_order=True)
    ahead = forecast(found.snapshot, found.question)
    return measured(
        found.snapshot,
        numbers,
        cited(newest),
        found.notes,
        forecasts=plain_rows(ahead, MOST_ROWS),
    )


def second_vendor(snapshots: PinnedSnapshots, asked: AboutSecond) -> dict[str, Any]:
    """Answer who was down together with a provider least, and what turning to others saves."""
    pool = [asked.provider, *asked.candidates] if asked.candidates else []
    delay_s = asked.delay_s()
    provider = asked_question(snapshots, asked, [asked.provider]).question.providers[0]
    found = asked_question(snapshots, asked, pool)
    numbers = concentration(found.snapshot, found.question).filter(provider=provider)
    saved = pl.DataFrame(schema=dict(PORTFOLIO))
    if pool:
        plan = Plan(provider, found.question.providers[1:], (delay_s,))
        saved = portfolio(found.snapshot, found.question, plan)
    failover = saved.filter(pl.col("metric").is_in(FAILOVER))
    sources = numbers["others"].drop_nulls().unique().sort().to_list()
    rests = replace(found.question, providers=(provider, *sources))
    return measured(
        found.snapshot,
        numbers,
        _weighty(replace(found, question=rests)),
        found.notes,
        failover=plain_rows(failover, MOST_ROWS),
    )


def _weighty(found: AskedQuestion) -> dict[str, Any]:
    """Cite the posts that a question's numbers rest on, first what took the most time down."""
    rests = evidence(found.snapshot, found.question)
    return cited(
        rests.sort("down_s", "published_at", descending=True, nulls_last=True, maintain_order=True)
    )


def _findings(found: AskedQuestion) -> Iterator[dict[str, str]]:
    """Yield the verdict of each surface in words."""
    names = provider_names(found.snapshot)
    for one in verdicts(found.snapshot, found.question, DOWNTIME):
        asked = replace(found.question, surface=one.surface)
        worded = word_verdict(one, names, remedy(found.snapshot, asked, one))
        yield {
            "surface": one.surface,
            "sentence": worded.sentence,
            "grade": worded.grade,
            "because": worded.because,
        }
