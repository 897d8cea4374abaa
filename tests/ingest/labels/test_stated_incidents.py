"""Which of the windows its messages state is the impact of a post."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.labels.stated_window import window
from ingest.ledger import versions
from ingest.ledger.sightings import sightings
from ingest.platforms import PLATFORMS
from tests.support.captured.feeds import readings
from tests.support.ledgers.page_tables import page_tables
from tests.support.payloads import google
from tests.support.payloads.statuspage import PAGE, capture, incident, incidents_json, update

SEEN = datetime(2026, 2, 1, tzinfo=UTC)


def stated(*told: dict[str, Any], **more: Any) -> tuple[str, str] | None:
    """Return the window of a post of these updates, as table ``incidents`` has it."""
    read = readings([capture(incidents_json(incident(updates=[*told], **more)), SEEN)], PAGE)
    found = versions.merge(
        versions.fold([sightings(read)]), {PAGE.page_key: PLATFORMS["statuspage"].shapes}
    )
    [post] = page_tables(found, [PAGE], SEEN)["incidents"]
    return window_of(post)


def window_of(post: Mapping[str, Any]) -> tuple[str, str] | None:
    start, end = post["stated_start_at"], post["stated_end_at"]
    return None if start is None else (f"{start:%m-%d %H:%M}", f"{end:%m-%d %H:%M}")


FIRST = update("u1", "investigating", "2026-01-05T10:20:00Z", "We are looking into errors.")
LAST = update("u2", "resolved", "2026-01-05T11:30:00Z", "It is over.")


def test_a_window_told_days_later_lies_on_the_day_of_the_first_update() -> None:
    late = update("u3", "postmortem", "2026-01-14T16:00:00Z", "Down from 10:00 to 11:15 UTC.")
    assert stated(FIRST, LAST, late) == ("01-05 10:00", "01-05 11:15")


@pytest.mark.parametrize(
    "text",
    ["The web, too, was slow from 10:30 to 10:40 UTC.", "From 10:22 to 10:40 UTC it failed."],
)
def test_what_began_after_the_first_update_is_an_aside(text: str) -> None:
    assert stated(FIRST, LAST, update("u3", "postmortem", "2026-01-06T16:00:00Z", text)) is None


def test_a_window_that_ends_after_its_message_is_read_only_where_the_text_may_be_younger() -> None:
    text, posted = "From 10:00 to 11:30 UTC it failed.", datetime(2026, 1, 5, 10, 20, tzinfo=UTC)
    told = "2026-01-05T11:00:00Z"
    assert stated(FIRST, update("u2", "resolved", told, text)) is None
    edited = update("u2", "resolved", told, text, updated_at="2026-01-05T12:00:00Z")
    assert stated(FIRST, edited) == ("01-05 10:00", "01-05 11:30")
    assert window(text, posted, posted + timedelta(minutes=40)) is not None


@pytest.mark.parametrize("word", ["will repeat", "repeated"])
def test_what_began_after_the_post_was_over_is_not_its_impact(word: str) -> None:
    text = f"On 7 January we {word} the change between 9:00 and 9:30 UTC."
    assert stated(FIRST, LAST, update("u3", "postmortem", "2026-01-08T16:00:00Z", text)) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Uploads failed from 10:00 to 11:30 UTC.", ("01-05 10:00", "01-05 11:30")),
        ("Uploads failed from 9:50 to 11:35 UTC.", ("01-05 09:50", "01-05 11:35")),
        ("In Europe uploads failed from 10:15 to 11:30 UTC.", None),
        ("In Europe uploads failed from 10:00 to 10:30 UTC.", None),
    ],
)
def test_a_part_of_the_window_the_page_gives_itself_is_not_the_impact_of_the_post(
    text: str, found: tuple[str, str] | None
) -> None:
    first = google.update("2026-01-05T10:20:01+00:00")
    told = google.update("2026-01-07T16:00:00+00:00", "AVAILABLE", text=text)
    [post] = google.tables(google.posts(google.incident(updates=[first, told])))["incidents"]
    assert window_of(post) == found


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("From 9:00 to 9:30 UTC we will work.", "09:00", "09:30"),
        ("Reads may fail from 9:10 to 9:20 UTC.", "09:10", "09:20"),
        ("Reads may fail from 1:10 to 1:20 PT.", "09:10", "09:20"),
    ],
)
def test_planned_work_lies_where_it_is_scheduled_however_early_and_in_what_words_it_is_told(
    text: str, start: str, end: str
) -> None:
    ahead = update("u1", "scheduled", "2026-01-03T20:00:00Z", text)
    done = update("u2", "completed", "2026-01-05T09:40:00Z", "Done.")
    planned = {"scheduled_for": "2026-01-05T09:00:00Z", "scheduled_until": "2026-01-05T09:30:00Z"}
    found = stated(ahead, done, impact="maintenance", status="completed", **planned)
    assert found == (f"01-05 {start}", f"01-05 {end}")
