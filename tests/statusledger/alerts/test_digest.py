"""A digest is one message a day, at its hour, with all that came since the last."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ingest.simulation.demo import Hands
from tests.support.channels import (
    ADDRESS,
    channel,
    clock,
    heads,
    publish,
    publishing,
    settings,
    site,
    tell,
    told,
)
from tests.support.loopback import Site, in_turn, reply
from tests.support.snapshots import at, post

__all__ = ["clock", "site"]

DIGEST = channel("slack", 'digest = "08:00"', 'zone = "Europe/Berlin"')


def at_moment(data: Path, clock: Hands, moment: str) -> None:
    clock.at = at(moment)
    publish(
        data,
        post("before", "2026-01-10 06:30"),
        post("after", "2026-01-10 07:01", "2026-01-10 07:20"),
        post("late", "2026-01-11 06:55"),
        as_of=clock.at,
    )
    tell(data, clock)


def test_all_since_the_last_one_is_told_at_the_hour_until_it_is_taken(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, DIGEST)
    at_moment(tmp_path, clock, "2026-01-10 06:50")
    assert told(site) == []
    site[ADDRESS] = in_turn(reply(500), reply(200))
    at_moment(tmp_path, clock, "2026-01-11 07:03")
    for _ in range(2):
        clock.at += timedelta(minutes=5)
        tell(tmp_path, clock)
    assert told(site) == 2 * [
        "Digest: 3 events\n"
        "\n2026-01-10 06:30 UTC: New incident at Acme (API inference): before\n"
        "https://acme.test/incidents/before\n"
        "\n2026-01-10 07:20 UTC: Resolved at Acme (API inference): after\n"
        "https://acme.test/incidents/after\n"
        "\n2026-01-11 06:55 UTC: New incident at Acme (API inference): late\n"
        "https://acme.test/incidents/late"
    ]


def test_what_a_moved_window_and_an_end_refer_to_is_kept_until_they_are_told(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, DIGEST)

    def reads(moment: str, start: str, *, over: bool) -> None:
        clock.at = at(moment)
        window = {"scheduled_start_at": at(start), "stage": "scheduled"}
        planned = post("Upgrade", "2026-01-09", kind="maintenance", **window)
        outage = post("Down", "2026-01-10 06:30", "2026-01-10 06:40" if over else None)
        publish(tmp_path, planned, outage, as_of=clock.at)
        tell(tmp_path, clock)

    reads("2026-01-10 06:50", "2026-01-11 23:00", over=False)
    reads("2026-01-11 07:00", "2026-01-11 23:00", over=False)
    for moment in ("2026-01-11 12:00", "2026-01-11 12:05", "2026-01-12 07:00", "2026-01-12 07:05"):
        reads(moment, "2026-01-20 10:00", over=True)
    assert told(site)[1:] == [
        "Digest: 2 events\n"
        "\n2026-01-10 06:40 UTC: Resolved at Acme (API inference): Down\n"
        "https://acme.test/incidents/Down\n"
        "\n2026-01-20 10:00 UTC: Maintenance moved at Acme (API inference): Upgrade\n"
        "https://acme.test/incidents/Upgrade"
    ]


def test_a_publication_that_fails_at_the_hour_takes_no_digest_away(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, DIGEST)
    at_moment(tmp_path, clock, "2026-01-10 06:50")
    clock.at = at("2026-01-11 07:01")
    for _ in range(2):
        with pytest.raises(ValueError, match="no room"), publishing(tmp_path, clock):
            raise ValueError("no room")
    at_moment(tmp_path, clock, "2026-01-11 07:06")
    assert heads(site) == ["Digest: 1 event", "Digest: 3 events"]
    assert "Publishing failed: ValueError: no room" in told(site)[0]
