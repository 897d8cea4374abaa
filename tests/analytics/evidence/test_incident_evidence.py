"""Evidence: every post behind a number is there, adds up to it, and leads to its capture."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import METRICS, Question, Snapshot, ask
from analytics.evidence.incident_evidence import evidence, longest
from tests.support.snapshots import ACME, Row, at, component, covered, made, page_of, post, state

AS_OF = "2026-03-01"
JANUARY = ask(since="2026-01-01", until="2026-02-01")
OPEN = ask(since="2026-01-01", until="2026-02-01", rule="incident_open")


def version(of: str, known_from: str, sha256: str, **more: Any) -> Row:
    """Make a version of the post named ``of``, first shown by a capture."""
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "incident_id": of,
        "known_from": at(known_from),
        "url": "https://acme.test/incidents.json",
        "sha256": sha256,
        **more,
    }


def rows(snapshot: Snapshot, question: Question = JANUARY) -> dict[str | None, dict[str, Any]]:
    return {row["incident_id"]: row for row in evidence(snapshot, question).to_dicts()}


def ids(found: pl.DataFrame, role: str) -> set[str]:
    return set(found.filter(pl.col(role))["incident_id"])


@pytest.fixture
def month(tmp_path: Path) -> Snapshot:
    """Covered from 5 January on; posts before, in and after it, and of every kind."""
    silent = {"flags": ["zombie"], "duration_quality": "open"}
    return made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2026-01-05", AS_OF)],
        posts=[
            post("before", "2025-12-20", "2025-12-21"),
            post("into", "2025-12-31", "2026-01-06"),
            post("uncovered", "2026-01-02", "2026-01-03"),
            post("inside", "2026-01-10", "2026-01-11"),
            post("late", "2026-01-12", "2026-01-12", flags=["retrospective"]),
            post("forgotten", "2026-01-13", **silent),
            post("notice", "2026-01-14", "2026-01-15", **{"class": "notice"}),
            post("after", "2026-02-10", "2026-02-11"),
        ],
    )


@pytest.mark.parametrize("classes", ["outage", "outage,notice"])
def test_the_posts_marked_are_those_that_were_counted(month: Snapshot, classes: str) -> None:
    question = ask(since="2026-01-01", until="2026-02-01", classes=classes)
    found = evidence(month, question)
    notices = {"notice"} & set(classes.split(","))
    assert ids(found, "in_rate") == {"inside", "late", "forgotten"} | notices
    assert ids(found, "in_durations") == {"inside"} | notices
    [rate] = METRICS["frequency"](month, question).to_dicts()
    [lasting] = METRICS["durations"](month, question).filter(metric="open_median").to_dicts()
    assert (rate["n"], lasting["n"]) == (found["in_rate"].sum(), found["in_durations"].sum())


def test_a_post_open_since_before_the_window_is_there_and_not_in_the_rate(month: Snapshot) -> None:
    found = rows(month)
    assert found.keys() == {"into", "uncovered", "inside", "late", "forgotten"}
    assert (found["into"]["in_rate"], found["into"]["in_durations"]) == (False, False)


def test_the_newest_come_first(month: Snapshot) -> None:
    published = evidence(month, JANUARY)["published_at"].to_list()
    assert published == sorted(published, reverse=True)


@pytest.fixture
def two_components(tmp_path: Path) -> Snapshot:
    """One post on each of two components, one hour each and half of it at once; then nobody's."""
    return made(
        tmp_path,
        as_of=AS_OF,
        components=[component("one"), component("two")],
        coverage=[covered("2025-12-01", AS_OF, of=name) for name in ("one", "two")],
        posts=[
            post("a", "2026-01-10 10:00", "2026-01-10 11:00", of=["one"], impact_s=3600),
            post("b", "2026-01-10 10:30", "2026-01-10 12:00", of=["two"], impact_s=3600),
        ],
        states=[
            state("major", "2026-01-10 10:00", "2026-01-10 11:00", of="one", post="a"),
            state("partial", "2026-01-10 10:30", "2026-01-10 11:30", of="two", post="b"),
            state("major", "2026-01-20 10:00", "2026-01-20 10:10", of="two"),
        ],
    )


@pytest.mark.parametrize(("rule", "b"), [("incident_io", 3600), ("statuspage", 1080)])
def test_what_a_post_took_down_by_itself_is_weighed_by_the_rule(
    two_components: Snapshot, rule: str, b: int
) -> None:
    question = ask(since="2026-01-01", until="2026-02-01", rule=rule)
    found = rows(two_components, question)
    assert {name: row["down_s"] for name, row in found.items()} == pytest.approx(
        {"a": 3600, "b": b, None: 600}
    )


def test_overlap_counts_once_in_the_total_and_twice_in_the_sum(two_components: Snapshot) -> None:
    [total] = METRICS["availability"](two_components, JANUARY).to_dicts()
    own = evidence(two_components, JANUARY)["down_s"].sum()
    assert (total["down_s"], own) == (3600 + 1800 + 600, 3600 + 3600 + 600)


def test_on_one_component_the_posts_add_up_to_the_total(tmp_path: Path) -> None:
    names = [f"p{n}" for n in range(1, 9)]
    begun = {name: at(f"2026-01-{10 + n}") for n, name in enumerate(names)}
    lengths = {name: timedelta(minutes=7 * n + 3) for n, name in enumerate(names)}
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-12-01", AS_OF)],
        posts=[post(name, begun[name], begun[name] + lengths[name]) for name in names],
        states=[
            state("major", begun[name], begun[name] + lengths[name], post=name) for name in names
        ],
    )
    [total] = METRICS["availability"](snapshot, JANUARY).to_dicts()
    found = evidence(snapshot, JANUARY)
    assert found["down_s"].sum() == total["down_s"] == sum(t.seconds for t in lengths.values())


def test_for_contrast_a_post_counts_as_long_as_it_is_open(two_components: Snapshot) -> None:
    found = rows(two_components, OPEN)
    assert {name: row["down_s"] for name, row in found.items()} == {"a": 3600, "b": 5400}


def test_only_what_lies_in_the_window_was_taken_down_in_it(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-12-01", AS_OF)],
        posts=[post("long", "2025-12-31 23:00", "2026-01-01 02:00")],
        states=[state("major", "2025-12-31 23:00", "2026-01-01 02:00", post="long")],
    )
    assert rows(snapshot)["long"]["down_s"] == 7200


def test_a_post_leads_to_its_first_capture_and_to_its_newest_version(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-12-01", AS_OF)],
        posts=[post(name, "2026-01-10", "2026-01-11") for name in ("edited", "plain", "unseen")],
        versions=[
            version("edited", "2026-01-10 01:00", "first"),
            version("edited", "2026-01-10 02:00", "second"),
            version("edited", "2026-01-10 03:00", "third", update_id="u1"),
            version("plain", "2026-01-10 01:00", "first"),
        ],
    )
    found = rows(snapshot)
    hashes = {name: (row["first_sha256"], row["last_sha256"]) for name, row in found.items()}
    assert hashes == {
        "edited": ("first", "third"),
        "plain": ("first", "first"),
        "unseen": (None, None),
    }
    assert found["edited"]["last_at"] == at("2026-01-10 03:00")


def test_the_longest_is_among_the_durations(month: Snapshot, two_components: Snapshot) -> None:
    open_s, _ = longest(evidence(month, JANUARY), "open_s")
    assert open_s is not None
    assert (open_s["incident_id"], open_s["open_s"]) == ("inside", 86_400)
    assert longest(evidence(month, JANUARY), "impact_s") == (None, 0)
    impact, _ = longest(evidence(two_components, JANUARY), "impact_s")
    assert impact is not None
    assert impact["impact_s"] == 3600


def test_the_longest_rests_on_the_posts_that_have_such_a_length(tmp_path: Path) -> None:
    day = ("2026-01-10 10:00", "2026-01-10 11:00")
    lengths = (600, 1200, 0, None)
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-12-01", AS_OF)],
        posts=[post(f"p{n}", *day, impact_s=length) for n, length in enumerate(lengths)],
    )
    found = evidence(snapshot, JANUARY)
    n = dict(METRICS["durations"](snapshot, JANUARY).select("metric", "n").iter_rows())
    for column, metric in (("open_s", "open_median"), ("impact_s", "impact_median")):
        assert longest(found, column)[1] == n[metric]
    assert longest(found, "impact_s")[1] == 2


def test_a_post_still_open_has_been_so_up_to_the_newest_capture(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-12-01", AS_OF)],
        posts=[post("running", "2026-01-31 12:00")],
    )
    assert rows(snapshot)["running"]["open_s"] == 28 * 86_400 + 43_200


def test_without_posts_there_is_no_evidence(tmp_path: Path) -> None:
    quiet = made(tmp_path, as_of=AS_OF, coverage=[covered("2025-12-01", AS_OF)])
    assert evidence(quiet, JANUARY).is_empty()
