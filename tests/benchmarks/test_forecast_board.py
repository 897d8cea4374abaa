"""The benchmark of forecasts: tasks without later edits, a scorer, a board that is up to date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analytics.forecast.backtest import GIVEN, LANDMARKS_S, MEMORYLESS, SHIFTED, known_replay
from analytics.question import CLASSES, MAINTENANCE, MONITOR
from benchmarks.forecast.__main__ import BOARD, DEMO, ENTRIES, HEAD
from benchmarks.forecast.board import load, render, scores_of
from benchmarks.forecast.entrants import BASELINES, OURS, by_group, plain, strata
from benchmarks.forecast.scorer import COLUMNS, EntryError, read_entry, score, write_entry
from benchmarks.forecast.tasks import (
    EVENTS,
    OVER,
    POSTED,
    TASKS,
    UPDATED,
    WARM_UP,
    World,
    answers,
    events_of,
    tasks_of,
)
from tests.support.snapshots import covered, made, post, source, update

NOW = datetime(2026, 6, 30, tzinfo=UTC)


def test_the_board_is_that_of_the_files_beside_it() -> None:
    assert BOARD.read_text(encoding="utf-8") == HEAD + render(scores_of(DEMO, ENTRIES)) + "\n"


def test_no_event_of_a_frozen_world_tells_whose_words_it_was() -> None:
    world, tasks = load(DEMO)
    assert tuple(world.events.columns) == EVENTS
    assert tuple(tasks.columns) == TASKS
    assert all(
        name.endswith(("-ai", "-models", "-inference", "-labs", "-code"))
        for name in tasks["provider"].unique()
    )


def test_a_task_is_asked_while_its_incident_lasts_and_after_fifty_others() -> None:
    world, tasks = load(DEMO)
    known = tasks.join(world.incidents, on=["provider", "incident"])
    assert known.height == tasks.height
    assert (known["at_s"] == known["begun"] + known["landmark_min"] * 60).all()
    assert (known["seconds"] > known["landmark_min"] * 60).all()
    first = world.incidents.sort("begun")["begun"][WARM_UP]
    assert known["begun"].min() >= first
    assert (answers(world, tasks) > 0).all()


def test_events_stand_in_the_order_in_which_they_came() -> None:
    assert load(DEMO)[0].events["at_s"].is_sorted()


def small(folder: Path) -> World:
    """Make a world of 60 incidents of an hour, the last of which was edited later."""
    begun = [NOW - timedelta(days=90 - n) for n in range(60)]
    posts = [post(f"p{n}", at, at + timedelta(hours=1)) for n, at in enumerate(begun)]
    late = NOW - timedelta(days=5)
    extra = [
        post("late", late, late + timedelta(hours=1), flags=["retrospective"]),
        post("work", late, late + timedelta(hours=1), kind="maintenance"),
        post("open", NOW - timedelta(hours=2)),
    ]
    said = [
        update("p0", "identified", begun[0] + timedelta(minutes=10), update_id="u"),
        update("open", "investigating", NOW - timedelta(hours=2)),
    ]
    seen = {
        "provider": "acme",
        "page_key": "acme.statuspage.test",
        "incident_id": "p0",
        "update_id": "u",
        "url": "https://acme.test",
        "sha256": "0",
    }
    versions = [
        {"known_from": begun[0], "status": "investigating"},
        {"known_from": NOW, "status": "identified"},
    ]
    snapshot = made(
        folder,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW)],
        posts=[*posts, *extra],
        updates=said,
        versions=[{**seen, **one} for one in versions],
        captures=source("https://acme.test", NOW),
    )
    return World(events_of(snapshot))


def test_an_update_is_as_the_first_capture_showed_it(tmp_path: Path) -> None:
    events = small(tmp_path).events
    [status] = events.filter(incident="i0", event=UPDATED)["status"]
    assert status == "investigating"


def test_incidents_posted_after_the_fact_and_planned_work_are_no_events(tmp_path: Path) -> None:
    events = small(tmp_path).events
    assert events.filter(event=POSTED).height == 61
    assert events.filter(event=OVER).height == 60


def test_one_that_is_still_open_was_seen_last_when_its_page_was_read(tmp_path: Path) -> None:
    [until] = small(tmp_path).events.filter(event="last seen")["at_s"]
    assert until == NOW.timestamp()


def test_only_what_was_known_by_a_landmark_labels_an_incident(tmp_path: Path) -> None:
    world = small(tmp_path)
    place = world.incidents["incident"].to_list().index("i0")
    assert world.known_of("status", 300.0)[place] == ""
    assert world.known_of("status", 900.0)[place] == "investigating"


def test_incidents_of_the_last_week_and_open_ones_are_no_tasks(tmp_path: Path) -> None:
    tasks = tasks_of(small(tmp_path), NOW.timestamp(), landmarks=(0, 1800, 3600))
    assert tasks["landmark_min"].value_counts(sort=True).rows() == [(0, 10), (30, 10)]
    assert tasks["task"][0] == "i50@0"


# --- the scorer

ASKED = pl.DataFrame({"task": ["a@0", "b@0", "a@30"], "landmark_min": [0, 0, 30]})
LEFT = np.array([100.0, 40.0, 70.0])


def entry(folder: Path, *rows: str, head: str = ",".join(("task", *COLUMNS))) -> Path:
    path = folder / "entry.csv"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    return path


def test_an_entry_is_scored_by_landmark() -> None:
    quantiles = np.array([[1, 20, 30, 60, 80, 90, 200], [1, 2, 30, 40, 50, 60, 70], [70] * 7])
    rows = score(ASKED, LEFT, quantiles.astype(float)).to_dicts()
    assert [(row["landmark_min"], row["n"]) for row in rows] == [(0, 2), (30, 1)]
    assert (rows[0]["held_50"], rows[0]["held_80"], rows[0]["held_90"]) == (0.5, 0.5, 1.0)
    assert rows[0]["error"] == 20
    assert (rows[1]["pinball"], rows[1]["error"], rows[1]["held_90"]) == (0, 0, 1)


def test_an_entry_is_read_in_the_order_of_the_tasks(tmp_path: Path) -> None:
    path = entry(tmp_path, *(f"{task},{','.join('1234567')}" for task in ("b@0", "a@30", "a@0")))
    assert read_entry(path, ASKED).shape == (3, 7)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    quantiles = np.sort(np.random.default_rng(1).uniform(0, 500, (3, 7)))
    write_entry(tmp_path / "mine.csv", ASKED, quantiles)
    assert read_entry(tmp_path / "mine.csv", ASKED) == pytest.approx(quantiles, abs=0.05)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (["a@0,1,2,3,4,5,6,7"], "leaves tasks without an answer"),
        (["a@0,1,2,3,4,5,6,7"] * 2, "answers a task twice"),
        ([f"{one},7,6,5,4,3,2,1" for one in ASKED["task"]], "quantiles that fall"),
        ([f"{one},-1,2,3,4,5,6,7" for one in ASKED["task"]], "lie in the past"),
    ],
)
def test_an_entry_that_cannot_be_scored_is_one_line(
    tmp_path: Path, rows: list[str], why: str
) -> None:
    with pytest.raises(EntryError, match=why):
        read_entry(entry(tmp_path, *rows), ASKED)


def test_an_entry_without_a_column_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(EntryError, match="lacks the columns p95"):
        read_entry(entry(tmp_path, head="task,p05,p10,p25,p50,p75,p90"), ASKED)


# --- the entrants


def test_ours_answers_as_the_back_test_of_the_product_does(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    begun = [NOW - timedelta(days=200 - n) for n in range(180)]
    lengths = np.exp(chance.normal(4.5, 1.0, 180))
    posts = [
        post(f"p{n}", at, at + timedelta(minutes=float(length)))
        for n, (at, length) in enumerate(zip(begun, lengths, strict=True))
    ]
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2025-01-01", NOW)],
        posts=posts,
        captures=source("https://acme.test", NOW),
    )
    world = World(events_of(snapshot))
    tasks = tasks_of(world, NOW.timestamp())
    every = tuple(one for one in CLASSES if one not in {MAINTENANCE, MONITOR})
    for name, method in ((OURS, GIVEN), ("shifted", SHIFTED), ("memoryless", MEMORYLESS)):
        said = BASELINES[name](world, tasks)
        for landmark in LANDMARKS_S[:3]:
            past = known_replay(snapshot, "acme", every, landmark)
            mine = said[tasks["landmark_min"].to_numpy() == landmark // 60]
            assert mine == pytest.approx(past.quantiles[method] / 60)


def test_a_stratum_of_all_incidents_answers_as_plain_does() -> None:
    world, tasks = load(DEMO)
    assert len(world.history.gaps) > 0
    all_alike = strata(lambda of, _: np.zeros(of.incidents.height))
    assert (by_group(all_alike)(world, tasks) == by_group(plain)(world, tasks)).all()


def test_durations_that_are_kept_keep_their_gaps() -> None:
    whole = load(DEMO)[0].history
    some = np.arange(len(whole.providers)) % 3 == 0
    part, shut = whole.kept(some), whole.closed_at(3600)
    assert len(shut[some[shut]]) > 0
    kept = part.followed.begun[part.closed_at(3600)]
    assert set(kept) == set(whole.followed.begun[shut[some[shut]]])


def test_the_provider_median_is_of_what_had_ended(tmp_path: Path) -> None:
    world = small(tmp_path)
    tasks = tasks_of(world, NOW.timestamp(), landmarks=(0, 1800))
    said = BASELINES["provider median"](world, tasks)
    assert set(said[tasks["landmark_min"].to_numpy() == 0].ravel()) == {60.0}
    assert set(said[tasks["landmark_min"].to_numpy() == 30].ravel()) == {30.0}
