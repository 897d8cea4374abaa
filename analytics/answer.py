"""Give every number one shape, with all that it takes to ask again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from analytics.basis import OF_STATES, basis_of, interval_of
from analytics.page_doubts import doubts_of, refused_records
from analytics.question import Question
from analytics.scope import Scope, ScopeTotals
from analytics.snapshot import Snapshot

OK = "ok"
INSUFFICIENT = "insufficient"
NO_COVERAGE = "no_coverage"
#: A number about the past as told later, where it is otherwise ok.
RECONSTRUCTED = "reconstructed"
#: Confidence of every interval, and what it leaves out at either end.
CONFIDENCE = 0.95
TAIL = 0.025
#: A coverage below this is worth telling wherever numbers stand beside each other.
WHOLE = 0.95

#: Columns that many frames have: each is of one type, wherever it stands.
INSTANT = pl.Datetime("us", "UTC")
#: Of whom and what a row tells.
SCOPE: Mapping[str, Any] = {"provider": pl.String, "surface": pl.String}
#: A number with its interval, and how many incidents it is made of.
NUMBER: Mapping[str, Any] = {
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}
METRIC: Mapping[str, Any] = {"metric": pl.String, "unit": pl.String, **NUMBER}
#: What of a question, and of how it is answered, a number depends on beside its rule.
ASKED: Mapping[str, Any] = {
    "classes": pl.String,
    "minimum": pl.String,
    "method_version": pl.String,
}
#: A break in what captures show: when, of which kind, and why.
BREAK: Mapping[str, Any] = {
    "at": INSTANT,
    "ended_at": INSTANT,
    "kind": pl.String,
    "note": pl.String,
}
WINDOW: Mapping[str, Any] = {"window_start": INSTANT, "window_end": INSTANT}
SCHEMA: Mapping[str, Any] = {
    **SCOPE,
    **METRIC,
    "down_s": pl.Float64,
    "covered_s": pl.Int64,
    "unknown_s": pl.Int64,
    "unrated": pl.Int64,
    "rule": pl.String,
    "combine": pl.String,
    **WINDOW,
    "coverage": pl.Float64,
    "classes": pl.String,
    "minimum": pl.String,
    "slo": pl.Float64,
    "method_version": pl.String,
    "status": pl.String,
    "refused": pl.Int64,
    "doubts": pl.String,
    # What the number rests on: component_states, whole_incidents or monitor.
    "basis": pl.String,
    # What low and high are about: sampling or unknown; null without them.
    "interval": pl.String,
}
#: Columns that are the same in every row about a scope.
OF_SCOPE = (
    *("provider", "surface", "covered_s", "window_start", "window_end", "coverage"),
    *("classes", "minimum", "method_version", "refused", "doubts"),
)


def answer(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Make a frame of rows; what does not apply is null.

    Values are unrounded. ``unrated``: incidents left out because nobody knows how bad they were,
    null where that has no part. ``minimum`` is null where incidents of any state count, ``slo``
    where no objective was measured against. ``refused``: records of the provider's pages that could
    not be read; ``doubts``: as in ``page_doubts``, null where nothing speaks against a number.

    Returns:
        Columns of ``SCHEMA``.
    """
    return framed(rows, SCHEMA)


def framed(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Make a frame of rows; what a row lacks is null.

    Returns:
        Columns of ``schema``.
    """
    told = list(rows)
    columns = {name: [one.get(name) for one in told] for name in schema}
    return pl.DataFrame(columns, schema=dict(schema))


def answered(
    snapshot: Snapshot,
    question: Question,
    asked: Sequence[Scope | ScopeTotals],
    metrics: Mapping[str, str],
    numbers: pl.DataFrame,
) -> pl.DataFrame:
    """Make an answer of the numbers of all scopes at once, as ``row`` does of those of one.

    Args:
        snapshot: Where the numbers come from.
        question: Classes and least state that were asked for.
        asked: The scopes, in order.
        metrics: Unit of each metric, in order: a row of each for every scope.
        numbers: Columns provider, surface, metric, n, status, and others of ``SCHEMA``. What it
            lacks is insufficient, of nothing.

    Returns:
        Columns of ``SCHEMA``.
    """
    # What a metric rests on is told by its name, and alike for all that begin alike.
    bases = {name.startswith(OF_STATES): name for name in metrics}
    scopes = [_told(snapshot, question, one) for one in asked]
    named = pl.DataFrame(
        {
            "metric": [*metrics],
            "unit": [*metrics.values()],
            "about": [interval_of(name, 0, 0) for name in metrics],
            "of_states": [name.startswith(OF_STATES) for name in metrics],
        }
    )
    rests = [
        (*one.key, of_states, basis_of(snapshot, question, *one.key, name))
        for of_states, name in bases.items()
        for one in asked
    ]
    schema = {**SCOPE, "of_states": pl.Boolean, "basis": pl.String}
    shown, seen = pl.col("status") == OK, pl.col("covered_s") > 0
    found = (
        framed(scopes, {name: SCHEMA[name] for name in OF_SCOPE})
        .join(named, how="cross", maintain_order="left_right")
        .join(numbers, on=[*SCOPE, "metric"], how="left", maintain_order="left")
        .join(
            pl.DataFrame(rests, schema, orient="row"),
            on=[*SCOPE, "of_states"],
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.when(seen)
            .then(pl.col("status").fill_null(INSUFFICIENT))
            .otherwise(pl.lit(NO_COVERAGE))
            .alias("status"),
            pl.col("n").fill_null(0),
        )
        .with_columns(pl.when(shown).then(name).alias(name) for name in ("value", "low", "high"))
        .with_columns(
            pl.when(~pl.all_horizontal(pl.col("low", "high").is_null()))
            .then("about")
            .alias("interval"),
            pl.when(shown & snapshot.reconstructed)
            .then(pl.lit(RECONSTRUCTED))
            .otherwise("status")
            .alias("status"),
        )
    )
    columns = [
        pl.col(name).cast(kind) if name in found.columns else pl.lit(None, kind).alias(name)
        for name, kind in SCHEMA.items()
    ]
    return found.select(columns)


def blank(rows: pl.DataFrame) -> pl.DataFrame:
    """Replace zeros by nulls where the window has no coverage.

    Nobody would have seen anything there.

    Of such rows (by covered_s, else by status) seconds down, degraded and unknown become null,
    and so does an n of 0. Answers keep 0 there, so that windows add up.

    Returns:
        The columns of ``rows``.
    """
    of = "covered_s" if "covered_s" in rows.columns else "status"
    dark = pl.col(of) == 0 if of == "covered_s" else pl.col(of) == NO_COVERAGE
    lost = [
        pl.when(~dark | (pl.col(name) > 0)).then(name).alias(name)
        for name in ("down_s", "degraded_s", "unknown_s", "n")
        if name in rows.columns
    ]
    return rows.with_columns(lost)


def row(
    snapshot: Snapshot,
    question: Question,
    scope: Scope | ScopeTotals,
    metric: str,
    unit: str,
    **numbers: Any,
) -> dict[str, Any]:
    """Build a row of an answer from its numbers.

    Below the minimum a value is not shown: with a status other than ok it becomes null, n
    and coverage stay.

    Args:
        snapshot: Where the number comes from.
        question: Classes and least state that were asked for.
        scope: Provider, surface and window, and how much of it is covered.
        metric: Name of the metric.
        unit: Unit of its value.
        numbers: Values of other columns of ``SCHEMA``, and of columns beside it.
    """
    told = _told(snapshot, question, scope)
    status = numbers.pop("status", OK)
    if scope.covered_s == 0:
        status = NO_COVERAGE
    if status != OK:
        numbers = {**numbers, "value": None, "low": None, "high": None}
    elif snapshot.reconstructed:
        status = RECONSTRUCTED
    return {
        **told,
        "metric": metric,
        "unit": unit,
        "status": status,
        "basis": basis_of(snapshot, question, scope.provider, scope.surface, metric),
        "interval": interval_of(metric, numbers.get("low"), numbers.get("high")),
        **numbers,
    }


def _told(snapshot: Snapshot, question: Question, scope: Scope | ScopeTotals) -> dict[str, Any]:
    """Return what every row about a scope tells, whatever its numbers."""
    return {
        "provider": scope.provider,
        "surface": scope.surface,
        "covered_s": scope.covered_s,
        "window_start": scope.start,
        "window_end": scope.end,
        "coverage": scope.covered_s / scope.window_s,
        "classes": ",".join(question.classes),
        "minimum": question.minimum,
        "method_version": snapshot.method_version,
        "refused": refused_records(snapshot).get(scope.provider, 0),
        "doubts": doubts_of(snapshot, scope),
    }
