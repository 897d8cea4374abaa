"""Invented payloads of Google's dashboards in the real shape, old and new."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.ledger.sightings import sightings
from ingest.ledger.versions import fold, merge
from ingest.models import Capture, Incident, Page, Parsed, Stage
from ingest.platforms import PLATFORMS
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import capture as imported
from tests.support.captured.feeds import readings
from tests.support.ledgers.page_tables import page_tables

AT = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
PAGE = Page(
    page_key="acme.google_cloud.status.acme.test",
    provider="acme",
    platform="google_cloud",
    base_url="https://status.acme.test",
)
BEGIN = datetime(2026, 1, 5, 10, tzinfo=UTC)
END = datetime(2026, 1, 5, 11, 30, tzinfo=UTC)
STORE, QUEUE = "StoreStoreStoreStore", "QueueQueueQueueQueue"
NAMES = {STORE: "Acme Storage", QUEUE: "Acme Queue"}


def product(product_id: str | None = STORE, **more: Any) -> dict[str, Any]:
    """Make a product as incidents name it; without an id as before 2021-05."""
    title = {"title": NAMES[product_id or STORE]}
    return {**title, **({"id": product_id} if product_id else {}), **more}


def update(at: str, status: str | None = "SERVICE_DISRUPTION", **more: Any) -> dict[str, Any]:
    """Make an update written at ``at``; without a status as before 2021-04."""
    word = {} if status is None else {"status": status, "affected_locations": []}
    return {"created": at, "modified": at, "when": at, "text": "Words.", **word, **more}


def incident(
    incident_id: str = "Xy7Xy7Xy7Xy7Xy7Xy7Xy",
    updates: list[dict[str, Any]] | None = None,
    products: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Make a closed incident of 2026-01-05, 10:00 to 11:30, posted at 10:20."""
    if updates is None:
        updates = [
            update("2026-01-05T10:20:01+00:00"),
            update("2026-01-05T11:45:00+00:00", "AVAILABLE"),
        ]
    newest_first = updates[::-1]
    return {
        "id": incident_id,
        "number": "6412233364700928934",
        "begin": "2026-01-05T10:00:00+00:00",
        "created": "2026-01-05T10:20:00+00:00",
        "end": "2026-01-05T11:30:00+00:00",
        "modified": "2026-01-05T11:45:00+00:00",
        "external_desc": "Acme Storage requests fail in us-east1.",
        "updates": newest_first,
        "most_recent_update": newest_first[0] if newest_first else None,
        "status_impact": "SERVICE_DISRUPTION",
        "severity": "medium",
        "service_key": STORE,
        "service_name": NAMES[STORE],
        "affected_products": [product()] if products is None else products,
        "uri": f"incidents/{incident_id}",
        "currently_affected_locations": [],
        "previously_affected_locations": [{"title": "Moncks Corner (us-east1)", "id": "us-east1"}],
        **more,
    }


def open_incident(incident_id: str = "Xy7Xy7Xy7Xy7Xy7Xy7Xy", **more: Any) -> dict[str, Any]:
    """Make an incident without an end."""
    row = incident(incident_id, **{"updates": [update("2026-01-05T10:20:01+00:00")], **more})
    del row["end"]
    return row


def legacy(number: int = 20001, **more: Any) -> dict[str, Any]:
    """Make ``incident()`` as it would have been served before 2021-04."""
    updates = [update("2026-01-05T11:45:00Z", None), update("2026-01-05T10:20:01Z", None)]
    return {
        "begin": "2026-01-05T10:00:00Z",
        "created": "2026-01-05T10:20:00Z",
        "end": "2026-01-05T11:30:00Z",
        "external_desc": "Acme Storage requests fail in us-east1.",
        "modified": "2026-01-05T11:45:00Z",
        "most-recent-update": updates[0],
        "number": number,
        "public": True,
        "service_key": "storage",
        "service_name": NAMES[STORE],
        "severity": "medium",
        "updates": updates,
        "uri": f"/incident/storage/{number}",
        **more,
    }


def posts(*rows: Any) -> bytes:
    return json.dumps(rows).encode()


def products(*rows: Mapping[str, Any]) -> bytes:
    return json.dumps({"products": rows}).encode()


def capture(body: bytes, at: datetime = AT, page: Page = PAGE) -> Capture:
    return Capture(page.page_key, f"{page.base_url}/incidents.json", "incident", at, body=body)


def parse(body: bytes, at: datetime = AT, page: Page = PAGE) -> Parsed:
    return PLATFORMS[page.platform].parse(capture(body, at, page), page)


def one(row: Mapping[str, Any], at: datetime = AT) -> Incident:
    """Read the incident in a payload that holds nothing else."""
    (found,) = parse(posts(row), at).incidents
    return found


def stages(row: Mapping[str, Any]) -> list[Stage]:
    """Return the stages of an incident's updates."""
    return [update.stage for update in one(row).updates]


def tables(*bodies: bytes, page: Page = PAGE) -> Rows:
    """Derive the tables of an hourly series of ``bodies``."""
    captures = [imported(page, body, AT + n * timedelta(hours=1)) for n, body in enumerate(bodies)]
    frames = sightings(readings(captures, page))
    found = merge(fold([frames]), {page.page_key: PLATFORMS[page.platform].shapes})
    return page_tables(found, [page], captures[-1].captured_at)
