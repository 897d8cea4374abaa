"""Small pictures as inline SVG, for documents that load nothing and run nothing.

Each is one row high and holds no text but its title, so that it fits a table cell beside the
numbers it shows. Text in pages around it takes their colour; so do lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote
from xml.etree import ElementTree as ET

from dashboard.charts.state_colours import STATE_COLOURS

HEIGHT = 20
WIDTH = 120
#: Room for a dot at either end.
MARGIN = 5
#: Between bars, where they are not close together.
GAP = 1.0
CLOSE = 4.0
#: Of the bars of a trend; seen on light and dark.
TREND_PITCH, TREND_COLOUR = 9.0, "#2b7fb0"
#: What an address may hold as it is; to escape it would only make it longer.
AS_IS = "()/:;=,"
#: Share of the height a day in a state takes: told apart without colours too.
DAY_HEIGHT: Mapping[str, float] = {
    "no data": 0.2,
    "operational": 0.4,
    "maintenance": 0.5,
    "unknown": 0.6,
    "degraded": 0.6,
    "partial": 0.8,
    "major": 1.0,
}
#: Drawn hollow: nothing is known of such a day.
HOLLOW = ("no data", "unknown")


@dataclass(frozen=True, slots=True)
class Svg:
    """A finished picture; templates put it in as it is."""

    text: str

    def __html__(self) -> str:
        """Return the picture, which templates then do not escape."""
        return self.text


@dataclass(frozen=True, slots=True)
class Day:
    """Hold a bar: the worst state of a day, or None for a gap; ``words`` describe it."""

    state: str | None
    words: str


def day_strip(days: Sequence[Day], words: str, pitch: float = 6.0) -> Svg:
    """Draw one bar a day, ``pitch`` wide, higher the worse; hollow where not known."""
    root = _picture(len(days) * pitch, words)
    root.set("shape-rendering", "crispEdges")
    wide = pitch - GAP if pitch > CLOSE else pitch
    for n, day in enumerate(days):
        if day.state is None:
            continue
        height = HEIGHT * DAY_HEIGHT[day.state]
        box = {"x": n * pitch, "y": HEIGHT - height, "width": wide, "height": height}
        if day.state in HOLLOW:
            inset = {"x": box["x"] + 0.4, "y": box["y"] + 0.4}
            size = {"width": box["width"] - 0.8, "height": box["height"] - 0.8}
            fill = STATE_COLOURS["no data"] if day.state == "unknown" else "none"
            look = {"fill": fill, "stroke": STATE_COLOURS["unknown"], "stroke-width": "0.8"}
            bar = _add(root, "rect", {**inset, **size}, **look)
        else:
            bar = _add(root, "rect", box, fill=STATE_COLOURS[day.state])
        ET.SubElement(bar, "title").text = day.words
    return _done(root)


def interval_bar(
    value: float, low: float | None, high: float | None, most: float, words: str
) -> Svg:
    """Draw a dot with its interval on a line from 0 to ``most``.

    An interval without an upper bound ends in an arrow.

    Args:
        value: Where the dot stands.
        low: Lower bound of the interval, if there is one.
        high: Upper bound of the interval, if there is one.
        most: Right end of the line.
        words: What the picture shows, for those who do not see it.
    """
    root = _picture(WIDTH, words)
    _line(root, MARGIN, WIDTH - MARGIN, opacity="0.25")
    start = _along(low if low is not None else value, 0, most)
    end = _along(high, 0, most) if high is not None else WIDTH - MARGIN
    if low is not None or high is not None:
        _line(root, start, end, width="3", opacity="0.6")
    if low is not None and high is None:
        arrow = f"M{_n(end - 5)} {HEIGHT / 2 - 4:g}L{_n(end)} {HEIGHT / 2:g}L{_n(end - 5)} 14"
        _add(root, "path", {}, d=arrow, fill="none", stroke="currentColor")
    dot = {"cx": _along(value, 0, most), "cy": HEIGHT / 2, "r": 4.5}
    _add(root, "circle", dot, fill="currentColor")
    return _done(root)


def mark_line(values: Mapping[str, float], main: str, low: float, words: str) -> Svg:
    """Draw several values of one thing on a line, the ``main`` one as a dot.

    Args:
        values: Name to value, from ``low`` to 1.
        main: Name of the value drawn as a dot.
        low: Left end of the line.
        words: What the picture shows, for those who do not see it.
    """
    root = _picture(WIDTH, words)
    _line(root, MARGIN, WIDTH - MARGIN, opacity="0.25")
    places = {name: _along(value, low, 1) for name, value in values.items()}
    _line(root, min(places.values()), max(places.values()), width="3", opacity="0.35")
    for name, x in places.items():
        look = {"fill": "currentColor"} if name == main else {"fill": "none", "stroke-width": "1.5"}
        radius = 4.5 if name == main else 3.5
        place = {"cx": x, "cy": HEIGHT / 2, "r": radius}
        mark = _add(root, "circle", place, stroke="currentColor", **look)
        ET.SubElement(mark, "title").text = name
    return _done(root)


def trend_bars(values: Sequence[float | None], least: float, words: str) -> Svg:
    """Draw a bar for each value from ``least`` to 1; a dot where there is none."""
    root = _picture(len(values) * TREND_PITCH, words)
    root.set("fill", TREND_COLOUR)
    for n, value in enumerate(values):
        x, wide = n * TREND_PITCH, TREND_PITCH - GAP
        if value is None:
            place = {"cx": x + wide / 2, "cy": HEIGHT - 2, "r": 1.2}
            _add(root, "circle", place, fill=STATE_COLOURS["unknown"])
        else:
            height = HEIGHT * (value - least) / (1 - least)
            box = {"x": x, "y": HEIGHT - height, "width": wide, "height": height}
            _add(root, "rect", box)
    return _done(root)


def data_url(picture: Svg) -> str:
    """Write a picture as an address that holds it."""
    named = picture.text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"data:image/svg+xml;utf8,{quote(named, safe=AS_IS)}"


def _picture(width: float, words: str) -> ET.Element:
    size = {"width": _n(width), "height": str(HEIGHT), "viewBox": f"0 0 {_n(width)} {HEIGHT}"}
    root = ET.Element("svg", {**size, "role": "img"})
    ET.SubElement(root, "title").text = words
    return root


def _along(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 1.0
    return MARGIN + min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN)


def _line(root: ET.Element, start: float, end: float, width: str = "1", opacity: str = "1") -> None:
    across = {"x1": start, "x2": end, "y1": HEIGHT / 2, "y2": HEIGHT / 2}
    look = {"stroke-width": width, "stroke-opacity": opacity}
    _add(root, "line", across, stroke="currentColor", **look)


def _add(root: ET.Element, tag: str, numbers: Mapping[str, float], **words: str) -> ET.Element:
    return ET.SubElement(root, tag, {k: _n(v) for k, v in numbers.items()} | words)


@lru_cache(maxsize=4096)  # bars stand at the same few places in every strip
def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _done(root: ET.Element) -> Svg:
    return Svg(ET.tostring(root, encoding="unicode"))
