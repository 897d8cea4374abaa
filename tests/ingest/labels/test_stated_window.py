"""Windows and causes stated in the text of a message."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.labels.stated_causes import CAUSES, causes
from ingest.labels.stated_window import window
from tests.support.labelled import Judged, hold, rows


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read(text: str, posted: str) -> tuple[str, str] | None:
    found = window(text, at(posted))
    if found is None:
        return None
    return found.start_at.strftime("%m-%d %H:%M"), found.end_at.strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "posted", "start", "end"),
    [
        ("From 16:14–16:34 UTC we saw errors.", "2024-09-12T16:42", "09-12 16:14", "09-12 16:34"),
        (
            "Between 12:26 PM and 01:52 PM PST requests failed.",
            "2024-01-10T22:10",
            "01-10 20:26",
            "01-10 21:52",
        ),
        (
            "From 3:55 PST to 4:00 PST it was down.",
            "2023-12-12T00:03",
            "12-11 23:55",
            "12-12 00:00",
        ),
        ("from 16:23UTC to 16:27UTC", "2024-03-02T17:02", "03-02 16:23", "03-02 16:27"),
        ("between 11:30 UTC and 14:45 UTC", "2024-03-02T15:20", "03-02 11:30", "03-02 14:45"),
        ("from 1:58pm PT until 8:26pm PT", "2024-06-05T03:58", "06-04 20:58", "06-05 03:26"),
        ("from 9:05 a.m. to 9:20 a.m. ET", "2024-06-05T14:00", "06-05 13:05", "06-05 13:20"),
        ("from 10:05 to 10:20 GMT", "2024-06-05T11:00", "06-05 10:05", "06-05 10:20"),
        ("From 16:10-16:20 Pacific time", "2024-06-06T00:00", "06-05 23:10", "06-05 23:20"),
    ],
)
def test_a_window_in_the_text_is_read_to_the_minute(
    text: str, posted: str, start: str, end: str
) -> None:
    assert read(text, posted) == (start, end)


def test_dates_between_the_times_are_never_read_as_one_evening() -> None:
    text = "Between 10:00pm PT on December 10 and 11:45pm PT on December 12, exports were stuck."
    assert read(text, "2024-12-13T18:00") is None


@pytest.mark.parametrize(
    "text",
    [
        "From 10:00 to 11:00",  # no zone
        "From 10:00 to 11:00 CET",  # a zone we do not resolve
        "Errors since 10:00 UTC",
        "10:00 - 11:00 UTC",
        "From 25:00 to 26:00 UTC",
        "From 10:00 to 10:00 UTC",
        "From 13:00 to 02:00 UTC",  # 13 hours
        "From 10:05 to 10:20 UTC on 5/6",  # May or June?
        "On 5/6 it was down from 10:05 to 10:20 UTC.",
        "On 05-06-2024 it was down from 10:05 to 10:20 UTC.",
        "From 10pm to 11pm PT",
    ],
)
def test_what_could_be_read_wrongly_is_left_out(text: str) -> None:
    assert read(text, "2024-06-05T12:00") is None


def test_an_end_before_its_start_lies_on_the_next_day() -> None:
    assert read("From 22:11–00:24 UTC", "2024-05-28T00:28") == ("05-27 22:11", "05-28 00:24")


def test_a_date_in_the_text_decides() -> None:
    assert read("From 15:00–16:30 UTC on April 6", "2024-04-09T17:16") == (
        "04-06 15:00",
        "04-06 16:30",
    )
    assert read("On Monday, December 30th, from 10:00 to 10:30 UTC", "2025-01-02T09:00") == (
        "12-30 10:00",
        "12-30 10:30",
    )


def test_a_date_beside_an_end_after_midnight_is_left_out() -> None:
    assert read("From 23:30 to 00:30 UTC on April 6", "2024-04-07T02:00") is None


@pytest.mark.parametrize(
    "text",
    [
        "On 6 April from 15:00–16:30 UTC",
        "On the 6th of April 2024, uploads failed from 15:00–16:30 UTC.",
        "Uploads failed on Apr. 6 between 15:00 and 16:30 UTC.",
        "From 15:00–16:30 UTC (April 6th)",
    ],
)
def test_a_date_may_stand_anywhere_in_the_sentence_in_either_order(text: str) -> None:
    assert read(text, "2024-04-09T17:16") == ("04-06 15:00", "04-06 16:30")


@pytest.mark.parametrize(
    "text",
    [
        "On 1 April from 15:00 PT to 2 April 13:11 PT and again from 17:45 PT to 20:50 PT.",
        "From 15:00–16:30 UTC on February 9",  # a slip, or two months ago
    ],
)
def test_two_dates_or_one_far_away_are_left_out(text: str) -> None:
    assert read(text, "2024-04-02T17:16") is None


def test_a_word_that_begins_like_a_month_is_no_date() -> None:
    text = "We saw 3 separate failures and 5 marketing sites down from 10:00 to 11:00 UTC."
    assert read(text, "2024-06-05T12:00") == ("06-05 10:00", "06-05 11:00")


@pytest.mark.parametrize(
    ("text", "posted", "start", "end"),
    [
        ("from 10:50 PT to 11:28 PT", "2022-11-14T20:35", "11-14 18:50", "11-14 19:28"),
        ("Between 15:50 and 17:50 PDT", "2024-05-16T23:24", "05-16 22:50", "05-17 00:50"),
        ("from 06:10 to 07:30 PT", "2021-05-20T14:29", "05-20 13:10", "05-20 14:30"),
    ],
)
def test_what_is_told_days_later_lies_where_the_post_began(
    text: str, posted: str, start: str, end: str
) -> None:
    """Impact may go on after the first update: only what is to come is not told yet."""
    found, year = window(text, at(posted), at(posted) + timedelta(days=9)), posted[:4]
    assert found is not None
    assert (found.start_at, found.end_at) == (at(f"{year}-{start}"), at(f"{year}-{end}"))


def test_where_the_first_window_cannot_be_read_no_later_one_stands_for_it() -> None:
    text = "Between 00:01 and 19:27 UTC it was slow. Between 01:00 and 02:00 UTC less so."
    assert read(text, "2024-07-13T20:00") is None


@pytest.mark.parametrize(
    "more", ["and another from 13:50 to 14:18 UTC", "then 50 % from 1:00 to 2:00 UTC"]
)
def test_of_several_windows_none_is_the_one(more: str) -> None:
    assert read(f"One spike from 13:05 to 13:24 UTC {more}.", "2025-07-23T14:43") is None


@pytest.mark.parametrize(
    "text",
    [
        "Between 13:05-13:24 UTC and 13:50-14:18 UTC logins failed.",
        "At 12:10-12:40 and from 13:05 to 13:24 UTC logins failed.",
        "From 13:05 to 13:24 UTC logins failed, and 13:50 to 14:18 uploads.",
        "From 6:05 to 6:24 PT (13:05-13:34 UTC) logins failed.",
    ],
)
def test_a_second_window_in_the_sentence_counts_in_whatever_words_it_is_told(text: str) -> None:
    assert read(text, "2025-07-23T14:43") is None


@pytest.mark.parametrize(
    "text",
    [
        "From 6:05 to 6:24 AM PT (13:05-13:24 UTC) logins failed.",
        "Logins failed (9:05-9:24 AM ET), that is from 13:05 to 13:24 UTC.",
        "From 13:05 to 13:24 UTC logins failed. Uploads, 13:50-14:18 UTC, did not.",
    ],
)
def test_the_same_window_in_another_zone_or_one_of_another_sentence_may_stand_beside_it(
    text: str,
) -> None:
    assert read(text, "2025-07-23T14:43") == ("07-23 13:05", "07-23 13:24")


def test_a_window_said_twice_is_one() -> None:
    text = "Down from 13:05 to 13:24 UTC. Impact: logins failed from 13:05 to 13:24 UTC."
    assert read(text, "2025-07-23T14:43") == ("07-23 13:05", "07-23 13:24")


@pytest.mark.parametrize(
    "words", ["claude-3-5-sonnet and v1.10 on 3.5", "requests, 1.16% of them,"]
)
def test_a_version_or_a_share_is_no_date(words: str) -> None:
    assert read(f"From 13:05–13:24 UTC {words} failed.", "2025-07-23T14:43") == (
        "07-23 13:05",
        "07-23 13:24",
    )


def test_a_zone_word_names_a_zone_not_an_offset() -> None:
    """PST written in July is summer time all the same."""
    assert read("from 13:00 to 13:30 PST", "2024-07-10T21:00") == ("07-10 20:00", "07-10 20:30")
    assert read("from 13:00 to 13:30 PDT", "2024-01-10T22:00") == ("01-10 21:00", "01-10 21:30")


def test_a_half_of_the_day_that_had_to_be_chosen_lowers_the_confidence() -> None:
    chosen = window("From 3:55 PST to 4:00 PST", at("2023-12-12T00:03"))
    plain = window("From 3:55 PM to 4:00 PM PST", at("2023-12-12T00:03"))
    assert chosen is not None
    assert plain is not None
    assert (chosen.start_at, chosen.end_at) == (plain.start_at, plain.end_at)
    assert (chosen.confidence, plain.confidence) == ("medium", "high")


def test_one_half_given_settles_the_other() -> None:
    assert read("From 11:30 to 12:15 PM PT", "2024-07-10T21:00") == ("07-10 18:30", "07-10 19:15")


def test_a_start_still_to_come_is_believed_of_planned_work_only() -> None:
    assert read("From 02:06-02:45 UTC we saw errors.", "2024-04-18T16:36") is None
    text, posted = "We will upgrade from 02:06-02:45 UTC.", at("2024-04-18T16:36")
    assert window(text, posted) is None
    found = window(text, posted, planned=True)
    assert found is not None
    assert found.start_at == at("2024-04-19T02:06")


@pytest.mark.parametrize(
    "text",
    [
        "The next update will be posted between 11:00 and 11:30 UTC.",
        "The web was not affected between 10:00 and 11:30 UTC; the API still fails.",
        "The API was healthy from 10:20 to 10:50 UTC; errors came back after that.",
        "Planned maintenance from 10:00 to 11:00 UTC was completed.",
        "Another outage lasted from 10:00 to 11:00 UTC.",
        "We rolled out a fix for the errors between 11:00 and 11:20 UTC.",
        "Failed jobs were retried between 11:00 and 11:20 UTC.",
        "No errors were seen between 10:00 and 11:00 UTC.",
        "Requests may fail between 11:00 and 11:20 UTC.",
        "Did requests fail between 10:00 and 11:00 UTC? Then retry.",
    ],
)
def test_clocks_of_anything_but_what_was_wrong_are_no_window(text: str) -> None:
    posted = at("2026-09-11T11:00")
    assert window(text, posted, posted + timedelta(hours=2)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Requests failed from 10:00 to 10:50 UTC, while chat worked as usual.",
        "Between 10:00 and 10:50 UTC, although all was green, requests failed.",
        "The next update comes between 12:00 and 12:30 UTC. From 10:00 to 10:50 UTC calls failed.",
        "We have solved an issue which, between 10:00 and 10:50 UTC, made files disappear.",
        "No messages were delivered from 10:00 to 10:50 UTC.",
        "We had errors. From 10:00 to 10:50 UTC.",
        "From 10:00 to 10:50 UTC",
    ],
)
def test_a_window_stands_in_the_part_of_a_message_that_says_what_was_wrong(text: str) -> None:
    assert read(text, "2026-09-11T11:00") == ("09-11 10:00", "09-11 10:50")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Between 08:04 and 08:45 UTC on 09\nSep 2026, requests failed.", "09-09 08:04"),
        ("On 2026-09-09 requests failed from 08:04 to 08:45 UTC.", "09-09 08:04"),
        ("On 9 September the API failed. Calls failed from 08:04 to 08:45 UTC.", "09-09 08:04"),
        ("Calls failed from 08:04 to 08:45 UTC. This was on 9 September.", "09-09 08:04"),
        ("Yesterday calls failed from 08:04 to 08:45 UTC.", "09-11 08:04"),
        ("On Wednesday calls failed from 08:04 to 08:45 UTC.", "09-09 08:04"),
        ("Last Friday calls failed from 08:04 to 08:45 UTC.", "09-11 08:04"),
        ("Today calls failed from 08:04 to 08:45 UTC. We wrote on 11 September.", None),
        ("On 8 September we shipped it. Calls failed from 08:04 to 08:45 UTC.", None),
        ("Last week calls failed from 08:04 to 08:45 UTC.", None),
        ("The day before, calls failed from 08:04 to 08:45 UTC.", None),
        ("On Tuesday, 9 September, calls failed from 08:04 to 08:45 UTC.", None),
        (
            "Calls failed from 08:04 to 08:45 UTC. Next update: 14 September.",
            "09-11 08:04",
        ),
    ],
)
def test_a_day_told_in_whatever_way_is_resolved_or_the_window_left_unread(
    text: str, start: str | None
) -> None:
    found = window(text, at("2026-09-11T10:00"), at("2026-09-12T10:00"))
    assert (None if found is None else f"{found.start_at:%m-%d %H:%M}") == start


@pytest.mark.parametrize("month", ["May", "March"])
def test_the_month_of_may_is_no_doubt(month: str) -> None:
    text = f"On {month} 20, between 10:00 and 11:00 UTC, calls failed."
    number = {"May": 5, "March": 3}[month]
    assert read(text, f"2026-0{number}-20T11:00") is not None


def test_clocks_given_as_approximate_lower_the_confidence() -> None:
    found = window("Calls failed from approximately 10:00 to 10:50 UTC.", at("2026-09-11T11:00"))
    assert found is not None
    assert found.confidence == "medium"
    assert read("Calls failed from around 10:00 to 10:50 UTC.", "2026-09-11T11:00") is None


def test_the_windows_of_labelled_sentences_are_read() -> None:
    judged = []
    for row in rows("sentences.jsonl"):
        found = window(row["text"], at(row["posted"]), at(row["written"]))
        wanted = row.get("window")
        judged.append(
            Judged(
                row["text"],
                None if found is None else (found.start_at, found.end_at),
                None if wanted is None else tuple(map(at, wanted)),
            )
        )
    assert len(judged) >= 300
    hold("stated windows", judged, precision=0.98, recall=0.75)


def test_the_words_are_kept() -> None:
    found = window("Resolved. From 16:14–16:34 UTC requests failed.", at("2024-09-12T16:42"))
    assert found is not None
    assert found.text == "From 16:14–16:34 UTC"
    dated = window("On April 6, uploads failed from 15:00 to 16:30 UTC.", at("2024-04-07T09:00"))
    assert dated is not None
    assert dated.text == "April 6, uploads failed from 15:00 to 16:30 UTC"


@given(
    start=st.integers(0, 4 * 365 * 1440).map(
        lambda minute: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    minutes=st.integers(1, 720),
    lag=st.integers(0, 60),
)
def test_any_window_of_up_to_twelve_hours_posted_soon_after_is_read_back(
    start: datetime, minutes: int, lag: int
) -> None:
    end = start + timedelta(minutes=minutes)
    posted = min(end + timedelta(minutes=lag), start + timedelta(hours=11, minutes=59))
    found = window(f"From {start:%H:%M} to {end:%H:%M} UTC it was slow.", posted)
    assert found is not None
    assert (found.start_at, found.end_at) == (start, end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Caused by a bad deploy, now reverted.", ("config_deploy",)),
        ("This was due to a misconfigured load balancer.", ("config_deploy", "network_dns")),
        ("Errors were due to a spike in traffic.", ("capacity_load",)),
        ("The root cause was a failed database.", ("datastore",)),
        ("Because of a power failure in one data center.", ("hardware_infra",)),
        ("The issue was a DDoS attack.", ("security_ddos",)),
        ("This resulted from an outage at a third-party vendor.", ("upstream_cloud",)),
        ("Errors were caused by AWS.", ("upstream_cloud",)),
    ],
)
def test_a_cause_is_read_from_a_sentence_with_a_causal_cue(
    text: str, expected: tuple[str, ...]
) -> None:
    assert causes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Elevated errors. We are looking into our database.",
        "Errors due to a bug on AWS Bedrock.",
        "We have identified the root cause and are rolling out a fix.",
        "Root cause found; we deployed a fix.",
        "The database is healthy.\nErrors were due to a bug.",
    ],
)
def test_without_a_cue_and_a_cause_in_one_sentence_nothing_is_stated(text: str) -> None:
    assert causes(text) == ("not_stated",)


def test_there_are_seven_causes() -> None:
    assert list(CAUSES) == [
        "config_deploy",
        "capacity_load",
        "network_dns",
        "datastore",
        "hardware_infra",
        "upstream_cloud",
        "security_ddos",
    ]
