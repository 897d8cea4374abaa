"""A digest is one message a day, at its hour, with all that came since the last."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ingest.simulation.demo import Hands
from tests.support.channels import ADDRESS, channel, clock, publish, settings, site, tell, told
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
