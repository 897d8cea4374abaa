"""Ask a metric of a release on Spark: ``metrics --engine spark``."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UsageError
from statusledger.metric_options import MetricOptions

if TYPE_CHECKING:
    import polars as pl

    from analytics import Question

#: Of options of one metric, those that are spelt otherwise than their field.
SPELT = {"fallbacks": "fallback"}


class SparkOptionError(UsageError):
    """An option that asks more than a release on Spark answers; one line."""


def refuse_on_spark(own: MetricOptions, **given: str | bool | None) -> None:
    """Refuse options that need more than a release, or code of one machine.

    Args:
        own: Options that belong to one metric.
        given: Other options, by name.

    Raises:
        SparkOptionError: One was given.
    """
    told = [name for name, value in {**given, **asdict(own)}.items() if value]
    if told:
        names = ", ".join(f"--{SPELT.get(name, name).replace('_', '-')}" for name in told)
        raise SparkOptionError(f"--engine spark asks a release as it is: leave out {names}")


def rows_on_spark(
    name: str, question: Question, data: Path, period: str | None
) -> tuple[pl.DataFrame, bool]:
    """Work out a metric of the release in ``data``; say too whether its world is invented.

    Args:
        name: Name of the metric.
        question: What is asked, of providers as somebody called them.
        data: Folder of the release.
        period: Period, as a word.

    Raises:
        UsageError: The metric, the release or Spark is missing, or nobody is called so.
    """
    from analytics.asking.provider_search import find_provider
    from analytics.directory import provider_names
    from analytics.engines.spark_metrics import measure, require_metric, scopes_of
    from analytics.engines.spark_release import open_release
    from statusledger.saved_question import complete_question
    from statusledger.terminal import progress

    require_metric(name)
    with progress("working it out on Spark"):
        release = open_release(data)
        known = scopes_of(release)
        names = provider_names(known)
        slugs = tuple(find_provider(one, names) for one in question.providers)
        question = replace(question, providers=slugs)
        question = complete_question(known, question, data, data, None, period)
        return measure(release, name, question), known.simulated
