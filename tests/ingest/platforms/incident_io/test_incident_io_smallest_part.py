"""incident.io: what cannot be read costs itself, and says what it leaves unknown."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from ingest.models import ANY_COMPONENT, ANY_INCIDENT, Change, Parsed, PostedImpact, State
from tests.support.payloads.incident_io import (
    API,
    CHAT,
    FIXED,
    LOOKING,
    about_page,
    atom,
    component,
    entry,
    group,
    impact,
    impacts_json,
    incident,
    incidents_json,
    item,
    link,
    own_incident,
    own_update,
    parse,
    part,
    said,
    summary_json,
    ulid,
    update,
)

LATER = "2026-01-06T10:00:00Z"


def own(*rows: Any) -> Parsed:
    return parse(json.dumps({"incidents": rows}))


def going_on(**more: Any) -> dict[str, Any]:
    """Make an incident of the page's own data that is not over."""
    updates = [own_update("investigating", LATER, {API: "full_outage"})]
    impacts = [impact(LATER, incident_id=ulid(LATER))]
    is_open = {"status": "investigating", "updates": updates, "component_impacts": impacts}
    return own_incident(LATER, **is_open | more)


# ---- the compatible lists ----


def test_an_undated_update_of_an_open_incident_leaves_the_present_open() -> None:
    undated = update("identified", LATER) | dict.fromkeys(("created_at", "display_at"))
    first = update("investigating", LATER)
    open_one = incident(LATER, first) | {"incident_updates": [undated, first]}
    parsed = parse(incidents_json(open_one, incident()))
    assert [len(one.updates) for one in parsed.incidents] == [1, 2]
    assert (len(parsed.rejects), parsed.unread_open) == (1, True)


def test_an_undated_update_of_a_closed_incident_costs_the_present_nothing() -> None:
    closed = incident()
    undated = update("identified", LATER) | dict.fromkeys(("created_at", "display_at"))
    updates = [*closed["incident_updates"], undated]
    parsed = parse(incidents_json(closed | {"incident_updates": updates}))
    assert (len(parsed.rejects), parsed.unread_open) == (1, False)


@pytest.mark.parametrize(
    ("odd", "is_open", "ids"),
    [
        (incident(LATER, update("investigating", LATER), created_at="soon"), True, (ulid(LATER),)),
        (incident(LATER, created_at="soon"), False, (ulid(LATER),)),
        (incident(LATER, id=7), False, (ANY_INCIDENT,)),
        ([], True, (ANY_INCIDENT,)),
    ],
    ids=["open", "closed", "without an id", "a list"],
)
def test_what_a_refused_incident_leaves_unknown(
    odd: Any, is_open: bool, ids: tuple[str, ...]
) -> None:
    parsed = parse(incidents_json(odd, incident()))
    assert (parsed.unread_open, parsed.unread_incidents) == (is_open, ids)


@pytest.mark.parametrize("status", [None, "on fire", 3, ["full_outage"]])
def test_a_component_whose_state_cannot_be_read_is_unknown(status: Any) -> None:
    body = {"page": about_page(), "components": [component(status=status), component(CHAT)]}
    parsed = parse(json.dumps(body))
    assert [one.state for one in parsed.components] == [State.UNKNOWN, State.OPERATIONAL]
    assert parsed.roster


# ---- the page's own data ----


@pytest.mark.parametrize("odd", [{"status": "full_outage"}, {"component_id": 5}, "API"])
def test_an_unreadable_entry_costs_itself_and_not_its_update(odd: Any) -> None:
    said_of = [{"component_id": API, "status": "full_outage"}, odd]
    told = own_update("investigating", LATER) | {"component_statuses": said_of}
    parsed = own(going_on(updates=[told]))
    assert parsed.incidents[0].updates[0].changes == (Change(API, None, State.MAJOR),)
    assert (len(parsed.rejects), parsed.unread_open) == (1, True)


@pytest.mark.parametrize("field", ["affected_components", "component_impacts"])
def test_an_unreadable_part_of_an_open_incident_leaves_the_present_open(field: str) -> None:
    whole = going_on()
    parsed = own(whole | {field: [*whole[field], {"status": "full_outage"}]})
    assert len(parsed.incidents) == 1
    assert (len(parsed.rejects), parsed.unread_open) == (1, True)


@pytest.mark.parametrize("field", ["affected_components", "component_impacts"])
def test_an_unreadable_part_of_a_closed_incident_costs_the_present_nothing(field: str) -> None:
    whole = own_incident()
    parsed = own(whole | {field: [*whole[field], {"status": "full_outage"}]})
    assert (len(parsed.rejects), parsed.unread_open) == (1, False)


@pytest.mark.parametrize("field", ["affected_components", "component_impacts"])
def test_what_an_unreadable_part_of_a_closed_incident_did_is_not_known(field: str) -> None:
    whole = own_incident()
    odd = {**impact(LOOKING, FIXED, component_id=CHAT), "start_at": "some day"}
    odd = odd if field == "component_impacts" else {"status": "full_outage"}
    (found,) = own(whole | {field: [*whole[field], odd]}).incidents
    assert found.untold
    assert (CHAT in found.component_ids) is (field == "component_impacts")


def test_an_unreadable_impact_that_ended_is_unknown_from_the_beginning_of_its_incident() -> None:
    odd = impact(LOOKING, component_id=CHAT) | {"start_at": "some day", "end_at": FIXED}
    (found,) = parse(impacts_json(impact(LOOKING, FIXED), odd)).incidents
    made_at, fixed_at = datetime.fromisoformat(LOOKING), datetime.fromisoformat(FIXED)
    assert PostedImpact(CHAT, State.UNKNOWN, made_at, fixed_at) in (found.impacts or ())


def test_an_impact_of_an_incident_that_is_not_linked_may_last() -> None:
    lost = impact(LATER, incident_id=ulid(LATER))
    assert parse(impacts_json(impact(LOOKING, FIXED), lost)).unread_open
    over = impact(LATER, "2026-01-06T11:00:00Z", incident_id=ulid(LATER))
    assert not parse(impacts_json(impact(LOOKING, FIXED), over)).unread_open


@pytest.mark.parametrize(("end", "is_open"), [(FIXED, False), (None, True), ("soon", True)])
def test_an_unreadable_impact_lasts_unless_it_says_that_it_ended(
    end: str | None, is_open: bool
) -> None:
    odd = impact(LOOKING) | {"start_at": "some day", "end_at": end}
    parsed = parse(impacts_json(impact(LOOKING, FIXED), odd))
    assert (len(parsed.rejects), parsed.unread_open) == (1, is_open)


def test_a_link_without_a_name_goes_by_its_id() -> None:
    parsed = parse(impacts_json(impact(LOOKING, FIXED), links=[link(name=None)]))
    assert [one.title for one in parsed.incidents] == [ulid(LOOKING)]


# ---- the structure ----


def test_a_group_without_a_name_keeps_its_components() -> None:
    parsed = parse(summary_json(group("", part(), part(CHAT, "Chat"))))
    assert [(one.name, one.group) for one in parsed.components] == [("API", None), ("Chat", None)]
    assert parsed.roster


@pytest.mark.parametrize(
    ("odd", "ids"),
    [
        (item(part(name=None)), ()),
        (item(part(data_available_since="soon")), ()),
        (item({"name": "API"}), (ANY_COMPONENT,)),
        ({"sub_page": {"name": "EU"}}, (ANY_COMPONENT,)),
        (group("EU", {"name": "API"}), (ANY_COMPONENT,)),
    ],
    ids=["no name", "no start", "no id", "something else", "no id in a group"],
)
def test_an_odd_component_of_the_structure_costs_no_more_than_it_must(
    odd: Any, ids: tuple[str, ...]
) -> None:
    parsed = parse(summary_json(item(part(CHAT, "Chat")), odd))
    assert parsed.unread_components == ids
    assert parsed.roster is (ids == ())
    assert parsed.components[0].component_id == CHAT


# ---- the feed ----


@pytest.mark.parametrize(
    ("odd", "is_open"),
    [
        (entry(LATER, "soon", said("Resolved")), True),
        (entry(LATER, LATER, "Words."), True),
        (entry(LATER, LATER, said("Resolved")).replace(" href=", " ref="), False),
        (entry(LATER, LATER, said("Identified")).replace(" href=", " ref="), True),
    ],
    ids=["undated", "no status", "resolved without a link", "open without a link"],
)
def test_what_a_refused_entry_leaves_unknown(odd: str, is_open: bool) -> None:
    parsed = parse(atom(odd, entry(LOOKING, FIXED, said("Resolved"))))
    assert [one.incident_id for one in parsed.incidents] == [ulid(LOOKING)]
    assert parsed.unread_open is is_open
    assert parsed.unread_incidents in {(ulid(LATER),), (ANY_INCIDENT,)}
