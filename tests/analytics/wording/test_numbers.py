"""Numbers as they are told: rounded so that none claims more than is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.wording.numbers import (
    BLANK,
    format_number,
    format_percent,
    format_percent_up,
    format_range,
    format_share,
)

fractions = st.floats(0, 1)


def read(told: str) -> float:
    return float(told.removesuffix(" %")) / 100


@given(fractions, fractions)
def test_an_interval_of_time_holds_what_it_tells_of(one: float, other: float) -> None:
    low, high = sorted((one, other))
    least, most = map(read, format_range(low, high).split(" to "))
    assert least <= low + 1e-10
    assert high <= most + 1e-10 or most == pytest.approx(0.99999)


@given(fractions, st.integers(0, 3))
def test_nothing_but_all_of_it_is_100_percent(fraction: float, digits: int) -> None:
    for told in (
        format_percent(fraction, digits),
        format_percent_up(fraction, digits),
        format_share(fraction, digits),
    ):
        assert (read(told) == 1) == (fraction == 1)


@given(st.integers(1, 10_000), st.integers(0, 3))
def test_some_of_it_is_not_0_percent_of_things(n: int, digits: int) -> None:
    assert read(format_share(1 / n, digits)) > 0
    assert read(format_share(0, digits)) == 0


@given(st.integers(0, 2000), st.integers(1, 2000))
def test_a_share_is_told_to_the_nearest_tenth_of_a_percent(k: int, more: int) -> None:
    exact = k / (k + more)
    edge = 0 < exact < 0.0005 or exact > 0.9995
    assert abs(read(format_share(exact)) - exact) <= (0.001 if edge else 0.0005 + 1e-9)


@pytest.mark.parametrize(("n", "told"), [(None, BLANK), (0, "0"), (1200, "1,200")])
def test_not_known_is_not_nought(n: int | None, told: str) -> None:
    assert format_number(n) == told
