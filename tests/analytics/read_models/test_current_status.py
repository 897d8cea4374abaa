"""What the profile says of the present: the newest capture, and how old it may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.read_models.current_status import NO_POST, POST_OPEN, present
from analytics.read_models.daily_states import NO_DATA
from analytics.wording.profile import current_status_sentence
from tests.support.pages.profiles import FRESH, NOW, YEAR
from tests.support.snapshots import ACME, at, covered, made, page_of, post, source, state


def test_now_is_what_holds_at_the_newest_capture(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW, of=name) for name in ("a", "b", "c", "d")],
        captures=FRESH,
        states=[
            state("major", "2026-01-30", of="a"),
            state("partial", "2026-01-29", "2026-01-30", of="b"),
            state("degraded", "2026-01-29", NOW, of="c"),
            state("unknown", "2026-01-30", of="d"),
        ],
    )
    found = present(snapshot, ACME, NOW)
    states = dict(found.components.select("name", "state").iter_rows())
    assert states == {"a": "major", "b": "operational", "c": "operational", "d": "unknown"}
    assert (found.current, found.at, found.headline) == (True, NOW, "major")


@pytest.mark.parametrize(
    ("worst", "posts", "headline"),
    [
        (None, [], "operational"),
        (None, [post("p1", "2026-01-30")], POST_OPEN),
        ("maintenance", [post("p1", "2026-01-30")], "maintenance"),
        ("degraded", [], "degraded"),
        ("unknown", [], "unknown"),
    ],
)
def test_the_headline_is_the_worst_that_is_known(
    tmp_path: Path, worst: str | None, posts: list[Any], headline: str
) -> None:
    states = [state(worst, "2026-01-30")] if worst else []
    snapshot = made(
        tmp_path, as_of=NOW, coverage=[YEAR], captures=FRESH, states=states, posts=posts
    )
    assert present(snapshot, ACME, NOW).headline == headline


def test_silence_beyond_the_budget_is_no_data_whatever_was_said(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], captures=FRESH)
    within, beyond = NOW + timedelta(seconds=3600), NOW + timedelta(seconds=3601)
    assert present(snapshot, ACME, within).headline == "operational"
    late = present(snapshot, ACME, beyond)
    assert (late.current, late.headline) == (False, NO_DATA)
    assert late.components["state"].to_list() == [NO_DATA]
    assert late.components["last_state"].to_list() == ["operational"]


def test_an_imported_page_is_never_current(tmp_path: Path) -> None:
    imported = source("https://acme.test/incidents.json", NOW, stale_after_s=None)
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], captures=imported)
    assert not present(snapshot, ACME, NOW).current


def test_posts_are_open_up_to_the_newest_capture_and_components_known_up_to_their_own(
    tmp_path: Path,
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", "2026-01-20"), covered("2026-01-01", "2026-01-20", of="b")],
        captures=FRESH,
        states=[state("major", "2026-01-19")],
        posts=[post("late", NOW - timedelta(hours=2))],
    )
    found = present(snapshot, ACME, NOW)
    assert (found.at, found.current, found.headline) == (NOW, True, POST_OPEN)
    assert found.posts["open_s"].to_list() == [7200]
    told = found.components.select("name", "state", "last_state", "since_at").rows()
    ended = at("2026-01-20")
    assert told == [(name, NO_DATA, NO_DATA, ended) for name in ("api", "b")]
    assert current_status_sentence(found).endswith(
        "1 post was open and nothing was known of its 2 components after 2026-01-20 00:00 UTC."
    )


def test_what_vouches_for_components_may_be_older_than_the_newest_capture_by_the_budget(
    tmp_path: Path,
) -> None:
    for late_s, known in ((3600, "operational"), (3601, NO_DATA)):
        ended = NOW - timedelta(seconds=late_s)
        lists = [covered("2026-01-01", ended), covered("2026-01-01", NOW, of="unattributed")]
        found = present(made(tmp_path, as_of=NOW, coverage=lists, captures=FRESH), ACME, NOW)
        assert found.components["state"].to_list() == [known]
        assert found.components["last_state"].to_list() == [known]


def test_a_post_by_a_clock_ahead_of_ours_has_not_been_open_for_less_than_nothing(
    tmp_path: Path,
) -> None:
    ahead = post("p1", NOW + timedelta(minutes=5))
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], captures=FRESH, posts=[ahead])
    assert present(snapshot, ACME, NOW).posts["open_s"].to_list() == [0]


@pytest.mark.parametrize("shape", ["robots", "uptime"])
def test_what_says_nothing_of_posts_is_no_newest_capture(tmp_path: Path, shape: str) -> None:
    later = NOW + timedelta(days=1)
    other = source("https://acme.test/other", later, shape=shape)
    snapshot = made(tmp_path, as_of=later, coverage=[YEAR], captures=[*FRESH, *other])
    found = present(snapshot, ACME, later)
    assert (found.at, found.current) == (NOW, False)


def test_a_component_that_left_the_page_says_nothing_of_now(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR, covered("2025-01-01", "2025-06-01", of="old")],
        captures=FRESH,
        states=[state("major", "2025-05-01", of="old")],
    )
    assert present(snapshot, ACME, NOW).components["name"].to_list() == ["api"]


def test_a_page_without_components_can_only_say_that_no_post_is_open(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW, of="unattributed")],
        captures=FRESH,
    )
    found = present(snapshot, ACME, NOW)
    assert found.headline == NO_POST
    assert "no post was open and the page shows no components" in current_status_sentence(found)


def test_what_is_not_under_way_is_not_open(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        captures=FRESH,
        posts=[
            post("m", "2026-02-10", kind="maintenance"),
            post("gone", "2026-01-20", flags=["removed"]),
            post("over", "2026-01-20", "2026-01-21"),
            post("quiet", "2026-01-01", flags=["zombie"]),
        ],
    )
    found = present(snapshot, ACME, NOW)
    assert found.posts.select("title", "open_s").rows() == [("quiet", 30 * 86_400)]
    assert "1 post was open (1 of them without an update for two weeks)" in current_status_sentence(
        found
    )


def contradiction(when: Any) -> dict[str, Any]:
    about = {"page_key": page_of(ACME), "kind": "contradiction", "record": "indicator"}
    return {**about, "at": at("2026-01-01"), "last_at": when, "reason": "says critical", "n": 1}


@pytest.mark.parametrize(
    ("roster", "warned", "headline"),
    [
        (NOW, None, "operational"),
        (NOW, NOW, "unknown"),
        (NOW, NOW - timedelta(minutes=5), "operational"),
        (NOW - timedelta(hours=2), None, "unknown"),
        (NOW - timedelta(minutes=50), None, "operational"),
    ],
)
def test_a_page_is_not_called_operational_against_its_own_word_or_unseen(
    tmp_path: Path, roster: Any, warned: Any, headline: str
) -> None:
    shown = source("https://acme.test/summary.json", roster, shape="roster")
    warnings = [] if warned is None else [contradiction(warned)]
    snapshot = made(
        tmp_path, as_of=NOW, coverage=[YEAR], captures=[*FRESH, *shown], warnings=warnings
    )
    assert present(snapshot, ACME, NOW).headline == headline
    down = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        captures=[*FRESH, *shown],
        warnings=warnings,
        states=[state("major", "2026-01-30")],
    )
    assert present(down, ACME, NOW).headline == "major"


@pytest.mark.parametrize(
    ("began", "ended", "told"),
    [
        (NOW - timedelta(seconds=30), None, "major"),
        (NOW - timedelta(days=1), NOW - timedelta(seconds=30), "operational"),
        (NOW - timedelta(days=1), None, "major"),
    ],
)
def test_a_state_that_changed_after_the_list_and_before_the_components_were_read_is_told(
    tmp_path: Path, began: datetime, ended: datetime | None, told: str
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW - timedelta(minutes=1))],
        captures=FRESH,
        states=[state("major", began, ended)],
    )
    found = present(snapshot, ACME, NOW)
    assert (found.headline, found.components["last_state"].to_list()) == (told, [told])
