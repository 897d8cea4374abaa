"""Quirks of incident.io's compatible JSON, each by the behaviour that meets it."""

from __future__ import annotations

import json

import pytest

from ingest.models import ALWAYS, ANY_COMPONENT, Impact, Kind, ReadError, ReadFailure, Stage, State
from ingest.platforms import PLATFORMS
from ingest.platforms.timestamps import minted
from tests.support.instants import utc
from tests.support.payloads.incident_io import (
    CHAT,
    LOOKING,
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
    parse,
    row,
    rss,
    said,
    structure,
    summary_json,
    ulid,
    update,
)

SHAPES = {shape.name: shape.carries for shape in PLATFORMS["incident_io"].shapes}


def lines(*incidents: dict[str, object]) -> str:
    return "\n".join(json.dumps(one) for one in incidents)


def test_an_incident_has_its_updates_oldest_first() -> None:
    (one,) = parse(incidents_json(incident())).incidents
    assert (one.incident_id, one.kind, one.stage) == (
        ulid(LOOKING),
        Kind.INCIDENT,
        Stage.RESOLVED,
    )
    assert [(u.stage, u.created_at) for u in one.updates] == [
        (Stage.INVESTIGATING, utc(2026, 1, 5, 10)),
        (Stage.RESOLVED, utc(2026, 1, 5, 11, 30)),
    ]
    assert one.impact is Impact.MINOR


def test_it_says_nothing_of_components_nor_of_a_start() -> None:
    (one,) = parse(incidents_json(incident())).incidents
    assert (one.component_ids, one.started_at, one.impacts) == ((), None, None)
    assert not {"component_ids", "started_at", "impacts"} & SHAPES["incident"]


def test_an_open_incident_has_no_resolution() -> None:
    whole = incident(LOOKING, update("investigating", LOOKING))
    assert "resolved_at" not in whole
    (one,) = parse(incidents_json(whole)).incidents
    assert (one.resolved_at, one.stage) == (None, Stage.INVESTIGATING)


def test_a_first_update_displayed_before_it_was_written_keeps_both_times() -> None:
    early = update("investigating", LOOKING, display_at="2026-01-05T08:00:00Z")
    (one,) = parse(incidents_json(incident(LOOKING, early))).incidents
    assert (one.created_at, one.updates[0].display_at) == (utc(2026, 1, 5, 10), utc(2026, 1, 5, 8))


def test_the_first_resolution_is_posted_even_where_monitoring_followed_it() -> None:
    told = (
        update("investigating", LOOKING),
        update("resolved", "2026-01-05T10:30:00Z"),
        update("monitoring", "2026-01-05T10:40:00Z"),
        update("resolved", "2026-01-05T11:40:00Z"),
    )
    (one,) = parse(incidents_json(incident(LOOKING, *told))).incidents
    assert one.resolved_at == utc(2026, 1, 5, 10, 30)
    assert one.updates[-1].display_at == utc(2026, 1, 5, 11, 40)


def test_a_body_may_be_null_and_undefined_is_absent() -> None:
    told = (
        update("investigating", LOOKING, body=None),
        update("identified", "2026-01-05T10:10:00Z", body="$undefined", display_at="$undefined"),
    )
    (one,) = parse(incidents_json(incident(LOOKING, *told, resolved_at="$undefined"))).incidents
    assert [u.body for u in one.updates] == [None, None]
    assert one.updates[1].display_at == utc(2026, 1, 5, 10, 10)
    assert one.resolved_at is None


def test_maintenance_words_make_a_maintenance() -> None:
    told = (
        update("maintenance_scheduled", LOOKING),
        update("maintenance_in_progress", "2026-01-06T10:00:00Z"),
        update("maintenance_complete", "2026-01-06T11:00:00Z"),
    )
    (one,) = parse(incidents_json(incident(LOOKING, *told, impact="maintenance"))).incidents
    assert one.kind is Kind.MAINTENANCE
    assert [u.stage for u in one.updates] == [Stage.SCHEDULED, Stage.IN_PROGRESS, Stage.COMPLETED]
    assert one.updates[0].status == "maintenance_scheduled"


def test_a_full_list_reaches_back_to_its_least_recently_updated_row() -> None:
    """The rows are ordered by newest update shown, whatever was edited or made since."""
    times = [f"2026-01-02T00:{n:02}:00Z" for n in range(25)]
    edited = "2026-01-09T00:00:00Z"
    rows = [incident(at, update("investigating", at), updated_at=edited) for at in times]
    late = update("identified", "2026-01-08T00:00:00Z")
    rows[0]["incident_updates"].insert(0, late)
    assert parse(incidents_json(*rows)).horizon == utc(2026, 1, 2, 0, 1)
    assert parse(incidents_json(*rows[1:])).horizon == ALWAYS


def test_single_incidents_vouch_for_nothing_but_themselves() -> None:
    for body in (json.dumps(incident()), lines(incident(), incident("2026-01-06T10:00:00Z"))):
        assert parse(body).horizon is None


def test_a_broken_line_is_counted_and_the_rest_is_read() -> None:
    parsed = parse(lines(incident(), incident("2026-01-06T10:00:00Z")) + '\n{"id": "01')
    assert len(parsed.incidents) == 2
    assert "1 lines are not JSON" in parsed.rejects[0].reason


def test_unknown_words_become_unknown_with_a_warning() -> None:
    odd = incident(LOOKING, update("pondering", LOOKING), impact="terrible")
    parsed = parse(incidents_json(odd))
    (one,) = parsed.incidents
    assert (one.stage, one.impact, one.updates[0].stage) == (
        Stage.UNKNOWN,
        Impact.UNKNOWN,
        Stage.UNKNOWN,
    )
    assert [w.kind for w in parsed.warnings] == ["unknown_word"] * 3


def test_a_missing_time_rejects_its_record_with_a_reason() -> None:
    bad = incident("2026-01-06T10:00:00Z")
    del bad["created_at"]
    parsed = parse(incidents_json(bad, incident()))
    assert [i.incident_id for i in parsed.incidents] == [ulid(LOOKING)]
    assert [r.record for r in parsed.rejects] == [ulid("2026-01-06T10:00:00Z")]
    assert parsed.rejects[0].reason == "created_at is missing"


def test_a_missing_name_costs_itself_and_is_told() -> None:
    bad = incident()
    del bad["name"]
    parsed = parse(incidents_json(bad))
    assert [one.title for one in parsed.incidents] == [ulid(LOOKING)]
    assert [(r.record, r.reason) for r in parsed.rejects] == [
        (f"{ulid(LOOKING)}/name", "name is missing")
    ]


def test_an_incident_without_a_status_stands_where_its_last_update_does() -> None:
    bad = incident()
    del bad["status"]
    parsed = parse(incidents_json(bad))
    assert parsed.incidents[0].stage is Stage.RESOLVED
    assert [w.kind for w in parsed.warnings] == ["unknown_word"]


def test_a_zoneless_time_rejects_its_update_and_keeps_the_incident() -> None:
    zoneless = dict.fromkeys(("created_at", "display_at"), "2026-01-05T11:00:00")
    bad = update("resolved", "2026-01-05T11:00:00Z", **zoneless)
    parsed = parse(incidents_json(incident(LOOKING, update("investigating", LOOKING), bad)))
    assert len(parsed.incidents[0].updates) == 1
    assert parsed.rejects[0].record == f"{ulid(LOOKING)}/{bad['id']}"
    assert "no time zone" in parsed.rejects[0].reason


def test_a_time_outside_all_calendars_rejects_its_record() -> None:
    late = incident("2026-01-06T10:00:00Z", created_at="9999-12-31T23:00:00-04:00")
    late["incident_updates"] = []
    parsed = parse(incidents_json(late, incident()))
    assert len(parsed.incidents) == 1
    assert "no time in UTC" in parsed.rejects[0].reason


def test_components_are_the_roster_and_do_not_say_since_when() -> None:
    """``updated_at`` is one value for all of them, so it is no time of any of them."""
    body = {"page": about_page(), "components": [component(), component(CHAT, "Chat")]}
    parsed = parse(json.dumps(body))
    assert parsed.roster
    assert [(c.name, c.state, c.state_since, c.start_date) for c in parsed.components] == [
        ("API", State.OPERATIONAL, None, None),
        ("Chat", State.OPERATIONAL, None, None),
    ]


def test_a_roster_with_an_unreadable_component_is_not_the_whole_of_it() -> None:
    bare = component(CHAT)
    del bare["id"]
    parsed = parse(json.dumps({"page": about_page(), "components": [component(), bare]}))
    assert len(parsed.components) == 1
    assert not parsed.roster
    assert parsed.unread_components == (ANY_COMPONENT,)


def test_a_component_without_a_name_keeps_its_id_and_its_state() -> None:
    nameless = component(CHAT, status="full_outage")
    del nameless["name"]
    parsed = parse(json.dumps({"page": about_page(), "components": [component(), nameless]}))
    assert parsed.roster
    assert [(c.name, c.state) for c in parsed.components[1:]] == [(None, State.MAJOR)]
    assert [r.record for r in parsed.rejects] == [f"{CHAT}/name"]


def test_a_page_without_components_is_read_and_retires_nobody() -> None:
    parsed = parse(json.dumps({"page": about_page(), "components": []}))
    assert (parsed.components, parsed.rejects) == ((), ())


def test_a_summary_lists_a_part_of_the_components_and_is_no_roster() -> None:
    body = {
        "page": about_page(),
        "status": {"indicator": "minor", "description": "Partial System Degradation"},
        "components": [component(status="degraded_performance")],
        "incidents": [incident(LOOKING, update("investigating", LOOKING))],
    }
    parsed = parse(json.dumps(body))
    assert (parsed.shape, parsed.roster, parsed.horizon) == ("summary", False, None)
    assert parsed.components[0].state is State.DEGRADED
    assert [i.stage for i in parsed.incidents] == [Stage.INVESTIGATING]
    assert "resolved_at" not in SHAPES["summary"]


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [
        ('{"page": null}', "/api/v2/summary.json", ReadFailure.SHAPE_CHANGED),
        ('{"page": null, "incidents": []}', "/api/v2/incidents.json", ReadFailure.SHAPE_CHANGED),
        ('{"page": {"id": "01X"}, "incidents": []}', "/", ReadFailure.WRONG_PAGE),
        ("<!DOCTYPE html><html><p>Sorry</html>", "/", ReadFailure.NOT_JSON),
        (html(row(structure=structure())), "/api/v2/incidents.json", ReadFailure.NOT_JSON),
        ('{"incidents": [{"id"', "/api/v2/incidents.json", ReadFailure.NOT_JSON),
        ("", "/", ReadFailure.NOT_JSON),
        ("[]", "/", ReadFailure.SHAPE_CHANGED),
        ('{"hello": 1}', "/", ReadFailure.SHAPE_CHANGED),
        ('{"incidents": {}}', "/", ReadFailure.SHAPE_CHANGED),
        ('{"incidents": [7]}', "/", ReadFailure.SHAPE_CHANGED),
        ('{"incident": "x"}', "/", ReadFailure.PARSE),
        ("[" * 100_000, "/", ReadFailure.NOT_JSON),
        ('{"a":' * 1000 + "1" + "}" * 1000, "/", ReadFailure.SHAPE_CHANGED),
        ("<feed", "/feed.atom", ReadFailure.PARSE),
    ],
    ids=lambda value: value.name if isinstance(value, ReadFailure) else str(value)[:24],
)
def test_a_body_that_cannot_be_read_has_a_named_failure(
    body: str, path: str, kind: ReadFailure
) -> None:
    with pytest.raises(ReadError) as raised:
        parse(body, path)
    assert raised.value.kind is kind
    assert "\n" not in str(raised.value)


def test_an_incident_of_another_page_is_refused_even_without_a_page_object() -> None:
    other = incident(page_id=ulid("2020-01-01T00:00:00Z"))
    with pytest.raises(ReadError) as raised:
        parse(json.dumps({"incidents": [other]}))
    assert raised.value.kind is ReadFailure.WRONG_PAGE


@pytest.mark.parametrize(
    ("body", "shape", "path"),
    [
        (incidents_json(incident()), "incident", "/api/v2/incidents.json"),
        ('{"incidents": []}', "incident", "/api/v2/incidents.json"),
        (json.dumps(incident()), "incident", f"/incidents/{ulid(LOOKING)}"),
        (lines(incident(), incident()), "incident", "/history"),
        ('{"page": {}, "components": [], "status": {}}', "summary", "/api/v2/summary.json"),
        ('{"page": {}, "components": []}', "roster", "/api/v2/components.json"),
        (json.dumps({"incidents": [own_incident()]}), "native", "/"),
        (json.dumps({"incident": own_incident()}), "native", f"/incidents/{ulid(LOOKING)}"),
        (json.dumps(own_incident()), "native", f"/incidents/{ulid(LOOKING)}"),
        (impacts_json(impact(LOOKING)), "impacts", "/"),
        (summary_json(), "roster", "/"),
        (json.dumps(structure()), "roster", "/"),
        (html(row(structure=structure())), "native", "/"),
        (atom(entry(LOOKING, LOOKING, said("Resolved"))), "feed", "/feed.atom"),
        (rss(LOOKING, "Mon, 05 Jan 2026 11:30:00 +0000", said("Resolved")), "feed", "/feed.rss"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_an_imported_body_is_recognised_by_its_form(body: str, shape: str, path: str) -> None:
    assert PLATFORMS["incident_io"].recognise(body.encode()) == (shape, path)
    assert shape in SHAPES


@pytest.mark.parametrize(
    "body", ['{"hello": 1}', "7", '{"incidents": 5}', '{"incidents": [7]}', '{"incident": "x"}']
)
def test_a_body_of_no_known_form_is_refused_by_name(body: str) -> None:
    with pytest.raises(ReadError) as raised:
        PLATFORMS["incident_io"].recognise(body.encode())
    assert raised.value.kind is ReadFailure.SHAPE_CHANGED


def test_a_ulid_tells_when_it_was_made_and_nothing_else_does() -> None:
    assert minted(ulid("2026-01-05T10:00:00.483Z")) == utc(2026, 1, 5, 10).replace(
        microsecond=483_000
    )
    for other in ("iiii1111jjjj", "", "01KWFYMRXK20CA49GZJNWC9W2I", "7" * 26):
        assert minted(other) is None
