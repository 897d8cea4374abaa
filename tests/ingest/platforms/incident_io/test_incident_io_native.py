"""Quirks of incident.io's own page data, each by the behaviour that meets it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ingest.models import (
    Change,
    Kind,
    PostedImpact,
    PostedRatio,
    ReadError,
    ReadFailure,
    Stage,
    State,
)
from tests.support.instants import utc
from tests.support.payloads.incident_io import (
    API,
    CHAT,
    FIXED,
    LOOKING,
    group,
    html,
    impact,
    impacts_json,
    item,
    link,
    own_incident,
    own_update,
    parse,
    part,
    row,
    structure,
    summary_json,
    ulid,
    uptime,
)

PROXY = "/proxy/status.acme.test"
#: Windows of 30 days lie end to end from 1970 on; one of them runs when a payload is captured.
RUNNING = "?start_at=2026-01-07T00:00:00Z&end_at=2026-02-06T00:00:00Z"
OVER = "?start_at=2025-12-08T00:00:00Z&end_at=2026-01-07T00:00:00Z"


def incidents_of(*rows: object, **more: object) -> str:
    return json.dumps({"incidents": rows, **more})


def test_an_incident_carries_its_components_updates_and_impacts() -> None:
    parsed = parse(incidents_of(own_incident()))
    (one,) = parsed.incidents
    assert (parsed.shape, one.kind, one.stage) == ("native", Kind.INCIDENT, Stage.RESOLVED)
    assert one.component_ids == (API,)
    assert one.impacts == (
        PostedImpact(API, State.MAJOR, utc(2026, 1, 5, 10), utc(2026, 1, 5, 11)),
    )
    assert [(u.stage, u.status, u.body) for u in one.updates] == [
        (Stage.INVESTIGATING, "investigating", "Words."),
        (Stage.RESOLVED, "resolved", "Words."),
    ]
    assert one.updates[0].changes == (Change(API, None, State.MAJOR),)


def test_an_impact_may_end_before_its_post_is_resolved() -> None:
    (one,) = parse(incidents_of(own_incident())).incidents
    assert one.impacts is not None
    assert one.impacts[0].end_at == utc(2026, 1, 5, 11)
    assert one.updates[-1].display_at == utc(2026, 1, 5, 11, 30)


@pytest.mark.parametrize("end", ["$undefined", None, "absent"])
def test_an_impact_without_an_end_lasts(end: str | None) -> None:
    lasting = {**impact(LOOKING), "end_at": end}
    if end == "absent":
        del lasting["end_at"]
    (one,) = parse(incidents_of(own_incident(component_impacts=[lasting]))).incidents
    assert one.impacts == (PostedImpact(API, State.MAJOR, utc(2026, 1, 5, 10), None),)


def test_an_update_that_names_no_component_says_nothing_of_any() -> None:
    told = [own_update("investigating", LOOKING), own_update("resolved", FIXED, {})]
    (one,) = parse(incidents_of(own_incident(updates=told))).incidents
    assert [u.changes for u in one.updates] == [None, ()]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("operational", State.OPERATIONAL),
        ("under_maintenance", State.MAINTENANCE),
        ("degraded_performance", State.DEGRADED),
        ("partial_outage", State.PARTIAL),
        ("full_outage", State.MAJOR),
        ("wobbly", State.UNKNOWN),
    ],
)
def test_states_go_by_their_own_words_and_others_are_unknown(said: str, state: State) -> None:
    parsed = parse(incidents_of(own_incident(component_impacts=[impact(LOOKING, FIXED, said)])))
    (one,) = parsed.incidents
    assert one.impacts is not None
    assert one.impacts[0].state is state
    assert len(parsed.warnings) == (state is State.UNKNOWN)


def test_a_maintenance_is_told_by_its_type_or_by_its_words() -> None:
    typed = own_incident(type="maintenance")
    planned = own_incident(
        "2026-01-06T10:00:00Z",
        status="maintenance_in_progress",
        updates=[
            own_update("maintenance_scheduled", "2026-01-06T10:00:00Z"),
            own_update("maintenance_in_progress", "2026-01-07T10:00:00Z"),
        ],
    )
    one, other = parse(incidents_of(typed, planned)).incidents
    assert one.kind is other.kind is Kind.MAINTENANCE
    assert [u.stage for u in other.updates] == [Stage.SCHEDULED, Stage.IN_PROGRESS]


def test_a_post_that_bears_a_time_before_it_was_made_was_backdated() -> None:
    """Its id says when it was made; what it bears is what it displays."""
    early = "2026-01-05T08:00:00Z"
    told = [{**own_update("investigating", LOOKING), "published_at": early}]
    (one,) = parse(incidents_of({**own_incident(updates=told), "published_at": early})).incidents
    assert one.created_at == one.updates[0].created_at == utc(2026, 1, 5, 10)
    assert one.updates[0].display_at == utc(2026, 1, 5, 8)


def test_an_id_made_a_moment_after_the_time_a_post_bears_changes_nothing() -> None:
    told = [own_update("investigating", LOOKING, id=ulid("2026-01-05T10:00:00.001Z"))]
    (one,) = parse(incidents_of(own_incident(updates=told))).incidents
    assert one.updates[0].created_at == utc(2026, 1, 5, 10)


@pytest.mark.parametrize("missing", ["updates", "component_impacts"])
def test_a_missing_field_rejects_its_record_with_a_reason(missing: str) -> None:
    bad = own_incident("2026-01-06T10:00:00Z", component_impacts=[])
    del bad[missing]
    parsed = parse(incidents_of(own_incident(), bad))
    assert [i.incident_id for i in parsed.incidents] == [ulid(LOOKING)]
    assert parsed.rejects[0].reason == f"{missing} is missing"


def test_a_missing_name_or_time_costs_itself_and_is_told() -> None:
    bad = own_incident()
    del bad["name"], bad["published_at"]
    parsed = parse(incidents_of(bad, own_incident("2026-01-06T10:00:00Z", component_impacts=[])))
    one, _ = parsed.incidents
    assert (one.title, one.created_at) == (ulid(LOOKING), utc(2026, 1, 5, 10))
    reasons = sorted(refusal.reason for refusal in parsed.rejects)
    assert reasons == ["name is missing", "published_at is missing"]


def test_an_impact_that_ends_before_it_starts_is_rejected_and_its_post_kept() -> None:
    odd = impact(LOOKING, "2026-01-05T09:00:00Z")
    parsed = parse(incidents_of(own_incident(component_impacts=[odd])))
    assert parsed.incidents[0].impacts == ()
    assert "before it starts" in parsed.rejects[0].reason


def test_impacts_are_told_apart_by_their_posts() -> None:
    other = ulid("2026-01-06T10:00:00Z")
    body = impacts_json(
        impact(LOOKING, FIXED),
        impact(LOOKING, "2026-01-05T10:20:00Z", "degraded_performance", CHAT),
        impact("2026-01-06T10:00:00Z", None, "partial_outage", API, other),
        links=[link(), link(other, status="identified", published_at="2026-01-06T10:00:00Z")],
    )
    parsed = parse(body)
    one, two = parsed.incidents
    assert parsed.shape == "impacts"
    assert [i.state for i in one.impacts or ()] == [State.MAJOR, State.DEGRADED]
    assert [i.state for i in two.impacts or ()] == [State.PARTIAL]
    assert (two.stage, two.created_at) == (Stage.IDENTIFIED, utc(2026, 1, 6, 10))


def test_a_link_without_its_time_is_dated_by_its_id() -> None:
    (one,) = parse(impacts_json(links=[link(published_at="$undefined")])).incidents
    assert (one.created_at, one.impacts) == (utc(2026, 1, 5, 10), ())


def test_impacts_of_a_post_that_is_not_linked_are_rejected() -> None:
    lost = impact("2026-01-06T10:00:00Z", FIXED.replace("05T", "07T"), incident_id="01LOST")
    parsed = parse(impacts_json(impact(LOOKING, FIXED), lost))
    assert len(parsed.incidents) == 1
    assert (parsed.rejects[0].record, "not linked" in parsed.rejects[0].reason) == (
        "01LOST",
        True,
    )


def test_a_window_vouches_from_its_start_to_its_end_or_to_now() -> None:
    running = parse(incidents_of(), f"{PROXY}/incidents{RUNNING}")
    assert (running.horizon, running.until) == (utc(2026, 1, 7), None)
    over = parse(incidents_of(own_incident()), f"{PROXY}/incidents{OVER}")
    assert (over.horizon, over.until) == (utc(2025, 12, 8), utc(2026, 1, 7))


def test_without_a_window_asked_for_a_list_vouches_for_nothing_else() -> None:
    assert parse(incidents_of(own_incident()), f"{PROXY}/incidents").horizon is None


@pytest.mark.parametrize("key", ["next_cursor", "pagination", "has_more"])
def test_a_list_that_may_go_on_elsewhere_vouches_for_nothing(key: str) -> None:
    cut = parse(incidents_of(own_incident(), **{key: "x"}), f"{PROXY}/incidents{RUNNING}")
    assert len(cut.incidents) == 1
    assert cut.horizon is None
    assert [w.kind for w in cut.warnings] == ["pagination"]
    whole = parse(incidents_of(own_incident(), **{key: None}), f"{PROXY}/incidents{RUNNING}")
    assert whole.horizon is not None


def test_absence_from_a_list_of_impacts_says_nothing_of_a_post() -> None:
    parsed = parse(impacts_json(impact(LOOKING, FIXED)), f"{PROXY}/component_impacts{RUNNING}")
    assert parsed.horizon is None


def test_uptimes_are_fractions_over_the_whole_days_of_a_window_that_is_over() -> None:
    rows = [
        uptime(),
        uptime(CHAT, "100.00", since="2026-01-01"),
        {**uptime("$undefined"), "status_page_component_group_id": "01GROUP"},
        uptime("01HIDDEN", "$undefined"),
        uptime("01LATER", "100.00", since="2026-01-09"),
    ]
    body = impacts_json(impact(LOOKING, FIXED), component_uptimes=rows)
    parsed = parse(body, f"{PROXY}/component_impacts{OVER}")
    last = date(2026, 1, 6)
    assert parsed.posted_ratios == (
        PostedRatio(API, date(2025, 12, 8), last, 0.9995, "incident_io"),
        PostedRatio(CHAT, date(2026, 1, 1), last, 1.0, "incident_io"),
    )
    assert parsed.rejects == ()
    assert parse(body, f"{PROXY}/component_impacts{RUNNING}").posted_ratios == ()
    assert parse(body).posted_ratios == ()


def test_an_uptime_that_is_none_is_rejected() -> None:
    body = impacts_json(impact(LOOKING, FIXED), component_uptimes=[uptime(figure="101")])
    parsed = parse(body, f"{PROXY}/component_impacts{OVER}")
    assert parsed.posted_ratios == ()
    assert "101.0 %" in parsed.rejects[0].reason


def test_the_structure_is_the_roster_with_groups_and_the_days_its_data_begin() -> None:
    items = [
        item(part()),
        group("Models", part(CHAT, "Chat", hidden=True, data_available_since="$undefined")),
    ]
    for body in (summary_json(*items), json.dumps(structure(*items))):
        parsed = parse(body)
        assert (parsed.shape, parsed.roster) == ("roster", True)
        assert [(c.name, c.group, c.start_date) for c in parsed.components] == [
            ("API", None, date(2025, 11, 20)),
            ("Chat", "Models", None),
        ]


def test_a_zero_time_is_no_beginning() -> None:
    parsed = parse(summary_json(item(part(data_available_since="0001-01-01T00:00:00Z"))))
    assert parsed.components[0].start_date is None


def test_a_structure_with_parts_we_cannot_read_is_no_roster() -> None:
    odd = {"component": "$undefined", "group": "$undefined", "sub_page": {"name": "EU"}}
    parsed = parse(summary_json(item(part()), odd))
    assert (len(parsed.components), parsed.roster) == (1, False)
    assert "sub_page" in parsed.rejects[0].reason


def test_whole_posts_in_a_summary_are_read_and_headlines_passed_over() -> None:
    headline = {"id": ulid("2026-01-06T10:00:00Z"), "name": "New", "status": "investigating"}
    parsed = parse(summary_json(ongoing_incidents=[own_incident(), headline]))
    assert (parsed.shape, parsed.roster) == ("native", True)
    assert [i.incident_id for i in parsed.incidents] == [ulid(LOOKING)]


def test_another_pages_data_are_refused() -> None:
    other = "01KE0000000000000000000QQQ"
    for body in (
        incidents_of(own_incident(status_page_id=other)),
        summary_json(structure={**structure(), "status_page_id": other}),
    ):
        with pytest.raises(ReadError) as raised:
            parse(body)
        assert raised.value.kind is ReadFailure.WRONG_PAGE


IMPACTS = {
    "component_impacts": [impact(LOOKING, FIXED)],
    "component_uptimes": [],
    "incident_links": [link()],
}


def test_a_page_gives_its_data_without_anything_being_run() -> None:
    page = html(
        row(summary=json.loads(summary_json())["summary"]),
        'I[123,["/_next/x.js"],"default"]',
        row(summary="$5:2:props:summary", data=IMPACTS),
        row(incidents=[], scheduledMaintenances="$5:2:props:summary:scheduled_maintenances"),
    )
    parsed = parse(page)
    assert (parsed.shape, parsed.roster) == ("impacts", True)
    assert parsed.incidents == parse(json.dumps(IMPACTS)).incidents
    assert parsed.components == parse(summary_json()).components


def test_a_page_that_shows_its_posts_whole_is_read_whole() -> None:
    parsed = parse(html(row(data=IMPACTS), row(incidents=[own_incident()])))
    assert parsed.shape == "native"
    assert parsed.incidents == parse(incidents_of(own_incident())).incidents


def test_a_page_with_impacts_of_more_posts_counts_by_its_impacts() -> None:
    other = ulid("2026-01-06T10:00:00Z")
    more = impact("2026-01-06T10:00:00Z", "2026-01-06T11:00:00Z", incident_id=other)
    data = {
        "component_impacts": [*IMPACTS["component_impacts"], more],
        "incident_links": [link(), link(other)],
    }
    parsed = parse(html(row(data=data), row(incidents=[own_incident()])))
    assert parsed.shape == "impacts"
    assert [len(i.impacts or ()) for i in parsed.incidents] == [1, 1]


def test_a_piece_of_a_page_is_a_page() -> None:
    piece = "<script>" + html(row(data=IMPACTS)).split("<script>", 1)[1]
    assert len(parse(piece).incidents) == 1


def test_a_page_without_the_data_we_know_has_changed_its_shape() -> None:
    with pytest.raises(ReadError) as raised:
        parse(html(row(children="Hello")))
    assert raised.value.kind is ReadFailure.SHAPE_CHANGED
