"""Time down of each day, of many providers at once: that of each by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.comparison import daily_downtime
from analytics.comparison.daily_downtime import Watched
from analytics.downtime.combine import pieces

DAY = 100
EDGES = [1000 + DAY * n for n in range(6)]
SHORT = 12


def invented(seed: int, providers: int) -> list[Watched]:
    """Invent components with gaps in what is observed, and downtimes that overlap and stick out."""
    dice = np.random.default_rng(seed)
    found = []
    for _ in range(providers):
        keys = [("page", f"c{n}") for n in range(dice.integers(0, 4))]
        observed, down = {}, {}
        for key in keys:
            cuts = np.sort(dice.integers(EDGES[0], EDGES[-1] + 1, 2 * dice.integers(0, 3))).tolist()
            observed[key] = list(zip(cuts[::2], cuts[1::2], strict=True))
            starts = dice.integers(EDGES[0] - 50, EDGES[-1] + 50, dice.integers(0, 12)).tolist()
            down[key] = [
                (start, start + int(dice.integers(0, 150)), float(dice.choice([0.1, 0.3, 1.0])))
                for start in starts
            ]
        found.append(Watched(observed, down))
    return found


def plain(one: Watched, combine: str) -> list[float]:
    """Cut one provider's time into pieces by itself."""
    if not one.observed:
        return [0.0] * (len(EDGES) - 1)
    whole = pieces(one.down, one.observed, combine, EDGES).without_short(SHORT)
    days: list[float] = whole.summed(EDGES).tolist()
    return days


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 6), st.sampled_from(["any", "all", "mean"]))
def test_many_at_once_are_down_as_long_as_each_by_itself(
    seed: int, providers: int, combine: str
) -> None:
    watched = invented(seed, providers)
    found = daily_downtime.down_by_day(watched, combine, EDGES, SHORT)
    for mine, one in zip(found.tolist(), watched, strict=True):
        assert mine == pytest.approx(plain(one, combine), rel=1e-12)


def test_those_that_do_not_fit_at_once_are_weighed_in_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = invented(7, 20)
    whole = daily_downtime.down_by_day(watched, "any", EDGES, SHORT)
    monkeypatch.setattr(daily_downtime, "CELLS", 50)
    parts = daily_downtime.down_by_day(watched, "any", EDGES, SHORT)
    assert whole.any()
    assert parts.tolist() == whole.tolist()
