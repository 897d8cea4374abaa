"""Choices of several series, against each choice by itself."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.statistics.joint_spans import choices, shared_seconds
from analytics.statistics.overlaps import as_spans, common, length

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8).map(
    lambda pairs: as_spans((min(two), max(two)) for two in pairs)
)


@pytest.mark.parametrize("k", [2, 3, 4])
@given(several=st.lists(spans, max_size=6))
def test_each_choice_is_on_as_long_as_by_itself(several: list[np.ndarray], k: int) -> None:
    told = [length(common([several[one] for one in chosen])) for chosen in choices(len(several), k)]
    assert shared_seconds(several, k).tolist() == told


def test_choices_stand_in_the_order_of_combinations() -> None:
    assert choices(6, 3).tolist() == [[*some] for some in combinations(range(6), 3)]
    assert choices(1, 2).shape == (0, 2)
