"""Quirks of Statuspage's Atom and RSS history, its index, and its uptime figures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from ingest.incidents.html_text import strip_html
from ingest.models import Impact, Kind, PostedDay, PostedRatio, ReadError, ReadFailure, Stage
from ingest.platforms.statuspage.history_index import filed_range
from tests.support.instants import utc
from tests.support.payloads.statuspage import (
    PAGE,
    atom,
    atom_entry,
    paragraph,
    parse,
    rss,
    rss_item,
)

RESOLVED = paragraph("Jan", " 5", "11:30", "Resolved", "Fixed.")
LOOKING = paragraph("Jan", " 5", "10:00", "Investigating", "Looking.")


def test_atom_and_rss_tell_the_same_story() -> None:
    from_atom = parse(atom(atom_entry("iiii", "2026-01-05T11:30:00Z", RESOLVED + LOOKING)))
    from_rss = parse(rss(rss_item("iiii", "Mon, 05 Jan 2026 11:30:00 +0000", RESOLVED + LOOKING)))
    assert from_atom.incidents == from_rss.incidents
    (one,) = from_atom.incidents
    assert [(u.stage, u.display_at, u.created_at) for u in one.updates] == [
        (Stage.INVESTIGATING, utc(2026, 1, 5, 10), None),
        (Stage.RESOLVED, utc(2026, 1, 5, 11, 30), None),
    ]
    assert one.impact is Impact.UNKNOWN


def test_the_code_comes_from_the_link_not_from_the_atom_id() -> None:
    (one,) = parse(atom(atom_entry("ab12cd34ef56", "2026-01-05T11:30:00Z", RESOLVED))).incidents
    assert one.incident_id == "ab12cd34ef56"


def test_updates_without_a_year_step_back_over_new_year() -> None:
    content = paragraph("Jan", " 1", "00:20", "Resolved", "Fixed.") + paragraph(
        "Dec", "31", "23:50", "Investigating", "Looking."
    )
    (one,) = parse(atom(atom_entry("iiii", "2026-01-01T00:20:00Z", content))).incidents
    assert [u.display_at for u in one.updates] == [
        utc(2025, 12, 31, 23, 50),
        utc(2026, 1, 1, 0, 20),
    ]


def test_a_postmortem_written_in_january_keeps_december_in_its_own_year() -> None:
    content = (
        paragraph("Jan", "12", "09:00", "Postmortem", "Why.")
        + paragraph("Dec", "30", "10:00", "Resolved", "Fixed.")
        + paragraph("Dec", "30", "09:00", "Investigating", "Looking.")
    )
    (one,) = parse(atom(atom_entry("iiii", "2026-01-12T09:00:00Z", content))).incidents
    assert [u.display_at.year for u in one.updates] == [2025, 2025, 2026]
    assert one.stage is Stage.POSTMORTEM


def test_the_word_update_keeps_the_stage_before_it() -> None:
    content = (
        paragraph("Jan", " 5", "11:30", "Resolved", "Fixed.")
        + paragraph("Jan", " 5", "11:00", "Update", "Still.")
        + paragraph("Jan", " 5", "10:30", "Identified", "Found.")
        + paragraph("Jan", " 5", "10:00", "Update", "Looking.")
    )
    (one,) = parse(atom(atom_entry("iiii", "2026-01-05T11:30:00Z", content))).incidents
    assert [u.stage for u in one.updates] == [
        Stage.INVESTIGATING,
        Stage.IDENTIFIED,
        Stage.IDENTIFIED,
        Stage.RESOLVED,
    ]


def test_two_updates_of_one_stage_in_one_minute_are_two() -> None:
    twice = paragraph("Jan", " 5", "10:00", "Update", "b") + paragraph(
        "Jan", " 5", "10:00", "Update", "a"
    )
    (one,) = parse(atom(atom_entry("iiii", "2026-01-05T10:00:00Z", twice))).incidents
    assert [u.update_id for u in one.updates] == [
        "2026-01-05T10:00Z/investigating/0",
        "2026-01-05T10:00Z/investigating/1",
    ]


def test_paragraphs_pasted_into_a_text_belong_to_its_update() -> None:
    pasted = "<p>From 10:00 UTC to 11:00 UTC it was slow.</p><br /><p>It is mended.</p>"
    content = paragraph("Jan", " 5", "11:30", "Resolved", pasted) + LOOKING
    (one,) = parse(atom(atom_entry("iiii", "2026-01-05T11:30:00Z", content))).incidents
    assert [strip_html(u.body or "") for u in one.updates] == [
        "Looking.",
        "From 10:00 UTC to 11:00 UTC it was slow.\nIt is mended.",
    ]


def test_a_post_resolved_in_its_newest_minute_is_over_whatever_is_shown_above() -> None:
    content = paragraph("Jan", " 5", "10:00", "Investigating", "a") + paragraph(
        "Jan", " 5", "10:00", "Resolved", "b"
    )
    (one,) = parse(atom(atom_entry("iiii", "2026-01-05T10:00:30Z", content))).incidents
    assert one.stage is Stage.RESOLVED


def test_a_scheduled_item_is_a_maintenance_with_a_window_and_no_future_cursor() -> None:
    headline = (
        "<p><strong>THIS IS A SCHEDULED EVENT Apr <var data-var='date'> 7</var>, "
        "<var data-var='time'>23:00</var> UTC &nbsp;-&nbsp; Apr <var data-var='date'>8</var>, "
        "<var data-var='time'>01:00</var> UTC</strong></p>"
    )
    content = headline + paragraph("Mar", "20", "09:00", "Scheduled", "We will upgrade.")
    (one,) = parse(atom(atom_entry("mmmm", "2026-03-20T09:00:00Z", content))).incidents
    assert one.kind is Kind.MAINTENANCE
    assert (one.scheduled_start_at, one.scheduled_end_at) == (
        utc(2026, 4, 7, 23),
        utc(2026, 4, 8, 1),
    )
    assert one.listed_at == utc(2026, 3, 20, 9)


def test_page_zones_decide_what_an_abbreviation_means() -> None:
    content = paragraph("Jan", " 5", "20:00", "Resolved", "Fixed.", zone="CST")
    shanghai = replace(PAGE, zone="Asia/Shanghai")
    (one,) = parse(atom(atom_entry("iiii", "2026-01-05T12:00:00Z", content)), shanghai).incidents
    assert one.updates[0].display_at == utc(2026, 1, 5, 12)


def test_an_unknown_zone_rejects_the_entry_instead_of_meaning_utc() -> None:
    odd = paragraph("Jan", " 5", "20:00", "Resolved", "Fixed.", zone="XYZ")
    body = atom(
        atom_entry("iiii", "2026-01-05T12:00:00Z", odd),
        atom_entry("jjjj", "2026-01-05T11:30:00Z", RESOLVED),
    )
    parsed = parse(body)
    assert [i.incident_id for i in parsed.incidents] == ["jjjj"]
    assert "XYZ" in parsed.rejects[0].reason


def test_the_feed_is_cut_by_published_never_by_updated() -> None:
    body = atom(
        atom_entry("iiii", "2026-01-05T11:30:00Z", RESOLVED),
        atom_entry(
            "hhhh", "2026-01-04T08:00:00Z", paragraph("Jan", " 4", "08:00", "Resolved", "x")
        ),
    )
    assert parse(body).horizon == utc(2026, 1, 4, 8)


def test_a_feed_of_another_page_is_refused() -> None:
    body = atom(atom_entry("iiii", "2026-01-05T11:30:00Z", RESOLVED)).replace(
        "status.acme.test", "status.other.test"
    )
    with pytest.raises(ReadError) as raised:
        parse(body)
    assert raised.value.kind is ReadFailure.WRONG_PAGE


def test_a_feed_that_declares_entities_is_refused() -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        + atom(atom_entry("iiii", "2026-01-05T11:30:00Z", RESOLVED, title="&b;")).split("?>\n", 1)[
            1
        ]
    )
    with pytest.raises(ReadError, match="parse: a feed with a document type of its own"):
        parse(bomb)


@pytest.mark.parametrize(
    ("stamp", "filed", "start", "end"),
    [
        ("Jan 5, 10:00 UTC", ("Jan", 2026), utc(2026, 1, 5, 10), None),
        ("Jan 5, 10:00 - 11:30 UTC", ("Jan", 2026), utc(2026, 1, 5, 10), utc(2026, 1, 5, 11, 30)),
        (
            "Jan  5, 23:10 - Jan  6, 01:20 UTC",
            ("Jan", 2026),
            utc(2026, 1, 5, 23, 10),
            utc(2026, 1, 6, 1, 20),
        ),
        (
            "Dec 31, 23:10 - Jan 1, 01:20 UTC",
            ("Jan", 2026),
            utc(2025, 12, 31, 23, 10),
            utc(2026, 1, 1, 1, 20),
        ),
        ("Jul 5, 10:00 - 11:30 EDT", ("Jul", 2026), utc(2026, 7, 5, 14), utc(2026, 7, 5, 15, 30)),
    ],
)
def test_index_entries_are_dated_by_the_month_they_ended_in(
    stamp: str, filed: tuple[str, int], start: datetime, end: datetime | None
) -> None:
    assert filed_range(stamp, *filed, "Etc/UTC") == (start, end)


@pytest.mark.parametrize(
    ("stamp", "filed", "start", "end"),
    [
        (
            "Oct 31, 22:00 - Nov  2, 04:00 PST",
            ("Nov", 2025),
            utc(2025, 11, 1, 5),
            utc(2025, 11, 2, 12),
        ),
        ("Mar  8, 01:00 - 04:00 PDT", ("Mar", 2026), utc(2026, 3, 8, 9), utc(2026, 3, 8, 11)),
        (
            "Nov  2, 01:50 - 01:10 PST",
            ("Nov", 2025),
            utc(2025, 11, 2, 8, 50),
            utc(2025, 11, 2, 9, 10),
        ),
    ],
)
def test_a_range_that_names_the_zone_of_its_end_begins_before_clocks_were_set(
    stamp: str, filed: tuple[str, int], start: datetime, end: datetime
) -> None:
    assert filed_range(stamp, *filed, "America/Los_Angeles") == (start, end)


def test_a_window_planned_over_the_setting_of_clocks_is_as_long_as_it_is() -> None:
    headline = "<p><strong>THIS IS A SCHEDULED EVENT Mar 8, 01:00 - 04:00 PDT</strong></p>"
    content = headline + paragraph("Mar", " 1", "09:00", "Scheduled", "Work.", zone="PST")
    pacific = replace(PAGE, zone="America/Los_Angeles")
    (one,) = parse(atom(atom_entry("mmmm", "2026-03-01T17:00:00Z", content)), pacific).incidents
    assert (one.scheduled_start_at, one.scheduled_end_at) == (
        utc(2026, 3, 8, 9),
        utc(2026, 3, 8, 11),
    )


def index(*rows: dict[str, str], year: int | str = "2026") -> str:
    return json.dumps({"months": [{"name": "January", "year": year, "incidents": list(rows)}]})


def index_row(stamp: str, code: str = "iiii1111jjjj") -> dict[str, str]:
    return {
        "code": code,
        "name": "Elevated errors",
        "message": "Fixed.",
        "impact": "major",
        "timestamp": stamp,
    }


def test_an_index_page_reads_its_marked_up_times_and_a_year_that_is_text() -> None:
    stamp = (
        "Jan <var data-var='date'> 5</var>, <var data-var='time'>10:00</var> - "
        "<var data-var='time'>11:30</var> UTC"
    )
    (one,) = parse(index(index_row(stamp))).incidents
    assert (one.incident_id, one.impact) == ("iiii1111jjjj", Impact.MAJOR)
    assert (one.started_at, one.resolved_at) == (utc(2026, 1, 5, 10), utc(2026, 1, 5, 11, 30))


def test_an_index_entry_with_an_unknown_zone_is_rejected() -> None:
    parsed = parse(index(index_row("Jan 5, 10:00 QQQ"), index_row("Jan 5, 10:00 UTC", "b")))
    assert [i.incident_id for i in parsed.incidents] == ["b"]
    assert "QQQ" in parsed.rejects[0].reason


SHOWCASE = {
    "timelines": {
        "aaaa1111bbbb": {
            "component": {"code": "aaaa1111bbbb", "name": "API", "startDate": "2026-01-04"},
            "days": [
                {"date": "2026-01-03", "outages": {}},
                {"date": "2026-01-04", "outages": {}},
                {"date": "2026-01-05", "outages": {"p": 600, "m": 5400}},
            ],
        }
    },
    "values": [{"component": "aaaa1111bbbb", "ninety": 99.93, "sixty": None, "thirty": 99.8}],
    "components": {"aaaa1111bbbb": "<svg></svg>"},
}


def test_uptime_bars_give_seconds_and_days_before_the_start_are_no_data() -> None:
    parsed = parse(json.dumps(SHOWCASE))
    assert parsed.posted_days == (
        PostedDay("aaaa1111bbbb", date(2026, 1, 4), 0, 0),
        PostedDay("aaaa1111bbbb", date(2026, 1, 5), 600, 5400),
    )
    assert [round(r.ratio, 4) for r in parsed.posted_ratios] == [0.9993, 0.998]
    assert parsed.posted_ratios[1].window_start == date(2025, 12, 7)


def test_no_timelines_means_no_figures() -> None:
    assert parse(json.dumps({"timelines": {}, "values": [], "components": {}})).posted_days == ()


def test_the_older_front_page_carries_the_same_bars_behind_an_alias() -> None:
    data = json.dumps(SHOWCASE["timelines"])
    script = f"var uptimeData = window.uptimeData;\nwindow.uptimeData = {data};"
    page = f"<!DOCTYPE html><html><script>{script}</script></html>"
    assert parse(page).posted_days == parse(json.dumps(SHOWCASE)).posted_days


def test_month_pages_give_a_fraction_and_skip_days_without_a_date() -> None:
    month = {
        "name": "January",
        "year": 2026,
        "month": 1,
        "uptime_percentage": 0.997,
        "days": [
            {"date": "2026-01-05T00:00:00.000Z", "p": 600, "m": 0, "events": []},
            {"date": None},
        ],
    }
    unstarted = {**month, "month": 2, "uptime_percentage": None}
    parsed = parse(json.dumps({"id": "aaaa1111bbbb", "months": [month, unstarted]}))
    assert parsed.posted_days == (PostedDay("aaaa1111bbbb", date(2026, 1, 5), 600, 0),)
    assert parsed.posted_ratios == (
        PostedRatio("aaaa1111bbbb", date(2026, 1, 1), date(2026, 1, 31), 0.997, "statuspage"),
    )
