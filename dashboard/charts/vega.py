"""Vega-Lite charts as plain values: layers over named frames, and the fields they show.

Pages are drawn anew at every change, so a chart is written down and not built of objects that
check themselves. The tests check every chart against the schema of Vega-Lite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

Spec = dict[str, Any]
#: Scale of every axis of time.
UTC: Spec = {"type": "utc"}
MINUTE_FORM = "%Y-%m-%d %H:%M"
DATE_FORM = "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification, and the frames its layers name as their data."""

    spec: Spec
    frames: Mapping[str, pl.DataFrame]


def layered(layers: Sequence[Spec], frames: Mapping[str, pl.DataFrame], **more: Any) -> Chart:
    """Lay several marks over each other; ``more``: properties of the whole chart."""
    return Chart({"layer": list(layers), **more}, frames)


def mark(kind: str, data: str, encoding: Spec, *, where: str | None = None, **look: Any) -> Spec:
    """Write one layer.

    Args:
        kind: Kind of mark, such as ``bar``.
        data: Name of its frame.
        encoding: Channel to field.
        where: Expression a row must fulfil to be drawn.
        look: Properties of the mark.
    """
    chosen = {} if where is None else {"transform": [{"filter": where}]}
    return {
        "data": {"name": data},
        "mark": {"type": kind, **look},
        "encoding": encoding,
        **chosen,
    }


def nominal(field: str, **more: Any) -> Spec:
    """Encode a field of names."""
    return {"field": field, "type": "nominal", **more}


def quantitative(field: str, **more: Any) -> Spec:
    """Encode a field of numbers."""
    return {"field": field, "type": "quantitative", **more}


def temporal(field: str, **more: Any) -> Spec:
    """Encode a field of instants, on a scale of UTC."""
    return {"field": field, "type": "temporal", "scale": UTC, **more}


def tooltip(field: str, title: str) -> Spec:
    """Show a field of words when the mark is pointed at."""
    return nominal(field, title=title)


def tooltip_instant(field: str, title: str, form: str = MINUTE_FORM) -> Spec:
    """Show an instant of UTC when the mark is pointed at."""
    unit = "utcyearmonthdate" if form == DATE_FORM else "utcyearmonthdatehoursminutes"
    return {"field": field, "type": "temporal", "timeUnit": unit, "title": title, "format": form}


def constant(value: object) -> Spec:
    """Encode the same value for every row."""
    return {"value": value}
