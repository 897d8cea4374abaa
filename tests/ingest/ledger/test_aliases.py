"""A page gives its records other ids: they are the same records, counted once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ingest.models import Capture, State
from ingest.snapshot.break_rows import renumbered_rows
from ingest.snapshot.tables import Rows
from tests.support.ledgers.page_tables import page_tables
from tests.support.ledgers.sightings import NOON, merged, seen, tables
from tests.support.payloads.statuspage import (
    PAGE,
    about_page,
    change,
    component,
    incident,
    incidents_json,
    update,
)

DAYS = (5, 6, 7)
BAD = "major_outage"


def post(ids: str, day: int, fraction: str = "050", **more: Any) -> dict[str, Any]:
    """Make an outage of the API; every id of it begins with ``ids``."""
    api = f"{ids}api"
    worse, better = change(api, "operational", BAD), change(api, BAD, "operational")
    begun, over = (f"2026-01-{day:02}T1{h}:00:00.{fraction}Z" for h in (0, 1))
    return incident(
        f"{ids}post{day}",
        [
            update(f"{ids}a{day}", "investigating", begun, changes=[worse]),
            update(f"{ids}b{day}", "resolved", over, changes=[better]),
        ],
        components=[component(api)],
        name=f"Outage {day}",
        **more,
    )


def posts(ids: str, days: Sequence[int] = DAYS, **more: Any) -> bytes:
    return incidents_json(*(post(ids, day, **more) for day in days))


def roster(ids: str, *more: str) -> str:
    named = [component(f"{ids}api"), component(f"{ids}chat", name="Chat")]
    others = [component(f"{ids}{one}", name=one) for one in more]
    return json.dumps({"page": about_page(), "components": [*named, *others]})


def rounds(ids: str, first: int, n: int = 4, **more: Any) -> list[Capture]:
    minutes = range(first, first + 10 * n, 10)
    return [s for m in minutes for s in (seen(posts(ids, **more), m), seen(roster(ids), m + 1))]


ROTATED = [*rounds("old", 0), *rounds("new", 60)]


def ids(rows: Rows, table: str, key: str) -> list[tuple[str, list[str]]]:
    return [(row[key], row["aliases"]) for row in rows[table]]


def down(rows: Rows) -> list[tuple[str, Any, Any]]:
    spans = rows["component_states"]
    return [
        (s["component_id"], s["start_at"], s["end_at"]) for s in spans if s["state"] == State.MAJOR
    ]


def test_posts_under_other_ids_are_the_same_posts() -> None:
    rows = tables(*ROTATED)
    assert ids(rows, "incidents", "incident_id") == [
        (f"oldpost{day}", [f"newpost{day}"]) for day in DAYS
    ]
    assert [row["removed_at"] for row in rows["incidents"]] == [None] * 3
    assert [row["revision_count"] for row in rows["incidents"]] == [0] * 3
    assert {row["url"] for row in rows["incidents"]} == {
        f"https://stspg.test/newpost{day}" for day in DAYS
    }


def test_their_updates_are_neither_retracted_nor_added_late() -> None:
    rows = tables(*ROTATED)
    assert sorted(row["update_id"] for row in rows["updates"]) == sorted(
        f"old{letter}{day}" for letter in "ab" for day in DAYS
    )
    assert [one["known_until"] for one in rows["versions"]] == [None] * 9


def test_components_under_other_ids_are_one_series_without_a_gap() -> None:
    rows, before = tables(*ROTATED), tables(*rounds("old", 0, 10))
    assert ids(rows, "components", "component_id") == [
        ("oldapi", ["newapi"]),
        ("oldchat", ["newchat"]),
    ]
    assert [row["retired_at"] for row in rows["components"]] == [None, None]
    assert down(rows) == down(before)
    assert len(down(rows)) == len(DAYS)
    spans = [
        [(s["component_id"], s["start_at"], s["end_at"]) for s in found["coverage"]]
        for found in (rows, before)
    ]
    assert spans[0] == spans[1]


def test_one_capture_is_enough() -> None:
    rows = tables(*rounds("old", 0), *rounds("new", 60, 1))
    assert [one for one, _ in ids(rows, "incidents", "incident_id")] == [
        f"oldpost{day}" for day in DAYS
    ]


def test_an_outage_that_lasts_over_the_change_stays_one() -> None:
    def now(ids: str) -> bytes:
        begun = update(f"{ids}u", "investigating", "2026-01-10T11:30:00.050Z")
        begun["affected_components"] = [change(f"{ids}api", "operational", BAD)]
        broken = component(f"{ids}api", BAD, updated_at="2026-01-10T11:30:00.050Z")
        return incidents_json(incident(f"{ids}now", [begun], components=[broken]), post(ids, 5))

    old = [x for m in (0, 10) for x in (seen(now("old"), m), seen(roster("old"), m + 1))]
    new = [x for m in (20, 30, 40) for x in (seen(now("new"), m), seen(roster("new"), m + 1))]
    rows = tables(*old, *new)
    assert [row["incident_id"] for row in rows["incidents"]] == ["oldnow", "oldpost5"]
    [lasting] = [row for row in rows["component_states"] if row["incident_id"] == "oldnow"]
    assert (lasting["component_id"], lasting["end_at"]) == ("oldapi", None)


def test_ids_that_change_twice_keep_the_first_and_ids_that_come_back_too() -> None:
    twice = tables(*ROTATED, *rounds("last", 120))
    assert ids(twice, "incidents", "incident_id")[0] == ("oldpost5", ["newpost5", "lastpost5"])
    back = tables(*ROTATED, *rounds("old", 120))
    assert ids(back, "incidents", "incident_id")[0] == ("oldpost5", ["newpost5"])
    assert [row["removed_at"] for row in back["incidents"]] == [None] * 3


def test_times_are_compared_to_the_second() -> None:
    rows = tables(*rounds("old", 0), *rounds("new", 60, fraction="000"))
    assert len(rows["incidents"]) == len(DAYS)


@pytest.mark.parametrize(
    "later",
    [
        posts("new", (8, 9, 10)),
        incidents_json(*(post("new", d, created_at=f"2026-01-{d:02}T10:00:03Z") for d in DAYS)),
        incidents_json(*({**post("new", d), "name": f"Trouble {d}"} for d in DAYS)),
    ],
    ids=["other days", "other times", "other titles"],
)
def test_other_posts_are_other_posts(later: bytes) -> None:
    answers = [seen(posts("old"), 0), *(seen(later, minute) for minute in (10, 20, 30))]
    found = merged(*answers)
    assert (found.incidents.height, found.aliases.height) == (2 * len(DAYS), 0)


def test_alike_posts_are_not_told_apart_and_stay_as_they_are() -> None:
    twins = [incidents_json(post(one, 5), post(two, 5)) for one, two in (("a", "b"), ("c", "d"))]
    assert merged(seen(twins[0], 0), seen(twins[1], 10)).aliases.is_empty()


def test_posts_once_listed_together_are_not_one() -> None:
    both = incidents_json(post("old", 5), post("new", 5))
    answers = [both, posts("old", (5,)), posts("new", (5,))]
    found = merged(*(seen(body, 10 * nr) for nr, body in enumerate(answers)))
    assert found.aliases.is_empty()


def test_a_new_component_beside_the_old_ones_is_no_alias() -> None:
    found = merged(seen(roster("old"), 0), seen(roster("old", "Files"), 10))
    assert found.aliases.is_empty()


def test_a_shared_page_keeps_its_own_components_by_either_id() -> None:
    for own in ("oldapi", "newapi"):
        page = replace(PAGE, component_ids=(own,))
        rows = page_tables(merged(*ROTATED), [page], NOON + timedelta(hours=3))
        assert [row["component_id"] for row in rows["components"]] == ["oldapi"]
        assert len(rows["incidents"]) == len(DAYS)


def test_the_change_is_one_break_however_many_lists_show_it() -> None:
    [row] = renumbered_rows(merged(*ROTATED).aliases, {PAGE.page_key: PAGE})
    assert (row["at"], row["kind"]) == (NOON + timedelta(hours=1), "roster")
    assert row["note"] == "3 incidents and 2 components with other ids under the same names"
    assert row["ended_at"] == row["at"]


def test_one_post_of_many_posted_anew_is_an_alias_and_no_break() -> None:
    again = incidents_json(post("new", 5), *(post("old", day) for day in (6, 7)))
    found = merged(seen(posts("old"), 0), seen(again, 10))
    assert found.aliases["alias"].to_list() == ["newpost5"]
    assert renumbered_rows(found.aliases, {PAGE.page_key: PAGE}) == []
    alone = merged(seen(posts("old", (5,)), 0), seen(posts("new", (5,)), 10))
    assert len(renumbered_rows(alone.aliases, {PAGE.page_key: PAGE})) == 1
