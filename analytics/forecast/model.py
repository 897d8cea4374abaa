"""Choose what a forecast learns from, and estimate the time left (METHODOLOGY, "Forecast")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from analytics.forecast.history import Believed, History
from analytics.metrics.frequency import DAY_S
from analytics.statistics.survival import Array, Remaining, remaining_time

#: Only what began in so many days before the forecast teaches.
WINDOW_DAYS = 365
#: With fewer live incidents in that time a provider is forecast from those of all providers.
LEAST_OWN = 200
#: With fewer that lasted as long, too; where all providers have fewer, there is no forecast.
LEAST_AT_RISK = 30
#: A provider with fewer live incidents, ever, is not forecast.
LEAST_LIVE = 50
#: Cells of a table that is worked out at once.
CELLS = 1 << 20


@dataclass(frozen=True, slots=True)
class Forecasts:
    """Hold forecasts for incidents of one provider, each made at a time of its own.

    ``pooled``: made from the incidents of all providers. ``live``: incidents that the provider
    had before. ``parts``: places of forecasts, and what is left of each there.
    """

    pooled: Array
    live: Array
    parts: tuple[tuple[Array, Remaining], ...]

    @property
    def at_risk(self) -> Array:
        """Count the incidents that lasted as long, on which each rests."""
        return self._gathered(lambda rows, left: left.at_risk).astype(int)

    @property
    def given(self) -> Array:
        """Tell for each whether there is enough to go by."""
        enough: Array = (self.live >= LEAST_LIVE) & (self.at_risk >= LEAST_AT_RISK)
        return enough

    def quantiles(self, p: float | Array) -> Array:
        """Return per forecast the time left by which a share ``p`` has ended."""
        share = np.broadcast_to(np.asarray(p, dtype=float), self.live.shape)
        return self._gathered(lambda rows, left: left.quantiles(share[rows]))

    def shares(self, seconds: float | Array) -> Array:
        """Return per forecast the share that ends within ``seconds`` more."""
        within = np.broadcast_to(np.asarray(seconds, dtype=float), self.live.shape)
        return self._gathered(lambda rows, left: left.shares(within[rows]))

    def _gathered(self, of: Callable[[Array, Remaining], Array]) -> Array:
        found = np.zeros(self.live.shape)
        for rows, left in self.parts:
            found[rows] = of(rows, left)
        return found


def forecast_left(
    history: History, provider: str, begun: Array, elapsed: Array, *, from_start: bool = False
) -> Forecasts:
    """Forecast how much is left of incidents that have lasted for ``elapsed``.

    Each is forecast from incidents that began before it, as they were known by then: those of
    its provider where there are enough of them, else those of all providers.

    Args:
        history: Durations to learn from.
        provider: Whose incidents they are.
        begun: When each began.
        elapsed: How long each has lasted at its forecast.
        from_start: Forecast the whole duration, from the same incidents, however long each lasted.
    """
    own = history.believed(provider)
    at = begun + elapsed
    live = np.searchsorted(np.sort(history.of(provider).begun), begun, "left")
    pooled = np.zeros(len(begun), dtype=bool)
    parts: list[tuple[Array, Remaining]] = []
    for rows, one in _parts(own, begun, at):
        taken = known_durations(one, begun[rows], at[rows])
        seen = one.followed.seen(at[rows])
        lasted = np.minimum(one.followed.seconds, seen) > elapsed[rows, None]
        few = (taken.sum(axis=1) < LEAST_OWN) | ((taken & lasted).sum(axis=1) < LEAST_AT_RISK)
        pooled[rows] = few
    for chosen, believed in ((~pooled, own), (pooled, history.believed())):
        places = np.flatnonzero(chosen)
        for rows, one in _parts(believed, begun[places], at[places]):
            its = places[rows]
            start = np.zeros(len(its)) if from_start else elapsed[its]
            taken = known_durations(one, begun[its], at[its])
            parts.append((its, remaining_time(one.followed, taken, at[its], start)))
    return Forecasts(pooled, live, tuple(parts))


def known_durations(believed: Believed, begun: Array, at: Array) -> Array:
    """Tell what each forecast may learn from: what began before, and not too long ago."""
    began = believed.followed.begun
    known: Array = (began < begun[:, None]) & (began >= at[:, None] - WINDOW_DAYS * DAY_S)
    return known & believed.held(at)


def _parts(believed: Believed, begun: Array, at: Array) -> Iterator[tuple[Array, Believed]]:
    """Cut forecasts into parts of a bounded size, each with the durations that it may know."""
    order = np.argsort(begun, kind="stable")
    began = believed.followed.begun
    step = max(1, CELLS // max(1, len(began)))
    for start in range(0, len(order), step):
        rows = order[start : start + step]
        since, until = at[rows].min() - WINDOW_DAYS * DAY_S, begun[rows].max()
        yield rows, believed.kept((began >= since) & (began < until))
