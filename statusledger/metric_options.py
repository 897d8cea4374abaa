"""Read options that belong to one metric, and return what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UsageError
from statusledger.contract_file import DETECTION, SLA, contract_estimates, probe_rows

if TYPE_CHECKING:
    import polars as pl

    from analytics import Question, Snapshot

    Measure = Callable[[Snapshot, Question], pl.DataFrame]

FORECAST, PORTFOLIO, PATTERNS = "forecast", "portfolio", "patterns"


class MetricOptionError(UsageError):
    """Options that do not go with the metric, or with each other; one line."""


@dataclass(frozen=True, slots=True)
class MetricOptions:
    """Hold the options that belong to one metric each, as they were given.

    ``incident``, ``backtest``: of a forecast. ``primary``, ``fallbacks``, ``delay``: of a
    portfolio. ``business``, ``cost``: of patterns. ``contract``: of an estimate of a service level
    agreement.
    """

    incident: str | None
    backtest: bool
    primary: str | None
    fallbacks: tuple[str, ...]
    delay: str | None
    business: str | None
    cost: str | None
    contract: str | None


def asked_metric(name: str, given: MetricOptions, data: Path) -> Measure:
    """Return the metric of this name, with what its own options ask.

    Args:
        name: Name of a metric there is.
        given: Options, of it or of others.
        data: Folder with contracts and probes.

    Raises:
        UsageError: An option belongs to another metric, or cannot be read.
    """
    from analytics import METRICS

    _refuse_others(name, given)
    if name == FORECAST:
        return _forecast(given)
    if name == PORTFOLIO:
        return _portfolio(given)
    if name == PATTERNS:
        return _patterns(given)
    if name == SLA:
        return lambda snapshot, question: contract_estimates(
            snapshot, question, data, given.contract
        )
    if name == DETECTION:
        return lambda snapshot, question: probe_rows(snapshot, question, data)
    return METRICS[name]


def _refuse_others(name: str, given: MetricOptions) -> None:
    for metric, words, used in (
        (FORECAST, "--incident and --backtest", given.incident or given.backtest),
        (
            PORTFOLIO,
            "--primary, --fallback and --delay",
            given.primary or given.fallbacks or given.delay,
        ),
        (PATTERNS, "--business and --cost", given.business or given.cost),
        (SLA, "--contract", given.contract),
    ):
        if used and name != metric:
            verb = "goes" if metric == SLA else "go"
            raise MetricOptionError(f"{words} {verb} with `metrics {metric}`")
    if given.incident is not None and given.backtest:
        raise MetricOptionError("--incident and --backtest exclude each other")


def _forecast(given: MetricOptions) -> Measure:
    """Return forecasts of what is open, of one incident, or the back-test."""
    from analytics.forecast.backtest import score_forecasts
    from analytics.forecast.forecast import forecast, forecast_of

    if (incident := given.incident) is not None:
        return lambda snapshot, question: forecast_of(snapshot, question, incident)
    return score_forecasts if given.backtest else forecast


def _portfolio(given: MetricOptions) -> Measure:
    """Return the portfolio, with the plan of a failover where there is one."""
    from analytics.asking.provider_search import find_provider
    from analytics.directory import provider_names
    from analytics.portfolio.failover import DELAYS_S, Plan, parse_delay
    from analytics.portfolio.rows import portfolio

    delays = DELAYS_S if given.delay is None else (parse_delay(given.delay),)

    def planned(snapshot: Snapshot, question: Question) -> pl.DataFrame:
        names = provider_names(snapshot)
        first = None if given.primary is None else find_provider(given.primary, names)
        then = tuple(find_provider(one, names) for one in given.fallbacks)
        return portfolio(snapshot, question, Plan(first, then, delays))

    return planned


def _patterns(given: MetricOptions) -> Measure:
    """Return the patterns, with business hours and costs of one's own where they are given."""
    from analytics.patterns.cost import parse_cost
    from analytics.patterns.hours import BusinessHours, parse_hours
    from analytics.patterns.rows import Habits, patterns

    hours = BusinessHours() if given.business is None else parse_hours(given.business)
    cost = None if given.cost is None else parse_cost(given.cost)
    return lambda snapshot, question: patterns(snapshot, question, Habits(hours, cost))
