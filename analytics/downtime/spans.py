"""Relate spans: unions, gaps and overlaps on any engine.

METHODOLOGY, "Availability rules".

Pure functions over narwhals lazy frames. Spans are half-open, in whole epoch seconds, in the
columns start_s and end_s; ``by`` names the columns that tell groups apart. All of it rests on
one window function: of the spans of a group in order of start, the furthest end so far says
how much of the next one is new. The new parts never overlap, so their lengths add up to the
union, and no span is compared with every other.
"""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from analytics.snapshot import Frame

SPAN = ("start_s", "end_s")
NOT_EMPTY = nw.col("start_s") < nw.col("end_s")


def pieces(spans: Frame, by: Sequence[str]) -> Frame:
    """Return disjoint spans that cover in each group what ``spans`` cover.

    Returns:
        Columns of ``by`` and the span.
    """
    known = _reached(spans.filter(NOT_EMPTY).select(*by, *SPAN), by)
    new = nw.max_horizontal("start_s", "before").alias("start_s")
    return known.with_columns(new).filter(NOT_EMPTY).select(*by, *SPAN)


def seconds(spans: Frame, by: Sequence[str]) -> Frame:
    """Measure the union of each group's spans.

    Returns:
        Columns of ``by`` and seconds.
    """
    length = (nw.col("end_s") - nw.col("start_s")).alias("seconds")
    lengths = pieces(spans, by).select(*by, length)
    return lengths.group_by(*by).agg(nw.col("seconds").sum().cast(nw.Int64))


def gaps(spans: Frame, whole: Frame, by: Sequence[str]) -> Frame:
    """Return the parts of ``whole``, disjoint in each group, that no span covers.

    Returns:
        Columns of ``by`` and the span.
    """
    bounds = _bounds(whole, by)
    holes = _cut(spans.select(*by, *SPAN), bounds, by).select(*by, "begin_s", *SPAN)
    last = bounds.select(*by, "begin_s", start_s="stop_s", end_s="stop_s")
    known = _reached(nw.concat([holes, last]), [*by, "begin_s"])
    free = nw.max_horizontal("before", "begin_s").alias("start_s")
    return known.select(*by, free, end_s="start_s").filter(NOT_EMPTY)


def overlaps(spans: Frame, others: Frame, by: Sequence[str]) -> Frame:
    """Cut ``spans`` to the parts inside ``others`` of the same group.

    Returns:
        Columns of ``spans``, and begin_s and stop_s, which bound the one of ``others``.
    """
    return _cut(spans, _bounds(others, by), by)


def within(spans: Frame, start_s: int, end_s: int) -> Frame:
    """Cut ``spans`` to the parts inside ``[start_s, end_s)``; other columns stay."""
    inside = nw.col("start_s").clip(start_s, None), nw.col("end_s").clip(None, end_s)
    return spans.with_columns(*inside).filter(NOT_EMPTY)


def covered(rows: Frame, spans: Frame, by: Sequence[str], at: str = "start_s") -> Frame:
    """Keep the rows whose instant in column ``at`` lies in the spans of their group.

    Args:
        rows: Rows with the columns of ``by`` and ``at``.
        spans: Spans with the columns of ``by``; they may overlap.
        by: Columns that tell groups apart.
        at: Column of the instant.
    """
    bounds = _bounds(pieces(spans, by), by)
    inside = (nw.col("begin_s") <= nw.col(at)) & (nw.col(at) < nw.col("stop_s"))
    return rows.join(bounds, on=[*by]).filter(inside).drop("begin_s", "stop_s")


def runs(spans: Frame, by: Sequence[str], gap: int) -> Frame:
    """Find where each run of spans at most ``gap`` seconds apart starts.

    A span that ends before it starts counts as one without length.

    Returns:
        Columns of ``by`` and start_s.
    """
    longer = nw.max_horizontal("start_s", "end_s") + gap
    known = _reached(spans.select(*by, "start_s", longer.alias("end_s")), by)
    first = nw.col("before").is_null() | (nw.col("before") < nw.col("start_s"))
    return known.filter(first).select(*by, "start_s")


def _reached(spans: Frame, by: Sequence[str]) -> Frame:
    """Add ``before``: the furthest end of the spans that start earlier."""
    # In two steps: engines refuse to shift a running maximum at once.
    known = spans.with_columns(nw.col("end_s").cum_max().over(*by, order_by=SPAN).alias("reach"))
    return known.with_columns(nw.col("reach").shift(1).over(*by, order_by=SPAN).alias("before"))


def _bounds(spans: Frame, by: Sequence[str]) -> Frame:
    return spans.select(*by, begin_s="start_s", stop_s="end_s")


def _cut(spans: Frame, bounds: Frame, by: Sequence[str]) -> Frame:
    """Repeat each span for all bounds of its group that it meets, cut to them."""
    inside = (
        nw.max_horizontal("start_s", "begin_s").alias("start_s"),
        nw.min_horizontal("end_s", "stop_s").alias("end_s"),
    )
    return spans.join(bounds, on=[*by]).with_columns(*inside).filter(NOT_EMPTY)
