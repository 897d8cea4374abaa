"""Providers in order as one inline picture: for a document that loads nothing."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from dashboard.charts.palette import provider_scale
from dashboard.charts.svg import Svg

WIDTH, ROW_HEIGHT = 720, 42
#: Where the labels end, and where the axis does: above a dot there a number must fit.
LEFT, RIGHT = 190, 620
Row = dict[str, object]


def standings_svg(rows: Iterable[dict[str, object]], unit: str, words: str) -> Svg:
    """Draw one row per provider: name, dot, interval, number.

    Args:
        rows: As from ``standings_rows``, best first.
        unit: What the axis counts.
        words: What the picture shows, for those who do not see it.
    """
    shown = list(rows)
    most = max(_number(row["high"]) or _number(row["value"]) for row in shown) or 1.0
    height = ROW_HEIGHT * len(shown) + 24
    size = {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "class": "picture"}
    root = ET.Element("svg", size)
    ET.SubElement(root, "title").text = words
    for n, row in enumerate(shown):
        _row(root, row, ROW_HEIGHT * (n + 0.5), most)
    for at in (0.0, 0.5, 1.0):
        place = {"x": f"{_along(at * most, most):.0f}", "y": f"{height - 6}"}
        tick = ET.SubElement(root, "text", {**place, "class": "tick", "text-anchor": "middle"})
        tick.text = f"{at * most:.3g}{f' {unit}' if at == 1 else ''}"
    return Svg(ET.tostring(root, encoding="unicode"))


def _row(root: ET.Element, row: dict[str, object], y: float, most: float) -> None:
    slug = str(row["slug"])
    [colour] = provider_scale([slug])["range"]
    line = {"x1": str(LEFT), "x2": str(RIGHT), "y1": f"{y:.1f}", "y2": f"{y:.1f}"}
    ET.SubElement(root, "line", {**line, "stroke": "currentColor", "stroke-opacity": "0.12"})
    name = {"x": str(LEFT - 12), "y": f"{y + 5:.1f}", "text-anchor": "end"}
    ET.SubElement(root, "text", name).text = str(row["label"])
    if row["high"] is not None:
        low, high = (_along(_number(row[bound]), most) for bound in ("low", "high"))
        span = {**line, "x1": f"{low:.1f}", "x2": f"{high:.1f}", "stroke": colour}
        more = {"stroke-width": "5", "stroke-opacity": "0.45"}
        ET.SubElement(root, "line", {**span, **more})
    at = _along(_number(row["value"]), most)
    if row["value"] is not None:
        dot = {"cx": f"{at:.1f}", "cy": f"{y:.1f}", "r": "7"}
        ET.SubElement(root, "circle", {**dot, "fill": colour})
    # Above the dot: at the end of the interval it would read as the end's number.
    above = {"x": f"{at - 7:.1f}", "y": f"{y - 11:.1f}"}
    ET.SubElement(root, "text", above).text = str(row["shown"])


def _along(value: float, most: float) -> float:
    return LEFT + value / most * (RIGHT - LEFT)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
