"""Durations as they were believed: one that was opened again was over for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics import Snapshot
from analytics.forecast.backtest import PLAIN, replay
from analytics.forecast.history import History, known_history
from analytics.forecast.model import forecast_left
from analytics.question import RELIABILITY
from analytics.statistics.survival import Followed
from tests.support.snapshots import Row, covered, made, post, source, update

NOW = datetime(2026, 6, 30, tzinfo=UTC)
BEGUN = NOW - timedelta(days=10)
MINUTE = 60.0
DAY = 86_400.0


def minutes(n: float) -> datetime:
    return BEGUN + timedelta(minutes=n)


def told(*said: tuple[float, str], of: str = "p") -> list[Row]:
    return [update(of, stage, minutes(at)) for at, stage in said]


def world(folder: Path, updates: list[Row], end: float = 200) -> Snapshot:
    return made(
        folder,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW)],
        posts=[post("p", BEGUN, minutes(end)), post("q", minutes(-60), minutes(-10))],
        updates=updates,
        captures=source("https://acme.test", NOW),
    )


def gaps(snapshot: Snapshot) -> list[list[float]]:
    known = known_history(snapshot, RELIABILITY)
    return [[known.followed.seconds[int(p)] / 60, a / 60, b / 60] for p, a, b in known.gaps]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([(0, "investigating"), (200, "resolved")], []),
        ([(0, "investigating"), (200, "resolved"), (900, "postmortem")], []),
        (
            [(0, "investigating"), (30, "resolved"), (50, "investigating"), (200, "resolved")],
            [[200, 30, 50]],
        ),
        (
            [
                *((0, "identified"), (30, "resolved"), (40, "postmortem"), (50, "monitoring")),
                *((60, "resolved"), (90, "investigating"), (200, "resolved")),
            ],
            [[200, 30, 50], [200, 60, 90]],
        ),
    ],
)
def test_an_incident_seemed_over_from_its_end_until_it_was_opened_again(
    tmp_path: Path, said: list[tuple[float, str]], found: list[list[float]]
) -> None:
    assert gaps(world(tmp_path, told(*said))) == found


def once_reopened(n: int = 60) -> History:
    """So many incidents of an hour, and one closed after 30 minutes, open again from 50 to 200."""
    seconds = np.array([*[60 * MINUTE] * n, 200 * MINUTE])
    begun = np.array([*(np.arange(n) * DAY), n * DAY])
    followed = Followed(seconds, begun, np.full(n + 1, np.inf))
    return History(followed, np.full(n + 1, "acme"), np.array([[n, 30 * MINUTE, 50 * MINUTE]]))


@pytest.mark.parametrize(
    ("after", "ended", "open_"),
    [(20, [], 1), (40, [30], 0), (100, [], 1), (300, [200], 0)],
)
def test_what_was_believed_changes_as_it_was_told(after: int, ended: list[int], open_: int) -> None:
    believed = once_reopened(0).believed()
    at = np.array([after * MINUTE])
    held = believed.held(at)[0]
    assert held.sum() == 1
    seen = believed.followed.seen(at)[0]
    over = held & (believed.followed.seconds <= seen)
    assert (believed.followed.seconds[over] / 60).tolist() == ended
    assert int((held & ~over).sum()) == open_


def test_each_incident_teaches_once(tmp_path: Path) -> None:
    made_ = forecast_left(once_reopened(), "acme", np.array([62 * DAY]), np.array([0.0]))
    assert made_.at_risk.tolist() == [61]
    assert made_.live.tolist() == [61]


def test_a_forecast_in_between_takes_it_for_over_after_half_an_hour() -> None:
    """Of 61 one lasted 30 minutes, as it then seemed; an hour later it is the longest."""
    begun = 60 * DAY
    known = once_reopened()
    between, later = (
        forecast_left(known, "acme", np.array([begun + passed * MINUTE]), np.array([0.0]))
        for passed in (40, 300)
    )
    assert between.quantiles(0.01).tolist() == [30 * MINUTE]
    assert later.quantiles(0.01).tolist() == [60 * MINUTE]
    assert later.quantiles(0.999).tolist() == [200 * MINUTE]


def test_one_that_seemed_over_is_not_forecast_there() -> None:
    known = once_reopened()
    begun = 60 * DAY
    for landmark, asked in ((900, True), (2400, False), (3600, True)):
        found = replay(known, "acme", landmark, 100 * DAY)
        assert (begun + landmark in found.at.tolist()) == (asked and len(found.at) > 0)
    early = replay(known, "acme", 900, 100 * DAY)
    assert early.left[-1] == (200 - 15) * MINUTE
    assert early.quantiles[PLAIN].shape[1] == 7
