"""Parts of the window measured over arrays have the rows that they have one by one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot, ask
from analytics.answer import RECONSTRUCTED, answer
from analytics.metrics.availability import availability_row, measured_parts
from analytics.metrics.availability_parts import part_rows
from analytics.page_doubts import QUIET
from analytics.scope import epoch
from tests.support.snapshots import at, component, covered, made, page_of, post, state

DAYS = [epoch(at(f"2026-01-{day:02}")) for day in (1, 4, 7, 10)]
WHOLE = (DAYS[0], DAYS[-1])
PARTS = [*pairwise(DAYS), WHOLE, (DAYS[1] + 5000, DAYS[2] + 5000)]
GLOBEX = {"provider": "globex"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Make two providers: of one a page fell quiet and a state is unknown, one forgot a post."""
    forgotten = {"stage": "investigating", "flags": ["zombie"]}
    quiet = {
        "page_key": page_of("acme"),
        "kind": QUIET,
        "record": "r1",
        "reason": "no post",
        "n": 1,
    }
    when = {"at": at("2026-01-09"), "last_at": at("2026-01-09")}
    return made(
        tmp_path_factory.mktemp("parts"),
        as_of="2026-01-10",
        components=[
            *(component(name) for name in ("api", "batch-api")),
            component("chat", surface="chat_web"),
            component(**GLOBEX),
        ],
        coverage=[
            covered("2026-01-01", "2026-01-10"),
            covered("2026-01-02", "2026-01-05", of="batch-api"),
            covered("2026-01-04", "2026-01-06", of="chat"),
            covered("2026-01-01", "2026-01-10", **GLOBEX),
        ],
        states=[
            state("partial", "2026-01-03 22:00", "2026-01-04 02:00", post="p1"),
            state("degraded", "2026-01-03 20:00", "2026-01-04 01:00", of="batch-api"),
            state("major", "2026-01-04 00:30", "2026-01-04 05:00", of="batch-api"),
            state("unknown", "2026-01-05", "2026-01-05 06:00", of="chat"),
            state("maintenance", "2026-01-06", "2026-01-06 01:00", **GLOBEX),
        ],
        posts=[
            post("p1", "2026-01-03 22:00", "2026-01-04 02:00"),
            post("z1", "2026-01-05 10:00", None, **GLOBEX, **forgotten),
        ],
        warnings=[{**quiet, **when}],
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"rule": "statuspage", "combine": "any"},
        {"rule": "strict", "classes": ["outage", "maintenance"]},
        {"rule": "incident_open", "minimum": "partial"},
        {"weights": "0,0,0"},
        {"combine": "mean"},
        {"surface": "chat_web"},
    ],
    ids=str,
)
def test_parts_have_the_rows_that_each_has_by_itself(
    world: Snapshot, asked: dict[str, Any]
) -> None:
    question = ask(since="2026-01-01", **asked)
    alone = [part for parts in measured_parts(world, question, PARTS) for part in parts]
    rows = part_rows(world, question, PARTS)
    assert rows.equals(answer(availability_row(world, question, part) for part in alone))


def test_the_rows_bear_bounds_and_doubts_of_their_own_part(world: Snapshot) -> None:
    rows = part_rows(world, ask(since="2026-01-01"), PARTS)
    bounded = rows.filter(rows["low"].is_not_null())
    # Parts in which the chat was covered and nobody knew its state: three of five.
    assert bounded.select("surface", "window_start").rows() == [
        ("chat_web", at(day)) for day in ("2026-01-04", "2026-01-01", "2026-01-04 01:23:20")
    ]
    globex = rows.filter(provider="globex")
    assert globex["doubts"].to_list() == [None, "zombie:z1", "zombie:z1", "zombie:z1", "zombie:z1"]
    assert set(rows.filter(provider="acme")["doubts"]) == {QUIET}


def test_the_past_as_told_later_is_marked(world: Snapshot, tmp_path: Path) -> None:
    past = made(tmp_path, as_of="2026-01-10", coverage=[covered("2026-01-01", "2026-01-10")])
    past.meta["reconstructed"] = "true"
    assert set(part_rows(past, ask(since="2026-01-01"), PARTS)["status"]) == {RECONSTRUCTED}


def test_where_nobody_has_the_surface_there_are_no_rows(tmp_path: Path) -> None:
    nothing = made(tmp_path, as_of="2026-01-10")
    assert part_rows(nothing, ask(since="2026-01-01"), PARTS).is_empty()
