"""Maintenance is announced again ahead of its window, once each time, and so is every change."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from statusledger.alerts import delivered
from statusledger.alerts.delivered import DeliveryLog
from statusledger.alerts.messages import alerts
from statusledger.alerts.watchlist import Watchlist
from tests.support.snapshots import Row, at, made, post

WANTED = Watchlist(asked=("maintenance",))


class Reader:
    """Hears what is new at a moment, as a channel does."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.texts = folder, DeliveryLog(), list[str]()

    def reads(self, *posts: Row) -> None:
        self.snapshot = made(self.folder, as_of="2026-01-11 08:00", posts=posts)

    def hear(self, moment: str, wanted: Watchlist = WANTED) -> list[str]:
        """Return the first lines of what is told, asked twice."""
        heard = []
        for _ in range(2):
            found = alerts(self.snapshot, at(moment), wanted, self.log)
            self.log = delivered.observe(self.log, found)
            for message in delivered.pending(self.log, found):
                self.log = delivered.mark_delivered(self.log, message.settled)
                heard.append(message.text)
        self.texts += heard
        return [text.splitlines()[0] for text in heard]


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def announced(start: str, end: str | None = None, **more: object) -> Row:
    window = {"scheduled_start_at": at(start), "scheduled_end_at": at(end) if end else None}
    return post("Upgrade", "2026-01-09", kind="maintenance", stage="scheduled", **window, **more)


AHEAD = "Maintenance ahead at Acme (API inference): Upgrade"
MOVED = "Maintenance moved at Acme (API inference): Upgrade"


def test_it_is_announced_a_day_and_an_hour_ahead(reader: Reader) -> None:
    reader.reads(announced("2026-01-12 10:00", "2026-01-12 11:00"))
    assert reader.hear("2026-01-11 09:00") == []
    assert reader.hear("2026-01-11 10:00") == [AHEAD]
    assert reader.hear("2026-01-12 08:00") == []
    assert reader.hear("2026-01-12 09:00") == [AHEAD]
    assert reader.hear("2026-01-12 10:00") == []
    assert reader.texts[0].splitlines()[1] == (
        "From 2026-01-12 10:00 UTC to 2026-01-12 11:00 UTC, as posted by the provider."
    )


def test_times_ahead_can_be_chosen_and_what_is_announced_late_is_told_once(reader: Reader) -> None:
    reader.reads(announced("2026-01-12 10:00"))
    wanted = Watchlist(asked=("maintenance",), ahead=(timedelta(minutes=30), timedelta(minutes=40)))
    assert reader.hear("2026-01-12 09:00", wanted) == []
    assert reader.hear("2026-01-12 09:35", wanted) == [AHEAD]
    assert "no end announced" in reader.texts[0]


def test_a_window_that_is_moved_is_told_at_once_and_reminded_of_again(reader: Reader) -> None:
    reader.reads(announced("2026-01-12 10:00"))
    assert reader.hear("2026-01-11 11:00") == [AHEAD]
    reader.reads(announced("2026-01-15 10:00"))
    assert reader.hear("2026-01-11 12:00") == [MOVED]
    assert reader.hear("2026-01-14 10:00") == [AHEAD]
    reader.reads(announced("2026-01-15 10:30"))
    assert reader.hear("2026-01-14 11:00") == [MOVED]
    assert reader.hear("2026-01-15 09:30") == [AHEAD]


def test_what_was_announced_and_is_cancelled_is_told_to_whoever_heard_of_it(
    reader: Reader,
) -> None:
    start = "2026-01-12 10:00"
    reader.reads(announced(start, status="canceled"))
    assert reader.hear("2026-01-11 11:00") == []
    reader.reads(announced(start))
    assert reader.hear("2026-01-11 11:00") == [AHEAD]
    reader.reads(announced(start, status="canceled"))
    assert reader.hear("2026-01-11 12:00") == [
        "Maintenance cancelled at Acme (API inference): Upgrade"
    ]
    assert "Was to be from 2026-01-12 10:00 UTC" in reader.texts[-1]
