"""Quirks of Google's status dashboards, each by the behaviour that meets it."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.models import Impact, Kind, Page, PostedImpact, ReadError, ReadFailure, Stage, State
from ingest.platforms import PLATFORMS
from tests.support.payloads.google import (
    AT,
    BEGIN,
    END,
    STORE,
    incident,
    legacy,
    one,
    open_incident,
    parse,
    posts,
    product,
    products,
    stages,
    tables,
    update,
)

REPORT = "2026-01-08T09:00:00+00:00"


# ---- times ----


def test_begin_and_end_are_the_window_and_creation_comes_later() -> None:
    found = one(incident())
    assert (found.started_at, found.resolved_at) == (BEGIN, END)
    assert found.created_at == BEGIN + timedelta(minutes=20)
    assert (found.kind, found.stage) == (Kind.INCIDENT, Stage.RESOLVED)


@pytest.mark.parametrize(
    "row", [open_incident(), {**open_incident(), "end": None}], ids=["absent", "null"]
)
def test_a_post_without_an_end_is_open(row: dict[str, Any]) -> None:
    found = one(row)
    assert (found.stage, found.resolved_at) == (Stage.INVESTIGATING, None)
    assert found.impacts == (PostedImpact(STORE, State.PARTIAL, BEGIN, None),)


def test_service_that_is_back_in_an_open_post_is_being_watched() -> None:
    updates = [update("2026-01-05T10:20:00Z"), update("2026-01-05T11:00:00Z", "AVAILABLE")]
    assert one(open_incident(updates=updates)).stage is Stage.MONITORING


def test_updates_come_out_oldest_first_with_ids_made_of_when_they_were_written() -> None:
    found = one(incident())
    assert [u.update_id for u in found.updates] == [
        "2026-01-05T10:20:01Z/0",
        "2026-01-05T11:45:00Z/0",
    ]


def test_updates_written_in_one_second_keep_their_ids_when_another_follows() -> None:
    at = "2026-01-05T10:20:00+00:00"
    before = one(open_incident(updates=[update(at, text="a"), update(at, text="b")])).updates
    after = one(
        open_incident(updates=[update(at, text="a"), update(at, text="b"), update(at, text="c")])
    ).updates
    assert [u.update_id[-2:] for u in after] == ["/0", "/1", "/2"]
    assert after[:2] == before


# ---- which update ended the post ----


def test_the_first_word_of_available_ended_the_post_at_the_end_it_states() -> None:
    looking, fixed = one(incident()).updates
    assert (looking.stage, fixed.stage) == (Stage.INVESTIGATING, Stage.RESOLVED)
    assert fixed.display_at == END
    assert fixed.created_at == END + timedelta(minutes=15)


def test_it_may_be_written_a_second_before_the_end() -> None:
    updates = [update("2026-01-05T10:20:00Z"), update("2026-01-05T11:29:59Z", "AVAILABLE")]
    assert stages(incident(updates=updates)) == [Stage.INVESTIGATING, Stage.RESOLVED]


def test_reports_are_postmortems_and_do_not_extend_the_post() -> None:
    updates = [
        update("2026-01-05T10:20:00Z"),
        update("2026-01-05T11:45:00Z", "AVAILABLE"),
        update(REPORT, "AVAILABLE", text="# Mini Incident Report"),
        update("2026-01-12T09:00:00Z", "AVAILABLE", text="# Incident Report"),
    ]
    row = incident(updates=updates)
    assert stages(row)[1:] == [Stage.RESOLVED, Stage.POSTMORTEM, Stage.POSTMORTEM]
    (post,) = tables(posts(row))["incidents"]
    assert (post["resolved_at"], post["stage"]) == (END, "resolved")
    assert post["open_seconds"] == 85 * 60


def test_a_post_that_was_taken_up_again_ended_when_service_was_back_for_good() -> None:
    updates = [
        update("2026-01-05T10:20:00Z"),
        update("2026-01-05T10:40:00Z", "AVAILABLE"),
        update("2026-01-05T11:00:00Z", "SERVICE_OUTAGE"),
        update("2026-01-05T11:45:00Z", "AVAILABLE"),
    ]
    assert stages(incident(updates=updates)) == [
        Stage.INVESTIGATING,
        Stage.MONITORING,
        Stage.INVESTIGATING,
        Stage.RESOLVED,
    ]


def test_a_report_days_later_ends_nothing_that_an_update_past_the_end_had_ended() -> None:
    updates = [
        update("2026-01-05T10:20:00Z"),
        update("2026-01-05T11:31:00Z", text="Service was restored."),
        update(REPORT, "AVAILABLE", text="# Preliminary Incident Report"),
    ]
    assert stages(incident(updates=updates)) == [
        Stage.INVESTIGATING,
        Stage.RESOLVED,
        Stage.POSTMORTEM,
    ]


def test_a_post_made_of_one_update_past_its_end_is_retrospective() -> None:
    row = incident(updates=[update("2026-01-05T12:00:00Z")])
    (post,) = tables(posts(row))["incidents"]
    assert (post["flags"], post["resolved_at"]) == (["retrospective"], END)


def test_a_post_whose_only_update_came_before_its_end_ends_where_it_says() -> None:
    row = incident(updates=[update("2026-01-05T10:20:00Z")])
    assert stages(row) == [Stage.INVESTIGATING]
    (post,) = tables(posts(row))["incidents"]
    assert (post["resolved_at"], post["end_basis"]) == (END, "resolved_at")


def test_the_window_of_a_post_is_its_own_even_where_it_was_posted_before_it_began() -> None:
    row = incident(created="2026-01-05T09:40:00Z", updates=[update("2026-01-05T09:40:00Z")])
    (post,) = tables(posts(row))["incidents"]
    assert (post["started_at"], post["start_basis"]) == (BEGIN, "started_at")


# ---- words ----


@pytest.mark.parametrize(
    ("severity", "status_impact", "impact", "state"),
    [
        ("high", "SERVICE_OUTAGE", Impact.CRITICAL, State.MAJOR),
        ("medium", "SERVICE_DISRUPTION", Impact.MAJOR, State.PARTIAL),
        ("low", "SERVICE_DISRUPTION", Impact.MINOR, State.PARTIAL),
        ("high", "SERVICE_INFORMATION", Impact.NONE, State.DEGRADED),
    ],
)
def test_severity_is_the_impact_unless_the_post_only_informs(
    severity: str, status_impact: str, impact: Impact, state: State
) -> None:
    found = one(incident(severity=severity, status_impact=status_impact))
    assert found.impact is impact
    assert found.impacts == (PostedImpact(STORE, state, BEGIN, END),)


def test_unknown_words_become_unknown_with_a_warning_never_operational() -> None:
    updates = [update("2026-01-05T10:20:00Z", "SERVICE_WOBBLE")]
    row = open_incident(updates=updates, severity="extreme", status_impact="AVAILABLE")
    parsed = parse(posts(row))
    (found,) = parsed.incidents
    assert (found.stage, found.impact) == (Stage.UNKNOWN, Impact.UNKNOWN)
    assert [i.state for i in found.impacts or ()] == [State.UNKNOWN]
    assert [w.kind for w in parsed.warnings] == ["unknown_word"] * 3


def test_a_post_that_ends_before_it_begins_states_no_impact_and_is_pointed_out() -> None:
    parsed = parse(posts(incident(end="2026-01-05T09:00:00+00:00")))
    assert [w.kind for w in parsed.warnings] == ["contradictory"]
    assert parsed.incidents[0].impacts == ()


# ---- titles ----


def test_a_headline_that_is_a_paragraph_is_cut_between_sentences_or_words() -> None:
    first = "Acme Storage requests fail. " + "Writes are slow. " * 5
    assert one(incident(external_desc=first + "x" * 200)).title == first.rstrip()
    words = one(incident(external_desc="word " * 60)).title
    assert len(words) <= 200
    assert words.endswith("word …")
    assert one(incident(external_desc="One line.\nAnother.")).title == "One line."


def test_the_whole_of_a_cut_headline_opens_the_first_update() -> None:
    long = "Acme Storage requests fail. " + "x" * 200
    found = one(incident(external_desc=long))
    assert found.updates[0].body == f"{long}\n\nWords."
    assert found.updates[1].body == "Words."


def test_a_headline_that_the_first_update_repeats_is_not_put_before_it() -> None:
    long = "Acme Storage requests fail. " + "x" * 200
    updates = [update("2026-01-05T10:20:00Z", text=f"Summary: {long}\nMore.")]
    assert one(incident(external_desc=long, updates=updates)).updates[0].body == updates[0]["text"]


def test_markdown_is_kept_as_it_came() -> None:
    text = "## \\# Incident Report\n**Summary**\n\\\nCosts \\$0."
    updates = [update("2026-01-05T10:20:00Z", text=text)]
    assert one(open_incident(updates=updates)).updates[0].body == text


# ---- horizon ----


def test_a_list_vouches_from_the_earliest_end_it_shows() -> None:
    body = posts(
        open_incident("open"), incident("new"), incident("old", end="2026-01-02T00:00:00Z")
    )
    assert parse(body).horizon == datetime(2026, 1, 2, tzinfo=UTC)


def test_an_open_post_is_listed_whenever_we_look_and_is_no_news_until_the_next_day() -> None:
    row = open_incident()
    morning, noon = (one(row, AT.replace(hour=hour)) for hour in (1, 12))
    assert morning == noon
    assert one(row, AT + timedelta(days=1)).listed_at == datetime(2026, 1, 11, tzinfo=UTC)


def test_a_post_that_ended_before_what_the_list_shows_was_cut_not_removed() -> None:
    old, new = incident("old", end="2026-01-04T00:00:00Z", begin="2026-01-03T00:00:00Z"), incident()
    both, cut = posts(new, old), posts(new)
    found = tables(both, cut, cut, cut)["incidents"]
    assert [p["removed_at"] for p in found] == [None, None]
    gone = tables(both, *[posts(old)] * 3)["incidents"]
    assert {p["incident_id"] for p in gone if p["removed_at"]} == {"Xy7Xy7Xy7Xy7Xy7Xy7Xy"}


def states(*bodies: bytes) -> list[tuple[State, datetime, datetime | None]]:
    found = tables(*bodies)["component_states"]
    return [(s["state"], s["start_at"], s["end_at"]) for s in found]


def test_an_open_post_lasts_while_the_list_shows_it() -> None:
    assert states(posts(open_incident("a"), incident("b", products=[]))) == [
        (State.PARTIAL, BEGIN, None)
    ]


def test_an_open_post_withdrawn_between_two_lists_is_unknown_between_them() -> None:
    other = incident("b", products=[])
    assert states(posts(open_incident("a"), other), *[posts(other)] * 3) == [
        (State.PARTIAL, BEGIN, AT),
        (State.UNKNOWN, AT, AT + timedelta(hours=1)),
    ]


def test_an_open_post_that_ended_in_a_gap_is_unknown_until_the_next_list_reaches_back() -> None:
    later = AT + timedelta(minutes=40)
    after = incident("b", products=[], begin=later.isoformat(), end=later.isoformat())
    found = tables(posts(open_incident("a")), *[posts(after)] * 3)
    assert [(s["state"], s["end_at"]) for s in found["component_states"]] == [
        (State.PARTIAL, AT),
        (State.UNKNOWN, later),
    ]
    assert [p["removed_at"] for p in found["incidents"]] == [None, None]


# ---- payloads ----


def test_a_missing_headline_costs_itself_and_what_is_no_row_the_row() -> None:
    nameless = incident("nameless")
    del nameless["external_desc"]
    parsed = parse(posts(nameless, "not a row", incident()))
    assert [i.title for i in parsed.incidents] == [
        "nameless",
        "Acme Storage requests fail in us-east1.",
    ]
    assert [(r.record, r.reason) for r in parsed.rejects] == [
        ("nameless/external_desc", "external_desc is missing"),
        ("?", "is not an object"),
    ]


KEYS = (*incident(), *legacy(), "created", "when", "status", "text", "title", "products")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), anything, max_size=4), anything)
def test_whatever_a_body_holds_is_read_or_refused(oddities: dict[str, Any], other: Any) -> None:
    for rows in ([{**incident(), **oddities}], [{**legacy(), **oddities}, incident()], other):
        with suppress(ReadError):
            parse(json.dumps(rows).encode())


def test_a_zoneless_date_in_an_update_rejects_that_update_only() -> None:
    updates = [update("2026-01-05T10:20:00Z"), update("2026-01-05T11:45:00", "AVAILABLE")]
    parsed = parse(posts(incident(updates=updates)))
    assert len(parsed.incidents[0].updates) == 1
    assert "no time zone" in parsed.rejects[0].reason


def test_an_empty_list_is_read_and_vouches_for_the_present_only() -> None:
    parsed = parse(b"[]")
    assert (parsed.incidents, parsed.horizon) == ((), None)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ReadFailure.NOT_JSON),
        (b"<!DOCTYPE html><html></html>", ReadFailure.NOT_JSON),
        (b'[{"id": "x"', ReadFailure.NOT_JSON),
        (b'["caf\xe9"]', ReadFailure.BAD_ENCODING),
        (b'{"hello": 1}', ReadFailure.SHAPE_CHANGED),
        (b'"words"', ReadFailure.SHAPE_CHANGED),
        (b'[{"id": "x"}]', ReadFailure.PARSE),
        (b'{"products": [{"title": "x"}]}', ReadFailure.PARSE),
    ],
    ids=lambda value: value.name if isinstance(value, ReadFailure) else value[:24].decode("latin1"),
)
def test_a_body_that_cannot_be_read_has_a_named_failure(body: bytes, kind: ReadFailure) -> None:
    with pytest.raises(ReadError) as raised:
        parse(body)
    assert raised.value.kind is kind
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (posts(incident()), ("incident", "/incidents.json")),
        (posts(legacy()), ("incident", "/incidents.json")),
        (b"\xef\xbb\xbf" + posts(incident()), ("incident", "/incidents.json")),
        (products(product()), ("roster", "/products.json")),
    ],
    ids=["posts", "old posts", "byte order mark", "products"],
)
def test_an_imported_body_is_recognised_by_its_form(body: bytes, found: tuple[str, str]) -> None:
    assert PLATFORMS["google_cloud"].recognise(body) == found


@pytest.mark.parametrize("body", [b"[]", b"{}", b"[1]", b'[{"key": 1}]', b'{"products": []}'])
def test_a_body_of_another_kind_is_not_taken_for_one(body: bytes) -> None:
    with pytest.raises(ReadError):
        PLATFORMS["google_cloud"].recognise(body)


def test_both_dashboards_are_polled_under_their_own_address() -> None:
    workspace = Page("a", "a", "google_workspace", "https://www.google.com/appsstatus/dashboard")
    urls = [s.url for s in PLATFORMS["google_workspace"].sources(workspace)]
    assert urls == [f"{workspace.base_url}/{name}.json" for name in ("incidents", "products")]
    (row,) = parse(posts(incident("Ab1")), page=workspace).incidents
    assert row.url == "https://www.google.com/appsstatus/dashboard/incidents/Ab1"
