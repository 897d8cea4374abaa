"""Two providers side by side: only common time counts, and nothing is said that is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analytics import Question, Snapshot, ask
from analytics.comparison import pair_series
from analytics.comparison.head_to_head import alone, quantile_ratio, side_by_side
from analytics.comparison.shared_window import seen
from analytics.directory import listing, shared_surfaces
from analytics.metrics.availability import availability
from tests.support.snapshots import (
    ACME,
    component,
    covered,
    made,
    page_row,
    post,
    provider_row,
    state,
)

BOLT = "bolt"
DAY_S = 86_400
#: 1 March to 1 December, as both are covered in ``year``.
COMMON_DAYS = 275


def question(**more: Any) -> Question:
    return ask(providers=[ACME, BOLT], surface="api_inference", **more)


def year(folder: Path, **more: Any) -> Snapshot:
    """Make a year in which acme ends in November and bolt begins in March.

    Acme is down for half an hour in February, when bolt is not observed, and for an hour in
    May; bolt for two hours in May, forty minutes of them with acme, and once in December.
    """
    return made(
        folder,
        as_of="2026-01-01",
        coverage=[
            covered("2025-01-01", "2025-12-01"),
            covered("2025-03-01", "2026-01-01", provider=BOLT),
        ],
        states=[
            state("partial", "2025-02-10 10:00", "2025-02-10 10:30", post="a1"),
            state("partial", "2025-05-05 10:00", "2025-05-05 11:00", post="a2"),
            state("major", "2025-05-05 10:20", "2025-05-05 12:20", provider=BOLT, post="b1"),
            state("major", "2025-12-24 10:00", "2025-12-24 11:00", provider=BOLT, post="b2"),
        ],
        posts=[
            post("a1", "2025-02-10 10:00", "2025-02-10 10:30", impact_s=1800),
            post("a2", "2025-05-05 10:00", "2025-05-05 11:10", impact_s=3600),
            post("b1", "2025-05-05 10:20", "2025-05-05 12:20", provider=BOLT, impact_s=7200),
            post("b2", "2025-12-24 10:00", "2025-12-24 11:00", provider=BOLT, impact_s=3600),
        ],
        **more,
    )


WHOLE = {"since": "2025-01-01", "until": "2026-01-01"}


def row(paired: pl.DataFrame, metric: str, rule: str | None = None) -> dict[str, Any]:
    found = paired.filter(pl.col("metric") == metric)
    if rule is not None:
        found = found.filter(pl.col("rule") == rule)
    return found.row(0, named=True)


def test_only_the_time_common_to_both_counts(tmp_path: Path) -> None:
    paired = side_by_side(year(tmp_path), question(**WHOLE))
    up = row(paired, "availability", "incident_io")
    common = COMMON_DAYS * DAY_S
    assert (up["a"], up["b"]) == (ACME, BOLT)
    assert up["covered_s"] == common
    assert up["coverage"] == COMMON_DAYS / 365
    assert up["a_value"] == 1 - 3600 / common
    assert up["b_value"] == 1 - 7200 / common
    assert (up["a_n"], up["b_n"]) == (1, 1)
    assert up["kind"] == "difference"
    assert up["value"] == pytest.approx(3600 / common)
    assert up["low"] <= up["value"] <= up["high"]


def test_time_down_is_in_seconds_and_differs_by_as_much(tmp_path: Path) -> None:
    down = row(side_by_side(year(tmp_path), question(**WHOLE)), "downtime")
    assert (down["a_value"], down["b_value"], down["value"]) == (3600, 7200, -3600)
    assert down["unit"] == "seconds"


def test_the_rule_beside_stands_beside(tmp_path: Path) -> None:
    paired = side_by_side(year(tmp_path), question(**WHOLE))
    milder = row(paired, "availability", "statuspage")
    assert milder["a_value"] == pytest.approx(1 - 0.3 * 3600 / (COMMON_DAYS * DAY_S))
    asked = side_by_side(year(tmp_path), question(rule="statuspage", **WHOLE))
    assert row(asked, "availability", "incident_io")["b_n"] == 1


def test_incidents_outside_the_common_time_are_not_counted(tmp_path: Path) -> None:
    rate = row(side_by_side(year(tmp_path), question(**WHOLE)), "frequency")
    assert (rate["a_n"], rate["b_n"]) == (1, 1)
    assert rate["a_value"] == pytest.approx(30 / COMMON_DAYS)
    assert (rate["kind"], rate["value"], rate["test"]) == ("ratio", 1.0, "exact")


def test_counts_of_providers_that_post_differently_have_no_ratio(tmp_path: Path) -> None:
    providers = [provider_row(ACME), provider_row(BOLT, source_class="automatic")]
    paired = side_by_side(year(tmp_path, providers=providers), question(**WHOLE))
    assert row(paired, "frequency")["kind"] is None
    assert row(paired, "frequency")["a_value"] is not None
    assert row(paired, "downtime")["kind"] == "difference"


def test_below_ninety_common_days_values_stand_without_a_difference(tmp_path: Path) -> None:
    young = side_by_side(year(tmp_path), question(since="2025-10-01", until="2026-01-01"))
    assert young["covered_s"].unique().to_list() == [61 * DAY_S]
    assert young["kind"].drop_nulls().is_empty()
    assert row(young, "availability")["a_value"] == 1
    assert row(young, "frequency")["a_status"] == "ok"


def test_below_thirty_common_days_a_rate_is_a_count(tmp_path: Path) -> None:
    young = side_by_side(year(tmp_path), question(since="2025-11-15", until="2026-01-01"))
    rate = row(young, "frequency")
    assert (rate["a_value"], rate["a_status"], rate["a_n"]) == (None, "insufficient", 0)


def test_where_neither_was_down_there_is_no_difference_to_tell(tmp_path: Path) -> None:
    calm = side_by_side(year(tmp_path), question(since="2025-06-01", until="2025-12-01"))
    up = row(calm, "availability")
    assert (up["a_value"], up["b_value"], up["kind"], up["a_low"]) == (1, 1, None, None)


def test_without_common_time_there_are_no_rows_and_each_still_has_its_own(tmp_path: Path) -> None:
    snapshot, asked = year(tmp_path), question(since="2025-12-01", until="2026-01-01")
    assert side_by_side(snapshot, asked).is_empty()
    assert pair_series.adding_up(snapshot, asked).is_empty()
    assert pair_series.by_rule(snapshot, asked).is_empty()
    assert pair_series.lengths(snapshot, asked).is_empty()
    own = alone(snapshot, asked).filter(metric="frequency")
    assert own.select("provider", "n", "coverage").rows() == [(ACME, None, 0.0), (BOLT, 1, 1.0)]
    assert alone(snapshot, asked).filter(metric="downtime")["value"].to_list() == [None, 3600.0]


def test_the_own_window_holds_what_the_overview_shows(tmp_path: Path) -> None:
    snapshot, asked = year(tmp_path), question(**WHOLE)
    own = alone(snapshot, asked).filter(metric="availability", rule="incident_io")
    assert own.equals(availability(snapshot, asked))


def test_time_down_of_ones_own_window_is_bounded_by_what_is_unknown(tmp_path: Path) -> None:
    known = [covered("2025-01-01", "2026-01-01", provider=who) for who in (ACME, BOLT)]
    dark = [
        state("unknown", "2025-03-01", "2025-03-11"),
        state("major", "2025-06-01", "2025-06-02"),
    ]
    snapshot = made(tmp_path, as_of="2026-01-01", coverage=known, states=dark)
    told = alone(snapshot, question(**WHOLE)).filter(provider=ACME, metric="downtime")
    [row] = told.to_dicts()
    assert (row["value"], row["low"], row["high"]) == pytest.approx((DAY_S, DAY_S, 11 * DAY_S))


def test_unknown_time_is_common_to_nobody(tmp_path: Path) -> None:
    known = [covered("2025-01-01", "2026-01-01", provider=who) for who in (ACME, BOLT)]
    dark = [state("unknown", "2025-03-01", "2025-03-11")]
    snapshot = made(tmp_path, as_of="2026-01-01", coverage=known, states=dark)
    assert side_by_side(snapshot, question(**WHOLE))["covered_s"][0] == 355 * DAY_S
    spans = pair_series.observed_spans(snapshot, question(**WHOLE))
    assert spans["both"].to_list() == [True, False, True]


def clustered(folder: Path, bolt_hours: int, open_now: bool = False) -> Snapshot:
    """Eight posts of acme of one hour and eight of bolt of ``bolt_hours``, weeks apart."""
    begin = datetime(2025, 1, 6, 12, tzinfo=UTC)
    posts = [
        post(f"{who}{week}", at, at + timedelta(hours=hours, minutes=week), provider=who)
        for who, hours in ((ACME, 1), (BOLT, bolt_hours))
        for week in range(8)
        for at in [begin + timedelta(weeks=week)]
    ]
    if open_now:
        posts.append(post("running", "2025-12-30"))
    known = [covered("2025-01-01", "2026-01-01", provider=who) for who in (ACME, BOLT)]
    return made(folder, as_of="2026-01-01", coverage=known, posts=posts)


def test_medians_are_told_as_one_over_the_other(tmp_path: Path) -> None:
    median = row(side_by_side(clustered(tmp_path, 3), question(**WHOLE)), "open_median")
    assert (median["a_value"], median["b_value"]) == (3780, 3 * 3600 + 180)
    assert median["kind"] == "ratio"
    assert median["value"] == pytest.approx(3780 / 10_980)
    assert median["low"] <= median["value"] <= median["high"] < 1


def test_a_quantile_below_its_minimum_has_neither_value_nor_ratio(tmp_path: Path) -> None:
    p90 = row(side_by_side(clustered(tmp_path, 3), question(**WHOLE)), "open_p90")
    assert (p90["a_value"], p90["a_n"], p90["kind"]) == (None, 8, None)


def test_an_open_post_is_so_far_the_longest(tmp_path: Path) -> None:
    paired = side_by_side(clustered(tmp_path, 3, open_now=True), question(**WHOLE))
    longest = row(paired, "open_longest")
    assert (longest["a_value"], longest["a_running"]) == (2 * DAY_S, 1)
    assert (longest["b_value"], longest["b_running"]) == (3 * 3600 + 420, 0)
    assert row(paired, "open_median")["a_running"] == 1


def test_equal_posts_of_two_providers_are_not_drawn_alike(tmp_path: Path) -> None:
    """Drawn alike, two equal samples would have the ratio 1 in every draw."""
    median = row(side_by_side(clustered(tmp_path, 1), question(**WHOLE)), "open_median")
    assert median["value"] == 1
    assert median["low"] < 1 < median["high"]


def test_a_ratio_that_a_draw_leaves_open_is_open_upwards() -> None:
    never = np.full(100, np.inf)
    found = quantile_ratio(never, np.full(100, 60.0), 90, 60)
    assert (found.value, found.low, found.high) == (1.5, None, None)
    both = quantile_ratio(never, never, 90, 60)
    assert (both.low, both.high, both.p) == (0, None, 1)


def test_downtime_adds_up_to_the_time_down(tmp_path: Path) -> None:
    snapshot, asked = year(tmp_path), question(zone="America/Los_Angeles", **WHOLE)
    lines = pair_series.adding_up(snapshot, asked)
    down = row(side_by_side(snapshot, asked), "downtime")
    last = lines.group_by("provider", maintain_order=True).last()
    assert last["total_s"].to_list() == [down["a_value"], down["b_value"]]
    assert lines.filter(provider=ACME)["covered_s"].sum() == down["covered_s"]
    assert lines.filter(provider=BOLT)["down_s"].sum() == down["b_value"]


def test_the_ground_is_the_whole_window_without_seams(tmp_path: Path) -> None:
    spans = pair_series.observed_spans(year(tmp_path), question(**WHOLE))
    assert spans["seconds"].sum() == 365 * DAY_S
    assert all(a == b for (_, a), (b, _) in pairwise(spans.select("start_at", "end_at").rows()))
    assert spans["both"].to_list() == [False, True, False]


def test_both_down_is_when_both_were(tmp_path: Path) -> None:
    [(start, end, seconds)] = pair_series.overlaps(year(tmp_path), question(**WHOLE)).iter_rows()
    assert (f"{start:%H:%M}", f"{end:%H:%M}", seconds) == ("10:20", "11:00", 2400)
    milder = pair_series.overlaps(year(tmp_path), question(rule="major_only", **WHOLE))
    assert milder.is_empty()


def test_stricter_rules_never_find_more_availability(tmp_path: Path) -> None:
    rules = pair_series.by_rule(year(tmp_path), question(**WHOLE))
    mine = dict(rules.filter(provider=ACME).select("rule", "value").iter_rows())
    order = ["strict", "incident_io", "statuspage", "major_only"]
    assert [mine[rule] for rule in order] == sorted(mine[rule] for rule in order)
    assert mine["incident_open"] == pytest.approx(1 - 70 * 60 / (COMMON_DAYS * DAY_S))
    assert rules["covered_s"].unique().to_list() == [COMMON_DAYS * DAY_S]


@pytest.mark.parametrize(("combine", "days"), [("any", 10), ("mean", 5), ("all", 0)])
def test_the_unknown_bounds_availability_over_the_common_time_only(
    tmp_path: Path, combine: str, days: int
) -> None:
    """Of acme's two components one is unknown for ten days in common, and in January."""
    its = [covered("2025-01-01", "2026-01-01", of=name) for name in ("api", "chat")]
    snapshot = made(
        tmp_path,
        as_of="2026-01-01",
        components=[component("api"), component("chat")],
        coverage=[*its, covered("2025-03-01", "2026-01-01", provider=BOLT)],
        states=[
            state("unknown", "2025-01-01", "2025-02-01", of="chat"),
            state("unknown", "2025-05-01", "2025-05-11", of="chat"),
        ],
    )
    found = pair_series.by_rule(snapshot, question(combine=combine, **WHOLE))
    mine, other = found.filter(rule="incident_io").to_dicts()
    assert (mine["low"], mine["high"]) == pytest.approx((1 - days / 306, 1.0))
    assert (other["low"], other["high"]) == (None, None)


def test_lengths_are_those_of_the_medians(tmp_path: Path) -> None:
    found = pair_series.lengths(year(tmp_path), question(**WHOLE))
    assert found.select("provider", "clock", "seconds", "ongoing").rows() == [
        (ACME, "open", 4200.0, False),
        (ACME, "impact", 3600.0, False),
        (BOLT, "open", 7200.0, False),
        (BOLT, "impact", 7200.0, False),
    ]


def test_a_post_made_after_the_fact_has_no_length(tmp_path: Path) -> None:
    known = [covered("2025-01-01", "2026-01-01", provider=who) for who in (ACME, BOLT)]
    late = post("late", "2025-05-01", "2025-05-01", flags=["retrospective"])
    snapshot = made(tmp_path, as_of="2026-01-01", coverage=known, posts=[late])
    assert pair_series.lengths(snapshot, question(**WHOLE)).is_empty()


def test_what_was_seen_of_each_ends_with_its_newest_capture(tmp_path: Path) -> None:
    rows = seen(year(tmp_path), question(**WHOLE)).select("provider", "observed_s", "last_at")
    assert [(who, s // DAY_S, f"{last:%m-%d}") for who, s, last in rows.iter_rows()] == [
        (ACME, 334, "12-01"),
        (BOLT, 306, "01-01"),
    ]
    never = seen(year(tmp_path), question(since="2025-12-05", until="2026-01-01"))
    assert never.filter(provider=ACME)["last_at"].to_list() == [None]


def test_surfaces_are_shared_where_both_are_vouched_for(tmp_path: Path) -> None:
    parts = ("api", "chat", "misc")
    kinds = dict(zip(parts, ("api_inference", "chat_web", "other"), strict=True))
    snapshot = made(
        tmp_path,
        as_of="2026-01-01",
        components=[
            component(of, provider=who, surface=kinds[of]) for who in (ACME, BOLT) for of in parts
        ],
        coverage=[
            covered("2025-01-01", "2026-01-01", of=of, provider=who)
            for who, has in ((ACME, parts), (BOLT, ("chat", "misc")))
            for of in has
        ],
    )
    assert shared_surfaces(snapshot, ACME, BOLT) == ["chat_web"]


def test_the_registry_says_why_nothing_is_collected(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of="2026-01-01",
        coverage=[covered("2025-01-01", "2026-01-01")],
        providers=[provider_row(ACME), provider_row(BOLT, note="Asks for a browser.")],
        pages=[page_row(ACME), page_row(BOLT, status="blocked")],
    )
    assert listing(snapshot, BOLT) == (["blocked"], "Asks for a browser.")
