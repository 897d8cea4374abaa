"""Forms of a message: what each kind of channel takes, with foreign wording inert in it.

Strangers write titles. Each form makes them plain text by the means the receiver has: Slack's and
Discord's escapes, a card's runs of text without markup. Only the link to the provider's page is
one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dashboard.shown_text import escape_markdown
from ingest.safe_text import strip_control
from statusledger.alerts.channels import DISCORD, SLACK, TEAMS
from statusledger.alerts.delivered import Delivery

#: Letters of a message that Discord takes.
DISCORD_MOST = 2000
DISCORD_EMBEDDED = 4096
#: No preview of what is behind a link.
SUPPRESS_EMBEDS = 4
CARD = "application/vnd.microsoft.card.adaptive"
#: Bytes of a card that Teams takes: 28 KB with what is around it.
TEAMS_MOST = 27_000
#: Before the base64 of a secret (Standard Webhooks).
SECRET_PREFIX = "whsec_"


def slack_form(message: Delivery) -> dict[str, Any]:
    """Write a message as Slack's incoming webhooks take it."""
    return {"text": escape_slack(message.text)}


def escape_slack(text: str) -> str:
    """Drop Slack's markup and all control characters but the ends of lines."""
    plain = "\n".join(map(strip_control, text.split("\n")))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def discord_form(message: Delivery) -> dict[str, Any]:
    """Write a message as Discord's webhooks take it: it calls nobody."""
    lines = [
        line if line in _links(message) else escape_markdown(line)
        for line in message.text.split("\n")
    ]
    quiet: dict[str, Any] = {"allowed_mentions": {"parse": []}}
    if len(whole := "\n".join(lines)) <= DISCORD_MOST:
        return {**quiet, "content": whole, "flags": SUPPRESS_EMBEDS}
    # A digest may be longer than a message, but hardly than what a message may embed.
    while len("\n".join(lines)) > DISCORD_EMBEDDED:
        lines[-2:] = ["…"]
    return {**quiet, "embeds": [{"description": "\n".join(lines)}]}


def teams_form(message: Delivery) -> dict[str, Any]:
    """Write a message as a card, which a workflow posts to Teams.

    Runs of text know no markup, unlike blocks of text.
    """
    body, room = list[dict[str, Any]](), TEAMS_MOST
    for nr, line in enumerate(message.text.split("\n")):
        run: dict[str, Any] = {"type": "TextRun", "text": strip_control(line)}
        if line in _links(message):
            run["selectAction"] = {"type": "Action.OpenUrl", "url": line}
        if nr == 0:
            run["weight"] = "Bolder"
        block = {"type": "RichTextBlock", "inlines": [run]}
        room -= len(json.dumps(block)) + 2
        if room < 0:
            body[-1] = {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": "…"}]}
            break
        body.append(block)
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    attachment = {"contentType": CARD, "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


FORMS: Mapping[str, Callable[[Delivery], dict[str, Any]]] = {
    SLACK: slack_form,
    TEAMS: teams_form,
    DISCORD: discord_form,
}


def _links(message: Delivery) -> set[str]:
    """Return the lines of a message that are links: addresses that were checked."""
    return {one.url for one in message.news if one.url}


def signed_form(message: Delivery, key: bytes, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Write a message as JSON with the headers of Standard Webhooks.

    Args:
        message: What to send.
        key: Signs it.
        now: The time of sending.
    """
    kinds = {one.kind for one in message.news}
    at = max((one.at for one in message.news if one.at is not None), default=now)
    payload = {
        "type": kinds.pop().replace(" ", "_") if len(kinds) == 1 else "several",
        "timestamp": at.isoformat(),
        "data": {"text": message.text, "events": [dict(one.data) for one in message.news]},
    }
    body = json.dumps(payload, ensure_ascii=False).encode()
    stamp = str(int(now.timestamp()))
    name = f"msg_{message.id}"
    return body, {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(key, name, stamp, body),
    }


def signing_key(secret: str) -> bytes | None:
    """Return the 24 to 64 bytes that are in base64 behind ``whsec_``; None: they are not."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if secret.startswith(SECRET_PREFIX) and 24 <= len(key) <= 64 else None


def sign(key: bytes, name: str, stamp: str, body: bytes) -> str:
    """Sign a body under its id and time, as Standard Webhooks do."""
    content = f"{name}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
