"""How bad a post was: what a least state counts, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import Snapshot, ask
from analytics.comparison_words import unrated_sentence
from analytics.explorer import Search, incidents
from analytics.frequency import frequency
from analytics.provenance import left_unrated
from analytics.scope import posts, scopes
from tests.snapshots import ACME, API, Row, component, covered, made, page_of, post

AS_OF = "2026-07-01"
#: Posts of the world below that reached partial or worse on the API.
PARTIAL = {"major named", "minor posted", "major posted", "operational named"}
#: Posts that do not say how bad they were.
SILENT = [
    post(day, f"{day} 10:00", f"{day} 11:00", max_impact="unknown")
    for day in ("2026-02-01", "2026-02-08")
]


def linked(name: str, worst: str | None, of: str = API, surface: str = "api_inference") -> Row:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "incident_id": name,
        "component_id": of,
        "surface": surface,
        "surface_basis": "name",
        "relation": "declared",
        "worst_state": worst,
    }


@pytest.fixture
def world(tmp_path: Path) -> Snapshot:
    """Posts a day apart: the worst state named, the impact posted, and on which surface."""
    told = {
        "major named": ("major", "minor", API),
        "degraded named": ("degraded", "critical", API),
        "minor posted": (None, "minor", API),
        "major posted": (None, "major", API),
        "none posted": (None, "none", API),
        "operational named": ("operational", "major", API),
        "nothing said": (None, "unknown", API),
        "unknown named": ("unknown", "unknown", API),
        "major on chat": ("major", "major", "chat"),
    }
    days = {name: f"2026-02-{day:02}" for day, name in enumerate(told, start=1)}
    links = [
        linked(name, worst, of, "api_inference" if of == API else "chat_web")
        for name, (worst, _, of) in told.items()
    ]
    # Named by the post, and given no state by its updates, though another was.
    links.append(linked("major on chat", None))
    return made(
        tmp_path,
        as_of=AS_OF,
        components=[component(), component("chat", surface="chat_web")],
        coverage=[covered("2026-01-01", AS_OF), covered("2026-01-01", AS_OF, of="chat")],
        posts=[
            post(name, f"{days[name]} 10:00", f"{days[name]} 11:00", max_impact=impact)
            for name, (_, impact, _) in told.items()
        ],
        incident_components=links,
    )


@pytest.mark.parametrize(
    ("minimum", "counted"),
    [
        ("degraded", {*PARTIAL, "degraded named", "none posted"}),
        ("partial", PARTIAL),
        ("major", {"major named", "major posted", "operational named"}),
    ],
)
def test_a_least_state_goes_by_updates_and_only_where_they_are_silent_by_the_posted_impact(
    world: Snapshot, minimum: str, counted: set[str]
) -> None:
    question = ask(surface="api_inference", since="2026-01-01", minimum=minimum)
    [scope] = scopes(world, question)
    assert set(posts(world, question, scope)["incident_id"]) == counted
    assert frequency(world, question).select("n", "unrated").rows() == [(len(counted), 2)]
    shown = incidents(world, question, Search())["title"]
    assert set(shown) == counted


def test_posts_of_unknown_severity_are_told_of_where_a_least_state_leaves_them_out(
    world: Snapshot, tmp_path: Path
) -> None:
    question = ask(surface="api_inference", since="2026-01-01", minimum="partial")
    found = left_unrated(world, question)
    assert found.to_dicts() == [{"provider": ACME, "posts": 9, "unrated": 2}]
    told = unrated_sentence(found, world.table("providers"))
    assert "2 of 9 posts of Acme" in told
    late = [covered("2026-02-07", AS_OF)]
    some = made(tmp_path, as_of=AS_OF, coverage=late, posts=SILENT)
    assert left_unrated(some, question).rows() == [(ACME, 1, 1)]
    every = left_unrated(world, ask(surface="api_inference", since="2026-01-01"))
    assert unrated_sentence(every, world.table("providers")) == ""
