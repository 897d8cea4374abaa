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

    def hear(self, moment: str, *posts: Row, wanted: Watchlist = WANTED) -> list[str]:
        """Return the first lines of what is told, asked twice."""
        heard = []
        with made(self.folder, as_of=moment, posts=posts) as snapshot:
            for _ in range(2):
                found = alerts(snapshot, at(moment), wanted, self.log)
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


def test_it_is_announced_a_day_and_an_hour_ahead(reader: Reader) -> None:
    work = announced("2026-01-12 10:00", "2026-01-12 11:00")
    assert reader.hear("2026-01-11 09:00", work) == []
    head = "Maintenance ahead at Acme (API inference): Upgrade"
    assert reader.hear("2026-01-11 10:00", work) == [head]
    assert reader.hear("2026-01-12 08:00", work) == []
    assert reader.hear("2026-01-12 09:00", work) == [head]
    assert reader.hear("2026-01-12 10:00", work) == []
    assert reader.texts[0].splitlines()[1] == (
        "From 2026-01-12 10:00 UTC to 2026-01-12 11:00 UTC, as posted by the provider."
    )


def test_what_is_announced_late_is_told_once(reader: Reader) -> None:
    work = announced("2026-01-10 12:30")
    assert len(reader.hear("2026-01-10 12:00", work)) == 1
    assert "no end announced" in reader.texts[0]


def test_a_window_that_is_moved_is_told_at_once_and_reminded_of_again(reader: Reader) -> None:
    ahead = "Maintenance ahead at Acme (API inference): Upgrade"
    moved = "Maintenance moved at Acme (API inference): Upgrade"
    first, second, third = "2026-01-12 10:00", "2026-01-15 10:00", "2026-01-15 10:30"
    assert reader.hear("2026-01-11 11:00", announced(first)) == [ahead]
    assert reader.hear("2026-01-11 12:00", announced(second)) == [moved]
    assert reader.hear("2026-01-14 10:00", announced(second)) == [ahead]
    assert reader.hear("2026-01-14 11:00", announced(third)) == [moved]
    assert reader.hear("2026-01-15 09:30", announced(third)) == [ahead]


def test_what_was_announced_and_is_cancelled_is_told(reader: Reader) -> None:
    start = "2026-01-12 10:00"
    off = announced(start, status="canceled")
    assert len(reader.hear("2026-01-11 11:00", announced(start))) == 1
    assert reader.hear("2026-01-11 12:00", off) == [
        "Maintenance cancelled at Acme (API inference): Upgrade"
    ]
    assert "Was to be from 2026-01-12 10:00 UTC" in reader.texts[-1]


def test_what_is_cancelled_before_anybody_heard_of_it_is_no_news(reader: Reader) -> None:
    off = announced("2026-01-12 10:00", status="canceled")
    assert reader.hear("2026-01-11 12:00", off) == []


def test_times_ahead_can_be_chosen(reader: Reader) -> None:
    wanted = Watchlist(asked=("maintenance",), ahead=(timedelta(minutes=30),))
    work = announced("2026-01-12 10:00")
    assert reader.hear("2026-01-12 09:00", work, wanted=wanted) == []
    assert len(reader.hear("2026-01-12 09:30", work, wanted=wanted)) == 1
