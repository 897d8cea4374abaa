"""How bad a post was: what a least state counts, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analytics import Snapshot, ask
from analytics.comparison.head_to_head import side_by_side
from analytics.comparison.pair_series import by_rule
from analytics.comparison.sensitivity import RULES
from analytics.evidence.provenance import left_unrated
from analytics.incident_selection import posts
from analytics.metrics.availability import availability, under_rules
from analytics.metrics.error_budget import budget
from analytics.metrics.frequency import frequency
from analytics.read_models.incident_list import Search, incidents
from analytics.read_models.monthly import monthly
from analytics.read_models.overview import league
from analytics.read_models.surface_matrix import matrix
from analytics.scope import scopes
from analytics.wording.comparison import unrated_sentence
from analytics.wording.head_to_head import quiet_sentence
from tests.support.snapshots import ACME, API, Row, component, covered, made, page_of, post

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
    return posted(tmp_path)


def posted(tmp_path: Path, *others: str) -> Snapshot:
    """Make posts a day apart: the worst state named, the impact posted, and on which surface."""
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
        coverage=[
            covered("2026-01-01", AS_OF),
            covered("2026-01-01", AS_OF, of="chat"),
            *(covered("2026-01-01", AS_OF, provider=name) for name in others),
        ],
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


@pytest.mark.parametrize("combine", ["any", "all"])
def test_where_states_are_weighed_a_least_state_has_no_part_in_an_availability(
    world: Snapshot, combine: str
) -> None:
    every = ask(surface="api_inference", since="2026-01-01", combine=combine)
    least = replace(every, minimum="major")
    for metric in (availability, budget, monthly):
        assert metric(world, least).equals(metric(world, every))
        assert set(metric(world, least)["minimum"]) == {None}
    assert availability(world, least)["n"].to_list() == [9]
    assert matrix(world, least).equals(matrix(world, every))


@pytest.mark.parametrize("combine", ["any", "all"])
def test_where_open_posts_are_down_only_those_that_reached_a_least_state_are(
    world: Snapshot, combine: str
) -> None:
    least = ask(
        surface="api_inference",
        since="2026-01-01",
        rule="incident_open",
        minimum="major",
        combine=combine,
    )
    [row] = availability(world, least).to_dicts()
    assert (row["n"], row["down_s"], row["minimum"]) == (3, 3 * 3600, "major")
    told = under_rules(world, least, RULES).select("rule", "n", "minimum").rows()
    assert {row for row in told if row[0] == "incident_open"} == {("incident_open", 3, "major")}
    assert {row[1:] for row in told if row[0] != "incident_open"} == {(9, None)}


def test_head_to_head_time_down_rests_on_every_post_and_counts_on_those_that_reached(
    tmp_path: Path,
) -> None:
    world = posted(tmp_path, "globex")
    question = ask(providers=[ACME, "globex"], surface="api_inference", since="2026-01-01")
    least = replace(question, minimum="major")
    paired = {row["metric"]: row for row in side_by_side(world, least).to_dicts()}
    told = {metric: (row["a_n"], row["minimum"]) for metric, row in paired.items()}
    assert told["downtime"] == told["availability"] == (9, None)
    assert told["frequency"] == (3, "major")
    assert set(by_rule(world, least).filter(provider=ACME)["n"]) == {9, 3}
    quiet = replace(question, minimum="major", since=date(2026, 3, 1))
    assert quiet_sentence(
        side_by_side(world, quiet), {ACME: "Acme", "globex": "Globex"}, narrowed=True
    )


def test_a_league_table_names_the_least_state_of_its_counts(world: Snapshot) -> None:
    [row] = league(
        world, ask(providers=[ACME], surface="api_inference", minimum="major")
    ).to_dicts()
    assert row["minimum"] == "major"


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
