"""What each channel would be told can be seen before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.runs import data_folder
from ingest.simulation.demo import Hands
from tests.support.channels import (
    ADDRESS,
    SECRET,
    channel,
    clock,
    heads,
    publish,
    settings,
    site,
    tell,
)
from tests.support.command_line import cli, only_line
from tests.support.loopback import Site, reply
from tests.support.snapshots import post

__all__ = ["clock", "site"]


def test_what_each_channel_would_be_told_is_shown_and_not_sent(
    tmp_path: Path, site: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "now", clock)
    settings(
        tmp_path,
        channel("slack"),
        channel("teams", 'digest = "08:00"', name="daily"),
        channel("discord", 'events = ["eased"]', name="unset", hook="NO_SUCH"),
    )
    publish(tmp_path, post("one\x1b[31m", "2026-01-10 11:00"))
    shown = cli(tmp_path, "watch")
    assert shown.exit_code == 1
    assert shown.stdout == (
        "team: slack at 127.0.0.1\n"
        "    New incident at Acme (API inference): one [31m\n"
        "    Impact major, began 2026-01-10 11:00 UTC, as posted by the provider.\n"
        "daily: teams at 127.0.0.1, each day at 08:00 Etc/UTC\n"
        "    Digest: 1 event\n"
        "\n"
        "    2026-01-10 11:00 UTC: New incident at Acme (API inference): one [31m\n"
        "unset: discord\n"
        "    cannot be used: NO_SUCH is empty or not set\n"
        "    Nothing to tell now.\n"
    )
    assert site.posted == []
    tell(tmp_path, clock)
    assert "team: slack at 127.0.0.1\n    Nothing to tell now.\n" in cli(tmp_path, "watch").stdout


def test_a_channel_can_be_sent_a_test(tmp_path: Path, site: Site) -> None:
    settings(tmp_path, channel("slack"))
    assert cli(tmp_path, "watch", "--test", "team").stdout == "team: slack at 127.0.0.1: sent\n"
    assert heads(site) == ["Test of channel team"]
    site[ADDRESS] = reply(404)
    refused = cli(tmp_path, "watch", "--test", "team")
    assert (refused.exit_code, only_line(refused)) == (1, "team: slack at 127.0.0.1: answered 404")
    wrong = cli(tmp_path, "watch", "--test", "teem")
    assert (wrong.exit_code, only_line(wrong)) == (2, "no channel 'teem': one of team")
    assert SECRET not in refused.stdout + refused.stderr


def test_without_a_channel_there_is_a_line(tmp_path: Path) -> None:
    none = cli(tmp_path, "watch")
    assert none.exit_code == 1
    assert only_line(none).startswith("no channel: set STATUSLEDGER_WEBHOOK, or name one in ")
