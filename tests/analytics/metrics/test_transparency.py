"""Transparency: shares with Wilson intervals, of what was there to be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from analytics import Snapshot, ask
from analytics.metrics.frequency import frequency
from analytics.metrics.transparency import causes, transparency
from analytics.statistics.proportions import share, wilson
from tests.support.methodology_text import table
from tests.support.snapshots import Row, at, component, covered, made, page_of, post, source, update

counts = st.tuples(st.integers(0, 300), st.integers(0, 300)).filter(any)
SINCE = "2026-03-01"


def test_two_of_ten() -> None:
    found = share(2, 10)
    assert found["value"] == 0.2
    assert [round(100 * found[bound], 1) for bound in ("low", "high")] == [5.7, 51.0]


def test_a_share_of_nothing_is_no_number() -> None:
    assert share(0, 0) == {"n": 0, "status": "insufficient"}


@given(counts)
def test_the_interval_is_that_of_statsmodels_and_holds_the_share(both: tuple[int, int]) -> None:
    k, n = both[0], sum(both)
    low, high = wilson(k, n)
    assert (low, high) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)
    assert 0 <= low <= k / n <= high <= 1
    assert (low == 0, high == 1) == (k == 0, k == n)


@given(counts, st.integers(2, 9))
def test_more_of_the_same_narrows_the_interval(both: tuple[int, int], times: int) -> None:
    k, n = both[0], sum(both)
    (low, high), (closer_low, closer_high) = wilson(k, n), wilson(k * times, n * times)
    assert closer_high - closer_low < high - low
    assert low <= closer_low + 1e-12
    assert closer_high <= high + 1e-12


@given(counts)
def test_the_interval_of_the_rest_is_its_mirror(both: tuple[int, int]) -> None:
    k, n = both[0], sum(both)
    low, high = wilson(k, n)
    assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def facts(snapshot: Snapshot, **more: Any) -> dict[str, dict[str, Any]]:
    rows = transparency(snapshot, ask(since=SINCE, **more)).to_dicts()
    return {row["metric"]: row for row in rows}


def shown(row: dict[str, Any]) -> tuple[float | None, int]:
    return row["value"], row["n"]


def a_post(name: str, day: int, **more: Any) -> Row:
    return post(name, f"2026-03-{day:02} 12:00", f"2026-03-{day:02} 14:00", **more)


def version(of: str, day: int, **more: Any) -> Row:
    return {
        "provider": "acme",
        "page_key": page_of("acme"),
        "incident_id": of,
        "known_from": at(f"2026-03-{day:02} 15:00"),
        "url": "https://acme.test/incidents.json",
        "sha256": "00",
        **more,
    }


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Ten posts in March; captures from the 4th on."""
    stated = {"stated_start_at": at("2026-03-01 11:30"), "stated_end_at": at("2026-03-01 12:30")}
    posts = [
        a_post("p1", 1, **stated, causes=["config_deploy", "network_dns"]),
        a_post("p2", 2, flags=["retrospective"], max_impact="minor"),
        a_post("p3", 3, flags=["removed"], removed_at=at("2026-03-10")),
        a_post("p4", 4, flags=["removed"], removed_at=at("2026-03-10")),
        a_post("p5", 5, flags=["bulk_linked"], causes=["network_dns"], max_impact="critical"),
        a_post("p6", 6, max_impact="minor"),
        *(a_post(f"p{n}", n, max_impact="none") for n in (7, 8)),
        post("p9", "2026-03-09 12:00", None),
        a_post("p10", 10, **{"class": "notice"}),
        a_post("p11", 11, max_impact="none"),
    ]
    told = [
        update("p1", "investigating", "2026-03-01 12:00"),
        update("p1", "resolved", "2026-03-01 14:00", display_at=at("2026-03-01 13:58:59")),
        update("p1", "postmortem", "2026-03-04 14:00", edited_at=at("2026-03-04 14:01:01")),
        update("p5", "investigating", "2026-03-05 12:00", display_at=at("2026-03-05 11:59")),
        update("p5", "resolved", "2026-03-05 14:00", update_id="fixed"),
        update("p6", "resolved", "2026-03-06 14:00", created_at=None, edited_at=None),
    ]
    versions = [
        version("p5", 5, impact="major"),
        version("p5", 6, impact="critical"),
        version("p6", 6, impact="minor"),
        version("p6", 7, title="p6 again", impact="minor"),
        version("p5", 5, update_id="fixed", body="It is fixed."),
        version("p5", 6, update_id="fixed", body="It was fixed."),
        version("p6", 6, update_id="odd", body="unrelated"),
        version("p7", 7, impact="major", resolved_at=at("2026-03-07 14:00")),
        version("p7", 8, impact="minor", resolved_at=at("2026-03-07 14:00")),
        version("p8", 8, update_id="gone", body="x", known_until=at("2026-03-09")),
        version("p11", 11, update_id="late", created_at=at("2026-03-03")),
        version("p11", 10),
    ]
    return made(
        tmp_path_factory.mktemp("march"),
        as_of="2026-03-31",
        components=[component(), component("old", retired_at=at("2026-03-02"))],
        coverage=[covered("2026-01-01", "2026-03-31")],
        posts=posts,
        updates=told,
        versions=versions,
        captures=[
            *source("https://acme.test/broken.json", None, failed="2026-03-01"),
            *source("https://acme.test/incidents.json", "2026-03-04"),
            *source("https://acme.test/incidents.json", "2026-03-31"),
        ],
    )


@pytest.mark.parametrize(
    ("metric", "value", "n"),
    [
        ("retrospective", 0.1, 10),
        ("window_stated", 0.1, 10),
        ("cause_stated", 0.2, 10),
        ("bulk_linked", 0.1, 10),
        ("post_mortem", 1 / 4, 4),
        ("updates_backdated", 1 / 5, 5),
        ("updates_edit_stamped", 1 / 5, 5),
        ("updates_text_edited", 1 / 4, 4),
        ("impact_changed", 2 / 7, 7),
        ("removed", 1 / 7, 7),
        ("downgraded", 1 / 7, 7),
        ("edited_after_end", 1 / 6, 6),
        ("update_retracted", 1 / 7, 7),
        ("added_late", 1 / 7, 7),
        ("components", 1, 1),
    ],
)
def test_each_fact_is_a_share_of_what_was_there(
    march: Snapshot, metric: str, value: float, n: int
) -> None:
    row = facts(march)[metric]
    assert shown(row) == (pytest.approx(value), n)
    if row["unit"].startswith("fraction"):
        assert (row["low"], row["high"]) == pytest.approx(wilson(round(value * n), n))


def test_a_post_mortem_counts_from_the_end_of_the_post(tmp_path: Path) -> None:
    posts = [a_post(f"p{n}", n) for n in range(1, 8)]
    told = [update(f"p{n}", "postmortem", f"2026-03-{n + n:02} 14:00") for n in range(1, 8)]
    seen = [covered("2026-01-01", "2026-03-31")]
    found = facts(made(tmp_path, as_of="2026-03-31", coverage=seen, posts=posts, updates=told))
    assert shown(found["post_mortem"]) == (1, 7)
    assert shown(found["post_mortem_delay_median"]) == (4 * 86_400, 7)


def test_what_only_captures_show_needs_captures(tmp_path: Path) -> None:
    seen = [covered("2026-01-01", "2026-03-31")]
    found = facts(made(tmp_path, as_of="2026-03-31", coverage=seen, posts=[a_post("p", 1)]))
    for metric in ("updates_text_edited", "impact_changed", "removed"):
        assert (found[metric]["value"], found[metric]["status"]) == (None, "insufficient")
    assert shown(found["retrospective"]) == (0, 1)


def test_the_methodology_explains_facts_there_are(march: Snapshot) -> None:
    assert {row[0] for row in table("Transparency")} < facts(march).keys()


def test_classes_decide_which_posts_are_asked_about(march: Snapshot) -> None:
    assert facts(march, classes="notice")["retrospective"]["n"] == 1


def test_posts_are_those_of_the_frequency(tmp_path: Path) -> None:
    posts = [a_post("in", 20, causes=["network_dns"]), a_post("before", 2)]
    late = [covered("2026-03-10", "2026-03-31")]
    snapshot = made(tmp_path, as_of="2026-03-31", coverage=late, posts=posts)
    assert frequency(snapshot, ask(since=SINCE))["n"].to_list() == [1]
    assert shown(facts(snapshot)["cause_stated"]) == (1, 1)
    told = causes(snapshot, ask(since=SINCE))
    assert told.select("cause", "posts", "n").rows() == [
        ("not_stated", 0, 1),
        ("network_dns", 1, 1),
    ]


def test_causes_come_with_what_was_not_stated_first(march: Snapshot) -> None:
    found = causes(march, ask(since=SINCE))
    assert found.select("cause", "posts", "n").rows() == [
        ("not_stated", 8, 10),
        ("network_dns", 2, 10),
        ("config_deploy", 1, 10),
    ]
    assert found["share"].to_list() == [0.8, 0.2, 0.1]
    assert [round(100 * found[bound][1], 1) for bound in ("low", "high")] == [5.7, 51.0]


def test_without_posts_no_cause_is_told_and_none_is_hidden(march: Snapshot) -> None:
    [row] = causes(march, ask(since="2026-03-20")).to_dicts()
    assert (row["cause"], row["posts"], row["share"], row["n"]) == ("not_stated", 0, None, 0)


# ---- planned work ----


def planned(name: str, **more: Any) -> Row:
    """Make a maintenance of 10 March from 10:00 to 11:00, announced two days ahead."""
    clocks = {
        "stage": "completed",
        "start_basis": "in_progress",
        "started_at": at("2026-03-10 10:00"),
        "scheduled_start_at": at("2026-03-10 10:00"),
        "scheduled_end_at": at("2026-03-10 11:00"),
        "resolved_at": at("2026-03-10 11:00"),
    }
    return post(name, "2026-03-08 09:00", None, kind="maintenance", **{**clocks, **more})


def facts_of(tmp_path: Path, *posts: Row, **more: Any) -> dict[str, dict[str, Any]]:
    seen = [covered("2026-01-01", "2026-03-31")]
    return facts(made(tmp_path, as_of="2026-03-31", coverage=seen, posts=posts), **more)


def test_a_maintenance_is_unannounced_if_told_less_than_a_day_ahead(tmp_path: Path) -> None:
    told = {"p1": "2026-03-09 10:00", "p2": "2026-03-09 10:00:01", "p3": "2026-03-10 10:30"}
    found = facts_of(tmp_path, *(planned(p, published_at=at(when)) for p, when in told.items()))
    row = found["maintenance_unannounced"]
    assert shown(row) == (pytest.approx(2 / 3), 3)
    assert (row["low"], row["high"]) == pytest.approx(wilson(2, 3))
    assert row["unit"] == "fraction of maintenances"


def test_the_notice_runs_to_the_scheduled_start_and_else_to_the_actual_one(tmp_path: Path) -> None:
    late = {"scheduled_start_at": at("2026-03-09 08:59:59")}
    unscheduled = {"scheduled_start_at": None, "scheduled_end_at": None}
    found = facts_of(tmp_path, planned("p1", **late), planned("p2", **unscheduled))
    assert shown(found["maintenance_unannounced"]) == (1 / 2, 2)
    assert shown(found["maintenance_overrun"])[1] == 1


def test_a_maintenance_overran_if_it_ended_a_minute_late(tmp_path: Path) -> None:
    over = ("2026-03-10 10:40", "2026-03-10 11:01", "2026-03-10 11:01:01")
    posts = [planned(f"p{n}", resolved_at=at(end)) for n, end in enumerate(over)]
    running = planned("p9", resolved_at=None, stage="in_progress")
    found = facts_of(tmp_path, *posts, running)
    assert shown(found["maintenance_overrun"]) == (pytest.approx(1 / 3), 3)
    assert found["maintenance_unannounced"]["n"] == 4


@pytest.mark.parametrize(
    "never",
    [
        {"stage": "scheduled", "start_basis": "scheduled_start_at", "resolved_at": None},
        {"start_basis": "scheduled_start_at", "resolved_at": at("2026-03-10 09:00")},
        {"start_basis": "started_at", "scheduled_start_at": None},
        {"started_at": at("2026-02-28 23:59")},
    ],
    ids=["only announced", "called off", "start not known", "before the window"],
)
def test_what_is_not_known_to_have_begun_in_the_window_is_in_no_share(
    tmp_path: Path, never: dict[str, Any]
) -> None:
    found = facts_of(tmp_path, planned("p", **never))
    for metric in ("maintenance_unannounced", "maintenance_overrun"):
        assert (found[metric]["value"], found[metric]["n"]) == (None, 0)


def test_maintenances_are_told_whatever_classes_and_states_are_asked_about(tmp_path: Path) -> None:
    found = facts_of(tmp_path, planned("p"), classes="notice", minimum="major")
    row = found["maintenance_unannounced"]
    assert (*shown(row), row["classes"]) == (0, 1, "maintenance")
    assert found["retrospective"]["classes"] == "notice"


def test_a_maintenance_is_told_of_the_surfaces_it_names(tmp_path: Path) -> None:
    both = [component(), component("chat", surface="chat_web")]
    seen = [covered("2026-01-01", "2026-03-31", of=name) for name in ("api", "chat")]
    posts = [planned("p1", of=("chat",)), planned("p2", of=("api", "chat"))]
    snapshot = made(tmp_path, as_of="2026-03-31", components=both, coverage=seen, posts=posts)
    assert facts(snapshot, surface="chat_web")["maintenance_overrun"]["n"] == 2
    assert facts(snapshot, surface="api_inference")["maintenance_overrun"]["n"] == 1
    assert facts(snapshot, combine="any")["maintenance_overrun"]["n"] == 2
