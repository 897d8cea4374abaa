"""Estimates of many groups at once: those that a loop over the groups would give."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.answer import NUMBER
from analytics.statistics.bootstrap import percentiles
from analytics.statistics.estimates import (
    MEDIAN,
    MIN_MEDIAN,
    MIN_P90,
    P90,
    RMST,
    RMST_LIMIT_S,
    estimates_of,
    median_ranks,
    multiplicities,
)
from analytics.statistics.proportions import share, shares
from analytics.statistics.survival import kaplan_meier, reweighted

Group = list[tuple[float, bool]]
#: About the least number for each estimate, and where one ends for another to begin.
SIZES = (1, 2, 5, 6, 7, 23, 49, 50, 51, 64)


def groups_of(sizes: list[int], seed: int) -> list[Group]:
    """Invent durations of few lengths, some beyond a day; of every other group all ended."""
    dice = np.random.default_rng(seed)
    groups = []
    for k, size in enumerate(sizes):
        seconds = dice.integers(1, 13, size) * 9000.0 / dice.choice([1, 2, 10])
        ended = (dice.random(size) < 0.8) | (k % 2 == 0)
        groups.append(list(zip(seconds.tolist(), ended.tolist(), strict=True)))
    return groups


def plain(group: Group) -> dict[str, dict[str, Any]]:
    """Estimate one group by itself, as METHODOLOGY says, curve by curve."""
    seconds, ends = [t for t, _ in group], [end for _, end in group]
    n, curve, longest = len(group), kaplan_meier(seconds, ends), max(seconds)
    drawn = reweighted(seconds, ends, multiplicities(n))
    ranks = [curve.quantile(rank / n) for rank in median_ranks(n)] if n >= MIN_MEDIAN else []
    mean = curve.restricted_mean(RMST_LIMIT_S)
    if longest < RMST_LIMIT_S and curve.left > 0:
        longest, mean = curve.restricted_mean(longest), np.inf
        drawn_means = (mean, mean)
    else:
        drawn_means = percentiles(drawn.restricted_means(RMST_LIMIT_S))
    return {
        MEDIAN: told(n, MIN_MEDIAN, curve.quantile(0.5), ranks, max(seconds)),
        P90: told(n, MIN_P90, curve.quantile(0.9), percentiles(drawn.quantiles(0.9)), max(seconds)),
        RMST: told(n, MIN_MEDIAN, mean, drawn_means, longest),
    }


def told(n: int, least: int, value: float, bounds: Any, beyond: float) -> dict[str, Any]:
    if n < least or value == np.inf:
        low = beyond if n >= least else None
        return {"value": None, "low": low, "high": None, "n": n, "status": "insufficient"}
    low, high = (bound if bound < np.inf else None for bound in bounds)
    return {"value": value, "low": low, "high": high, "n": n, "status": "ok"}


@settings(max_examples=25)
@given(st.lists(st.sampled_from(SIZES), min_size=1, max_size=5), st.integers(0, 2**32))
def test_many_groups_at_once_have_the_estimates_of_each_by_itself(
    sizes: list[int], seed: int
) -> None:
    groups = groups_of(sizes, seed)
    rows = [(str(k), "api", "open", *one) for k, group in enumerate(groups) for one in group]
    columns = ["provider", "surface", "of", "seconds", "ended"]
    found = estimates_of(pl.DataFrame(rows, columns, orient="row"), (MEDIAN, P90, RMST))
    assert found.height == 3 * len(groups)
    for row in found.to_dicts():
        mine = plain(groups[int(row["provider"])])[row["metric"].removeprefix("open_")]
        for name in ("value", "low", "high"):
            assert near(row[name], mine[name]), (row, mine)
        assert (row["n"], row["status"]) == (mine["n"], mine["status"])


def near(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else one == pytest.approx(other, rel=1e-12)


def test_of_nothing_there_is_no_estimate() -> None:
    schema = {**dict.fromkeys(("provider", "surface", "of"), pl.String)}
    nothing = pl.DataFrame(schema=schema | {"seconds": pl.Float64, "ended": pl.Boolean})
    assert estimates_of(nothing, (MEDIAN, P90, RMST)).is_empty()


@given(st.lists(st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))))
def test_many_shares_at_once_are_those_of_each_by_itself(counts: list[tuple[int, int]]) -> None:
    rows = [(str(k), "api", *one) for k, one in enumerate(counts)]
    schema = dict.fromkeys(("provider", "surface"), pl.String) | dict.fromkeys("kn", pl.UInt32)
    found = shares(pl.DataFrame(rows, schema, orient="row"), {"removed": ("k", "n")})
    every = {row["provider"]: row for row in found.to_dicts()}
    assert len(every) == sum(n > 0 for _, n in counts)
    for provider, row in every.items():
        mine = {name: row[name] for name in (*NUMBER, "status")}
        assert mine == share(*counts[int(provider)])
