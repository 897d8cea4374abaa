"""Answer agents with numbers, each by the metric of the project that gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
from pydantic import create_model

from analytics import METRICS, Question, Snapshot
from analytics.comparison.ranking import DOWNTIME
from analytics.directory import provider_names
from analytics.evidence.incident_evidence import evidence
from analytics.forecast.forecast import FORECASTS, forecast
from analytics.portfolio.concentration import CONCENTRATION, concentration
from analytics.portfolio.failover import Plan
from analytics.portfolio.rows import PORTFOLIO, portfolio
from analytics.question import as_weighed
from analytics.verdict.remedy import remedy
from analytics.verdict.rows import VERDICTS, verdict_rows
from analytics.verdict.verdict import verdicts
from analytics.wording.verdict import word_verdict
from statusledger.agents.answers import (
    CITATION,
    MEANING,
    NUMBER,
    NUMBERS,
    answer_model,
    answer_of,
    cited,
    row_model,
    with_meaning,
)
from statusledger.agents.asked_question import AskedQuestion, asked_question, with_unrated
from statusledger.agents.pinned_snapshot import PinnedSnapshots
from statusledger.agents.questions import AboutProviders, AboutSecond, AboutSeveral

FINDING = create_model(
    "Finding", surface=(str, ...), sentence=(str, ...), grade=(str, ...), because=(str, ...)
)
POSTS = (CITATION, "Posts that the numbers rest on, those that matter most first.")
COMPARISON = answer_model(
    "Comparison",
    findings=(FINDING, "The verdict by time down, in words."),
    numbers=(row_model("Verdict", VERDICTS, meaning=MEANING), NUMBERS),
    posts=POSTS,
)
AVAILABILITY = answer_model("Availability", numbers=(NUMBER, NUMBERS), posts=POSTS)
DURATIONS = answer_model(
    "Durations",
    numbers=(NUMBER, NUMBERS),
    forecasts=(row_model("Forecast", FORECASTS), "Seconds left of what is open, or begins now."),
    posts=POSTS,
)
SECOND = answer_model(
    "SecondVendor",
    numbers=(row_model("SecondSource", CONCENTRATION, meaning=MEANING), NUMBERS),
    failover=(
        row_model("Failover", PORTFOLIO, meaning=MEANING),
        "What turning to the candidates would have left down, and saved; or why that cannot be "
        "said (catch).",
    ),
    posts=POSTS,
)
#: Metrics of the portfolio that say what turning to the candidates leaves down.
FAILOVER = ("failover_availability", "failover_saved")
#: Metric of the rows that say why providers cannot be looked at together.
JOINT = "joint_availability"


def compare(snapshots: PinnedSnapshots, asked: AboutSeveral) -> dict[str, Any]:
    """Answer who was down less and had fewer incidents, and how sure that is."""
    found = _asked(snapshots, asked)
    return answer_of(
        found.snapshot,
        found.notes,
        findings=list(_findings(found)),
        numbers=with_meaning(verdict_rows(found.snapshot, found.question)),
        posts=_weighty(found.snapshot, found.question),
    )


def availability(snapshots: PinnedSnapshots, asked: AboutProviders) -> dict[str, Any]:
    """Answer which share of the observed time each provider was up."""
    named = _asked(snapshots, asked)
    found = replace(named, question=as_weighed(named.question))
    return answer_of(
        found.snapshot,
        with_unrated(found),
        numbers=with_meaning(METRICS["availability"](found.snapshot, found.question)),
        posts=_weighty(found.snapshot, found.question),
    )


def how_long(snapshots: PinnedSnapshots, asked: AboutProviders) -> dict[str, Any]:
    """Answer how long incidents lasted, and how long those that are open may last yet."""
    found = _asked(snapshots, asked)
    rests = evidence(found.snapshot, found.question).filter("in_durations")
    newest = rests.sort("published_at", descending=True, nulls_last=True, maintain_order=True)
    return answer_of(
        found.snapshot,
        with_unrated(found),
        numbers=with_meaning(METRICS["durations"](found.snapshot, found.question)),
        forecasts=forecast(found.snapshot, found.question),
        posts=cited(newest),
    )


def second_vendor(snapshots: PinnedSnapshots, asked: AboutSecond) -> dict[str, Any]:
    """Answer who was down together with a provider least, and what turning to others saves."""
    pool = [asked.provider, *asked.candidates] if asked.candidates else []
    delay_s = asked.delay_s()
    snapshot = snapshots.pin(asked.region)
    alone = asked_question(snapshot, snapshots.data, asked, [asked.provider])
    [provider] = alone.question.providers
    found = asked_question(snapshot, snapshots.data, asked, pool)
    numbers = concentration(found.snapshot, found.question).filter(provider=provider)
    saved = pl.DataFrame(schema=dict(PORTFOLIO))
    if pool:
        plan = Plan(provider, found.question.providers[1:], (delay_s,))
        saved = portfolio(found.snapshot, found.question, plan)
    refused = pl.col("catch").is_not_null() & (pl.col("metric") == JOINT)
    sources = numbers["others"].drop_nulls().unique().sort().to_list()
    both = replace(found.question, providers=(provider, *sources))
    return answer_of(
        found.snapshot,
        found.notes,
        numbers=with_meaning(numbers),
        failover=with_meaning(saved.filter(pl.col("metric").is_in(FAILOVER) | refused)),
        posts=_weighty(found.snapshot, both),
    )


def _asked(snapshots: PinnedSnapshots, asked: AboutProviders | AboutSeveral) -> AskedQuestion:
    return asked_question(snapshots.pin(asked.region), snapshots.data, asked, asked.providers)


def _weighty(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Cite the posts that a question's numbers rest on, of each provider in turn.

    First of each comes what took the most time down.
    """
    rests = evidence(snapshot, question).sort(
        "down_s", "published_at", descending=True, nulls_last=True, maintain_order=True
    )
    place = pl.int_range(pl.len()).over("provider")
    return cited(rests.sort(place, "provider", maintain_order=True))


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
