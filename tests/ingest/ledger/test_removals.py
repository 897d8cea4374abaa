"""What a list no longer shows, and what that may mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.models import FetchFailure
from ingest.snapshot.tables import Rows
from tests.support.ledgers.sightings import NOON, merged, seen, tables
from tests.support.payloads.statuspage import (
    about_page,
    component,
    incident,
    incidents_json,
    update,
)


def posted(incident_id: str, day: int) -> dict[str, Any]:
    at = f"2026-01-{day:02}T10:00:00Z"
    return incident(incident_id, [update("u1", "investigating", at), update("u2", "resolved", at)])


BOTH = incidents_json(posted("kept", 5), posted("gone", 6))
ONE = incidents_json(posted("kept", 5))


def removed(rows: Rows) -> dict[str, datetime | None]:
    return {row["incident_id"]: row["removed_at"] for row in rows["incidents"]}


@pytest.mark.parametrize(("absences", "counts"), [(1, False), (2, False), (3, True), (5, True)])
def test_a_post_counts_as_removed_after_three_good_captures_without_it(
    absences: int, counts: bool
) -> None:
    later = [seen(ONE, 10 + n) for n in range(absences)]
    found = removed(tables(seen(BOTH, 0), *later))
    assert found["kept"] is None
    assert found["gone"] == (NOON + timedelta(minutes=10) if counts else None)


def test_a_post_that_comes_back_was_not_removed() -> None:
    later = [seen(ONE, n) for n in (10, 11, 12)]
    assert removed(tables(seen(BOTH, 0), *later, seen(BOTH, 20)))["gone"] is None


@pytest.mark.parametrize("lost", [{"created_at": "soon"}, {"id": None}])
def test_a_post_that_is_listed_and_cannot_be_read_is_not_removed(
    lost: dict[str, str | None],
) -> None:
    odd = incidents_json(posted("kept", 5), posted("gone", 6) | lost)
    assert removed(tables(seen(BOTH, 0), *[seen(odd, n) for n in (10, 11, 12, 13)])) == {
        "kept": None,
        "gone": None,
    }


def test_beyond_the_horizon_absence_means_nothing() -> None:
    """Fifty newer posts push the older ones off a list that is cut at fifty."""
    newer = [
        incident(f"n{n:02}", [update("u", "resolved", f"2026-01-09T{n // 3:02}:{n % 3:02}:00Z")])
        for n in range(50)
    ]
    full = incidents_json(*newer)
    found = removed(tables(seen(BOTH, 0), *[seen(full, 10 + n) for n in range(4)]))
    assert set(found.values()) == {None}


def test_a_failed_fetch_is_no_capture_without_it() -> None:
    failed = [
        replace(seen(ONE, 10 + n), failure=FetchFailure.TIMEOUT, body=None, sha256=None)
        for n in range(3)
    ]
    quiet = merged(seen(BOTH, 0), seen(ONE, 5), seen(ONE, 6))
    assert quiet.polls.height == 2
    assert removed(tables(seen(BOTH, 0), seen(ONE, 5), seen(ONE, 6), *failed))["gone"] is None


def test_a_detail_page_still_showing_it_keeps_a_post() -> None:
    later = [seen(ONE, n) for n in (10, 11, 12)]
    detail = seen(json.dumps({**posted("gone", 6), "name": "Still here"}), 20)
    assert removed(tables(seen(BOTH, 0), *later, detail))["gone"] is None


def announced(incident_id: str, status: str = "scheduled") -> dict[str, Any]:
    """Make a maintenance that is to begin two days after noon."""
    return incident(
        incident_id,
        [update("u1", status, "2026-01-09T10:00:00Z")],
        impact="maintenance",
        scheduled_for="2026-01-12T12:00:00Z",
        scheduled_until="2026-01-12T13:00:00Z",
    )


def plans(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"page": about_page(), "scheduled_maintenances": rows, **more}


TWO, LEFT = plans(announced("kept"), announced("gone")), plans(announced("kept"))
DAYS = 24 * 60


@pytest.mark.parametrize(("absences", "counts"), [(2, False), (3, True)])
def test_a_plan_no_longer_announced_before_it_was_to_begin_is_removed(
    absences: int, counts: bool
) -> None:
    later = [seen(LEFT, 10 + n) for n in range(absences)]
    assert removed(tables(seen(TWO, 0), *later)) == {
        "kept": None,
        "gone": NOON + timedelta(minutes=10) if counts else None,
    }


def test_a_plan_whose_time_had_come_may_have_been_carried_out_unseen() -> None:
    later = [seen(LEFT, 2 * DAYS + n) for n in range(4)]
    assert removed(tables(seen(TWO, 0), *later))["gone"] is None


def test_a_plan_that_another_list_still_announces_is_not_removed() -> None:
    summary = plans(announced("gone"), incidents=[], components=[component("aaaa")])
    later = [seen(LEFT, 10 + n) for n in range(3)]
    assert removed(tables(seen(TWO, 0), *later, seen(summary, 20)))["gone"] is None


def test_work_that_was_done_before_its_time_is_not_removed() -> None:
    done = plans(announced("kept"), announced("gone", "completed"))
    later = [seen(LEFT, 10 + n) for n in range(4)]
    assert removed(tables(seen(TWO, 0), seen(done, 5), *later))["gone"] is None


def roster(*ids: str) -> str:
    return json.dumps({"page": about_page(), "components": [component(i) for i in ids]})


def test_a_component_gone_from_three_rosters_is_retired_and_kept() -> None:
    found = tables(
        seen(roster("aaaa", "bbbb"), 0), *[seen(roster("aaaa"), n) for n in (10, 20, 30)]
    )
    retired = {c["component_id"]: c["retired_at"] for c in found["components"]}
    assert retired == {"aaaa": None, "bbbb": NOON + timedelta(minutes=10)}


def test_an_unchanged_answer_counts_as_a_capture_of_the_same_body() -> None:
    unchanged = [replace(seen(ONE, 10 + n), body=None, http_status=304) for n in (1, 2)]
    found = removed(tables(seen(BOTH, 0), seen(ONE, 10), *unchanged))
    assert found["gone"] == NOON + timedelta(minutes=10)


def test_coverage_reaches_from_the_horizon_to_the_last_unchanged_answer() -> None:
    body = incidents_json(incident(components=[component("aaaa", start_date="2026-01-07")]))
    unchanged = replace(seen(body, 60), body=None, http_status=304)
    found = tables(seen(body, 0), unchanged)["coverage"]
    spans = {c["component_id"]: (c["start_at"], c["end_at"]) for c in found}
    assert spans["aaaa"] == (datetime(2026, 1, 7, tzinfo=UTC), NOON + timedelta(minutes=60))
