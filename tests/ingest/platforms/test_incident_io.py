"""incident.io: a payload of each shape, read as it was meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from ingest.models import PostedImpact, State
from ingest.platforms import PLATFORMS
from tests.support.payloads.golden import Golden, read
from tests.support.payloads.incident_io import (
    API,
    FIXED,
    LOOKING,
    PAGE,
    about_page,
    atom,
    component,
    entry,
    html,
    impact,
    impacts_json,
    incident,
    incidents_json,
    own_incident,
    row,
    said,
    structure,
    summary_json,
    ulid,
)

GOLDEN = tuple(
    Golden(PAGE, path, body.encode())
    for path, body in (
        (f"/incidents/{ulid(LOOKING)}", json.dumps(own_incident())),
        ("/", impacts_json(impact(LOOKING, FIXED))),
        ("/", summary_json()),
        ("/", html(row(structure=structure()))),
        ("/api/v2/incidents.json", incidents_json(incident())),
        (
            "/api/v2/components.json",
            json.dumps({"page": about_page(), "components": [component()]}),
        ),
        (
            "/api/v2/summary.json",
            json.dumps(
                {
                    "page": about_page(),
                    "status": {"indicator": "none", "description": "All systems operational"},
                    "components": [component()],
                    "incidents": [],
                    "scheduled_maintenances": [],
                }
            ),
        ),
        ("/feed.atom", atom(entry(LOOKING, FIXED, said("Resolved", "API (Operational)")))),
    )
)


def test_an_outage_of_the_page_s_own_data_is_read_with_its_impact() -> None:
    (outage,) = read(PLATFORMS["incident_io"], GOLDEN[0]).incidents
    start, end = (datetime(2026, 1, 5, hour, tzinfo=UTC) for hour in (10, 11))
    assert outage.impacts == (PostedImpact(API, State.MAJOR, start, end),)
