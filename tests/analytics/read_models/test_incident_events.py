"""The newest events are those that happened last, whatever captures showed last."""

from __future__ import annotations

from pathlib import Path

from analytics import ask, open_snapshot
from analytics.read_models.incident_events import EventKind, incident_events
from tests.support.ledgers.late_posts import capture_twice
from tests.support.snapshots import made, post, update


def test_old_incidents_that_a_later_capture_adds_do_not_push_newer_ones_out(data: Path) -> None:
    capture_twice(data, days=20, first=21)
    with open_snapshot(data) as snapshot:
        newest, every = incident_events(snapshot, ask(), 4)[:4], incident_events(snapshot, ask())
    assert [(one.incident_id, one.kind) for one in newest] == [
        ("post12", EventKind.CORRECTED),
        ("post20", EventKind.RESOLVED),
        ("post20", EventKind.OPENED),
        ("post19", EventKind.RESOLVED),
    ]
    assert newest == every[:4]
    assert len(every) == 41


def test_an_old_incident_that_is_opened_again_is_among_the_newest(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-10",
        posts=[post("old", "2026-01-01"), post("new", "2026-01-08", "2026-01-08 10:00")],
        updates=[
            update("old", "investigating", "2026-01-01"),
            update("old", "resolved", "2026-01-02"),
            update("old", "investigating", "2026-01-09"),
        ],
    )
    assert [(one.incident_id, one.kind, one.nr) for one in incident_events(snapshot, ask(), 1)] == [
        ("old", EventKind.OPENED, 2),
        ("old", EventKind.RESOLVED, 1),
        ("old", EventKind.OPENED, 1),
    ]
