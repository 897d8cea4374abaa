"""Posts without an end: which word is the newest, and what one forgotten open still says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.models import Capture
from tests.support.ledgers.incident_io_ledger import tables
from tests.support.payloads.incident_io import (
    FIXED,
    LOOKING,
    atom,
    capture,
    entry,
    incident,
    incidents_json,
    said,
    update,
)

SEEN_OPEN = datetime(2026, 1, 5, 10, 5, tzinfo=UTC)
LATER = datetime(2026, 1, 6, tzinfo=UTC)
SILENCE = timedelta(days=20)
OPEN = incidents_json(incident(LOOKING, update("investigating", LOOKING)))
RESOLVED = atom(entry(LOOKING, FIXED, said("Resolved", "API (Operational)")))


def listed(body: str, at: datetime) -> Capture:
    return capture(body, "/api/v2/incidents.json", at)


def fed(body: str, at: datetime) -> Capture:
    return capture(body, "/feed.atom", at)


def test_a_feed_with_a_newer_word_ends_a_post_the_list_last_showed_open() -> None:
    (post,) = tables(listed(OPEN, SEEN_OPEN), fed(RESOLVED, LATER))["incidents"]
    assert (post["stage"], post["status"]) == ("resolved", "resolved")
    assert (post["resolved_at"], post["end_basis"]) == (
        datetime(2026, 1, 5, 11, 30, tzinfo=UTC),
        "resolved_at",
    )
    assert post["flags"] == []


def test_a_list_with_a_newer_word_opens_a_post_the_feed_last_showed_resolved() -> None:
    again = update("investigating", "2026-01-05T12:00:00Z")
    body = incidents_json(
        incident(LOOKING, update("investigating", LOOKING), update("resolved", FIXED), again)
    )
    (post,) = tables(fed(RESOLVED, LATER), listed(body, LATER))["incidents"]
    assert (post["stage"], post["resolved_at"]) == ("investigating", None)


def test_a_post_forgotten_open_leaves_the_state_unknown_from_its_last_word_on() -> None:
    told = [update("investigating", LOOKING), update("identified", "2026-01-05T10:40:00Z")]
    body = incidents_json(incident(LOOKING, *told))
    rows = tables(listed(body, SEEN_OPEN), listed(body, SEEN_OPEN + SILENCE))
    assert rows["incidents"][0]["flags"] == ["zombie"]
    states = [(r["state"], r["start_at"], r["end_at"]) for r in rows["component_states"]]
    word = datetime(2026, 1, 5, 10, 40, tzinfo=UTC)
    assert states == [
        ("partial", datetime(2026, 1, 5, 10, tzinfo=UTC), word),
        ("unknown", word, None),
    ]


def test_a_post_open_for_days_but_spoken_of_is_down_all_the_while() -> None:
    told = [update("investigating", LOOKING), update("identified", "2026-01-20T10:40:00Z")]
    body = incidents_json(incident(LOOKING, *told))
    rows = tables(listed(body, SEEN_OPEN), listed(body, SEEN_OPEN + SILENCE))
    assert [(r["state"], r["end_at"]) for r in rows["component_states"]] == [("partial", None)]
