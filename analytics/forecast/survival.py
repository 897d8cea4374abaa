"""Trace how many incidents are still open after each time (METHODOLOGY, "Durations")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
from scipy import special

from analytics.answer import TAIL, framed
from analytics.memo import once
from analytics.metrics.durations import open_sample
from analytics.metrics.frequency import begun
from analytics.question import Question, selection
from analytics.scope import epoch
from analytics.snapshot import Snapshot
from analytics.statistics.survival import greenwood, kaplan_meier

#: With fewer incidents there is no curve.
LEAST_CURVE = 30
SURVIVAL: Mapping[str, Any] = {
    "seconds": pl.Float64,
    # Share still open after that time, and the ends of its interval.
    "still_open": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    # Open, and followed, until then.
    "at_risk": pl.Int64,
}


@once(selection)
def survival(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Estimate the share of a provider's incidents still open after each time.

    Of the incidents that the median open is of; without 30 of them there are no rows.

    Args:
        snapshot: Where they come from.
        question: Names one provider and one surface.

    Returns:
        Columns of ``SURVIVAL``.
    """
    sample = open_sample(begun(snapshot, question), epoch(snapshot.as_of))
    if sample.n < LEAST_CURVE:
        return framed((), SURVIVAL)
    curve = kaplan_meier(sample.seconds, sample.ended)
    z = float(special.ndtri(1 - TAIL))
    low, high, at_risk = greenwood(sample.seconds, sample.ended, z)
    columns = {
        "seconds": curve.times,
        "still_open": curve.survival,
        "low": low,
        "high": high,
        "at_risk": at_risk,
    }
    return pl.DataFrame(columns, schema=dict(SURVIVAL))
