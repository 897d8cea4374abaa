"""A channel is told what it asked for, each once, and no other channel is in its way."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analytics import Snapshot
from ingest.registry import load
from ingest.simulation.demo import Hands
from statusledger.alerts.channels import read_channels
from statusledger.alerts.delivered import DeliveryLog
from statusledger.alerts.messages import alerts
from statusledger.alerts.watchlist import WEBHOOK
from tests.support.channels import (
    ADDRESS,
    NOON,
    PAGE,
    SECRET,
    channel,
    clock,
    heads,
    publish,
    settings,
    site,
    tell,
    told,
)
from tests.support.command_line import ACME
from tests.support.loopback import Site, in_turn, reply
from tests.support.snapshots import Row, at, component, made, post

__all__ = ["clock", "site"]

OPEN = "2026-01-10 11:30"


def moved(of: str, state: str, moment: str, component_id: str = "api") -> Row:
    """Make an update that moved a component of the post named ``of``."""
    return {
        "provider": "acme",
        "page_key": PAGE,
        "incident_id": of,
        "update_id": f"u {moment}",
        "component_id": component_id,
        "at": at(moment),
        "new_state": state,
    }


def rewritten(of: str, moment: str) -> list[Row]:
    """Make two versions of a post's title."""
    about = {"provider": "acme", "page_key": PAGE, "incident_id": of, "url": "https://a.test"}
    seen = {"sha256": "00", "update_id": None}
    return [
        {**about, **seen, "known_from": at(OPEN), "title": "As it was"},
        {**about, **seen, "known_from": at(moment), "title": "As it is"},
    ]


def later(clock: Hands, minutes: int = 5) -> datetime:
    clock.at += timedelta(minutes=minutes)
    return clock.at


def test_what_got_worse_or_better_is_told_and_what_came_before_the_first_message_is_part_of_it(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, channel("slack"))
    worse = [moved("one", "degraded", OPEN), moved("one", "partial", "2026-01-10 11:45")]
    publish(tmp_path, post("one", OPEN), transitions=worse)
    tell(tmp_path, clock)
    tell(tmp_path, clock)
    assert heads(site) == ["New incident at Acme (API inference): one"]
    moves = [
        *worse,
        moved("one", "major", "2026-01-10 12:03"),
        moved("one", "degraded", "2026-01-10 12:04"),
    ]
    publish(tmp_path, post("one", OPEN), transitions=moves, as_of=later(clock))
    tell(tmp_path, clock)
    over = post("one", OPEN, "2026-01-10 12:12")
    publish(tmp_path, over, transitions=moves, as_of=later(clock, 10))
    tell(tmp_path, clock)
    assert heads(site)[2:] == [
        "Better at Acme (API inference): one",
        "Resolved at Acme (API inference): one",
    ]
    assert told(site)[1] == (
        "Worse at Acme (API inference): one\n"
        "Worse at 12:03 UTC, 10 Jan 2026. Major outage; before: partial outage. "
        "As posted by the provider.\n"
        "https://acme.test/incidents/one"
    )


def test_what_is_withdrawn_or_corrected_is_told(tmp_path: Path, site: Site, clock: Hands) -> None:
    settings(tmp_path, channel("slack", 'events = ["withdrawn", "corrected"]'))
    publish(tmp_path, post("one", OPEN), post("two", OPEN))
    tell(tmp_path, clock)
    assert told(site) == []
    gone = post("one", OPEN, flags=["removed"], removed_at=later(clock))
    publish(
        tmp_path,
        gone,
        post("two", OPEN),
        versions=rewritten("two", "2026-01-10 12:04"),
        as_of=clock.at,
    )
    tell(tmp_path, clock)
    assert heads(site) == [
        "Corrected at Acme (API inference): As it is",
        "Withdrawn at Acme (API inference): one",
    ]


def test_a_least_state_leaves_out_what_never_reached_it(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, channel("slack", 'state = "major"'))
    mild = {"first_impact": "minor", "max_impact": "minor", "impact": "minor"}
    publish(tmp_path, post("mild", OPEN, **mild), post("bad", OPEN))
    tell(tmp_path, clock)
    assert heads(site) == ["New incident at Acme (API inference): bad"]


def test_the_least_state_of_a_question_is_that_of_its_channel(tmp_path: Path) -> None:
    (tmp_path / "questions.toml").write_text('[bad]\nminimum = "major"\n')
    for keys, wanted in (("", "major"), ('state = "partial"', "partial")):
        settings(tmp_path, channel("slack", 'question = "bad"', keys))
        [one] = read_channels(tmp_path, load())
        assert one.watchlist.minimum == wanted


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Incidents on two surfaces of one provider, of another provider, and a notice."""
    return made(
        tmp_path_factory.mktemp("several"),
        as_of=NOON,
        posts=[
            post("api", OPEN),
            post("ui", OPEN, of=["ui"]),
            post("both", OPEN, of=["api", "ui"]),
            post("elsewhere", OPEN, provider="globex"),
            post("advice", OPEN, of=["none"], **{"class": "notice"}),
        ],
        components=[
            component(region="us"),
            component("none", surface="other"),
            {**component("ui", surface="console", region="eu"), "name": "Console (EU)"},
        ],
    )


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("", {"api", "ui", "both", "elsewhere", "advice"}),
        ('components = ["CONSOLE*"]', {"ui", "both"}),
        ('components = ["console (eu)", "api"]\nproviders = ["acme"]', {"api", "ui", "both"}),
        ('providers = ["globex"]', {"elsewhere"}),
        ('surfaces = ["console"]', {"ui", "both"}),
        ('question = "mine"', {"api", "both"}),
        ('question = "regional"', {"ui", "both", "elsewhere"}),
        ('question = "mine"\nsurfaces = ["console"]', {"ui", "both"}),
    ],
)
def test_a_channel_is_told_of_what_it_names(
    tmp_path: Path, several: Snapshot, keys: str, wanted: set[str]
) -> None:
    settings(tmp_path, channel("slack", keys, 'events = ["opened"]'))
    own = tmp_path / "providers.toml"
    own.write_text(ACME + ACME.replace("acme", "globex"))
    (tmp_path / "questions.toml").write_text(
        '[mine]\nproviders = ["acme"]\nsurface = "api_inference"\n[regional]\nregion = "eu"\n'
    )
    [one] = read_channels(tmp_path, load(extra=own))
    found = alerts(several, NOON, one.watchlist, DeliveryLog())
    assert {news.data["about"] for news in found} == wanted


def test_a_channel_that_fails_is_in_nobodys_way_and_is_tried_again_later_and_later(
    tmp_path: Path,
    site: Site,
    clock: Hands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site["/other"] = in_turn(reply(503), reply(503), reply(200))
    monkeypatch.setenv("OTHER_HOOK", f"{site.url}/other")
    settings(tmp_path, channel("slack", name="other", hook="OTHER_HOOK"), channel("slack"))
    over = post("over", "2026-01-10 08:00", "2026-01-10 09:30")
    its = [
        moved("over", "degraded", "2026-01-10 08:00"),
        moved("over", "major", "2026-01-10 08:30"),
    ]
    publish(tmp_path, over, post("one", OPEN), transitions=its)
    tried = []
    for minutes in (0, 20, 5, 5):
        later(clock, minutes)
        tell(tmp_path, clock)
        tried.append(site.count("/other"))
    # What was over before the first look is no news, and neither is anything of its course.
    assert heads(site) == ["New incident at Acme (API inference): one"]
    # The second pause is half of the time since the first failure.
    assert tried == [1, 2, 2, 3]
    error = capsys.readouterr().err
    assert "statusledger: channel other at 127.0.0.1: answered 503, 1 of 1 messages wait" in error
    assert "channel team" not in error


def test_a_secret_that_is_wrong_or_not_set_is_a_line_without_it_and_the_rest_goes_on(
    tmp_path: Path,
    site: Site,
    clock: Hands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BAD_HOOK", f"ftp://{SECRET}")
    (tmp_path / "hook").write_text(f"{site.url}{ADDRESS}\n")
    settings(
        tmp_path,
        channel("slack", name="unset", hook="NO_SUCH"),
        channel("slack", name="bad", hook="BAD_HOOK"),
        channel("webhook", 'secret_env = "BAD_HOOK"', name="key"),
        '[channels.file]\nkind = "slack"\naddress_file = "hook"',
    )
    publish(tmp_path, post("one", OPEN))
    tell(tmp_path, clock)
    assert len(told(site)) == 1
    lines = sorted(capsys.readouterr().err.splitlines())
    assert [line.split(",")[0] for line in lines] == [
        "statusledger: channel bad: BAD_HOOK: must be an address like https://hooks.example.com/...",
        "statusledger: channel key at 127.0.0.1: BAD_HOOK: must be whsec_ and 24 to 64 bytes in "
        "base64",
        "statusledger: channel unset: NO_SUCH is empty or not set",
    ]
    assert SECRET not in "".join(lines)


def test_the_webhook_of_the_environment_and_channels_go_side_by_side(
    tmp_path: Path, site: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    site["/simple"] = reply(200)
    monkeypatch.setenv(WEBHOOK, f"{site.url}/simple")
    settings(tmp_path, 'surfaces = ["console"]', channel("slack"))
    publish(
        tmp_path,
        post("api", OPEN),
        post("ui", OPEN, of=["ui"]),
        components=[component(), component("ui", surface="console")],
    )
    tell(tmp_path, clock)
    assert heads(site, "/simple") == ["New incident at Acme (console): ui"]
    assert len(heads(site)) == 2
