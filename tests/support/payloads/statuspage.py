"""Invented Statuspage payloads in the real shape, small enough to read in a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.models import Capture, Page, Parsed
from ingest.platforms import PLATFORMS

AT = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
PAGE = Page(
    page_key="acme.statuspage.pppp1111qqqq",
    provider="acme",
    platform="statuspage",
    base_url="https://status.acme.test",
    page_id="pppp1111qqqq",
)


def change(component: str, old: str | None, new: str) -> dict[str, Any]:
    return {
        "code": component,
        "name": f"Platform - {component}",
        "old_status": old,
        "new_status": new,
    }


def update(
    update_id: str,
    status: str,
    at: str,
    body: str = "Words.",
    changes: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    return {
        "id": update_id,
        "status": status,
        "body": body,
        "created_at": at,
        "display_at": at,
        "updated_at": at,
        "affected_components": changes,
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
        **more,
    }


def incident(
    incident_id: str = "iiii1111jjjj",
    updates: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Make a closed incident of 2026-01-05, newest update first."""
    if updates is None:
        updates = [
            update("u1", "investigating", "2026-01-05T10:00:00.050Z"),
            update("u2", "resolved", "2026-01-05T11:30:00.100Z"),
        ]
    first, last = updates[0], updates[-1]
    for one in updates:
        one["incident_id"] = incident_id
    closed = last["status"] in {"resolved", "completed", "postmortem"}
    return {
        "id": incident_id,
        "name": "Elevated errors",
        "status": last["status"],
        "impact": "major",
        "created_at": first["created_at"],
        "started_at": first["created_at"],
        "monitoring_at": None,
        "resolved_at": last["created_at"] if closed else None,
        "updated_at": last["created_at"],
        "shortlink": f"https://stspg.test/{incident_id}",
        "page_id": "pppp1111qqqq",
        "reminder_intervals": None,
        "components": [],
        "incident_updates": updates[::-1],
        **more,
    }


def component(component_id: str, status: str = "operational", **more: Any) -> dict[str, Any]:
    return {
        "id": component_id,
        "name": "API",
        "status": status,
        "group": False,
        "group_id": None,
        "only_show_if_degraded": False,
        "showcase": True,
        "start_date": "2024-01-05",
        "position": 3,
        "description": None,
        "page_id": "pppp1111qqqq",
        "created_at": "2024-01-05T10:00:00.000Z",
        "updated_at": "2026-01-05T10:00:00.000Z",
        **more,
    }


def about_page(**more: Any) -> dict[str, Any]:
    return {
        "id": "pppp1111qqqq",
        "name": "Acme",
        "url": "https://status.acme.test",
        "time_zone": "Etc/UTC",
        "updated_at": "2026-01-05T10:00:00.000Z",
        **more,
    }


def incidents_json(*incidents: Mapping[str, Any]) -> bytes:
    return json.dumps({"page": about_page(), "incidents": incidents}).encode()


def capture(body: bytes | str, at: datetime = AT, page: Page = PAGE) -> Capture:
    raw = body.encode() if isinstance(body, str) else body
    return Capture(page.page_key, f"{page.base_url}/x", "incident", at, body=raw)


def parse(body: bytes | str, page: Page = PAGE, at: datetime = AT) -> Parsed:
    return PLATFORMS["statuspage"].parse(capture(body, at, page), page)


def atom(*entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xml:lang="en-US" '
        'xmlns="http://www.w3.org/2005/Atom"><title>Acme Status - Incident History</title>'
        + "".join(entries)
        + "</feed>"
    )


def atom_entry(code: str, published: str, content: str, title: str = "Elevated errors") -> str:
    return (
        "<entry><id>tag:status.acme.test,2005:Incident/991</id>"
        f"<published>{published}</published><updated>2026-03-01T00:00:00Z</updated>"
        f'<link rel="alternate" type="text/html" href="https://status.acme.test/incidents/{code}"/>'
        f'<title>{title}</title><content type="html">{escaped(content)}</content></entry>'
    )


def rss(*items: str) -> str:
    return '<rss version="2.0"><channel><title>Acme</title>' + "".join(items) + "</channel></rss>"


def rss_item(code: str, published: str, content: str, title: str = "Elevated errors") -> str:
    link = f"https://status.acme.test/incidents/{code}"
    return (
        f"<item><title>{title}</title><description>{escaped(content)}</description>"
        f"<pubDate>{published}</pubDate><link>{link}</link><guid>{link}</guid></item>"
    )


def paragraph(month: str, day: str, clock: str, state: str, text: str, zone: str = "UTC") -> str:
    return (
        f"<p><small>{month} <var data-var='date'>{day}</var>, <var data-var='time'>{clock}</var> "
        f"{zone}</small><br><strong>{state}</strong> - {text}</p>"
    )


def escaped(html: str) -> str:
    return html.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
