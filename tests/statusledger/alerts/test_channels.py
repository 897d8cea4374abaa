"""Each kind of channel is told in its own form, and what strangers write is inert in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from ingest.simulation.demo import Hands
from statusledger.alerts.delivered import MOST_IN_DIGEST, Delivery, News
from statusledger.alerts.message_forms import discord_form, sign, signing_key, teams_form
from tests.support.channels import (
    NOON,
    channel,
    clock,
    publish,
    settings,
    site,
    tell,
)
from tests.support.loopback import in_turn, reply, serve
from tests.support.snapshots import post

__all__ = ["clock", "site"]

HOSTILE = "@everyone <!here> [x](http://evil.test) **b** <@1> \x1b[31m\r\nBcc: x@y.z"


@dataclass(frozen=True)
class Sent:
    """Hold what each kind of channel was sent, and the headers of what the webhook was."""

    bodies: dict[str, list[bytes]]
    headers: list[Mapping[str, str]]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Tell three kinds of channel of one hostile title; the webhook takes it the second time."""
    data, clock = tmp_path_factory.mktemp("sent"), Hands(NOON)
    with serve() as site, pytest.MonkeyPatch.context() as environment:
        for kind, answers in (
            ("teams", [reply(202)]),
            ("discord", [reply(204)]),
            ("webhook", [reply(500), reply(204)]),
        ):
            site[f"/{kind}"] = in_turn(*answers)
            environment.setenv(f"{kind.upper()}_HOOK", f"{site.url}/{kind}")
        environment.setenv("TEAM_KEY", "whsec_" + base64.b64encode(b"k" * 32).decode())
        settings(
            data,
            channel("teams", name="teams", hook="TEAMS_HOOK"),
            channel("discord", name="discord", hook="DISCORD_HOOK"),
            channel("webhook", 'secret_env = "TEAM_KEY"', name="webhook", hook="WEBHOOK_HOOK"),
        )
        publish(data, post(HOSTILE, "2026-01-10 11:00", url="https://acme.test/i/1"))
        for _ in range(2):
            tell(data, clock)
            clock.at += timedelta(minutes=5)
        bodies: dict[str, list[bytes]] = {}
        for path, body in site.posted:
            bodies.setdefault(path, []).append(body)
        return Sent(bodies, [one for one in site.headers if "webhook-id" in one])


def test_teams_is_sent_a_card_whose_text_is_no_markup(sent: Sent) -> None:
    [body] = map(json.loads, sent.bodies["/teams"])
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


def test_discord_calls_nobody_and_shows_titles_as_they_are(sent: Sent) -> None:
    [body] = map(json.loads, sent.bodies["/discord"])
    assert body["allowed_mentions"] == {"parse": []}
    assert body["flags"] == 4
    head, *_, link = body["content"].splitlines()
    assert link == "https://acme.test/i/1"
    assert r"\<\!here\> \[x\]\(http\:" in head
    assert "http://" not in head
    assert r"\*\*b\*\*" in head


def test_a_webhook_is_signed_as_standard_webhooks_are_and_keeps_its_id(sent: Sent) -> None:
    first, headers = sent.headers
    body = sent.bodies["/webhook"][1]
    assert headers["webhook-id"] == first["webhook-id"]
    sent_at = NOON + timedelta(minutes=5)
    assert headers["webhook-timestamp"] == str(int(sent_at.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(b"k" * 32, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("new_incident", "2026-01-10T11:00:00+00:00")
    [event] = told["data"]["events"]
    assert event["provider"] == "Acme"
    assert event["surfaces"] == ["api_inference"]
    assert event["basis"] == "as posted by the provider"


@pytest.fixture
def long_digest() -> Delivery:
    news = [
        News(str(n), "new incident", True, HOSTILE * 3, url=f"https://acme.test/{n}")
        for n in range(MOST_IN_DIGEST)
    ]
    text = "\n".join(line for one in news for line in (one.text.split("\n")[0], one.url))
    return Delivery((), text, tuple(news))


def test_a_digest_longer_than_teams_takes_is_cut_and_says_so(long_digest: Delivery) -> None:
    long = replace(long_digest, text="\n".join([long_digest.text] * 9))
    body = teams_form(long)
    assert len(json.dumps(body)) <= 28 * 1024
    assert body["attachments"][0]["content"]["body"][-1]["inlines"][0]["text"] == "…"
    [whole] = teams_form(long_digest)["attachments"]
    assert len(whole["content"]["body"]) == len(long_digest.text.split("\n"))


def test_a_digest_longer_than_a_message_of_discord_is_embedded_and_fits(
    long_digest: Delivery,
) -> None:
    body = discord_form(long_digest)
    [embed] = body["embeds"]
    assert len(embed["description"]) <= 4096
    assert embed["description"].endswith("\n…")
    assert body["allowed_mentions"] == {"parse": []}


def test_the_signature_is_that_of_the_specification() -> None:
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert key is not None
    signed = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_AAAA", "c2VjcmV0" * 6, "whsec_%%%%" * 9])
def test_a_key_of_another_form_is_none(key: str) -> None:
    assert signing_key(key) is None
