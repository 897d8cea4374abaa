"""Pages that several providers share: whose a post is, where it counts, what it leaves known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.ledger.sightings import sightings
from ingest.ledger.versions import fold, merge
from ingest.models import Page
from ingest.platforms import PLATFORMS
from ingest.registry import load
from ingest.snapshot.tables import Rows
from ingest.states.components import incident_in_scope
from tests.support.captured.feeds import capture, readings
from tests.support.ledgers.page_tables import page_tables
from tests.support.payloads import google
from tests.support.payloads.statuspage import AT, PAGE, component, incident, incidents_json, update

OURS, THEIRS = "cccc1111oooo", "pppp1111aaaa"
COPILOT = component(OURS, name="Copilot")
PAGES = component(THEIRS, name="Pages")
#: A part of a page that others share.
SHARED = replace(PAGE, component_ids=(OURS,), title_keywords=("copilot",))
BEGAN, ENDED = "2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"


def posted(
    name: str, text: str, title: str = "Incident with Issues", *of: str, **more: object
) -> dict[str, object]:
    """Make an hour in which a post is open that says ``text`` and names components ``of``."""
    said = [update("u1", "investigating", BEGAN, text), update("u2", "resolved", ENDED)]
    return incident(name, said, name=title, components=[component(c) for c in of], **more)


def tables(*posts: dict[str, object], page: Page = SHARED) -> Rows:
    """Return what two captures add up to: one of the components, one of the posts."""
    roster = json.dumps({"components": [COPILOT, PAGES]}).encode()
    bodies = (roster, incidents_json(*posts))
    captures = [capture(page, body, AT + n * timedelta(hours=1)) for n, body in enumerate(bodies)]
    found = merge(
        fold([sightings(readings(captures, page))]),
        {page.page_key: PLATFORMS[page.platform].shapes},
    )
    return page_tables(found, [page], captures[-1].captured_at)


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Copilot is experiencing degraded performance.", True),
        ("<p>Some users of <b>GitHub COPILOT</b> Chat see errors.</p>", True),
        ("Copilot's answers are slow.", True),
        ("Pages were slow. Copilot was not affected.", False),
        ("Other services such as Copilot Chat are currently unaffected.", False),
        ("Copilot has not been impacted.", False),
        ("Copilot is slow, and Pages are not affected.", True),
        ("Copilot was not affected at first. Now Copilot is slow.", True),
        ("Copilots everywhere are grounded.", False),
        ("Issues are slow.", False),
    ],
)
def test_a_post_without_components_is_taken_by_the_text_of_its_updates(
    text: str, taken: bool
) -> None:
    found = {row["incident_id"] for row in tables(posted("post", text))["incidents"]}
    assert ("post" in found) == taken


def test_a_post_that_names_components_is_decided_by_them_alone() -> None:
    rows = tables(
        posted("theirs", "Copilot is slow.", "Copilot is slow", THEIRS),
        posted("ours", "Pages are slow.", "Pages are slow", OURS, THEIRS),
    )
    assert {row["incident_id"] for row in rows["incidents"]} == {"ours"}


def test_where_only_keywords_are_known_a_post_with_components_goes_by_its_title() -> None:
    page = replace(PAGE, title_keywords=("cortex",))
    assert incident_in_scope(page, "Cortex is slow", [], ["east"], [])
    assert not incident_in_scope(page, "Queries are slow", ["Cortex is slow."], ["east"], [])
    assert incident_in_scope(page, "Queries are slow", ["Cortex is slow."], [], [])


def test_on_a_page_of_ones_own_no_post_is_asked_what_it_says() -> None:
    assert incident_in_scope(PAGE, "Issues", ["Copilot was not affected."], [], [])


def test_a_post_taken_by_its_text_counts_on_the_surface_of_the_keyword() -> None:
    rows = tables(
        posted("text", "Copilot is slow.", "Incident with API requests"),
        posted("title", "Slow.", "Copilot and API requests"),
    )["incident_components"]
    assert {
        row["incident_id"]: (row["component_id"], row["surface"], row["surface_basis"])
        for row in rows
    } == {
        "text": ("unattributed", "code_assistant", "text"),
        "title": ("unattributed", "code_assistant", "title"),
    }


def test_a_keyword_of_no_surface_leaves_the_post_unmapped() -> None:
    page = replace(SHARED, title_keywords=("cortex",))
    rows = tables(posted("post", "Cortex is slow."), page=page)["incident_components"]
    assert ("post", "other", "unmapped") in {
        (row["incident_id"], row["surface"], row["surface_basis"]) for row in rows
    }


def states(rows: Rows) -> set[tuple[str, str, str]]:
    return {
        (row["component_id"], row["state"], f"{row['start_at']:%H:%M}-{row['end_at']:%H:%M}")
        for row in rows["component_states"]
    }


def test_while_such_a_post_is_open_nobody_knows_the_provider_s_components() -> None:
    said = posted("post", "Copilot is slow.")
    assert states(tables(said)) == {(OURS, "unknown", "10:00-11:00")}
    assert states(tables(posted("post", "Pages are slow."))) == set()


@pytest.mark.parametrize(
    ("window", "dark"),
    [
        ("From 9:30 to 11:20 UTC", "09:30-11:20"),
        ("From 9:30 to 10:20 UTC", "09:30-11:00"),
        ("From 10:00 to 11:20 UTC", "10:00-11:20"),
        ("From 10:00 to 10:20 UTC", "10:00-11:00"),
        ("From 8:00 to 9:00 UTC", "08:00-11:00"),
    ],
)
def test_nor_in_the_window_its_text_states_though_the_post_was_not_open_yet_or_any_more(
    window: str, dark: str
) -> None:
    said = [
        update("u1", "investigating", BEGAN, "Errors."),
        update("u2", "resolved", ENDED),
        update("u3", "postmortem", "2026-01-05T12:00:00Z", f"{window} Copilot was slow."),
    ]
    assert states(tables(incident("post", said, components=[]))) == {(OURS, "unknown", dark)}


def test_on_a_page_of_ones_own_a_post_without_components_leaves_the_states_known() -> None:
    assert states(tables(posted("post", "Copilot is slow."), page=PAGE)) == set()


# ---- one component, several readers ----


def test_a_component_of_a_page_has_one_surface_whoever_reads_it() -> None:
    """Named by nothing but its id: the names of these products have changed."""
    readers = [p for p in load().pages if p.base_url == "https://status.cloud.google.com"]
    assert len(readers) == 2
    ids = {component_id for page in readers for component_id in page.product_ids}
    body = google.posts(google.incident(products=[{"id": i, "title": i} for i in sorted(ids)]))
    found = [
        {
            row["component_id"]: row["surface"]
            for row in google.tables(body, page=page)["components"]
        }
        for page in readers
    ]
    assert set(found[0]) == ids
    assert found[0] == found[1]
    assert {"api_inference", "fine_tuning", "video"} <= set(found[0].values())
