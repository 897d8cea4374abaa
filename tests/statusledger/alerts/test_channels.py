"""Each kind of channel is told in its own form, and what strangers write is inert in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot
from ingest.registry import load
from ingest.simulation.demo import Hands
from statusledger.alerts.around_publishing import alerts_after
from statusledger.alerts.message_forms import sign, signing_key
from statusledger.alerts.watchlist import FILE
from tests.support.command_line import ACME, holding
from tests.support.loopback import Site, in_turn, reply, serve
from tests.support.snapshots import Row, at, made, post

NOON = at("2026-01-10 12:00")
ADDRESS = "/hook/T0P-s3cr3t"
HOSTILE = (
    "@everyone <!here> [x](http://evil.test) **b** <@1> https://evil.test \x1b[31m\r\nBcc: x@y.z"
)
KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve() as site:
        site[ADDRESS] = reply(204)
        monkeypatch.setenv("TEAM_HOOK", site.url + ADDRESS)
        monkeypatch.setenv("TEAM_KEY", KEY)
        yield site


@pytest.fixture
def clock() -> Hands:
    return Hands(NOON)


def publish(folder: Path, *posts: Row, as_of: Any = NOON, **more: Any) -> Snapshot:
    """Put a snapshot into the data folder, as a publication would."""
    (folder / "providers.toml").write_text(ACME)
    kept = made(folder, as_of=as_of, posts=posts, **more)
    return holding(folder, kept.path) and kept


def tell(data: Path, clock: Hands) -> None:
    with alerts_after(data, load(extra=data / "providers.toml"), clock, wait=True):
        pass


def settings(data: Path, text: str) -> None:
    (data / FILE).write_text(text)


def bodies(site: Site) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in site.posted]


def a_channel(kind: str, *more: str) -> str:
    secret = 'secret_env = "TEAM_KEY"' if kind == "webhook" else ""
    return "\n".join(
        ["[channels.team]", f'kind = "{kind}"', 'address_env = "TEAM_HOOK"', secret, *more, ""]
    )


def test_teams_is_sent_a_card_whose_text_is_no_markup(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, a_channel("teams"))
    publish(tmp_path, post(HOSTILE, "2026-01-10 11:00", url="https://acme.test/i/1"))
    tell(tmp_path, clock)
    [body] = bodies(site)
    [attachment] = body["attachments"]
    assert body["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
    runs = [run for block in attachment["content"]["body"] for run in block["inlines"]]
    assert {block["type"] for block in attachment["content"]["body"]} == {"RichTextBlock"}
    assert runs[0]["text"].startswith("New incident at Acme (API inference): @ everyone")
    assert "\x1b" not in runs[0]["text"]
    links = [run["selectAction"] for run in runs if "selectAction" in run]
    assert links == [{"type": "Action.OpenUrl", "url": "https://acme.test/i/1"}]


def test_discord_calls_nobody_and_shows_titles_as_they_are(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, a_channel("discord"))
    publish(tmp_path, post(HOSTILE, "2026-01-10 11:00", url="https://acme.test/i/1"))
    tell(tmp_path, clock)
    [body] = bodies(site)
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] == 4
    head, *_, link = body["content"].splitlines()
    assert link == "https://acme.test/i/1"
    assert r"\<\!here\> \[x\]\(http\:" in head
    assert "http://" not in head
    assert r"\*\*b\*\*" in head


def test_a_webhook_is_signed_as_standard_webhooks_are(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    site[ADDRESS] = in_turn(reply(500), reply(500), reply(204))
    settings(tmp_path, a_channel("webhook"))
    publish(tmp_path, post(HOSTILE, "2026-01-10 11:00"))
    tell(tmp_path, clock)
    clock.at += timedelta(minutes=5)
    tell(tmp_path, clock)
    names = {headers["webhook-id"] for headers in site.headers}
    assert len(names) == 1
    headers, (_, body) = site.headers[-1], site.posted[-1]
    assert headers["webhook-timestamp"] == str(int(clock.at.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(b"k" * 32, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("new_incident", "2026-01-10T11:00:00+00:00")
    [event] = told["data"]["events"]
    assert event["provider"] == "Acme"
    assert event["surfaces"] == ["api_inference"]
    assert event["basis"] == "as posted by the provider"


def test_the_signature_is_that_of_the_specification() -> None:
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
