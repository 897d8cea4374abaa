"""Invented incident.io payloads in the real shapes, small enough for a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.models import Capture, Page, Parsed
from ingest.platforms import PLATFORMS

AT = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
PAGE = Page(
    page_key="acme.incident_io.01KE0000000000000000000PPP",
    provider="acme",
    platform="incident_io",
    base_url="https://status.acme.test",
    page_id="01KE0000000000000000000PPP",
    page_data=True,
)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
Row = dict[str, Any]


def ulid(at: str, tail: str = "A") -> str:
    """Make an id of an instant; ``tail`` parts those of one instant."""
    milliseconds = round(datetime.fromisoformat(at).timestamp() * 1000)
    head = ""
    for _ in range(10):
        milliseconds, digit = divmod(milliseconds, 32)
        head = CROCKFORD[digit] + head
    return head + tail.rjust(16, "0")


API, CHAT = ulid("2025-01-01T00:00:00Z", "C1"), ulid("2025-01-01T00:00:00Z", "C2")
LOOKING, FIXED = "2026-01-05T10:00:00Z", "2026-01-05T11:30:00Z"


def update(status: str, at: str, body: str | None = "Words.", **more: Any) -> Row:
    """Make an update of the compatible API."""
    return {
        "id": ulid(at, "D"),
        "status": status,
        "body": body,
        "created_at": at,
        "display_at": at,
        "updated_at": at,
        **more,
    }


def incident(at: str = LOOKING, *updates: Row, **more: Any) -> Row:
    """Make a closed incident of the compatible API, newest update first."""
    told = updates or (update("investigating", at), update("resolved", FIXED))
    incident_id = ulid(at)
    row = {
        "id": incident_id,
        "name": "Elevated errors",
        "status": told[-1]["status"],
        "impact": "minor",
        "created_at": at,
        "updated_at": told[-1]["updated_at"],
        "page_id": PAGE.page_id,
        "incident_updates": [{**one, "incident_id": incident_id} for one in told[::-1]],
    }
    closed = [one["display_at"] for one in told if one["status"] == "resolved"]
    return {**row, **({"resolved_at": closed[0]} if closed else {}), **more}


def component(component_id: str = API, name: str = "API", **more: Any) -> Row:
    """Make a component of the compatible API."""
    return {
        "id": component_id,
        "name": name,
        "status": "operational",
        "position": 1,
        "page_id": PAGE.page_id,
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2026-01-09T00:00:00Z",
        **more,
    }


def about_page(**more: Any) -> Row:
    url = "https://status.acme.test/"
    return {"id": PAGE.page_id, "name": "Acme", "url": url, "updated_at": FIXED, **more}


def incidents_json(*incidents: Mapping[str, Any]) -> str:
    return json.dumps({"page": about_page(), "incidents": incidents})


def impact(
    start: str,
    end: str | None = None,
    status: str = "full_outage",
    component_id: str = API,
    incident_id: str | None = None,
) -> Row:
    """Make an impact; without an end it lasts."""
    return {
        "id": ulid(start, "E"),
        "component_id": component_id,
        "status_page_incident_id": incident_id or ulid(LOOKING),
        "start_at": start,
        "end_at": "$undefined" if end is None else end,
        "status": status,
    }


def own_update(status: str, at: str, states: Mapping[str, str] | None = None, **more: Any) -> Row:
    """Make an update of the page's own data."""
    return {
        "id": ulid(at, "D"),
        "published_at": at,
        "to_status": status,
        "message_string": "Words.",
        "message": {"type": "doc"},
        "automated_update": False,
        "component_statuses": "$undefined"
        if states is None
        else [
            {"component_id": c, "status": s, "current_status": "$undefined"}
            for c, s in states.items()
        ],
        **more,
    }


def own_incident(at: str = LOOKING, **more: Any) -> Row:
    """Make a closed incident of the page's own data."""
    return {
        "id": ulid(at),
        "status_page_id": PAGE.page_id,
        "type": "incident",
        "name": "Elevated errors",
        "status": "resolved",
        "published_at": at,
        "affected_components": [
            {"component_id": API, "status": "full_outage", "current_status": "operational"}
        ],
        "component_impacts": [impact(at, "2026-01-05T11:00:00Z")],
        "status_summaries": [],
        "updates": [
            own_update("investigating", at, {API: "full_outage"}),
            own_update("resolved", FIXED, {API: "operational"}),
        ],
        "write_up_url": "$undefined",
        **more,
    }


def link(incident_id: str | None = None, **more: Any) -> Row:
    """Make the link from a list of impacts to an incident."""
    return {
        "id": incident_id or ulid(LOOKING),
        "name": "Elevated errors",
        "status": "resolved",
        "published_at": LOOKING,
        "permalink": "https://statuspage.incident.test/acme/incidents/abc",
        **more,
    }


def uptime(component_id: str = API, figure: str = "99.95", since: str = "2025-01-01") -> Row:
    return {
        "component_id": component_id,
        "status_page_component_group_id": "$undefined",
        "uptime": figure,
        "data_available_since": f"{since}T00:00:00Z",
    }


def impacts_json(*impacts: Row, links: list[Row] | None = None, **more: Any) -> str:
    rows = {"component_impacts": impacts, "incident_links": [link()] if links is None else links}
    return json.dumps({**rows, "component_uptimes": [], **more})


def part(component_id: str = API, name: str = "API", **more: Any) -> Row:
    """Make a component in the page's structure."""
    return {
        "component_id": component_id,
        "name": name,
        "description": "$undefined",
        "display_uptime": True,
        "hidden": False,
        "data_available_since": "2025-11-20T01:00:00Z",
        **more,
    }


def item(one: Row) -> Row:
    return {"component": one, "group": "$undefined", "sub_page": "$undefined"}


def group(name: str, *parts: Row) -> Row:
    inside = {"id": ulid("2025-01-01T00:00:00Z", "G"), "name": name, "components": parts}
    return {"component": "$undefined", "group": inside, "sub_page": "$undefined"}


def structure(*items: Row) -> Row:
    return {
        "id": ulid("2025-01-01T00:00:00Z", "S"),
        "status_page_id": PAGE.page_id,
        "items": items or [item(part())],
    }


def summary_json(*items: Row, **more: Any) -> str:
    """Make the summary the page is drawn from."""
    summary = {
        "id": PAGE.page_id,
        "name": "Acme",
        "data_available_since": "2025-11-20T01:00:00Z",
        "affected_components": [],
        "ongoing_incidents": [],
        "scheduled_maintenances": [],
        "structure": structure(*items),
        **more,
    }
    return json.dumps({"summary": summary})


def html(*rows: str) -> str:
    """Make a page that streams rows of data, the first cut in two."""
    text = "".join(f"{number:x}:{row}\n" for number, row in enumerate(rows, 20))
    chunks = (json.dumps(text[:40]), json.dumps(text[40:]))
    scripts = "".join(f"<script>self.__next_f.push([1,{chunk}])</script>" for chunk in chunks)
    return f"<!DOCTYPE html><html><body>{scripts}</body></html>"


def row(**props: Any) -> str:
    return json.dumps(["$", "$L22", None, props])


def said(status: str, *components: str, text: str = "All is well.") -> str:
    """Make the body of a feed entry."""
    named = "".join(f"<li>{one}</li>" for one in components)
    below = f"<br/><br/><b>Affected components</b>\n<ul>\n{named}</ul>" if components else ""
    return f"<b>Status: {status}</b><br/><br/>{text}{below}"


def entry(at: str, updated: str, body: str, title: str = "Elevated errors") -> str:
    address = f"https://status.acme.test//incidents/{ulid(at)}"
    return (
        f'<entry><title type="html"><![CDATA[{title}]]></title><id>{address}</id>'
        f'<link href="{address}"/><updated>{updated}</updated>'
        f'<summary type="html"><![CDATA[{body}]]></summary></entry>'
    )


def atom(*entries: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        "<id>https://status.acme.test/</id><title>Acme status</title>"
        "<generator>incident.io</generator>" + "".join(entries) + "</feed>"
    )


def rss(at: str, published: str, body: str) -> str:
    address = f"https://status.acme.test//incidents/{ulid(at)}"
    return (
        '<rss version="2.0"><channel><title>Acme</title><item><title>Elevated errors</title>'
        f"<description><![CDATA[{body}]]></description><pubDate>{published}</pubDate>"
        f"<link>{address}</link><guid>{address}</guid></item></channel></rss>"
    )


def capture(body: str | bytes, path: str = "/", at: datetime = AT, page: Page = PAGE) -> Capture:
    raw = body.encode() if isinstance(body, str) else body
    return Capture(page.page_key, page.base_url + path, "incident", at, body=raw)


def parse(body: str | bytes, path: str = "/", at: datetime = AT, page: Page = PAGE) -> Parsed:
    return PLATFORMS["incident_io"].parse(capture(body, path, at, page), page)
