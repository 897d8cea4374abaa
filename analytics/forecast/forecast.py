"""Forecast how much is left of each open incident (METHODOLOGY, "Forecast")."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from analytics.answer import INSTANT, INSUFFICIENT, OK, RECONSTRUCTED, SCHEMA, framed
from analytics.basis import WHOLE_INCIDENTS
from analytics.directory import captured_providers
from analytics.forecast.backtest import EDGES, GIVEN, LANDMARKS_S, LONGEST_S, held_by, known_replay
from analytics.forecast.calibration import half_width
from analytics.forecast.history import FLAGS, known_history, page_reads
from analytics.forecast.model import WINDOW_DAYS, Forecasts, forecast_left
from analytics.memo import once
from analytics.metrics.stage_moves import POST
from analytics.page_doubts import refused_records
from analytics.question import Question, selection
from analytics.scope import ALL_SURFACES, epoch
from analytics.snapshot import Snapshot
from ingest.models import UnansweredError

TIME_LEFT = "time_left"
METHOD = "conditional Kaplan-Meier"
#: An interval that is to hold one outcome, not an estimate.
PREDICTION = "prediction"
#: The page was not read for longer than its budget: nobody knows whether the incident is open.
STALE = "stale"
WITHIN_S = 3600
OWN, POOLED = "own", "pooled"
#: value, low and high are seconds left: median and ends of the 80 % band. Null: longer than
#: anything that was seen, where status is ok.
FORECASTS: Mapping[str, Any] = {
    **SCHEMA,
    # Null: of an incident that begins at ``made_at``; the provider has none that is open.
    "incident_id": pl.String,
    "page_key": pl.String,
    "title": pl.String,
    # The newest good capture of its page: what is forecast is known up to then.
    "made_at": INSTANT,
    "elapsed_s": pl.Int64,
    "low_50_s": pl.Float64,
    "high_50_s": pl.Float64,
    "median_at": INSTANT,
    "low_50_at": INSTANT,
    "high_50_at": INSTANT,
    "low_80_at": INSTANT,
    "high_80_at": INSTANT,
    "ends_within_60_min": pl.Float64,
    # Learned from: own, pooled (all providers).
    "history": pl.String,
    # How the 80 % band did at the landmark before, as given then: share held, of how many.
    "landmark_s": pl.Int64,
    "held_80": pl.Float64,
    "held_n": pl.Int64,
    # Whether the 80 % band is wider than the curve says, since it held too little.
    "widened": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Record how the bands of a provider did at a landmark.

    ``held``, ``n``: outcomes inside the 80 % band as given, of how many. ``reach``: how far from
    the median each band reaches now.
    """

    landmark_s: int
    held: int
    n: int
    reach: Mapping[float, float]


def calibration_at(
    snapshot: Snapshot, provider: str, classes: tuple[str, ...], elapsed_s: float
) -> Calibration:
    """Return how forecasts did at the last landmark that ``elapsed_s`` has reached.

    Args:
        snapshot: Where the past is from.
        provider: Whose incidents were forecast.
        classes: Of these.
        elapsed_s: How long an incident has lasted.
    """
    place = bisect_right(LANDMARKS_S, elapsed_s) - 1
    past = known_replay(snapshot, provider, classes, LANDMARKS_S[place])
    known = past.far[past.at <= epoch(snapshot.as_of) - LONGEST_S]
    reach = {band: half_width(known, band) for band in EDGES}
    held = held_by(past.left, past.quantiles[GIVEN], 0.8)
    return Calibration(past.landmark_s, held, len(past.left), reach)


@once(selection)
def forecast(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Forecast how much is left of each open incident, as of the newest capture of its page.

    Incidents that were forgotten open, or left their page, are not forecast. A provider without
    an open incident has a row about one that begins now.

    Returns:
        Columns of ``FORECASTS``.
    """
    found = open_incidents(snapshot, question)
    asked = sorted(question.providers or captured_providers(snapshot))
    return framed(
        (
            row
            for provider in asked
            for row in _rows(snapshot, question, provider, found.filter(provider=provider))
        ),
        FORECASTS,
    )


def open_incidents(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Select the incidents that are open and not forgotten.

    Returns:
        Columns of table ``incidents``, and read_at and stale_after_s of its page.
    """
    found = snapshot.table("incidents").filter(
        (pl.col("kind") == "incident")
        & pl.col("class").is_in(question.classes)
        & (pl.col("duration_quality") == "open")
        & pl.col("published_at").is_not_null()
        & ~FLAGS.contains("removed")
        & ~FLAGS.contains("zombie")
        & ~FLAGS.contains("retrospective")
    )
    if question.surface is not None:
        linked = snapshot.table("incident_components").filter(surface=question.surface)
        found = found.join(linked, on=POST, how="semi")
    return (
        found.join(page_reads(snapshot), on="page_key", how="left")
        .with_columns(pl.col("read_at").fill_null(snapshot.as_of))
        .sort("provider", "published_at", "incident_id")
    )


def forecast_of(snapshot: Snapshot, question: Question, incident_id: str) -> pl.DataFrame:
    """Forecast one incident.

    Returns:
        Columns of ``FORECASTS``.

    Raises:
        UnansweredError: It is unknown, over, or was forgotten open.
    """
    found = forecast(snapshot, question).filter(incident_id=incident_id)
    if found.is_empty():
        raise UnansweredError(_why_none(snapshot, question, incident_id))
    return found


def _why_none(snapshot: Snapshot, question: Question, incident_id: str) -> str:
    known = snapshot.table("incidents").filter(incident_id=incident_id)
    if question.providers:
        known = known.filter(pl.col("provider").is_in(question.providers))
    if known.is_empty():
        return f"no incident {incident_id!r} is known"
    one = known.row(0, named=True)
    if one["resolved_at"] is not None:
        ended = f"{one['resolved_at']:%Y-%m-%dT%H:%M:%SZ}"
        return f"incident {incident_id} ended at {ended}: --at TIME asks for what was known before"
    if one["class"] not in question.classes or one["kind"] != "incident":
        return f"incident {incident_id} is of class {one['class']}: name it in --classes"
    return f"incident {incident_id} was forgotten open, or left its page: it is not forecast"


def _rows(
    snapshot: Snapshot, question: Question, provider: str, found: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    if found.is_empty():
        newest = (
            snapshot.table("pages")
            .filter(provider=provider)
            .join(page_reads(snapshot), on="page_key")["read_at"]
            .max()
        )
        at = newest if isinstance(newest, datetime) else snapshot.as_of
        found = pl.DataFrame(
            {"incident_id": [None], "page_key": [None], "title": [None], "read_at": [at]}
            | {"published_at": [at], "stale_after_s": [None]},
            schema_overrides={"read_at": INSTANT, "published_at": INSTANT},
        )
    read_s = np.array([epoch(at) for at in found["read_at"]], dtype=float)
    begun = np.array([epoch(at) for at in found["published_at"]], dtype=float)
    elapsed = np.maximum(read_s - begun, 0.0)
    history = known_history(snapshot, question.classes)
    made = forecast_left(history, provider, begun, elapsed)
    told = [
        calibration_at(snapshot, provider, question.classes, float(seconds)) for seconds in elapsed
    ]
    ends = _ends(made, told)
    soon = made.shares(WITHIN_S)
    for place, one in enumerate(found.iter_rows(named=True)):
        status = _status(snapshot, one, bool(made.given[place]))
        shown = status in {OK, RECONSTRUCTED}
        left = {name: _finite(of[place]) if shown else None for name, of in ends.items()}
        at, past = one["read_at"], told[place]
        yield {
            "provider": provider,
            "surface": question.surface or ALL_SURFACES,
            "metric": TIME_LEFT,
            "unit": "seconds",
            "value": left["median"],
            "low": left["low_80"],
            "high": left["high_80"],
            "n": int(made.at_risk[place]),
            "rule": METHOD,
            "window_start": at - timedelta(days=WINDOW_DAYS),
            "window_end": at,
            "classes": ",".join(question.classes),
            "method_version": snapshot.method_version,
            "status": status,
            "refused": refused_records(snapshot).get(provider, 0),
            "basis": WHOLE_INCIDENTS,
            "interval": PREDICTION if shown else None,
            "incident_id": one["incident_id"],
            "page_key": one["page_key"],
            "title": one["title"],
            "made_at": at,
            "elapsed_s": int(elapsed[place]),
            "low_50_s": left["low_50"],
            "high_50_s": left["high_50"],
            **{f"{name}_at": _after(at, seconds) for name, seconds in left.items()},
            "ends_within_60_min": float(soon[place]) if shown else None,
            "history": POOLED if made.pooled[place] else OWN,
            "landmark_s": past.landmark_s,
            "held_80": past.held / past.n if past.n else None,
            "held_n": past.n,
            "widened": past.reach[0.8] > 0.4,
        }


def _ends(made: Forecasts, told: list[Calibration]) -> dict[str, Any]:
    """Return the median and the ends of the bands, as far as each now reaches."""
    ends = {"median": made.quantiles(0.5)}
    for band in (0.5, 0.8):
        reach = np.array([one.reach[band] for one in told])
        ends[f"low_{100 * band:.0f}"] = made.quantiles(0.5 - reach)
        ends[f"high_{100 * band:.0f}"] = made.quantiles(0.5 + reach)
    return ends


def _status(snapshot: Snapshot, one: Mapping[str, Any], given: bool) -> str:
    budget, silent = one["stale_after_s"], snapshot.as_of - one["read_at"]
    if budget is not None and silent > timedelta(seconds=budget):
        return STALE
    if not given:
        return INSUFFICIENT
    return RECONSTRUCTED if snapshot.reconstructed else OK


def _finite(seconds: float) -> float | None:
    return float(seconds) if np.isfinite(seconds) else None


def _after(at: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else at + timedelta(seconds=seconds)
