"""Give every number one shape, with all that it takes to ask again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from analytics.basis import OF_STATES, basis_of, interval_of
from analytics.page_doubts import doubts_of, refused_records
from analytics.question import Question
from analytics.scope import Interval, Scope, ScopeTotals, ScopeWindow, totals_within
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
        .with_columns(pl.col("status").fill_null(INSUFFICIENT), pl.col("n").fill_null(0))
    )
    return _shown(snapshot, found)


def answered_parts(
    snapshot: Snapshot,
    question: Question,
    asked: Sequence[ScopeWindow],
    spans: Sequence[Interval],
    numbers: pl.DataFrame,
) -> pl.DataFrame:
    """Make an answer of what was measured in parts of one window in all scopes, as ``row`` does.

    Args:
        snapshot: Where the numbers come from.
        question: Classes and least state that were asked for.
        asked: The scopes, in order.
        spans: Starts and ends of the parts in epoch seconds, in order.
        numbers: Columns metric (one and the same), unit, covered_s, n, status, and others of
            ``SCHEMA``: a row for every part of the first scope, then of the next.

    Returns:
        Columns of ``SCHEMA``.
    """
    if numbers.is_empty():
        return answer(())
    told = _parts_told(snapshot, question, asked, spans, numbers["metric"][0])
    coverage = pl.col("covered_s") / pl.col("window_s")
    return _shown(snapshot, told.with_columns(*numbers).with_columns(coverage=coverage))


def _parts_told(
    snapshot: Snapshot,
    question: Question,
    asked: Sequence[ScopeWindow],
    spans: Sequence[Interval],
    metric: str,
) -> pl.DataFrame:
    """Return what rows about parts tell, whatever their numbers.

    Returns:
        Columns of ``OF_SCOPE`` but what is covered, and basis, about and window_s.
    """
    whole = [totals_within(one, one.start_s, one.end_s, 0) for one in asked]
    told = framed(
        (_told(snapshot, question, one) for one in whole), {k: SCHEMA[k] for k in OF_SCOPE}
    )
    bases = pl.Series([basis_of(snapshot, question, *one.key, metric) for one in asked])
    parts = [totals_within(asked[0], *span, 0) for span in spans]
    windows = pl.DataFrame(
        [(part.start, part.end, part.window_s) for part in parts],
        {**WINDOW, "window_s": pl.Int64},
        orient="row",
    )
    # What nobody doubts at the end of the window, nobody doubted before.
    doubts = [
        doubts_of(snapshot, totals_within(one, *span, 0)) if doubted else None
        for one, doubted in zip(asked, told["doubts"], strict=True)
        for span in spans
    ]
    rows = told.drop("covered_s", "coverage", *WINDOW).with_columns(basis=bases)
    return rows.join(windows, how="cross", maintain_order="left_right").with_columns(
        pl.Series("doubts", doubts, pl.String), about=pl.lit(interval_of(metric, 0, 0))
    )


def _shown(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Show values only where there are enough, and say what their intervals are ``about``.

    Returns:
        Columns of ``SCHEMA``.
    """
    seen, shown = pl.col("covered_s") > 0, pl.col("status") == OK
    found = (
        found.with_columns(
            status=pl.when(seen).then("status").otherwise(pl.lit(NO_COVERAGE)),
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
