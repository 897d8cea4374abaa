"""Time joint downtime of pairs: all of the captures, and pairs over a million invented outages."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks import seconds

START = "2016-01-01"
PROVIDERS, OUTAGES_EACH = 50, 27_000
FOUR_YEARS_S, LONGEST_S = 4 * 365 * 86_400, 3_000


def measure(data: Path) -> None:
    """Time every pair over all captures, their states known, and pairs of a larger world."""
    from analytics import ask, open_snapshot
    from analytics.downtime.observed_states import observe
    from analytics.portfolio.rows import portfolio
    from analytics.statistics.overlaps import Array, merged, overlap

    snapshot, question = open_snapshot(data), ask(since=START)

    def every_pair() -> float:
        snapshot.memo.clear()
        observe(snapshot, question)
        return seconds(lambda: portfolio(snapshot, question))

    rows = portfolio(snapshot, question).filter(metric="joint_lift").height
    taken = min(every_pair() for _ in range(3))
    print(f"all {rows} pairs over all captures, tested  {taken:6.2f} s  (aim under 0.2 s)")

    chance = np.random.default_rng(1)

    def outages() -> Array:
        starts = np.sort(chance.integers(0, FOUR_YEARS_S, OUTAGES_EACH))
        return merged(
            np.column_stack([starts, starts + chance.integers(60, LONGEST_S, len(starts))])
        )

    worlds = [outages() for _ in range(PROVIDERS)]
    pairs = list(combinations(worlds, 2))
    taken = seconds(lambda: [overlap(one, other) for one, other in pairs])
    million = sum(map(len, worlds))
    print(f"{len(pairs):,} pairs over {million:,} outages  {taken:6.2f} s  (aim under 30 s)")
