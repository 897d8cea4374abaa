"""Answers of an invented Statuspage page, one after the other, archived and published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from analytics import open_snapshot
from ingest.archive.store import Archive
from ingest.models import Capture, FetchFailure, Page
from tests.support.command_line import ACME, cli
from tests.support.payloads.statuspage import PAGE, about_page, component, incident, update

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIST, SUMMARY = "/api/v2/incidents.json", "/api/v2/summary.json"
SHAPES = {LIST: "incident", SUMMARY: "roster"}
API, CHAT = "aaaa1111bbbb", "cccc1111dddd"
OLDEST = incident("oldoldoldold", [update("o1", "resolved", "2025-11-05T10:00:00.050Z")])

Answer = Mapping[str, Any] | FetchFailure


def hour(number: int) -> datetime:
    """Return the instant of a round."""
    return START + number * HOUR


def summary(*components: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return a summary of the page."""
    shown = components or (component(API), component(CHAT, name="Chat"))
    said = {"page": about_page(), "components": shown, "incidents": []}
    return {**said, "scheduled_maintenances": [], "status": {"indicator": "none"}, **more}


def listed(*incidents: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """Return the page's list of incidents."""
    return {"page": about_page(), "incidents": incidents or (incident(), OLDEST), **more}


def page_of(slug: str) -> Page:
    """Return the page of a provider."""
    key, address = f"{slug}.statuspage.{PAGE.page_id}", f"https://status.{slug}.test"
    return replace(PAGE, page_key=key, provider=slug, base_url=address)


def answer(path: str, at: datetime, said: Answer, page: Page = PAGE) -> Capture:
    """Return the capture of one answer."""
    about = (page.page_key, page.base_url + path, SHAPES[path], at)
    if isinstance(said, FetchFailure):
        return Capture(*about, failure=said)
    body = json.dumps(said).encode()
    sha256 = hashlib.sha256(body).hexdigest()
    return Capture(*about, http_status=200, sha256=sha256, body=body)


def rounds(first: int, last: int, page: Page = PAGE, **said: Answer) -> list[Capture]:
    """Return hourly answers of both addresses, by default good ones: ``LIST``, ``SUMMARY``."""
    answers = {LIST: said.get("LIST", listed()), SUMMARY: said.get("SUMMARY", summary())}
    return [
        answer(path, hour(number) + shift * timedelta(seconds=7), one, page)
        for number in range(first, last)
        for shift, (path, one) in enumerate(answers.items())
    ]


def publish(data: Path, captures: Iterable[Capture], registry: str = ACME) -> Path:
    """Archive captures, publish them by the command, and return the snapshot."""
    data.mkdir(exist_ok=True)
    (data / "providers.toml").write_text(registry)
    Archive(data / "archive").append(list(captures))
    result = cli(data, "publish")
    assert result.exit_code == 0, result.stderr
    with open_snapshot(data) as snapshot:
        return snapshot.path
