"""Statuspage: a payload of each shape, read as it was meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from ingest.models import Change, Stage, State
from ingest.platforms import PLATFORMS
from tests.support.payloads.golden import Golden, read
from tests.support.payloads.statuspage import (
    PAGE,
    about_page,
    atom,
    atom_entry,
    change,
    component,
    incident,
    incidents_json,
    paragraph,
    rss,
    rss_item,
    update,
)

API = "aaaa1111bbbb"
DOWN = update(
    "u1",
    "investigating",
    "2026-01-05T10:00:00Z",
    changes=[change(API, "operational", "major_outage")],
)
UP = update(
    "u2", "resolved", "2026-01-05T11:30:00Z", changes=[change(API, "major_outage", "operational")]
)
OUTAGE = incident(updates=[DOWN, UP], components=[component(API)])
PLANNED = incident(
    "mmmm1111nnnn",
    [update("m1", "scheduled", "2026-01-02T09:00:00Z")],
    impact="maintenance",
    scheduled_for="2026-01-12T01:00:00Z",
    scheduled_until="2026-01-12T02:00:00Z",
)
BODY = paragraph("Jan", " 5", "11:30", "Resolved", "Fixed.") + paragraph(
    "Jan", " 5", "10:00", "Investigating", "Looking."
)
MONDAY = "Mon, 05 Jan 2026 11:30:00 +0000"
MONTH = {
    "name": "January",
    "year": 2026,
    "incidents": [
        {
            "code": "iiii1111jjjj",
            "name": "Elevated errors",
            "message": "Fixed.",
            "impact": "major",
            "timestamp": "Jan <var data-var='date'> 5</var>, <var data-var='time'>10:00</var> - "
            "<var data-var='time'>11:30</var> UTC",
        }
    ],
}
BARS = {
    API: {
        "component": {"code": API, "name": "API", "startDate": "2024-01-05"},
        "days": [{"date": "2026-01-05", "outages": {"p": 0, "m": 5400}, "related_events": []}],
    }
}
SUMMARY = {
    "page": about_page(),
    "components": [component(API, "major_outage")],
    "incidents": [incident(updates=[DOWN], components=[component(API, "major_outage")])],
    "scheduled_maintenances": [PLANNED],
    "status": {"indicator": "critical", "description": "Major outage"},
}
GOLDEN = tuple(
    Golden(PAGE, path, body if isinstance(body, bytes) else json.dumps(body).encode())
    for path, body in (
        ("/api/v2/incidents.json", incidents_json(OUTAGE)),
        (
            "/api/v2/scheduled-maintenances.json",
            {"page": about_page(), "scheduled_maintenances": [PLANNED]},
        ),
        ("/api/v2/summary.json", SUMMARY),
        ("/api/v2/components.json", {"page": about_page(), "components": [component(API)]}),
        ("/incidents/iiii1111jjjj.json", OUTAGE),
        ("/history.atom", atom(atom_entry("iiii1111jjjj", "2026-01-05T11:30:00Z", BODY)).encode()),
        (
            "/history.rss",
            rss(rss_item("iiii1111jjjj", "Mon, 05 Jan 2026 11:30:00 +0000", BODY)).encode(),
        ),
        ("/history.json", {"months": [MONTH]}),
        ("/uptime_showcase", {"timelines": BARS}),
    )
)
STATUSPAGE = PLATFORMS["statuspage"]


def test_an_outage_of_the_list_is_read_with_its_times_stages_and_changes() -> None:
    (outage,) = read(STATUSPAGE, GOLDEN[0]).incidents
    assert outage.started_at == datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert outage.resolved_at == datetime(2026, 1, 5, 11, 30, tzinfo=UTC)
    assert [one.stage for one in outage.updates] == [Stage.INVESTIGATING, Stage.RESOLVED]
    assert outage.updates[0].changes == (Change(API, State.OPERATIONAL, State.MAJOR),)
