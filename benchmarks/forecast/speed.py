"""Time the back-test, and the same loop on lifelines, which fits one curve at a time."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from analytics import ask, open_snapshot
from analytics.forecast.backtest import LANDMARKS_S, LONGEST_S, replay, score_forecasts
from analytics.forecast.history import History, known_history
from analytics.forecast.model import WINDOW_DAYS
from analytics.metrics.frequency import DAY_S
from analytics.question import RELIABILITY
from analytics.scope import epoch

#: Of the forecasts of a provider lifelines makes every so many; its time is multiplied.
EVERY = 20


def measure(data: Path) -> None:
    """Print what the whole back-test takes, and one provider's beside lifelines."""
    with open_snapshot(data) as snapshot:
        start = time.perf_counter()
        rows = score_forecasts(snapshot, ask())
        whole = time.perf_counter() - start
        whom = rows["provider"].n_unique()
        print(f"back-test of {whom} providers, 4 methods    {whole:6.2f} s  (aim under 20)")
        history = known_history(snapshot, RELIABILITY)
        provider = str(rows.sort("n")["provider"][-1])
        last = epoch(snapshot.as_of) - LONGEST_S
        start = time.perf_counter()
        made = sum(len(replay(history, provider, at, last).at) for at in LANDMARKS_S)
        ours = time.perf_counter() - start
        theirs = with_lifelines(history, provider, last)
        print(
            f"of {provider}, {made:,} forecasts            {ours:6.2f} s  "
            f"(lifelines, one curve each, from every {EVERY}th: {theirs:.1f} s; "
            f"{theirs / ours:.0f} times, aim 10)"
        )


def with_lifelines(history: History, provider: str, last_s: float) -> float:
    """Return the seconds in which lifelines would fit each curve, by every twentieth."""
    from lifelines import KaplanMeierFitter

    own, taken_s = history.of(provider), 0.0
    for landmark in LANDMARKS_S:
        rows = np.flatnonzero((own.begun <= last_s) & (own.seconds > landmark))
        for row in rows[::EVERY]:
            at = own.begun[row] + landmark
            start = time.perf_counter()
            seen = np.minimum(own.seconds, at - own.begun)
            inside = (
                (own.begun < own.begun[row])
                & (own.begun >= at - WINDOW_DAYS * DAY_S)
                & (seen > landmark)
            )
            if inside.any():
                ended = own.seconds <= at - own.begun
                KaplanMeierFitter().fit(seen[inside], ended[inside])
            taken_s += time.perf_counter() - start
    return taken_s * EVERY
