"""Which components a page had, and when: what a post may name all of, and what is covered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.models import Capture
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import capture
from tests.support.ledgers import incident_io_ledger
from tests.support.ledgers.sightings import seen, tables
from tests.support.payloads.incident_io import (
    API,
    AT,
    CHAT,
    PAGE,
    item,
    own_incident,
    part,
    summary_json,
)
from tests.support.payloads.statuspage import change, component, incident, incidents_json, update

ROSTER = ("api", "chat", "console")


def roster(*names: str, **more: Any) -> dict[str, Any]:
    return {"components": [component(name, name=name, **more) for name in names]}


def posted(name: str, at: str, *named: str) -> dict[str, Any]:
    """Make a post whose one update names components that it does not list."""
    at = at if "T" in at else f"{at}T10:00"
    changes = [change(c, None, "partial_outage") for c in named]
    return incident(name, [update(f"{name}1", "investigating", f"{at}:00Z", changes=changes)])


def bulk(rows: Rows) -> set[str]:
    return {row["incident_id"] for row in rows["incidents"] if "bulk_linked" in row["flags"]}


def test_a_post_that_names_every_component_is_bulk_linked() -> None:
    posts = incidents_json(
        posted("all", "2026-01-05", *ROSTER), posted("some", "2026-01-06", *ROSTER[:2])
    )
    assert bulk(tables(seen(roster(*ROSTER)), seen(posts))) == {"all"}


def test_components_of_a_later_start_are_not_missed_by_an_earlier_post() -> None:
    posts = incidents_json(
        posted("before", "2026-01-05", *ROSTER), posted("after", "2026-01-09", *ROSTER)
    )
    later = component("agents", name="agents", start_date="2026-01-08")
    known = {"components": [*roster(*ROSTER)["components"], later]}
    assert bulk(tables(seen(known), seen(posts))) == {"before"}


def test_a_component_only_posts_name_counts_from_its_first_to_its_last_naming() -> None:
    posts = incidents_json(
        posted("before", "2026-01-02", *ROSTER),
        posted("first", "2026-01-03", "dead"),
        posted("between", "2026-01-04", *ROSTER),
        posted("last", "2026-01-05", *ROSTER, "dead"),
        posted("after", "2026-01-06", *ROSTER),
    )
    assert bulk(tables(seen(roster(*ROSTER)), seen(posts))) == {"before", "last", "after"}


def test_a_component_that_left_the_roster_is_not_missed_by_a_later_post() -> None:
    four = roster(*ROSTER, "gone")
    left = [seen(roster(*ROSTER), minute) for minute in (10, 20, 30)]
    posts = incidents_json(
        posted("before", "2026-01-10T12:00", *ROSTER), posted("after", "2026-01-10T12:20", *ROSTER)
    )
    for one in (found := tables(seen(four), *left, seen(posts, 40)))["components"]:
        assert (one["component_id"] == "gone") == (one["retired_at"] is not None)
    assert bulk(found) == {"after"}


@pytest.mark.parametrize("start", [None, "2026-01-05"])
def test_before_the_page_is_known_to_have_shown_components_nothing_is_all(
    start: str | None,
) -> None:
    posts = incidents_json(posted("early", "2026-01-04", *ROSTER))
    assert bulk(tables(seen(roster(*ROSTER, start_date=start)), seen(posts))) == set()


def test_what_posts_alone_name_is_no_roster() -> None:
    three = [{"component_id": c, "status": "full_outage"} for c in "ABC"]
    body = json.dumps({"incidents": [own_incident(affected_components=three)]})
    rows = incident_io_ledger.tables(capture(PAGE, body.encode(), AT))
    assert len(rows["incident_components"]) >= len(three)
    assert bulk(rows) == set()


SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def ends(*more: Capture) -> dict[str, datetime]:
    """Until when each component of a page is covered whose list of posts is complete."""
    body = json.dumps({"incidents": [own_incident()]}).encode()
    whole = replace(capture(PAGE, body, AT), complete_since=SINCE)
    rows = incident_io_ledger.tables(whole, *more)["coverage"]
    return {row["component_id"]: row["end_at"] for row in rows}


def test_a_component_that_only_posts_name_lasts_where_no_components_were_read() -> None:
    assert ends() == {API: AT, "unattributed": AT}


def test_a_component_that_the_page_does_not_show_is_gone_after_its_last_naming() -> None:
    shown = capture(PAGE, summary_json(item(part(CHAT, "Chat"))).encode(), AT)
    fixed = datetime(2026, 1, 5, 11, 30, tzinfo=UTC)
    assert ends(shown) == {API: fixed, CHAT: AT, "unattributed": AT}
