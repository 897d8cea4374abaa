"""Each kind of channel is told in its own form, and what strangers write is inert in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.simulation.demo import Hands
from statusledger.alerts.delivered import MOST_IN_DIGEST, Delivery, News
from statusledger.alerts.message_forms import discord_form, sign, signing_key
from tests.support.channels import (
    ADDRESS,
    SECRET,
    channel,
    clock,
    publish,
    settings,
    site,
    tell,
)
from tests.support.loopback import Site, in_turn, reply
from tests.support.snapshots import post

__all__ = ["clock", "site"]

HOSTILE = "@everyone <!here> [x](http://evil.test) **b** <@1> \x1b[31m\r\nBcc: x@y.z"


def bodies(site: Site) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in site.posted]


def test_teams_is_sent_a_card_whose_text_is_no_markup(
    tmp_path: Path, site: Site, clock: Hands
) -> None:
    settings(tmp_path, channel("teams"))
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
    settings(tmp_path, channel("discord"))
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


def test_a_digest_longer_than_a_message_of_discord_is_embedded_and_fits() -> None:
    news = [
        News(str(n), "new incident", True, HOSTILE * 3, url=f"https://acme.test/{n}")
        for n in range(MOST_IN_DIGEST)
    ]
    text = "\n".join(line for one in news for line in (one.text.split("\n")[0], one.url))
    body = discord_form(Delivery((), text, tuple(news)))
    [embed] = body["embeds"]
    assert len(embed["description"]) <= 4096
    assert embed["description"].endswith("\n…")
    assert body["allowed_mentions"] == {"parse": []}


def test_a_webhook_is_signed_as_standard_webhooks_are(
    tmp_path: Path, site: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_KEY", "whsec_" + base64.b64encode(b"k" * 32).decode())
    site[ADDRESS] = in_turn(reply(500), reply(500), reply(204))
    settings(tmp_path, channel("webhook", 'secret_env = "TEAM_KEY"'))
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
    assert key is not None
    signed = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_AAAA", "c2VjcmV0" * 6, f"whsec_{SECRET}%"])
def test_a_key_of_another_form_is_one_line_that_does_not_hold_it(
    tmp_path: Path,
    site: Site,
    clock: Hands,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key: str,
) -> None:
    monkeypatch.setenv("TEAM_KEY", key)
    settings(tmp_path, channel("webhook", 'secret_env = "TEAM_KEY"'))
    publish(tmp_path, post("one", "2026-01-10 11:00"))
    tell(tmp_path, clock)
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("statusledger: channel team at 127.0.0.1: TEAM_KEY")
    assert line.endswith(", 1 of 1 messages wait for the next run")
    assert SECRET not in line
    assert site.posted == []
