"""Kaplan-Meier: durations of which some still run (METHODOLOGY, "Durations")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: Products of fractions land a few ulp above the step they mean.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Curve:
    """Survival after each event time; ``longest`` is the longest follow-up."""

    times: tuple[float, ...]
    survival: tuple[float, ...]
    longest: float

    def quantile(self, p: float) -> float:
        """Smallest event time with survival at most 1 - p; infinite where never reached."""
        for time, s in zip(self.times, self.survival, strict=True):
            if s <= 1 - p + TOLERANCE:
                return time
        return float("inf")

    def restricted_mean(self, limit: float) -> float:
        """Mean of min(T, limit): the area under the curve up to ``limit``."""
        area, at, s = 0.0, 0.0, 1.0
        for time, after in zip(self.times, self.survival, strict=True):
            if time >= limit:
                break
            area += s * (time - at)
            at, s = time, after
        return area + s * (limit - at)


def kaplan_meier(durations: Sequence[float], ended: Sequence[bool]) -> Curve:
    """The curve of ``durations``; those not ``ended`` are censored at their length.

    >>> curve = kaplan_meier([10, 20, 20, 40, 60, 90], [True, True, True, True, False, True])
    >>> curve.quantile(0.5), round(curve.restricted_mean(60), 3)
    (20.0, 35.0)
    """
    times = np.asarray(durations, dtype=float)
    events = np.asarray(ended, dtype=bool)
    steps = np.unique(times[events])
    at_risk = (times[None, :] >= steps[:, None]).sum(axis=1)
    deaths = ((times == steps[:, None]) & events).sum(axis=1)
    survival = np.cumprod(1 - deaths / at_risk) if steps.size else np.array([])
    longest = float(times.max()) if times.size else 0.0
    return Curve(tuple(steps.tolist()), tuple(survival.tolist()), longest)
