"""Pictures: plain SVG that says in words what it shows, and stays inside its box."""

from __future__ import annotations

from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.svg import (
    DAY_HEIGHT,
    HEIGHT,
    MARGIN,
    WIDTH,
    Day,
    Svg,
    data_url,
    day_strip,
    interval_bar,
    mark_line,
    trend_bars,
)

HOSTILE = '</title><script>alert(1)</script>"&'
shares = st.floats(0, 1)


def drawn(picture: Svg) -> ET.Element:
    root = ET.fromstring(picture.__html__())
    assert root.attrib["role"] == "img"
    assert root[0].tag == "title"
    return root


@pytest.mark.parametrize(
    "picture",
    [
        day_strip([Day("major", HOSTILE)], HOSTILE),
        interval_bar(1, 0.5, 2, 2, HOSTILE),
        mark_line({HOSTILE: 0.9}, HOSTILE, 0.8, HOSTILE),
    ],
)
def test_words_are_text(picture: Svg) -> None:
    root = drawn(picture)
    assert root[0].text == HOSTILE
    assert "script" not in {element.tag for element in root.iter()}


def test_a_month_without_a_value_is_a_dot_and_the_scale_ends_at_100_percent() -> None:
    root = drawn(trend_bars([0.99, None, 1.0], 0.98, "three months"))
    assert [element.tag for element in root[1:]] == ["rect", "circle", "rect"]
    assert [float(bar.attrib["height"]) for bar in root.iter("rect")] == [HEIGHT / 2, HEIGHT]


def test_a_picture_in_an_address_stands_alone() -> None:
    address = data_url(trend_bars([1.0], 0.9, HOSTILE))
    root = ET.fromstring(unquote(address.removeprefix("data:image/svg+xml;utf8,")))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not set(" <>\"'") & set(address)


def test_a_day_is_told_by_height_as_well_as_by_colour() -> None:
    assert DAY_HEIGHT.keys() == STATE_COLOURS.keys()
    known = [DAY_HEIGHT[state] for state in ("operational", "degraded", "partial", "major")]
    assert known == sorted(set(known))


def test_what_is_not_known_is_hollow_and_a_gap_is_nothing() -> None:
    days = [Day("operational", "a"), Day(None, "b"), Day("unknown", "c"), Day("no data", "d")]
    up, unknown, nothing = drawn(day_strip(days, "four days", 6)).findall("rect")
    assert (up.get("fill"), up.get("stroke")) == (STATE_COLOURS["operational"], None)
    assert nothing.get("fill") == "none"
    green = STATE_COLOURS["operational"]
    for bar in (unknown, nothing):
        assert bar.get("stroke") == STATE_COLOURS["unknown"]
        assert green not in bar.attrib.values()
    assert [float(bar.attrib["x"]) // 6 for bar in (up, unknown, nothing)] == [0, 2, 3]


@given(shares, shares, shares)
def test_a_dot_lies_on_its_interval_and_both_in_the_box(a: float, b: float, c: float) -> None:
    low, value, high = sorted((a, b, c))
    root = drawn(interval_bar(value, low, high, 1, "told"))
    _, line = root.findall("line")
    start, end, dot = (float(line.attrib["x1"]), float(line.attrib["x2"]), _centre(root))
    assert MARGIN <= start <= dot <= end <= WIDTH - MARGIN


def _centre(root: ET.Element) -> float:
    dot = root.find("circle")
    assert dot is not None
    assert float(dot.attrib["cy"]) == HEIGHT / 2
    return float(dot.attrib["cx"])


def test_without_an_upper_bound_the_interval_is_an_arrow() -> None:
    assert drawn(interval_bar(1, 0.5, None, 2, "told")).find("path") is not None
    assert drawn(interval_bar(1, 0.5, 2, 2, "told")).find("path") is None


def test_where_everything_is_zero_there_is_still_a_dot() -> None:
    assert _centre(drawn(interval_bar(0, 0, 0, 0, "told"))) <= WIDTH


@given(st.dictionaries(st.sampled_from("abcde"), shares, min_size=1))
def test_marks_stay_in_the_box_and_the_rule_asked_for_is_filled(values: dict[str, float]) -> None:
    main = min(values)
    root = drawn(mark_line(values, main, min(values.values()), "told"))
    circles = root.findall("circle")
    assert len(circles) == len(values)
    for circle in circles:
        title = circle.find("title")
        assert title is not None
        assert MARGIN <= float(circle.attrib["cx"]) <= WIDTH - MARGIN
        assert (circle.get("fill") == "none") == (title.text != main)
