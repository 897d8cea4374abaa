"""The newest events are those that happened last, whatever captures showed last."""

from __future__ import annotations

from pathlib import Path

from analytics import ask, open_snapshot
from analytics.read_models.incident_events import EventKind, incident_events
from tests.support.command_line import bring, put
from tests.support.payloads.statuspage import incident, incidents_json, update


def test_old_incidents_that_a_later_capture_adds_do_not_push_newer_ones_out(data: Path) -> None:
    posts = [
        incident(
            f"post{day:02}",
            [
                update(f"u{day}", "investigating", f"2026-01-{day:02}T10:00:00Z"),
                update(f"v{day}", "resolved", f"2026-01-{day:02}T11:00:00Z"),
            ],
        )
        for day in range(1, 21)
    ]
    renamed = {**posts[11], "name": "Elevated errors of January"}
    first, last = incidents_json(*posts[10:]), incidents_json(*posts[:11], renamed, *posts[12:])
    for name, body in (("2026-01-21T09-00-00Z", first), ("2026-02-09T09-00-00Z", last)):
        assert bring(data, put(data, f"{name}.json", body)).exit_code == 0
    with open_snapshot(data) as snapshot:
        newest, every = incident_events(snapshot, ask(), 4), incident_events(snapshot, ask())
    assert [(one.incident_id, one.kind) for one in newest] == [
        ("post12", EventKind.CORRECTED),
        ("post20", EventKind.RESOLVED),
        ("post20", EventKind.OPENED),
        ("post19", EventKind.RESOLVED),
    ]
    assert newest == every[:4]
    assert len(every) == 41
