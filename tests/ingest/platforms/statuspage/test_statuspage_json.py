"""Quirks of Statuspage's JSON, each by the behaviour that meets it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ingest.models import ALWAYS, Impact, Kind, ReadError, ReadFailure, Stage, State
from ingest.platforms import PLATFORMS
from tests.support.instants import utc
from tests.support.payloads.statuspage import (
    PAGE,
    about_page,
    change,
    component,
    incident,
    incidents_json,
    parse,
    update,
)


def test_updates_come_out_oldest_first() -> None:
    (one,) = parse(incidents_json(incident())).incidents
    assert [u.update_id for u in one.updates] == ["u1", "u2"]


def test_updates_displayed_together_are_ordered_by_when_they_were_written() -> None:
    later = update("a2", "resolved", "2026-01-05T10:00:05Z", display_at="2026-01-05T10:00:00Z")
    sooner = update(
        "b1", "investigating", "2026-01-05T10:00:01Z", display_at="2026-01-05T10:00:00Z"
    )
    (one,) = parse(incidents_json(incident(updates=[later, sooner]))).incidents
    assert [u.update_id for u in one.updates] == ["b1", "a2"]


def test_a_postmortem_without_display_time_falls_back_to_when_it_was_written() -> None:
    updates = [
        update("u1", "investigating", "2026-01-05T10:00:00Z"),
        update("u2", "resolved", "2026-01-05T11:00:00Z"),
        update("u3", "postmortem", "2026-01-08T09:00:00Z", display_at=None),
    ]
    (one,) = parse(incidents_json(incident(updates=updates))).incidents
    assert one.updates[-1].display_at == utc(2026, 1, 8, 9)
    assert one.stage is Stage.POSTMORTEM


def test_null_affected_components_says_nothing_and_an_empty_list_names_none() -> None:
    updates = [
        update("u1", "investigating", "2026-01-05T10:00:00Z", changes=None),
        update("u2", "resolved", "2026-01-05T11:00:00Z", changes=[]),
    ]
    (one,) = parse(incidents_json(incident(updates=updates))).incidents
    assert one.updates[0].changes is None
    assert one.updates[1].changes == ()


def test_changes_are_joined_by_code_and_keep_equal_states_as_evidence() -> None:
    said = [change("aaaa1111bbbb", "major_outage", "major_outage")]
    updates = [update("u1", "investigating", "2026-01-05T10:00:00Z", changes=said)]
    (one,) = parse(incidents_json(incident(updates=updates))).incidents
    (seen,) = one.updates[0].changes or ()
    assert (seen.component_id, seen.old, seen.new) == ("aaaa1111bbbb", State.MAJOR, State.MAJOR)


def test_the_current_state_of_a_component_is_no_part_of_an_incident() -> None:
    """Component objects inside old incidents change without any edit of the incident."""
    before = incident(components=[component("aaaa1111bbbb", "operational")])
    after = incident(components=[component("aaaa1111bbbb", "major_outage")])
    assert parse(incidents_json(before)).incidents == parse(incidents_json(after)).incidents


def test_the_most_recently_changed_copy_of_a_component_is_its_state_now() -> None:
    old = component("aaaa1111bbbb", "major_outage", updated_at="2026-01-05T09:00:00-05:00")
    new = component("aaaa1111bbbb", "operational", updated_at="2026-01-05T14:30:00.000Z")
    parsed = parse(incidents_json(incident("a", components=[old]), incident("b", components=[new])))
    (seen,) = parsed.components
    assert seen.state is State.OPERATIONAL
    assert seen.state_since == utc(2026, 1, 5, 14, 30)


def test_page_zone_offsets_are_read_across_a_dst_change() -> None:
    updates = [
        update("u1", "investigating", "2025-11-02T00:30:00.000-04:00"),
        update("u2", "resolved", "2025-11-02T01:30:00.000-05:00"),
    ]
    (one,) = parse(incidents_json(incident(updates=updates))).incidents
    assert [u.display_at for u in one.updates] == [utc(2025, 11, 2, 4, 30), utc(2025, 11, 2, 6, 30)]


def test_a_zoneless_date_rejects_its_record_and_keeps_the_others() -> None:
    bad = incident("bad0bad0bad0", incident_updates=[], created_at="2026-01-05T10:00:00.000")
    parsed = parse(incidents_json(bad, incident()))
    assert [i.incident_id for i in parsed.incidents] == ["iiii1111jjjj"]
    (reject,) = parsed.rejects
    assert reject.record == "bad0bad0bad0"
    assert "no time zone" in reject.reason


def test_a_zoneless_date_in_an_update_rejects_that_update_only() -> None:
    updates = [
        update("u1", "investigating", "2026-01-05T10:00:00Z"),
        update("u2", "resolved", "2026-01-05T11:00:00"),
    ]
    whole = incident(updates=updates, resolved_at="2026-01-05T11:00:00Z")
    parsed = parse(incidents_json(whole))
    (one,) = parsed.incidents
    assert [u.update_id for u in one.updates] == ["u1"]
    assert [r.record for r in parsed.rejects] == ["iiii1111jjjj/u2"]


def test_only_when_no_record_is_readable_does_reading_fail() -> None:
    with pytest.raises(ReadError) as raised:
        parse(incidents_json(incident(incident_updates=[], created_at="yesterday")))
    assert raised.value.kind is ReadFailure.PARSE


def test_an_incident_without_a_name_goes_by_its_id_and_the_name_is_refused() -> None:
    nameless = incident("nnnn0000nnnn")
    del nameless["name"]
    parsed = parse(incidents_json(nameless, incident()))
    assert parsed.incidents[0].title == "nnnn0000nnnn"
    assert [(r.record, r.reason) for r in parsed.rejects] == [
        ("nnnn0000nnnn/name", "name is missing")
    ]


def test_unknown_words_become_unknown_with_a_warning_never_operational() -> None:
    said = [change("aaaa1111bbbb", "operational", "wobbly")]
    updates = [update("u1", "pondering", "2026-01-05T10:00:00Z", changes=said)]
    parsed = parse(incidents_json(incident(updates=updates, impact="terrible")))
    (one,) = parsed.incidents
    assert one.impact is Impact.UNKNOWN
    assert one.updates[0].stage is Stage.UNKNOWN
    assert one.updates[0].changes is not None
    assert one.updates[0].changes[0].new is State.UNKNOWN
    assert {w.kind for w in parsed.warnings} == {"unknown_word"}
    assert len(parsed.warnings) == 4


def test_the_horizon_is_the_oldest_newest_update_of_a_full_list() -> None:
    rows = [
        incident(
            f"id{n:010}", [update("u", "resolved", f"2026-01-05T{n // 60:02}:{n % 60:02}:00Z")]
        )
        for n in range(50)
    ]
    late = update("late", "postmortem", "2026-01-09T00:00:00Z")
    rows[0]["incident_updates"].insert(0, late)
    parsed = parse(incidents_json(*rows))
    assert parsed.horizon == utc(2026, 1, 5, 0, 1)


def test_a_list_that_was_not_cut_reaches_back_to_the_beginning() -> None:
    assert parse(incidents_json(incident())).horizon == ALWAYS


def test_a_single_incident_vouches_for_nothing_but_itself() -> None:
    assert parse(json.dumps(incident())).horizon is None


def test_scheduled_updates_or_a_window_make_a_maintenance() -> None:
    updates = [update("u1", "scheduled", "2026-01-01T10:00:00Z")]
    window = {"scheduled_for": "2026-01-05T01:00:00Z", "scheduled_until": "2026-01-05T03:00:00Z"}
    body = {
        "page": about_page(),
        "scheduled_maintenances": [incident("m", updates, impact="maintenance", **window)],
    }
    (one,) = parse(json.dumps(body)).incidents
    assert one.kind is Kind.MAINTENANCE
    assert one.scheduled_start_at == utc(2026, 1, 5, 1)
    (other,) = parse(incidents_json(incident(impact="maintenance"))).incidents
    assert other.kind is Kind.INCIDENT


def test_group_headers_are_no_components_and_lend_their_name() -> None:
    body = {
        "page": about_page(),
        "components": [
            component("gggg0000gggg", group=True, name="Platform", components=["aaaa1111bbbb"]),
            component("aaaa1111bbbb", group_id="gggg0000gggg"),
            component("cccc1111dddd", start_date=None, showcase=False),
        ],
    }
    parsed = parse(json.dumps(body))
    assert parsed.roster
    assert [(c.component_id, c.group, c.start_date) for c in parsed.components] == [
        ("aaaa1111bbbb", "Platform", date(2024, 1, 5)),
        ("cccc1111dddd", None, None),
    ]


def test_a_summary_carries_roster_open_incidents_and_maintenances() -> None:
    body = {
        "page": about_page(),
        "status": {"indicator": "none", "description": "All Systems Operational"},
        "components": [component("aaaa1111bbbb")],
        "incidents": [incident(updates=[update("u1", "identified", "2026-01-05T10:00:00Z")])],
        "scheduled_maintenances": [],
    }
    parsed = parse(json.dumps(body))
    assert (parsed.shape, parsed.roster, len(parsed.incidents)) == ("roster", True, 1)
    assert parsed.horizon is None


def test_json_lines_of_raw_incidents_are_a_history() -> None:
    lines = "\n".join(json.dumps(incident(f"x{n}")) for n in range(3))
    parsed = parse(lines)
    assert [i.incident_id for i in parsed.incidents] == ["x0", "x1", "x2"]
    assert parsed.horizon == utc(2026, 1, 5, 11, 30).replace(microsecond=100_000)


def test_a_broken_line_is_counted_and_the_rest_is_read() -> None:
    lines = json.dumps(incident("a")) + "\n" + json.dumps(incident("b")) + '\n{"id": "c", "na'
    parsed = parse(lines)
    assert len(parsed.incidents) == 2
    assert "1 lines are not JSON" in parsed.rejects[0].reason


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ReadFailure.NOT_JSON),
        (b'{"page": {"id": "pppp1111qqqq"}, "incidents": [{"id"', ReadFailure.NOT_JSON),
        (b"<!DOCTYPE html><html><body>All good</body></html>", ReadFailure.NOT_JSON),
        (b'{"page": null}', ReadFailure.SHAPE_CHANGED),
        (b"[]", ReadFailure.SHAPE_CHANGED),
        (b'{"hello": 1}', ReadFailure.SHAPE_CHANGED),
        (b'{"page": {"id": "pppp1111qqqq"}, "incidents": {}}', ReadFailure.SHAPE_CHANGED),
        (b'{"page": {"id": "oooo9999oooo"}, "incidents": []}', ReadFailure.WRONG_PAGE),
        (b'\xff\xfe{"page"', ReadFailure.BAD_ENCODING),
        (b"[" * 100_000, ReadFailure.NOT_JSON),
        (b"<feed", ReadFailure.PARSE),
    ],
    ids=lambda value: value.name if isinstance(value, ReadFailure) else value[:24].decode("latin1"),
)
def test_a_body_that_cannot_be_read_has_a_named_failure(body: bytes, kind: ReadFailure) -> None:
    with pytest.raises(ReadError) as raised:
        parse(body)
    assert raised.value.kind is kind
    assert "\n" not in str(raised.value)


def test_a_list_without_its_page_object_is_still_read() -> None:
    assert len(parse(json.dumps({"incidents": [incident()]})).incidents) == 1


def test_an_incident_of_another_page_is_refused() -> None:
    with pytest.raises(ReadError) as raised:
        parse(json.dumps(incident(page_id="oooo9999oooo")))
    assert raised.value.kind is ReadFailure.WRONG_PAGE


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (incidents_json(incident()), "/api/v2/incidents.json"),
        (json.dumps(incident()).encode(), "/incidents/iiii1111jjjj.json"),
        (
            json.dumps({"page": about_page(), "scheduled_maintenances": []}).encode(),
            "/api/v2/scheduled-maintenances.json",
        ),
        (
            json.dumps({"components": [], "status": {}, "page": about_page()}).encode(),
            "/api/v2/summary.json",
        ),
        (json.dumps({"page": about_page(), "components": []}).encode(), "/api/v2/components.json"),
        (json.dumps({"months": [{"name": "January", "incidents": []}]}).encode(), "/history.json"),
        (json.dumps({"id": "aaaa", "months": [{"days": []}]}).encode(), "/uptime/aaaa.json"),
        (json.dumps({"timelines": {}}).encode(), "/uptime_showcase"),
        (b'<?xml version="1.0"?><feed/>', "/history.atom"),
        (b'<?xml version="1.0"?><rss/>', "/history.rss"),
        (b"<!DOCTYPE html><html><script>var uptimeData = {}</script></html>", "/"),
        ("\n".join(json.dumps(incident(f"x{n}")) for n in range(2)).encode(), "/history"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_imported_body_is_recognised_by_its_form(body: bytes, path: str) -> None:
    assert PLATFORMS["statuspage"].recognise(body)[1] == path


def test_the_page_answers_for_the_same_object_wherever_it_is_served() -> None:
    single = parse(json.dumps(incident())).incidents
    listed = parse(incidents_json(incident())).incidents
    assert single == listed
    assert PAGE.page_id == "pppp1111qqqq"
