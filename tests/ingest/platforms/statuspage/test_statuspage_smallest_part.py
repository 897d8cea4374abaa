"""Statuspage: what cannot be read costs itself, and says what it leaves unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import ANY_COMPONENT, ANY_INCIDENT, Change, Component, Page, Parsed, Stage, State
from tests.support.captured.cases import needs_cases
from tests.support.paths import CASES
from tests.support.payloads.statuspage import (
    about_page,
    atom,
    atom_entry,
    change,
    component,
    incident,
    incidents_json,
    paragraph,
    parse,
    update,
)

API, CHAT = "aaaa1111bbbb", "cccc1111dddd"
NOTE = {"name": "No components were affected by this update."}
DOWN = change(API, "operational", "major_outage")
ANY_PAGE = Page("acme", "acme", "statuspage", "https://status.acme.test")
TEN, ELEVEN = "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"


def going_on(*updates: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Make an incident that is not over."""
    return incident("oooo1111pppp", list(updates) or None, status="identified", **more)


def roster(*rows: Any) -> Parsed:
    return parse(json.dumps({"page": about_page(), "components": rows}))


def case(name: str, body: str) -> Parsed:
    return parse((CASES / name / body).read_bytes(), ANY_PAGE)


# ---- entries ----


def test_a_note_in_place_of_components_says_nothing_of_components() -> None:
    said = [update("u1", "investigating", TEN, changes=[NOTE])]
    parsed = parse(incidents_json(incident(updates=said)))
    assert parsed.incidents[0].updates[0].changes is None
    assert parsed.rejects == ()


def test_a_note_beside_components_is_left_out() -> None:
    said = [update("u1", "investigating", TEN, changes=[NOTE, DOWN])]
    parsed = parse(incidents_json(incident(updates=said)))
    assert parsed.incidents[0].updates[0].changes == (Change(API, State.OPERATIONAL, State.MAJOR),)
    assert parsed.rejects == ()


@needs_cases
def test_the_notes_of_a_backfill_cost_no_update() -> None:
    lists = [
        case("statuspage-no-component-note", name)
        for name in ("incidents.json", "scheduled-maintenances.json")
    ]
    counts = {i.incident_id: len(i.updates) for parsed in lists for i in parsed.incidents}
    assert counts == {"notecase0001": 3, "notecase0002": 1, "notecase0003": 3}
    assert all(parsed.rejects == () for parsed in lists)


ENTRIES = {
    "an entry without a code": {"name": "API", "new_status": "major_outage"},
    "a code that is a number": {"code": 7, "new_status": "major_outage"},
    "an entry that is a word": "API",
    "an entry that is nothing": None,
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
@pytest.mark.parametrize("is_open", [False, True])
def test_an_unreadable_entry_costs_itself_and_not_its_update(entry: Any, is_open: bool) -> None:
    said = update("u1", "identified", TEN, changes=[DOWN, entry])
    over = update("u2", "resolved", ELEVEN)
    whole = going_on(said) if is_open else incident(updates=[said, over])
    parsed = parse(incidents_json(whole, incident()))
    assert parsed.incidents[0].updates[0].changes == (Change(API, State.OPERATIONAL, State.MAJOR),)
    assert len(parsed.rejects) == 1
    assert parsed.rejects[0].record.startswith(f"{whole['id']}/u1/")
    assert parsed.unread_open is is_open


@pytest.mark.parametrize("status", [None, "wobbly", 5, ["major_outage"]])
def test_a_state_that_cannot_be_read_is_unknown_and_never_operational(status: Any) -> None:
    said = [update("u1", "identified", TEN, changes=[{**DOWN, "new_status": status}])]
    parsed = parse(incidents_json(going_on(*said)))
    assert parsed.incidents[0].updates[0].changes == (
        Change(API, State.OPERATIONAL, State.UNKNOWN),
    )
    assert [warning.kind for warning in parsed.warnings] == ["unknown_word"]


def test_components_named_without_an_id_cost_themselves_and_not_their_incident() -> None:
    named = [component(API), {"name": "Chat"}, None]
    parsed = parse(incidents_json(going_on(components=named)))
    assert parsed.incidents[0].component_ids == (API,)
    assert len(parsed.rejects) == 2
    assert parsed.unread_open


# ---- updates ----


UNDATED = {"created_at": None, "display_at": None}
UPDATES = {
    "no time": update("n2", "identified", TEN, changes=[DOWN]) | UNDATED,
    "no id": update("", "identified", TEN),
    "words for times": update("n2", "identified", TEN) | dict.fromkeys(UNDATED, "soon"),
    "no object": "identified",
}


@pytest.mark.parametrize("odd", UPDATES.values(), ids=UPDATES)
def test_an_unreadable_update_of_an_open_incident_leaves_the_present_open(odd: Any) -> None:
    first = update("n1", "investigating", TEN)
    row = going_on(first)
    row["incident_updates"] = [odd, first]
    parsed = parse(incidents_json(row, incident()))
    assert [one.update_id for one in parsed.incidents[0].updates] == ["n1"]
    assert (len(parsed.rejects), parsed.unread_open) == (1, True)


@pytest.mark.parametrize("odd", UPDATES.values(), ids=UPDATES)
def test_an_unreadable_update_of_a_closed_incident_costs_the_present_nothing(odd: Any) -> None:
    row = incident()
    row["incident_updates"] = [*row["incident_updates"], odd]
    parsed = parse(incidents_json(row))
    assert (len(parsed.rejects), parsed.unread_open) == (1, False)


@needs_cases
def test_the_undated_update_that_took_the_api_down_is_told() -> None:
    parsed = case("rel-undatable-update-of-open-post", "payloads/2026-01-11T12-00-00Z-list.json")
    assert [one.incident_id for one in parsed.incidents] == ["openopenopen", "oldoldoldold"]
    assert [refusal.record for refusal in parsed.rejects] == ["openopenopen/n2"]
    assert parsed.unread_open


FIELDS = ("started_at", "monitoring_at", "resolved_at", "scheduled_until")


@pytest.mark.parametrize("field", FIELDS)
def test_a_time_that_others_can_stand_in_for_costs_only_itself(field: str) -> None:
    parsed = parse(incidents_json(incident(**{field: "soon"})))
    assert [refusal.record for refusal in parsed.rejects] == [f"iiii1111jjjj/{field}"]
    assert parsed.incidents[0].stage is Stage.RESOLVED


# ---- incidents ----


def test_a_refused_open_incident_is_listed_and_leaves_the_present_open() -> None:
    parsed = parse(incidents_json(going_on(created_at="soon"), incident()))
    assert [one.incident_id for one in parsed.incidents] == ["iiii1111jjjj"]
    assert (parsed.unread_open, parsed.unread_incidents) == (True, ("oooo1111pppp",))


@needs_cases
def test_the_open_outage_that_cannot_be_read_is_told() -> None:
    parsed = case("rel-rejected-open-post", "payloads/2026-01-11T12-00-00Z-list.json")
    assert [one.incident_id for one in parsed.incidents] == ["oldoldoldold"]
    assert (parsed.unread_open, parsed.unread_incidents) == (True, ("openopenopen",))


@pytest.mark.parametrize(
    ("odd", "is_open", "ids"),
    [
        (incident("x", created_at="soon"), False, ("x",)),
        (incident("x", created_at=5, **dict.fromkeys(FIELDS), updated_at=None), False, ("x",)),
        (going_on(created_at="soon"), True, ("oooo1111pppp",)),
        (incident("x", created_at="soon", status="wobbly"), True, ("x",)),
        ({**incident("x"), "id": None}, False, (ANY_INCIDENT,)),
        ("no object", True, (ANY_INCIDENT,)),
    ],
    ids=["closed and dated", "closed and undated", "open", "unknown", "without an id", "a word"],
)
def test_what_a_refused_incident_leaves_unknown(
    odd: Any, is_open: bool, ids: tuple[str, ...]
) -> None:
    parsed = parse(incidents_json(odd, incident()))
    assert len(parsed.rejects) == 1
    assert (parsed.unread_open, parsed.unread_incidents) == (is_open, ids)


def test_a_closed_incident_without_any_time_was_over_when_it_was_shown() -> None:
    bare = dict.fromkeys((*FIELDS, "created_at", "updated_at"))
    odd = incident("x", incident_updates=[], **bare)
    assert parse(incidents_json(odd, incident())).unread_over == ("x",)
    blank = incident("x y", incident_updates=[], **bare)
    assert parse(incidents_json(blank, incident())).unread_open


def test_an_incident_without_its_own_time_was_made_with_its_first_update() -> None:
    parsed = parse(incidents_json(incident("x", created_at=None)))
    (found,) = parsed.incidents
    assert found.created_at == min(one.created_at for one in found.updates if one.created_at)
    assert [one.record for one in parsed.rejects] == ["x/created_at"]


def test_a_line_that_is_no_json_may_have_been_anything() -> None:
    parsed = parse(json.dumps(incident()) + "\n" + '{"id": ')
    assert (parsed.unread_open, parsed.unread_incidents) == (True, (ANY_INCIDENT,))


# ---- rosters ----


def test_a_component_without_a_name_keeps_its_id_and_its_state() -> None:
    parsed = roster(component(API, "major_outage", name=None), component(CHAT, name="Chat"))
    assert [(one.component_id, one.name, one.state) for one in parsed.components] == [
        (API, None, State.MAJOR),
        (CHAT, "Chat", State.OPERATIONAL),
    ]
    assert (parsed.roster, parsed.unread_components) == (True, ())
    assert [refusal.record for refusal in parsed.rejects] == [f"{API}/name"]


@needs_cases
def test_the_nameless_row_of_the_red_component_is_read() -> None:
    parsed = case("rel-roster-row-refused", "payloads/2026-01-11T00-01-00Z-roster.json")
    assert {one.component_id: one.state for one in parsed.components} == {
        API: State.MAJOR,
        CHAT: State.OPERATIONAL,
    }
    assert parsed.roster


@pytest.mark.parametrize("row", [{"name": "API"}, {"id": 5}, "API", None, {"id": " "}])
def test_a_row_that_names_no_component_may_be_any(row: Any) -> None:
    parsed = roster(component(CHAT), row)
    assert (parsed.roster, parsed.unread_components) == (False, (ANY_COMPONENT,))
    assert [one.component_id for one in parsed.components] == [CHAT]


@pytest.mark.parametrize("field", ["updated_at", "start_date", "name"])
def test_an_odd_field_of_a_component_costs_itself(field: str) -> None:
    parsed = roster(component(API, "major_outage", **{field: ["odd"]}))
    assert [one.state for one in parsed.components] == [State.MAJOR]
    assert [refusal.record for refusal in parsed.rejects] == [f"{API}/{field}"]
    assert parsed.roster


@pytest.mark.parametrize("status", [None, "on fire", 3])
def test_a_component_whose_state_cannot_be_read_is_unknown(status: Any) -> None:
    parsed = roster(component(API, status=status))
    assert [one.state for one in parsed.components] == [State.UNKNOWN]


def test_a_group_without_a_name_gives_none() -> None:
    header = component("gggg1111hhhh", group=True, name=None)
    parsed = roster(header, component(API, group_id="gggg1111hhhh"))
    assert [one.group for one in parsed.components] == [None]


# ---- copies of components inside incidents ----


RED, GREEN = "major_outage", "operational"


def copy_in(row: dict[str, Any], status: str, at: str | None) -> dict[str, Any]:
    return row | {"components": [component(API, status, updated_at=at)]}


def copies(*rows: dict[str, Any]) -> Component:
    (seen,) = parse(incidents_json(*rows)).components
    return seen


def test_an_undated_copy_in_an_open_incident_goes_before_one_in_a_closed_one() -> None:
    assert copies(copy_in(incident(), GREEN, None), copy_in(going_on(), RED, None)).state is (
        State.MAJOR
    )


def test_undated_copies_that_go_equal_and_disagree_leave_the_state_unknown() -> None:
    one, other = incident("x"), incident("y")
    assert copies(copy_in(one, GREEN, None), copy_in(other, RED, None)).state is State.UNKNOWN
    both = going_on(), {**going_on(), "id": "qqqq1111rrrr"}
    assert copies(copy_in(both[0], RED, None), copy_in(both[1], GREEN, None)).state is (
        State.UNKNOWN
    )


def test_copies_of_one_time_that_disagree_leave_the_state_unknown() -> None:
    one, other = incident("x"), incident("y")
    assert copies(copy_in(one, GREEN, TEN), copy_in(other, RED, TEN)).state is State.UNKNOWN


def test_an_undated_copy_in_an_open_incident_is_as_good_as_the_newest_dated_one() -> None:
    dated, open_one = copy_in(incident(), GREEN, TEN), copy_in(going_on(), RED, None)
    assert copies(dated, open_one).state is State.UNKNOWN
    assert copies(copy_in(incident(), RED, TEN), open_one).state is State.MAJOR


# ---- feeds and indexes ----


SAID = paragraph("Jan", "5", "11:30", "Resolved", "Over.")
ODD = paragraph("Jan", "5", "10:00", "Investigating", "Looking.", zone="XYZ")


def feed(code: str, content: str, at: str = ELEVEN) -> str:
    return atom_entry(code, at, content)


def test_an_undated_update_of_an_entry_costs_itself() -> None:
    parsed = parse(atom(feed("x", SAID + ODD)))
    assert [len(one.updates) for one in parsed.incidents] == [1]
    assert [refusal.record for refusal in parsed.rejects] == ["x/update"]
    assert not parsed.unread_open


def test_where_the_newest_update_of_an_entry_is_refused_its_incident_may_be_open() -> None:
    again = paragraph("Jan", "6", "10:00", "Investigating", "Again.", zone="XYZ")
    parsed = parse(atom(feed("x", again + SAID)))
    assert [one.stage for one in parsed.incidents] == [Stage.RESOLVED]
    assert parsed.unread_open


@pytest.mark.parametrize(
    ("entry", "is_open", "ids"),
    [
        (feed("x", "<p>Nothing</p>"), True, ("x",)),
        (feed("x", SAID.replace("Jan", "Jum")), False, ("x",)),
        (feed("x", SAID, "yesterday"), True, ("x",)),
        (feed("x", SAID).replace("href", "ref"), False, (ANY_INCIDENT,)),
    ],
    ids=["no update", "resolved at no time we know", "undated", "no link"],
)
def test_what_a_refused_entry_leaves_unknown(
    entry: str, is_open: bool, ids: tuple[str, ...]
) -> None:
    parsed = parse(atom(entry, feed("good", SAID)))
    assert len(parsed.rejects) == 1
    assert (parsed.unread_open, parsed.unread_incidents) == (is_open, ids)


def months(january: list[Any], december: list[Any]) -> Parsed:
    """Make an index of two months."""
    filed = [
        {"name": "January", "year": 2026, "incidents": january},
        {"name": "December", "year": 2025, "incidents": december},
    ]
    return parse(json.dumps({"months": filed}))


def test_an_undated_row_of_an_index_may_be_open_in_the_newest_month_only() -> None:
    odd = {"code": "x", "name": "Errors", "timestamp": "some day"}
    good = {"code": "good", "name": "Errors", "impact": "minor", "timestamp": "Dec 5, 10:00 UTC"}
    newest, past = months([odd], [good]), months([], [odd, good])
    assert (newest.unread_open, newest.unread_incidents) == (True, ("x",))
    assert (past.unread_open, past.unread_incidents) == (False, ("x",))


def test_a_row_of_an_index_without_a_name_goes_by_its_id() -> None:
    parsed = months([{"code": "x", "name": None, "timestamp": "Jan 5, 10:00 UTC"}], [])
    assert [one.title for one in parsed.incidents] == ["x"]


def test_a_day_that_cannot_be_read_costs_itself() -> None:
    day = {"date": "2026-01-05", "outages": {"m": 60}}
    days = [day, {"date": "Monday"}, day | {"outages": 5}]
    parsed = parse(json.dumps({"timelines": {API: {"component": {"code": API}, "days": days}}}))
    assert [one.major_seconds for one in parsed.posted_days] == [60]
    assert len(parsed.rejects) == 2
