"""A page of any engine to read invented payloads and case inputs with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingest.models import Capture, Incident, Page, Parsed
from ingest.platforms import PLATFORMS
from tests.support.paths import CASES
from tests.support.payloads.golden import AT


def acme(platform: str, **more: Any) -> Page:
    """Return the page of Acme on an engine."""
    fields = {"provider": "acme", "platform": platform, "base_url": "https://status.acme.test"}
    return Page(**{"page_key": f"acme.{platform}.status.acme.test", **fields, **more})


def parse(page: Page, body: bytes, at: datetime = AT) -> Parsed:
    """Read a body as imported for a page."""
    platform = PLATFORMS[page.platform]
    shape, path = platform.recognise(body)
    return platform.parse(Capture(page.page_key, page.base_url + path, shape, at, body=body), page)


def case(folder: str, name: str, page: Page, at: str) -> Parsed:
    """Read an input of a case as captured at an ISO time."""
    return parse(page, (CASES / folder / name).read_bytes(), datetime.fromisoformat(at))


def by_id(parsed: Parsed) -> dict[str, Incident]:
    """Return the incidents of a payload by their ids."""
    return {incident.incident_id: incident for incident in parsed.incidents}


def utc(text: str) -> datetime:
    """Return an ISO time as UTC."""
    return datetime.fromisoformat(text + "+00:00")
