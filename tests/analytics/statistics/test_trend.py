"""Test that slopes are those of statsmodels, and that a steady rate has none."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from analytics.statistics.trend import NEGATIVE_BINOMIAL, POISSON, slope


def test_the_slope_of_counts_is_that_of_statsmodels() -> None:
    chance = np.random.default_rng(4)
    times = np.arange(104) / 52.18
    counts = chance.binomial(20, np.exp(-2 + 0.4 * times))
    found = slope(times, counts)
    assert found is not None
    assert found.model == POISSON
    oracle = sm.GLM(counts, sm.add_constant(times), family=sm.families.Poisson()).fit()
    expected = np.exp([oracle.params[1], *oracle.conf_int()[1]])
    assert [found.ratio, found.low, found.high] == pytest.approx(expected, rel=1e-6)


def test_counts_that_spread_more_have_wider_intervals() -> None:
    chance = np.random.default_rng(4)
    times = np.arange(104) / 52.18
    counts = chance.negative_binomial(1.5, 1.5 / (1.5 + np.exp(1 + 0.3 * times)))
    found = slope(times, counts)
    assert found is not None
    assert found.model == NEGATIVE_BINOMIAL
    poisson = sm.GLM(counts, sm.add_constant(times), family=sm.families.Poisson()).fit()
    means = poisson.fittedvalues
    extra = (((counts - means) ** 2 - counts) / means**2).mean()
    family = sm.families.NegativeBinomial(alpha=extra)
    oracle = sm.GLM(counts, sm.add_constant(times), family=family).fit(tol=1e-12)
    expected = np.exp([oracle.params[1], *oracle.conf_int()[1]])
    assert [found.ratio, found.low, found.high] == pytest.approx(expected, rel=1e-6)
    assert found.high / found.low > np.exp(np.ptp(poisson.conf_int()[1]))


@pytest.mark.parametrize("counts", [[0] * 30, [1, 2], [0] * 29 + [1]])
def test_what_cannot_be_fitted_has_no_slope_or_a_finite_one(counts: list[int]) -> None:
    found = slope(np.arange(len(counts)) / 52.0, np.array(counts))
    assert found is None or np.isfinite([found.ratio, found.low]).all()


def test_the_interval_holds_the_slope_and_a_steady_rate_is_inside() -> None:
    chance = np.random.default_rng(7)
    times = np.arange(156) / 52.0
    inside = 0
    for _ in range(100):
        found = slope(times, chance.poisson(2, 156))
        assert found is not None
        assert found.low <= found.ratio <= found.high
        inside += found.low <= 1 <= found.high
    assert inside >= 88
