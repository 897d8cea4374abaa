"""Ask a metric of a release on Spark: the same names, questions and answers as on one machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from analytics.downtime.regions import regions_of
from analytics.engines import spark_relational
from analytics.engines.part_snapshot import snapshot_of_part
from analytics.engines.spark_differences import packed, unpacked
from analytics.engines.spark_groups import BESIDE, by_provider
from analytics.engines.spark_release import Release, open_release
from analytics.question import Question, combine_of
from analytics.scope import ScopeWindow, named_scopes
from analytics.snapshot import Snapshot
from ingest.models import UsageError

ON_SPARK = (*BESIDE, "coverage")
#: Metrics that compare captured wordings, which a release holds only where it was asked for.
OF_WORDING = ("transparency",)


class NotOnSparkError(UsageError):
    """The metric is not worked out on Spark; the message says why and what is."""


def measure(release: Release | Path | str, name: str, question: Question) -> pl.DataFrame:
    """Work out a metric of a release, as ``METRICS[name]`` does of a snapshot.

    Args:
        release: The folder of a release; where several metrics are asked, as from ``open_release``.
        name: Name of a metric.
        question: What is asked.

    Returns:
        Columns of the metric's answer.

    Raises:
        NotOnSparkError: The metric compares providers, or needs what the release does not hold.
        NotAReleaseError: The folder holds none.
        NoSparkError: Spark cannot start.
        QuestionError: There is no such provider or surface.
    """
    require_metric(name)
    if not isinstance(release, Release):
        release = open_release(release)
    if name in OF_WORDING and not release.with_text:
        raise NotOnSparkError(
            f"{name} compares wordings, which this release leaves out: "
            "`statusledger publish --parquet DIR --with-text` writes them"
        )
    if name == "coverage":
        return spark_relational.coverage(release, question)
    if name == "availability" and combine_of(question) == "any":
        return _availability(release, question)
    asked = named_scopes(scopes_of(release), question)  # refuses before the workers begin
    return _in_order(asked, by_provider(release, name, question))


def require_metric(name: str) -> None:
    """Raise ``NotOnSparkError`` unless Spark works out the metric."""
    if name not in ON_SPARK:
        raise NotOnSparkError(
            f"{name} looks at several providers at once, or at files of your own: ask it without "
            f"Spark, which works out {', '.join(ON_SPARK)}"
        )


def scopes_of(release: Release) -> Snapshot:
    """Return the providers and surfaces of a release, as a snapshot that holds no more."""
    tables = spark_relational.scope_tables(release)
    return snapshot_of_part(unpacked(packed(tables).toArrow()), release.meta)


def _availability(release: Release, question: Question) -> pl.DataFrame:
    """Measure availability; of providers with several regions by their groups, a mean of each."""
    found, told = spark_relational.availability(release, question)
    if question.combine is not None:
        return found
    shown = found.filter(pl.col("covered_s") > 0).select("provider", "surface").rows()
    regions = regions_of(told.snapshot)
    several = sorted({key[0] for key in shown if len(regions.get(key, ())) > 1})
    if not several:
        return found
    means = by_provider(release, "availability", replace(question, providers=tuple(several)))
    others = found.filter(~pl.col("provider").is_in(several))
    return _in_order(named_scopes(told.snapshot, question), pl.concat([others, means]))


def _in_order(asked: Sequence[ScopeWindow], found: pl.DataFrame) -> pl.DataFrame:
    """Sort rows by provider as an answer has them; those of each provider stay in order."""
    order = dict.fromkeys(scope.provider for scope in asked)
    return found.sort(pl.col("provider").cast(pl.Enum([*order])), maintain_order=True)
