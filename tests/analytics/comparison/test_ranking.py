"""Ranking: like with like, on common cohort, with the rank that might as well have been."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics import Snapshot, ask
from analytics.answer import SCHEMA
from analytics.comparison.cohort import cohorts
from analytics.comparison.ranking import grid, ranking
from analytics.comparison.sensitivity_grid import GRID_RULES, all_classes, cells
from analytics.comparison.standings import by_count, by_downtime, chance_fewer
from analytics.metrics.availability import availability
from tests.support.outages import AS_OF, HALF_YEAR, START, day, links, of, outages, world
from tests.support.snapshots import Row, at, component, covered, provider_row, state


@pytest.mark.parametrize(
    ("n", "days", "other_n", "other_days", "chance"),
    [(3, 90, 8, 90, 0.936), (3, 90, 4, 45, 0.906), (5, 90, 5, 90, 0.5)],
)
def test_the_chance_that_fewer_incidents_mean_a_lower_rate(
    n: int, days: int, other_n: int, other_days: int, chance: float
) -> None:
    found = chance_fewer(*map(np.array, (n, days, other_n, other_days)))
    assert round(float(found), 3) == chance


counts = st.integers(0, 200)
lengths = st.floats(1, 1000)


@given(counts, lengths, counts, lengths)
def test_chances_of_the_two_sides_add_up_to_one(
    n: int, days: float, other_n: int, other_days: float
) -> None:
    one = float(chance_fewer(*map(np.array, (n, days, other_n, other_days))))
    other = float(chance_fewer(*map(np.array, (other_n, other_days, n, days))))
    assert one + other == pytest.approx(1)
    same = float(chance_fewer(*map(np.array, (n, days, n, days))))
    assert same == pytest.approx(0.5)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 9))
def test_spread_makes_the_chance_less_sure(n: int, other_n: int, phi: int) -> None:
    plain = float(chance_fewer(*map(np.array, (n, 90, other_n, 90))))
    wide = float(chance_fewer(*map(np.array, (n / phi, 90 / phi, other_n / phi, 90 / phi))))
    assert abs(wide - 0.5) <= abs(plain - 0.5) + 1e-12


def test_the_chance_is_that_of_drawing_both_rates() -> None:
    dice = np.random.default_rng(1)
    one, other = dice.gamma(3.5, 1 / 90, 200_000), dice.gamma(4.5, 1 / 45, 200_000)
    assert (one < other).mean() == pytest.approx(0.906, abs=0.003)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Calm, usual and wild: 2, 9 and 45 outages of an hour in half a year."""
    return world(
        tmp_path_factory.mktemp("three"),
        outages("calm", [20, 120]),
        outages("usual", range(5, 180, 20)),
        outages("wild", range(1, 180, 4)),
    )


def test_ranks_come_with_what_they_rest_on(three: Snapshot) -> None:
    found = of(three)
    order = [found[name, "count_rank"]["value"] for name in ("calm", "usual", "wild")]
    assert order == [1, 2, 3]
    row = found["usual", "common_frequency"]
    assert (row["n"], row["value"], row["unit"]) == (9, 9 / 182 * 30, "posts per 30 days")
    down = found["wild", "common_downtime"]
    assert (down["down_s"], down["value"]) == (45 * 3600, 45 / (182 * 24))
    assert down["low"] < down["value"] < down["high"]
    assert found["calm", "count_rank"]["unit"] == "rank of 3 curated"
    assert found["calm", "downtime_rank"]["unit"] == "rank of 3"
    for row in found.values():
        assert (row["status"], row["rule"], row["combine"]) == ("ok", "incident_io", "any")
        assert row["covered_s"] == 182 * 86_400


def test_a_rank_far_from_others_is_sure_and_near_ones_may_change_places(three: Snapshot) -> None:
    found = of(three)
    for measure in ("count", "downtime"):
        wild, calm = found["wild", f"{measure}_rank"], found["calm", f"{measure}_rank"]
        assert (wild["low"], wild["high"]) == (3, 3)
        assert (calm["low"], calm["high"]) in {(1, 1), (1, 2)}


def test_asking_again_draws_the_same(three: Snapshot) -> None:
    assert ranking(three, HALF_YEAR).equals(ranking(three, HALF_YEAR))


def test_the_order_in_which_providers_are_named_changes_no_rank(three: Snapshot) -> None:
    there = of(three, ask(providers=["calm", "usual", "wild"], since=START))
    back = of(three, ask(providers=["wild", "usual", "calm"], since=START))
    for key, row in there.items():
        assert back[key]["value"] == row["value"]


def test_only_time_in_which_all_were_observed_is_compared(tmp_path: Path) -> None:
    snapshot = world(
        tmp_path,
        outages("early", [10, 100, 110]),
        outages("late", [30, 100]),
        coverage=[
            covered(START, day(130, 0), provider="early"),
            covered(day(20, 0), AS_OF, provider="late"),
        ],
    )
    found = of(snapshot)
    assert [found[name, "common_frequency"]["n"] for name in ("early", "late")] == [2, 2]
    assert {row["covered_s"] for row in found.values()} == {110 * 86_400}
    assert found["early", "count_rank"]["coverage"] == pytest.approx(110 / 182)


def test_time_unknown_of_one_is_compared_for_none(tmp_path: Path) -> None:
    told = outages("one", [10, 50]), outages("other", [50])
    told[1][1].append(state("unknown", day(5, 0), day(15, 0), provider="other"))
    found = of(world(tmp_path, *told))
    assert [found[name, "common_downtime"]["down_s"] for name in ("one", "other")] == [3600, 3600]
    assert found["one", "common_downtime"]["covered_s"] == 172 * 86_400
    assert found["one", "common_frequency"]["covered_s"] == 182 * 86_400


@pytest.mark.parametrize(("days", "status"), [(89.4, "insufficient"), (89.6, "ok")])
def test_a_ranking_needs_ninety_common_days_to_the_nearest(
    tmp_path: Path, days: float, status: str
) -> None:
    until = at(START) + timedelta(days=days)
    snapshot = world(
        tmp_path,
        outages("one", [10]),
        outages("other", [20, 40]),
        coverage=[covered(START, until, provider=name) for name in ("one", "other")],
    )
    found = of(snapshot)
    assert {row["status"] for row in found.values()} == {status}
    assert (found["one", "count_rank"]["value"] is None) == (status != "ok")
    assert found["other", "common_frequency"]["n"] == 2


def test_who_was_hardly_observed_is_left_out_and_does_not_spoil_the_rest(tmp_path: Path) -> None:
    spans = {"one": START, "other": START, "new": day(150, 0)}
    snapshot = world(
        tmp_path,
        *(outages(name, [160, 170]) for name in spans),
        coverage=[
            *(covered(start, AS_OF, provider=name) for name, start in spans.items()),
            covered(day(150, 0), AS_OF, provider="blind", of="web"),
        ],
        components=[component("web", provider="blind", surface="chat_web")],
    )
    found = of(snapshot, ask(since=START, surface="api_inference"))
    assert found["new", "count_rank"]["status"] == "insufficient"
    assert found["new", "common_frequency"]["n"] == 2
    assert found["blind", "count_rank"]["status"] == "no_coverage"
    assert found["one", "count_rank"]["unit"] == "rank of 2 curated"
    assert found["one", "count_rank"]["covered_s"] == 182 * 86_400


def test_alone_nobody_has_a_rank(tmp_path: Path) -> None:
    found = of(world(tmp_path, outages("one", [10])))
    assert {row["status"] for row in found.values()} == {"insufficient"}


def test_counts_are_ranked_among_those_who_post_alike(tmp_path: Path) -> None:
    kinds = {"a": "curated", "b": "curated", "c": "automatic"}
    snapshot = world(
        tmp_path,
        *(outages(name, range(10, 150, 10 + n)) for n, name in enumerate(kinds)),
        providers=[provider_row(name, source_class=kind) for name, kind in kinds.items()],
    )
    found = of(snapshot)
    assert found["a", "count_rank"]["unit"] == "rank of 2 curated"
    assert found["c", "count_rank"]["status"] == "insufficient"
    assert found["c", "common_frequency"]["status"] == "ok"
    assert found["c", "downtime_rank"]["unit"] == "rank of 3"


def test_where_nothing_was_down_there_is_no_interval_and_ranks_are_shared(tmp_path: Path) -> None:
    seen = [covered(START, AS_OF, provider=name) for name in ("a", "b")]
    found = of(world(tmp_path, outages("a", [10], worst="degraded"), coverage=seen))
    row = found["a", "common_downtime"]
    assert (row["value"], row["low"], row["high"]) == (0, None, None)
    rank = found["b", "downtime_rank"]
    assert (rank["value"], rank["low"], rank["high"]) == (1, 1, 2)


def counted(tmp_path: Path, posts: list[Row], linked: list[Row] | None = None) -> int:
    calm = outages("calm", [100, 130])
    more = {} if linked is None else {"incident_components": [*linked, *links(calm[0], "major")]}
    snapshot = world(tmp_path, (posts, []), calm, **more)
    return int(of(snapshot)["acme", "common_frequency"]["n"])


def test_posts_count_that_hit_the_surface_partially_or_worse(tmp_path: Path) -> None:
    [hit], [mild], [silent] = (outages("acme", [n])[0] for n in (10, 20, 30))
    worst = [*links([hit], "partial"), *links([mild], "degraded"), *links([silent], None)]
    assert counted(tmp_path, [hit, mild, silent], worst) == 2
    [aside] = outages("acme", [40])[0]
    elsewhere = {**links([aside], "major")[0], "component_id": "web", "surface": "chat_web"}
    assert counted(tmp_path, [hit, aside], [*links([hit, aside], None), elsewhere]) == 1


@pytest.mark.parametrize(
    ("impact", "n"), [("critical", 1), ("major", 1), ("minor", 1), ("none", 0), ("unknown", 0)]
)
def test_the_posted_impact_stands_in_where_no_update_names_a_state(
    tmp_path: Path, impact: str, n: int
) -> None:
    assert counted(tmp_path, outages("acme", [10], max_impact=impact)[0]) == n


@pytest.mark.parametrize(
    ("minutes", "impact_s", "n"), [(4, None, 0), (5, None, 1), (600, 299, 0), (600, 300, 1)]
)
def test_trouble_shorter_than_five_minutes_is_not_compared(
    tmp_path: Path, minutes: int, impact_s: int | None, n: int
) -> None:
    assert counted(tmp_path, outages("acme", [10], minutes, impact_s=impact_s)[0]) == n


def test_a_post_made_after_the_fact_is_not_known_to_be_short(tmp_path: Path) -> None:
    late = outages("acme", [10], 0, impact_s=None, flags=["retrospective"])[0]
    prompt = outages("acme", [20], 0, impact_s=None)[0]
    assert counted(tmp_path, late + prompt) == 1


def test_short_runs_of_downtime_are_left_out_whole(tmp_path: Path) -> None:
    told = outages("a", [10, 20], 4), outages("a", [30, 40], 5), outages("b", [10], 60)
    assert of(world(tmp_path, *told))["a", "common_downtime"]["down_s"] == 600


def test_common_downtime_is_the_availability_of_the_same_time(three: Snapshot) -> None:
    for rule in ("statuspage", "incident_io", "incident_open", "strict"):
        asked = ask(since=START, rule=rule)
        up = dict(availability(three, asked).select("provider", "value").iter_rows())
        for (provider, metric), row in of(three, asked).items():
            if metric == "common_downtime":
                assert row["value"] == pytest.approx(1 - up[provider])


def test_clusters_widen_ranks_once_there_are_weeks_enough(tmp_path: Path) -> None:
    bursts = [n for week in range(0, 175, 35) for n in range(week, week + 5)]
    snapshot = world(tmp_path, outages("bursts", bursts), outages("steady", range(3, 180, 7)))
    [cohort] = cohorts(snapshot, HALF_YEAR)
    assert by_count(cohort, HALF_YEAR).spread.tolist() == pytest.approx([4.2, 1])
    shorter = ask(since=day(7).date())
    [cohort] = cohorts(snapshot, shorter)
    assert by_count(cohort, shorter).spread.tolist() == [1, 1]


def test_daily_sums_add_up_to_what_is_ranked(three: Snapshot) -> None:
    asked = ask(since=START, zone="America/Los_Angeles")
    [cohort] = cohorts(three, asked)
    for ranked in (by_count(cohort, asked), by_downtime(three, cohort, asked)):
        totals = [rank.n if rank.down_s is None else rank.down_s for rank in ranked.ranks]
        assert ranked.daily.sum(axis=1).tolist() == totals
        assert ranked.daily.shape[1] == (cohort.seconds > 0).sum() == 182


def test_the_grid_asks_in_twelve_ways() -> None:
    asked = cells(ask(classes="outage,notice", rule="custom", weights="0,0.1,1"))
    assert len(set(asked)) == 12
    assert {cell.rule for cell in asked} == set(GRID_RULES)
    assert {cell.classes for cell in asked} == {("outage",), ("outage", "notice")}
    assert cells(ask(classes="notice"))[0].classes == ("outage", "degradation")
    assert all_classes(ask(classes="data_security")) == ("data_security", "notice")


@pytest.fixture(scope="module")
def sensitive(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Give the one long partial trouble and a notice, the other short major trouble."""
    one, other = (
        outages("one", range(5, 100, 30), 300, "partial"),
        outages("other", range(3, 150, 9)),
    )
    notice = outages("one", [150], 3000, **{"class": "notice"})
    partial, major = links(one[0], "partial"), links([*other[0], *notice[0]], "major")
    folder = tmp_path_factory.mktemp("sensitive")
    return world(folder, one, other, notice, incident_components=[*partial, *major])


def order(found: pl.DataFrame, metric: str, **cell: str) -> list[tuple[str, int]]:
    mine = found.filter(pl.col("metric") == metric, *(pl.col(k) == v for k, v in cell.items()))
    return mine.select("provider", "rank").rows()


def test_the_grid_shows_the_order_of_the_providers_in_each_cell(sensitive: Snapshot) -> None:
    found = grid(sensitive, HALF_YEAR)
    assert found.height == 12 * 2 * 2
    assert list(found.columns) == [*SCHEMA, "counted", "notices", "rank"]
    strictly = order(found, "common_downtime", rule="incident_io", counted="posts", notices="out")
    weighed = order(found, "common_downtime", rule="statuspage", counted="posts", notices="out")
    assert strictly == [("other", 1), ("one", 2)]
    assert weighed == [("one", 1), ("other", 2)]
    noted = order(found, "common_downtime", rule="major_only", counted="posts", notices="in")
    assert noted == [("other", 1), ("one", 2)]


def test_under_major_only_only_posts_that_were_major_count(sensitive: Snapshot) -> None:
    found = grid(sensitive, HALF_YEAR).filter(
        (pl.col("metric") == "common_frequency") & (pl.col("provider") == "one")
    )
    counts = dict(
        found.filter(pl.col("counted") == "posts")
        .select(pl.concat_str("rule", "notices", separator=" "), "n")
        .iter_rows()
    )
    assert counts == {
        "incident_io out": 4,
        "incident_io in": 5,
        "statuspage out": 4,
        "statuspage in": 5,
        "major_only out": 0,
        "major_only in": 1,
    }
    assert set(found.filter(pl.col("counted") == "episodes")["unit"]) == {"episodes per 30 days"}


def test_a_cell_of_the_grid_is_the_ranking_asked_its_way(sensitive: Snapshot) -> None:
    found = grid(sensitive, HALF_YEAR)
    for cell in cells(HALF_YEAR):
        notices = "in" if "notice" in cell.classes else "out"
        for (provider, metric), row in of(sensitive, cell).items():
            if metric.startswith("common"):
                same = found.filter(
                    provider=provider, metric=metric, rule=cell.rule, counted=cell.unit,
                    notices=notices,
                )  # fmt: skip
                assert same["value"].to_list() == [row["value"]]
            elif metric == "count_rank":
                assert row["value"] in (1, 2)


def test_below_the_minimum_the_grid_has_no_ranks(tmp_path: Path) -> None:
    found = grid(world(tmp_path, outages("one", [10])), HALF_YEAR)
    assert found["rank"].null_count() == found.height == 24
    assert set(found["status"]) == {"insufficient"}


def test_ranks_by_count_come_from_gamma_draws(three: Snapshot) -> None:
    [cohort] = cohorts(three, HALF_YEAR)
    better = by_count(cohort, HALF_YEAR).better
    expected = stats.beta.cdf(0.5, 2.5, 9.5)
    assert better[0, 1] == pytest.approx(expected)
    assert better + better.T == pytest.approx(np.ones((3, 3)))
