"""Measure availability in parts of the window, of all scopes at once.

METHODOLOGY, "Availability rules". What ``availability`` works out part by part, over arrays: a
world of hundreds of scopes has tens of thousands of months.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from analytics.answer import INSUFFICIENT, OK, answer, answered_parts
from analytics.downtime.relational import (
    COVERED,
    OBSERVED,
    UNSURE,
    possible_seconds,
)
from analytics.downtime.state_time import StateTime, state_time
from analytics.metrics.availability import apart, availability_row, measured_parts
from analytics.question import Question, as_weighed, combine_of
from analytics.rules import INCIDENT_OPEN
from analytics.scope import Interval, named_scopes
from analytics.snapshot import Snapshot


def part_rows(snapshot: Snapshot, question: Question, spans: Sequence[Interval]) -> pl.DataFrame:
    """Measure spans of the window in each scope, as ``measured_parts`` does.

    Args:
        snapshot: Where the states are.
        question: Rule, classes, and how components are combined.
        spans: Starts and ends in epoch seconds; they may overlap.

    Returns:
        Columns of ``answer.SCHEMA``: the scopes in the order of ``named_scopes``, and of each a
        row for every span.
    """
    if apart(snapshot, question):
        scopes = measured_parts(snapshot, question, spans)
        return answer(
            availability_row(snapshot, question, part) for parts in scopes for part in parts
        )
    time = state_time(snapshot, as_weighed(question), tuple(spans))
    named = named_scopes(snapshot, question)
    return answered_parts(snapshot, question, named, spans, _numbers(time, question))


def _numbers(time: StateTime, question: Question) -> pl.DataFrame:
    """Weigh what lasted in every part by the rule asked for, as ``SurfacePart`` does.

    Returns:
        Columns of ``answer.SCHEMA``, what ``answered_parts`` adds left out.
    """
    lasted_s, shape = time.seconds, time.opened.shape
    least_s, most_s = possible_seconds(lasted_s, question.rule, question.weights)
    arrays = {
        "covered_s": lasted_s[COVERED],
        "observed_s": lasted_s[OBSERVED],
        "unsure_s": lasted_s[UNSURE],
        "least_s": least_s,
        "most_s": most_s,
        "n": time.opened,
    }
    found = pl.DataFrame({name: np.broadcast_to(a, shape).ravel() for name, a in arrays.items()})
    covered_s, observed = pl.col("covered_s"), pl.col("observed_s") > 0
    value = 1 - pl.col("least_s") / pl.col("observed_s")
    worst = pl.max_horizontal(0.0, 1 - pl.col("most_s") / covered_s)
    bounded = observed & (pl.col("unsure_s") > 0)
    return found.select(
        *("covered_s", "n"),
        metric=pl.lit("availability"),
        unit=pl.lit("fraction"),
        value=pl.when(observed).then(value),
        # What is unsure was up as far as anybody knows.
        down_s=pl.col("least_s"),
        low=pl.when(bounded).then(pl.min_horizontal(worst, value)),
        high=pl.when(bounded).then(pl.max_horizontal(1 - pl.col("least_s") / covered_s, value)),
        unknown_s=covered_s - pl.col("observed_s"),
        rule=pl.lit(question.named_rule),
        minimum=pl.lit(question.minimum if question.rule == INCIDENT_OPEN else None, pl.String),
        combine=pl.lit(combine_of(question)),
        status=pl.when(observed).then(pl.lit(OK)).otherwise(pl.lit(INSUFFICIENT)),
    )
