"""A batch of captures reaches the disk by number, by age and by size."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.archive.store import Archive, Batch
from tests.support.ledgers.captures import NOON, capture, everything


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_batch_is_written_every_50_captures(archive: Archive) -> None:
    with archive.batch(Clock()) as batch:
        for n in range(Batch.CAPTURES - 1):
            batch.add(capture(NOON + timedelta(seconds=n)))
        assert archive.files() == []
        batch.add(capture(NOON + timedelta(hours=1)))
        assert len(everything(archive)) == Batch.CAPTURES


def test_a_batch_is_written_when_its_first_capture_is_10_seconds_old(archive: Archive) -> None:
    clock = Clock()
    with archive.batch(clock) as batch:
        clock.now = 100.0
        batch.add(capture())
        clock.now = 109.9
        batch.flush_if_due()
        assert archive.files() == []
        clock.now = 110.0
        batch.flush_if_due()
        assert len(archive.files()) == 1


def test_a_batch_is_written_at_16_mib_of_bodies(archive: Archive) -> None:
    with archive.batch(Clock()) as batch:
        batch.add(capture(body=bytes(Batch.BYTES - 1)))
        assert archive.files() == []
        batch.add(capture(NOON + timedelta(minutes=5), body=b"1"))
        assert len(archive.files()) == 1


def test_an_interrupted_batch_keeps_what_it_was_given(archive: Archive) -> None:
    def interrupted() -> None:
        with archive.batch(Clock()) as batch:
            batch.add(capture())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert everything(archive) == [capture()]
