"""An invented page's answers as incident.io's compatible form has them.

Posts name no component, colours have words of their own, and every component one bulk time.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from tests.support.payloads.incident_io import CROCKFORD, ulid

WORDS = {"major_outage": "full_outage"}
BULK = "2026-02-20T08:00:00Z"
CREATED = "2025-01-01T00:00:00Z"


def component_ulid(component_id: str) -> str:
    """Return the id of a component there."""
    return ulid(CREATED, _tail(component_id))


def page_ulid(page_id: str) -> str:
    """Return the id of a page there."""
    return ulid(CREATED, _tail(f"page {page_id}"))


def translated(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document of Statuspage as incident.io's compatible form has it."""
    page_id = page_ulid(document["page"]["id"])
    told: dict[str, Any] = {"page": {**document["page"], "id": page_id, "updated_at": BULK}}
    if "components" in document:
        told["components"] = [
            {
                "id": component_ulid(row["id"]),
                "name": row["name"],
                "status": WORDS.get(row["status"], row["status"]),
                "page_id": page_id,
                "created_at": CREATED,
                "updated_at": BULK,
                "position": 1,
                "description": "",
            }
            for row in document["components"]
        ]
    if "incidents" in document:
        told["incidents"] = [_incident(row, page_id) for row in document["incidents"]]
    return told


def _incident(row: dict[str, Any], page_id: str) -> dict[str, Any]:
    incident_id = _ulid(row["created_at"], row["id"])
    updates = [
        {
            "id": _ulid(update["created_at"], update["id"]),
            "status": update["status"],
            "body": update["body"],
            "incident_id": incident_id,
            **{key: _second(update[key] or update["created_at"]) for key in CLOCKS},
        }
        for update in row["incident_updates"]
    ]
    told = {
        "id": incident_id,
        "name": row["name"],
        "status": row["status"],
        "impact": row["impact"],
        "page_id": page_id,
        "created_at": _second(row["created_at"]),
        "updated_at": _second(row["updated_at"]),
        "incident_updates": updates,
    }
    return {**told, **({"resolved_at": _second(end)} if (end := row["resolved_at"]) else {})}


CLOCKS = ("created_at", "display_at", "updated_at")


def _ulid(at: str, name: str) -> str:
    return ulid(_second(at), _tail(name))


def _tail(name: str) -> str:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:9])
    letters = ""
    for _ in range(14):
        number, digit = divmod(number, 32)
        letters += CROCKFORD[digit]
    return letters


def _second(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
