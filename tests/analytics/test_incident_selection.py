"""Incidents open in many windows are counted as those kept of each window by itself."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from analytics.incident_selection import open_during, open_in_each

instants = st.integers(0, 20)
#: A clock that nobody knows keeps an incident out of every window.
lasting = st.tuples(st.none() | instants, st.none() | instants)


@given(st.lists(lasting, max_size=8), st.lists(st.tuples(instants, instants), max_size=6))
def test_each_window_counts_those_open_at_some_time_inside_it(
    incidents: list[tuple[int | None, int | None]], windows: list[tuple[int, int]]
) -> None:
    schema = {"published_s": pl.Int64, "closed_s": pl.Int64}
    found = pl.DataFrame(incidents, schema, orient="row")
    alone = [open_during(found, window).height for window in windows]
    assert open_in_each(found, windows) == alone
