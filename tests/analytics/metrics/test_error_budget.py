"""Error budgets: what an objective allows, what is left of it, how fast it burns."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import Snapshot, ask
from analytics.downtime.combine import Downtime
from analytics.metrics.availability import availability
from analytics.metrics.error_budget import allowed, budget, burn
from tests.support.snapshots import covered, made, post, state

DAY_S = 86_400


@pytest.mark.parametrize(
    ("slo", "days", "minutes"),
    [(0.999, 30, 43.2), (0.999, 31, 44.64), (0.995, 30, 216), (0.995, 31, 223.2)],
)
def test_an_objective_allows_some_minutes_a_month(slo: float, days: int, minutes: float) -> None:
    assert allowed(slo, days * DAY_S) / 60 == pytest.approx(minutes)


def test_an_hour_down_in_thirty_days_overspends_three_nines() -> None:
    month = Downtime(3600, 30 * DAY_S)
    found = burn(month, 0.999)
    assert found is not None
    assert round(found, 3) == 1.389
    assert month.availability is not None
    assert math.floor(month.availability * 100_000) / 1000 == 99.861


objectives = st.floats(0.5, 0.99999)
observed = st.integers(1, 10**8)


@given(objectives, observed, st.floats(0, 1))
def test_the_budget_is_spent_exactly_where_availability_meets_the_objective(
    slo: float, seconds: int, share: float
) -> None:
    measured = Downtime(share * seconds, seconds)
    found = burn(measured, slo)
    assert found is not None
    assert measured.availability is not None
    # One minus an availability is known to the last bit of 1, whatever it is divided by.
    known_to = math.ulp(1.0) / (1 - slo)
    assert found == pytest.approx((1 - measured.availability) / (1 - slo), abs=known_to)
    assert (found > 1 + 1e-9) <= (measured.availability < slo) <= (found >= 1 - 1e-9)


@given(objectives, observed, st.floats(0, 1), st.integers(2, 9))
def test_burn_does_not_depend_on_the_length_of_equal_trouble(
    slo: float, seconds: int, share: float, times: int
) -> None:
    one = burn(Downtime(share * seconds, seconds), slo)
    many = burn(Downtime(share * seconds * times, seconds * times), slo)
    assert one == pytest.approx(many)


def test_without_observation_nothing_burns() -> None:
    assert burn(Downtime(0, 0), 0.999) is None


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Down an hour early in June, half an hour on the 29th, and since 40 minutes."""
    spans = [
        ("2026-06-05 10:00", "2026-06-05 11:00"),
        ("2026-06-29 10:00", "2026-06-29 10:30"),
        ("2026-06-30 23:20", None),
    ]
    return made(
        tmp_path_factory.mktemp("june"),
        as_of="2026-07-01",
        coverage=[
            covered("2026-06-01", "2026-07-01"),
            covered("2026-06-01", "2026-06-30 22:00", provider="quiet"),
        ],
        states=[
            *(state("major", a, b, post=f"p{n}") for n, (a, b) in enumerate(spans)),
            state("unknown", "2026-06-10", "2026-06-20", provider="quiet"),
        ],
        posts=[post(f"p{n}", a, b) for n, (a, b) in enumerate(spans)],
    )


def rows(snapshot: Snapshot, provider: str, **more: Any) -> dict[str, dict[str, Any]]:
    question = ask(providers=[provider], since="2026-06-01", **more)
    return {row["metric"]: row for row in budget(snapshot, question).to_dicts()}


def test_budget_and_burn_of_a_month(june: Snapshot) -> None:
    found = rows(june, "acme")
    assert found["budget"]["value"] == pytest.approx(43.2 * 60)
    assert found["budget_left"]["value"] == pytest.approx((43.2 - 130) * 60)
    assert found["burn"]["value"] == pytest.approx(130 / 43.2)
    assert (found["burn"]["down_s"], found["burn"]["n"]) == (7800, 3)


def test_burn_over_the_last_of_the_window(june: Snapshot) -> None:
    found = rows(june, "acme", slo=0.99)
    assert found["burn_1h"]["value"] == pytest.approx((40 / 60) / 0.01)
    assert found["burn_6h"]["value"] == pytest.approx((40 / 360) / 0.01)
    assert found["burn_3d"]["value"] == pytest.approx((70 / 4320) / 0.01)
    assert found["burn_3d"]["covered_s"] == 3 * DAY_S
    assert (found["burn_1h"]["n"], found["burn_3d"]["n"]) == (1, 2)


def test_the_budget_is_of_the_time_that_was_observed(june: Snapshot) -> None:
    found = rows(june, "quiet")
    assert found["budget"]["value"] == pytest.approx((30 * DAY_S - 7200 - 10 * DAY_S) / 1000)
    assert found["burn"]["value"] == 0
    assert (found["burn_1h"]["value"], found["burn_1h"]["status"]) == (None, "no_coverage")
    assert found["burn_6h"]["covered_s"] == 4 * 3600


def test_a_window_shorter_than_that_of_a_burn_has_none(june: Snapshot) -> None:
    found = rows(june, "acme", until="2026-06-02")
    assert found["burn_6h"]["status"] == "ok"
    assert (found["burn_3d"]["value"], found["burn_3d"]["status"]) == (None, "insufficient")


@pytest.mark.parametrize("rule", ["statuspage", "strict", "incident_open"])
def test_the_burn_is_the_availability_under_the_same_rule(june: Snapshot, rule: str) -> None:
    question = ask(providers=["acme"], since="2026-06-01", rule=rule)
    [up] = availability(june, question)["value"].to_list()
    spent = {row["metric"]: row["value"] for row in budget(june, question).to_dicts()}
    assert spent["burn"] == pytest.approx((1 - up) / 0.001)


def test_a_burn_has_the_bounds_of_the_availability_at_its_own_scale(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-06-11",
        coverage=[covered("2026-06-01", "2026-06-11")],
        states=[
            state("major", "2026-06-05 10:00", "2026-06-05 11:00", post="p"),
            state("unknown", "2026-06-07", "2026-06-08"),
        ],
        posts=[post("p", "2026-06-05 10:00", "2026-06-05 11:00")],
    )
    found = rows(snapshot, "acme", slo=0.99)
    assert found["burn"]["low"] == pytest.approx((1 / 240) / 0.01)
    assert found["burn"]["value"] == pytest.approx((1 / 216) / 0.01)
    assert found["burn"]["high"] == pytest.approx((25 / 240) / 0.01)
    assert (found["burn_3d"]["low"], found["burn_3d"]["high"]) == (None, None)
    assert (found["budget"]["low"], found["budget_left"]["high"]) == (None, None)


def test_every_row_of_a_budget_names_its_objective(june: Snapshot) -> None:
    assert {row["slo"] for row in rows(june, "acme", slo=0.995).values()} == {0.995}


def test_where_all_is_unknown_there_is_no_budget(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-07-01",
        coverage=[covered("2026-06-01", "2026-07-01")],
        states=[state("unknown", "2026-05-01", None)],
    )
    found = budget(snapshot, ask(since="2026-06-01"))
    assert set(found["status"]) == {"insufficient"}
    assert found["value"].null_count() == found.height
