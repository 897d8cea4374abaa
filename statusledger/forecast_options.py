"""Read what is asked of a forecast from options: one incident, or how good past ones were."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ingest.models import UsageError

if TYPE_CHECKING:
    import polars as pl

    from analytics import Question, Snapshot

FORECAST = "forecast"


class ForecastOptionError(UsageError):
    """Options of a forecast that go with nothing; one line that says with what they go."""


def forecast_asked(
    metric: str, incident: str | None, backtest: bool
) -> Callable[[Snapshot, Question], pl.DataFrame]:
    """Return what is asked: forecasts of what is open, of one incident, or the back-test.

    Args:
        metric: Name of a metric there is.
        incident: Id of one incident.
        backtest: Score past forecasts instead.

    Raises:
        UsageError: The options do not go together, or belong to another metric.
    """
    from analytics import METRICS
    from analytics.forecast.backtest import score_forecasts
    from analytics.forecast.forecast import forecast_of

    if metric != FORECAST:
        raise ForecastOptionError(f"--incident and --backtest go with `metrics {FORECAST}`")
    if incident is not None and backtest:
        raise ForecastOptionError("--incident and --backtest exclude each other")
    if incident is not None:
        return lambda snapshot, question: forecast_of(snapshot, question, incident)
    return score_forecasts if backtest else METRICS[metric]
