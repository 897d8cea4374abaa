"""Class maintenance, asked for: planned work counts while it lasts, and never otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analytics import METRICS, Snapshot, ask
from analytics.comparison.ranking import ranking
from analytics.comparison.sensitivity import under_classes
from analytics.evidence.incident_evidence import evidence
from analytics.read_models.daily_states import daily
from analytics.read_models.incident_list import Search, incidents
from analytics.read_models.open_incidents import ongoing
from analytics.rules import INCIDENT_OPEN, STATE_RULES
from tests.support.snapshots import Row, at, covered, made, page_of, post, state, update

AS_OF = "2026-03-31"
SEEN = [covered("2026-01-01", AS_OF)]
WITH = "outage,degradation,maintenance"
ALONE = "maintenance"
BOTH = pytest.mark.parametrize("combine", ["any", "mean"])


def planned(name: str, **more: Any) -> Row:
    """Announced on 20 February for 10 March, at work from 10:05 to 11:05."""
    clocks = {
        "stage": "completed",
        "start_basis": "in_progress",
        "started_at": at("2026-03-10 10:05"),
        "scheduled_start_at": at("2026-03-10 10:00"),
        "resolved_at": at("2026-03-10 11:05"),
        "impact_start_at": at("2026-02-20 09:00"),
        "impact_end_at": at("2026-03-10 11:05"),
        "duration_quality": "exact",
        "open_seconds": 18 * 86_400,
        "max_impact": "maintenance",
    }
    return post(name, "2026-02-20 09:00", None, kind="maintenance", **{**clocks, **more})


RUNNING = {
    "stage": "in_progress",
    "resolved_at": None,
    "open_seconds": None,
    "impact_end_at": None,
    "duration_quality": "open",
}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """One outage of half an hour, and one maintenance of an hour five days later."""
    outage = "2026-03-05 10:00", "2026-03-05 10:30"
    hour = "2026-03-10 10:05", "2026-03-10 11:05"
    return made(
        tmp_path_factory.mktemp("work"),
        as_of=AS_OF,
        coverage=SEEN,
        posts=[post("p", *outage, impact_s=1800), planned("m")],
        states=[state("major", *outage, post="p"), state("maintenance", *hour, post="m")],
        updates=[
            update("m", "scheduled", "2026-02-20 09:00"),
            update("m", "in_progress", "2026-03-10 10:05"),
            update("m", "completed", "2026-03-10 11:05"),
        ],
    )


def rows(snapshot: Snapshot, metric: str, **asked: Any) -> dict[str, dict[str, Any]]:
    found = METRICS[metric](snapshot, ask(**{"since": "2026-01-02", **asked}))
    return {row["metric"]: row for row in found.to_dicts()}


def down(snapshot: Snapshot, **asked: Any) -> tuple[float, int]:
    row = rows(snapshot, "availability", **asked)["availability"]
    return row["down_s"], row["n"]


def test_unless_it_is_asked_for_nothing_planned_counts(work: Snapshot) -> None:
    assert down(work) == (1800, 1)
    assert down(work, rule=INCIDENT_OPEN) == (1800, 1)
    assert rows(work, "frequency")["frequency"]["n"] == 1


@BOTH
@pytest.mark.parametrize("rule", [*STATE_RULES, INCIDENT_OPEN])
def test_asked_for_it_is_down_under_every_rule_for_as_long_as_it_lasts(
    work: Snapshot, rule: str, combine: str
) -> None:
    assert down(work, classes=ALONE, rule=rule, combine=combine) == (3600, 1)
    assert down(work, classes=WITH, rule=rule, combine=combine) == (3600 + 1800, 2)


@BOTH
def test_with_weights_of_ones_own_it_weighs_what_a_major_outage_does(
    work: Snapshot, combine: str
) -> None:
    asked = {"rule": "custom", "weights": "0,0.1,0.5", "combine": combine}
    assert down(work, classes=ALONE, **asked) == (1800, 1)


def test_it_is_open_from_its_start_and_not_from_its_announcement(work: Snapshot) -> None:
    before = {"since": "2026-02-20", "until": "2026-03-10"}
    assert down(work, classes=ALONE, rule=INCIDENT_OPEN, **before) == (0, 0)
    assert rows(work, "coverage", classes=ALONE, **before)["coverage"]["n"] == 0


@pytest.mark.parametrize("unit", ["posts", "episodes"])
def test_it_counts_where_it_began_and_not_where_it_was_announced(work: Snapshot, unit: str) -> None:
    def n(since: str, until: str) -> int:
        asked = {"since": since, "until": until, "classes": ALONE, "unit": unit}
        return int(rows(work, "frequency", **asked)["frequency"]["n"])

    assert n("2026-02-01", "2026-03-10") == 0
    assert n("2026-03-10", "2026-03-11") == 1


def test_its_duration_is_that_of_the_work(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path, as_of=AS_OF, coverage=SEEN, posts=[planned(f"m{n}") for n in "123456"]
    )
    row = rows(snapshot, "durations", classes=ALONE)["open_median"]
    assert (row["value"], row["n"]) == (3600, 6)


@pytest.mark.parametrize(
    "never",
    [
        {**RUNNING, "stage": "scheduled", "start_basis": "scheduled_start_at"},
        {"start_basis": "scheduled_start_at", "resolved_at": at("2026-03-10 10:05")},
        {"start_basis": "started_at", "scheduled_start_at": None},
        {**RUNNING, "start_basis": "none", "started_at": None},
    ],
    ids=["only announced", "called off", "start not known", "no start"],
)
def test_what_is_not_known_to_have_begun_never_counts(
    tmp_path: Path, never: dict[str, Any]
) -> None:
    snapshot = made(tmp_path, as_of=AS_OF, coverage=SEEN, posts=[planned("m", **never)])
    assert down(snapshot, classes=ALONE, rule=INCIDENT_OPEN) == (0, 0)
    assert rows(snapshot, "frequency", classes=ALONE)["frequency"]["n"] == 0
    assert ongoing(snapshot, ask(classes=ALONE)).is_empty()


def test_one_that_still_runs_lasts_up_to_the_newest_data(tmp_path: Path) -> None:
    its = {**RUNNING, "started_at": at("2026-03-30 22:00")}
    snapshot = made(tmp_path, as_of=AS_OF, coverage=SEEN, posts=[planned("m", **its)])
    assert down(snapshot, classes=ALONE, rule=INCIDENT_OPEN) == (7200, 1)
    assert ongoing(snapshot, ask(classes=ALONE))["longest_s"].to_list() == [7200]
    assert ongoing(snapshot, ask()).is_empty()


def test_a_component_under_maintenance_in_an_incident_goes_by_the_class_of_that(
    tmp_path: Path,
) -> None:
    hour = "2026-03-05 10:00", "2026-03-05 11:00"
    given = {"coverage": SEEN, "posts": [post("p", *hour)]}
    states = [state("maintenance", *hour, post="p")]
    snapshot = made(tmp_path, as_of=AS_OF, states=states, **given)
    assert down(snapshot)[0] == 0
    assert down(snapshot, classes=ALONE)[0] == 0
    assert down(snapshot, classes=WITH)[0] == 3600


def test_a_day_of_maintenance_is_down_and_keeps_its_colour(work: Snapshot) -> None:
    day = {"since": "2026-03-10", "until": "2026-03-11"}
    for classes, seconds, worst in (
        (WITH, 3600, "maintenance"),
        ("outage", 0, "operational"),
    ):
        found = daily(work, ask(classes=classes, **day))
        assert found.select("down_s", "worst").row(0) == (seconds, worst)


def test_lists_show_it_with_the_length_of_the_work(work: Snapshot) -> None:
    question = ask(since="2026-03-01", classes=ALONE)
    [row] = evidence(work, question).to_dicts()
    assert (row["incident_id"], row["down_s"], row["open_s"]) == ("m", 3600, 3600)
    assert row["published_at"] == at("2026-02-20 09:00")
    shown = incidents(work, question, Search(classes=question.classes, kinds=()))
    assert shown["open_s"].to_list() == [3600]


def test_how_incidents_are_told_does_not_hang_on_it(work: Snapshot) -> None:
    for metric in ("stages", "transparency"):
        with_it, without = (rows(work, metric, classes=c) for c in (WITH, "outage,degradation"))
        assert {name: (row["value"], row["n"]) for name, row in with_it.items()} == {
            name: (row["value"], row["n"]) for name, row in without.items()
        }


def test_every_class_holds_it_only_if_it_is_asked_for(work: Snapshot) -> None:
    for classes, n in (("outage", 1), (WITH, 2)):
        found = under_classes(work, ask(since="2026-01-02", classes=classes))
        assert found.filter(chosen="every class", metric="frequency")["n"].to_list() == [n]


def link(of: str, **more: Any) -> Row:
    return {
        "provider": "acme",
        "page_key": page_of("acme"),
        "incident_id": of,
        "component_id": "api",
        "surface": "api_inference",
        "surface_basis": "name",
        "relation": "declared",
        **more,
    }


def test_it_stands_in_a_comparison_by_count_and_by_time_down(tmp_path: Path) -> None:
    hour = "2026-03-10 10:05", "2026-03-10 11:05"
    both = ("acme", "bolt")
    snapshot = made(
        tmp_path,
        as_of="2026-05-01",
        coverage=[covered("2026-01-01", "2026-05-01", provider=name) for name in both],
        posts=[planned("told"), planned("silent")],
        states=[state("maintenance", *hour, post="told")],
        incident_components=[link("told", worst_state="maintenance"), link("silent")],
    )
    for classes, n, seconds in ((WITH, 2, 3600), ("outage", 0, 0)):
        found = ranking(snapshot, ask(since="2026-01-01", classes=classes)).filter(provider="acme")
        count = found.filter(metric="common_frequency")["n"].to_list()
        assert (count, found.filter(metric="common_downtime")["down_s"].to_list()) == (
            [n],
            [seconds],
        )
