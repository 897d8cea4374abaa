"""What lists of nothing but what is open tell by lacking an incident."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.ledger import versions
from ingest.ledger.ledger import replace_polls
from ingest.ledger.sightings import sightings
from ingest.models import Capture, FetchFailure, Page
from ingest.platforms import PLATFORMS
from ingest.snapshot.tables import Rows, page_rows
from ingest.validation.captures import doubt_empty
from tests.support.ledgers.read_captures import read_capture

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
PAGE = Page("acme.rootly.status.acme.test", "acme", "rootly", "https://status.acme.test")
LIST = "/api/v1/incidents.json"


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


def post(incident_id: str = "r1", **fields: Any) -> dict[str, Any]:
    started = f"{at(-60):%Y-%m-%dT%H:%M:%SZ}"
    row = {
        "id": incident_id,
        "name": "Voice replies cut off",
        "status": "Investigating",
        "impact": "minor",
        "kind": "incident",
        "created_at": started,
        "started_at": started,
        "updated_at": started,
        "resolved_at": None,
        "incident_updates": [],
    }
    return {**row, **fields}


@dataclass
class Site:
    """A page that lists what is open, and the captures of it."""

    url: str = f"{PAGE.base_url}{LIST}"
    captures: list[Capture] = field(default_factory=list[Capture])

    def lists(self, minutes: int, *posts: dict[str, Any]) -> Site:
        body = json.dumps({"page": {"id": "p1"}, "incidents": posts}).encode()
        sha256 = f"{hash(body):x}"
        capture = Capture(
            PAGE.page_key, self.url, "active", at(minutes), 0, 200, sha256=sha256, body=body
        )
        self.captures.append(capture)
        return self

    def fails(self, minutes: int) -> Site:
        failure = FetchFailure.TIMEOUT
        self.captures.append(
            Capture(PAGE.page_key, self.url, "active", at(minutes), 0, failure=failure)
        )
        return self

    def rows(self) -> Rows:
        pages = {PAGE.page_key: PAGE}
        readings = [(one, read_capture(one, pages, PLATFORMS)) for one in self.captures]
        shapes = {PAGE.page_key: PLATFORMS["rootly"].shapes}
        ledger = versions.merge(versions.fold([sightings(readings)]), shapes)
        believed = doubt_empty(ledger.polls, [(PAGE.page_key, "active")])
        return page_rows(PAGE, replace_polls(ledger, believed), self.captures[-1].captured_at)


def bounds(rows: Rows) -> tuple[datetime | None, datetime | None]:
    [row] = rows["incidents"]
    return row["last_listed_at"], row["unlisted_at"]


def states(rows: Rows) -> list[tuple[str, datetime, datetime | None]]:
    return [(row["state"], row["start_at"], row["end_at"]) for row in rows["component_states"]]


def test_what_the_next_list_lacks_ended_between_the_two() -> None:
    rows = Site().lists(0, post()).lists(5, post()).lists(10).rows()
    assert bounds(rows) == (at(5), at(10))
    [row] = rows["incidents"]
    assert (row["resolved_at"], row["end_basis"]) == (at(10), "absence")
    assert (row["duration_quality"], row["open_seconds"]) == ("inferred_end", None)
    assert (row["removed_at"], row["flags"]) == (None, [])
    assert states(rows) == [("partial", at(-60), at(5)), ("unknown", at(5), at(10))]


def test_an_empty_list_is_no_failure_where_only_what_is_open_is_listed() -> None:
    rows = Site().lists(0, post()).lists(5).lists(10).rows()
    assert [(c["start_at"], c["end_at"]) for c in rows["coverage"]] == [(at(0), at(10))]


def test_a_failed_request_ends_nothing() -> None:
    rows = Site().lists(0, post()).fails(5).lists(10, post()).rows()
    assert bounds(rows) == (None, None)
    assert states(rows) == [("partial", at(-60), None)]


def test_a_failed_request_between_them_widens_the_bounds() -> None:
    rows = Site().lists(0, post()).fails(5).lists(10).rows()
    assert bounds(rows) == (at(0), at(10))


def test_a_record_that_cannot_be_read_is_listed_all_the_same() -> None:
    rows = Site().lists(0, post()).lists(5, post(created_at="soon", updated_at="soon")).rows()
    assert bounds(rows) == (None, None)


def test_a_record_without_an_id_may_be_any_of_them() -> None:
    rows = Site().lists(0, post()).lists(5, post(incident_id="")).rows()
    assert bounds(rows) == (None, None)


def test_the_word_of_the_page_beats_its_absence() -> None:
    over = f"{at(3):%Y-%m-%dT%H:%M:%SZ}"
    said = {"id": "u1", "status": "Resolved", "body": "Over.", "created_at": over}
    told = post(status="Resolved", incident_updates=[said])
    rows = Site().lists(0, post()).lists(5, told).lists(10).rows()
    [row] = rows["incidents"]
    assert (row["resolved_at"], row["unlisted_at"]) == (at(3), None)


def test_what_comes_back_was_over_in_between() -> None:
    rows = Site().lists(0, post()).lists(5).lists(30).lists(60, post()).lists(65, post()).rows()
    [row] = rows["incidents"]
    assert (row["resolved_at"], row["flags"]) == (None, ["reopened"])
    assert states(rows) == [
        ("partial", at(-60), at(0)),
        ("unknown", at(0), at(5)),
        ("unknown", at(30), at(60)),
        ("partial", at(60), None),
    ]


def test_planned_work_that_had_not_begun_did_not_end() -> None:
    start = f"{at(600):%Y-%m-%dT%H:%M:%SZ}"
    planned = post(kind="scheduled", scheduled_for=start, status="Scheduled", started_at=start)
    [row] = Site().lists(0, planned).lists(5).rows()["incidents"]
    assert (row["resolved_at"], row["unlisted_at"]) == (None, None)


@pytest.mark.parametrize(("pause", "covered"), [(120, True), (121, False)])
def test_a_list_of_the_present_covers_the_time_between_near_captures(
    pause: int, covered: bool
) -> None:
    rows = Site().lists(0).lists(pause).rows()
    spans = [(c["start_at"], c["end_at"]) for c in rows["coverage"]]
    assert spans == ([(at(0), at(pause))] if covered else [])


def test_an_open_post_under_another_id_goes_on_and_neither_ended_nor_began() -> None:
    rows = Site().lists(0, post("r1")).lists(5, post("r1")).lists(10, post("r9")).rows()
    [row] = rows["incidents"]
    assert (row["incident_id"], row["aliases"]) == ("r1", ["r9"])
    assert (row["duration_quality"], row["unlisted_at"]) == ("open", None)
    later = Site().lists(0, post("r1")).lists(10, post("r9")).lists(20).rows()
    assert bounds(later) == (at(10), at(20))
