"""Verdicts over invented half years: who is favoured, by how much, and what weighs against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics import Question, Snapshot, ask
from analytics.comparison.ranking import COUNT
from analytics.downtime.regions import in_region
from analytics.metrics.availability import availability
from analytics.verdict.grade import (
    BY_BASIS,
    BY_DAYS,
    BY_UNKNOWN,
    CLEAR,
    LIKELY,
    NOT_COMPARABLE,
    NOTHING,
    PROVISIONAL,
    TOO_CLOSE,
)
from analytics.verdict.remedy import Remedy, remedy
from analytics.verdict.rows import verdict_rows
from analytics.verdict.verdict import (
    OTHER_BASIS,
    OTHER_POSTING,
    OTHER_REGIONS,
    SAME_PAGE,
    Verdict,
    verdict,
)
from analytics.wording.grade import absent_words
from analytics.wording.verdict import word_verdict
from tests.support.outages import AS_OF, HALF_YEAR, START, day, outages, world
from tests.support.snapshots import Row, component, covered, page_row, post, provider_row, state

Told = tuple[list[Row], list[Row]]
API = replace(HALF_YEAR, surface="api_inference")
#: Down for eight hours on eight days, and for a hundred on as many.
FEW, MANY = range(10, 90, 10), range(10, 110)


def dark(told: Told, days: float, first: int = 120) -> Told:
    """Make the same provider, of a state nobody knows for so many days."""
    name = told[0][0]["provider"]
    begin = day(first, 0)
    unknown = state("unknown", begin, begin + timedelta(days=days), provider=name)
    return told[0], [*told[1], unknown]


def coarse(told: Told) -> Told:
    """Make the same, with whole incidents standing for the states."""
    return told[0], [{**row, "basis": "incident"} for row in told[1]]


def said(snapshot: Snapshot, question: Question = API, measure: str = "downtime") -> Verdict:
    return verdict(snapshot, question, measure)


def two(tmp_path: Path, one: Told | None = None, other: Told | None = None, **more: Any) -> Verdict:
    few, many = one or outages("few", FEW), other or outages("many", MANY)
    return said(world(tmp_path, few, many, **more))


def test_the_one_down_less_is_favoured_with_both_numbers_and_intervals(tmp_path: Path) -> None:
    found = two(tmp_path)
    assert (found.grade, found.catch, found.favoured) == (CLEAR, NOTHING, "few")
    best, worst = found.parties
    assert (best.value, worst.value) == (8 * 3600, 100 * 3600)
    for party in found.parties:
        assert party.low is not None
        assert party.high is not None
        assert party.low < party.value < party.high
    assert (round(found.days), round(found.window_days)) == (182, 182)
    assert found.absent == ()


def test_the_tipping_point_is_the_difference_over_the_unknown_of_the_favoured(
    tmp_path: Path,
) -> None:
    for days, grade in ((7, CLEAR), (8, LIKELY), (38, LIKELY), (39, TOO_CLOSE)):
        found = two(tmp_path / str(days), dark(outages("few", FEW), days))
        assert (found.grade, found.catch) == (grade, BY_UNKNOWN)
        assert found.against is not None
        assert found.against.compared.tipping == pytest.approx(92 * 3600 / (days * 86_400))


def test_what_is_unknown_of_the_other_weighs_nothing(tmp_path: Path) -> None:
    found = two(tmp_path, other=dark(outages("many", MANY), 40))
    assert (found.grade, found.catch) == (CLEAR, NOTHING)


def test_the_common_time_is_covered_known_or_not(tmp_path: Path) -> None:
    found = two(tmp_path, dark(outages("few", FEW), 30))
    assert round(found.days) == 182


def test_no_time_down_of_one_whose_state_nobody_knows_is_not_none(tmp_path: Path) -> None:
    posts, _ = outages("few", FEW)
    snapshot = world(tmp_path, dark((posts, []), 182, first=0), outages("many", MANY))
    [down] = verdict_rows(snapshot, API).filter(metric="less_down").to_dicts()
    assert (down["provider"], down["value"], down["other_value"]) == ("few", None, 360_000)
    assert (down["unknown"], down["covered_s"]) == (182 * 86_400, 182 * 86_400)
    worded = word_verdict(said(snapshot), {"few": "Few", "many": "Many"})
    assert worded.numbers == "not known against 4 d in 182 shared days."


def test_swapping_the_two_changes_nothing(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("few", FEW), outages("many", MANY))
    names = ("few", "many")
    one, other = (said(snapshot, replace(API, providers=order)) for order in (names, names[::-1]))
    assert (one.grade, one.favoured, one.parties) == (other.grade, other.favoured, other.parties)


def test_between_30_and_89_days_a_grade_is_provisional(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("few", FEW), outages("many", MANY))
    for days, grade in ((89, PROVISIONAL), (90, CLEAR), (30, PROVISIONAL), (29, NOT_COMPARABLE)):
        end = date.fromisoformat(START) + timedelta(days=days)
        found = said(snapshot, replace(API, until=end))
        assert (found.grade, found.catch if days < 90 else BY_DAYS) == (grade, BY_DAYS)


def test_whole_incidents_make_nobody_clearly_worse(tmp_path: Path) -> None:
    assert two(tmp_path / "a", other=coarse(outages("many", MANY))).grade == LIKELY
    assert two(tmp_path / "a", other=coarse(outages("many", MANY))).catch == BY_BASIS
    assert two(tmp_path / "b", coarse(outages("few", FEW))).grade == CLEAR


def test_by_incidents_posts_of_unknown_severity_are_what_may_tip(tmp_path: Path) -> None:
    posts, states = outages("few", FEW)
    unsaid = [
        post(f"u{n}", day(n, 6), day(n, 7), provider="few", max_impact="unknown")
        for n in range(100, 140)
    ]
    snapshot = world(tmp_path, ([*posts, *unsaid], states), outages("many", MANY))
    found = said(snapshot, measure=COUNT)
    assert [(one.provider, one.value, one.unknown) for one in found.parties] == [
        ("few", 8.0, 40),
        ("many", 100.0, 0),
    ]
    assert found.against is not None
    assert found.against.compared.tipping == pytest.approx(92 / 40)
    assert (found.grade, found.catch) == (CLEAR, BY_UNKNOWN)


def test_what_monitors_measured_is_compared_with_its_like_alone(tmp_path: Path) -> None:
    rows, asked = [provider_row("few"), provider_row("many")], replace(API, classes=("monitor",))
    measured = [
        (posts, [{**row, "basis": "monitor"} for row in states])
        for posts, states in (outages("few", FEW), outages("many", MANY))
    ]
    for measuring, grade in ((("few", "many"), CLEAR), (("few",), NOT_COMPARABLE)):
        pages = [page_row(name, measures=name in measuring) for name in ("few", "many")]
        folder = tmp_path / "-".join(measuring)
        folder.mkdir()
        snapshot = world(folder, *measured, providers=rows, pages=pages)
        assert said(snapshot, asked).grade == grade
    assert said(snapshot, asked).catch == OTHER_BASIS


def test_a_surface_of_many_regions_is_not_compared_with_one_of_the_whole_product(
    tmp_path: Path,
) -> None:
    parts = [component(provider="few"), component(provider="few", region="us-east-1")]
    parts[1]["component_id"] = "elsewhere"
    parts[0]["region"] = "eu-west-1"
    snapshot = world(
        tmp_path,
        outages("few", FEW),
        outages("many", MANY),
        providers=[provider_row("few"), provider_row("many")],
        components=[*parts, component(provider="many")],
    )
    found = said(snapshot)
    assert (found.grade, found.catch) == (NOT_COMPARABLE, OTHER_REGIONS)
    assert remedy(snapshot, API, found) == Remedy(region="eu-west-1")
    there = said(in_region(snapshot, "eu-west-1"))
    assert (there.grade, there.region, there.averaged) == (CLEAR, "eu-west-1", False)
    assert (there.parties[0].provider, there.parties[0].value) == ("few", 8 * 3600)


def test_a_region_with_too_few_days_in_common_is_not_offered(tmp_path: Path) -> None:
    parts = [component(region="eu-west-1", provider="few"), component("b", provider="few")]
    snapshot = world(
        tmp_path,
        outages("few", FEW),
        outages("many", MANY),
        providers=[provider_row("few"), provider_row("many")],
        components=[parts[0], {**parts[1], "region": "us-east-1"}, component(provider="many")],
        coverage=[
            covered(START, AS_OF, provider="few"),
            covered(day(80), AS_OF, provider="many"),
            covered(START, day(90), of="b", provider="few"),
        ],
    )
    found = said(snapshot)
    assert found.catch == OTHER_REGIONS
    assert remedy(snapshot, API, found) == Remedy(region="eu-west-1")
    short = replace(API, since=date(2026, 6, 20))
    assert remedy(snapshot, short, said(snapshot, short)) is None


def test_two_that_post_region_by_region_are_compared_by_the_mean_over_regions(
    tmp_path: Path,
) -> None:
    """Thirty regions taken together as one would make every cloud the worst."""
    names, regions = ("few", "many"), ("east", "north", "west")
    parts = [
        component(f"{where}-api" if n else "api", provider=who, region=where)
        for who in names
        for n, where in enumerate(regions)
    ]
    snapshot = world(
        tmp_path,
        outages("few", FEW),
        outages("many", MANY),
        providers=[provider_row(who) for who in names],
        components=parts,
        coverage=[
            covered(START, AS_OF, of=row["component_id"], provider=row["provider"]) for row in parts
        ],
    )
    found = said(snapshot)
    assert (found.grade, found.averaged, found.region) == (CLEAR, True, None)
    down = {one.provider: round(one.value) for one in found.parties}
    assert down == {"few": 8 * 3600 // 3, "many": 100 * 3600 // 3}
    any_of = said(snapshot, replace(API, combine="any"))
    assert {one.provider: one.value for one in any_of.parties} == {
        "few": 8 * 3600,
        "many": 100 * 3600,
    }
    told = verdict_rows(snapshot, API)
    assert set(told.filter(unit="seconds")["combine"]) == {"mean over regions"}
    by_metric = {
        row["provider"]: row["down_s"] for row in availability(snapshot, API).iter_rows(named=True)
    }
    assert {who: round(seconds) for who, seconds in by_metric.items()} == down


def test_of_several_who_posts_region_by_region_is_left_out_with_the_reason(tmp_path: Path) -> None:
    parts = [component(provider="third", region="east"), component("b", provider="third")]
    snapshot = world(
        tmp_path,
        outages("few", FEW),
        outages("many", MANY),
        outages("third", FEW),
        providers=[provider_row(who) for who in ("few", "many", "third")],
        components=[parts[0], {**parts[1], "region": "west"}],
    )
    found = said(snapshot)
    assert ([one.provider for one in found.parties], found.averaged) == (["few", "many"], False)
    assert found.apart == (("third", OTHER_REGIONS),)
    assert absent_words(found, {"third": "Third"}) == "Third (regions differ)"


def test_incidents_of_those_who_post_differently_are_not_compared(tmp_path: Path) -> None:
    rows = [provider_row("few"), provider_row("many", source_class="automatic")]
    snapshot = world(tmp_path, outages("few", FEW), outages("many", MANY), providers=rows)
    found = said(snapshot, measure=COUNT)
    assert (found.grade, found.catch) == (NOT_COMPARABLE, OTHER_POSTING)
    assert said(snapshot).grade == CLEAR


def test_the_same_components_of_one_page_are_not_compared(tmp_path: Path) -> None:
    pages = [page_row(name, base_url="https://status.shared.test") for name in ("few", "many")]
    found = two(tmp_path, pages=pages)
    assert (found.grade, found.catch, found.favoured) == (NOT_COMPARABLE, SAME_PAGE, None)


def several(tmp_path: Path, spans: Iterable[Sequence[str]], **more: Any) -> Verdict:
    told = [outages("few", FEW), outages("many", MANY), outages("most", range(180))]
    coverage = [
        covered(start, end, provider=name)
        for name, (start, end) in zip(("few", "many", "most"), spans, strict=True)
    ]
    return said(world(tmp_path, *told, coverage=coverage, **more))


def test_of_several_the_grade_is_the_lowest_and_names_its_rival(tmp_path: Path) -> None:
    found = several(tmp_path, [(START, AS_OF)] * 3)
    assert [one.provider for one in found.parties] == ["few", "many", "most"]
    assert (found.grade, found.favoured) == (CLEAR, "few")
    assert found.against is not None
    assert (found.against.first, found.against.second) == ("few", "many")
    assert {(one.first, one.second) for one in found.pairs} == {
        ("few", "many"),
        ("few", "most"),
        ("many", "most"),
    }


def test_who_is_covered_for_less_than_half_does_not_shorten_the_time_of_the_others(
    tmp_path: Path,
) -> None:
    found = several(tmp_path, [(START, AS_OF), ("2026-04-15", AS_OF), (START, AS_OF)])
    assert [one.provider for one in found.parties] == ["few", "most"]
    assert [(who, round(days)) for who, days in found.absent] == [("many", 77)]
    assert round(found.days) == 182


def test_what_is_not_comparable_says_what_would_be(tmp_path: Path) -> None:
    few, many = outages("few", FEW), outages("many", MANY)
    coverage = [
        covered(START, AS_OF, provider="few"),
        covered(START, "2026-04-01", provider="many"),
    ]
    snapshot = world(tmp_path, few, many, coverage=coverage)
    late = replace(API, since=date(2026, 3, 20), providers=("few", "many"))
    found = said(snapshot, late)
    assert (found.grade, round(found.days)) == (NOT_COMPARABLE, 12)
    instead = remedy(snapshot, late, found)
    assert instead == Remedy(since=date(2026, 3, 2), providers=("few", "many"))
    asked = replace(late, since=instead.since)
    assert said(snapshot, asked).grade != NOT_COMPARABLE
    assert remedy(snapshot, asked, said(snapshot, asked)) is None


def test_another_surface_that_both_share_is_nearer_than_another_window(tmp_path: Path) -> None:
    few, many = outages("few", FEW), outages("many", MANY)
    ends = {"few": AS_OF, "many": "2026-01-20"}
    coverage = [
        row
        for name, end in ends.items()
        for row in (
            covered(START, AS_OF, provider=name, of="chat"),
            covered(START, end, provider=name),
        )
    ]
    chats = [component("chat", surface="chat_web", provider=name) for name in ends]
    snapshot = world(tmp_path, few, many, coverage=coverage, components=chats)
    asked = replace(API, providers=("few", "many"))
    assert remedy(snapshot, asked, said(snapshot, asked)) == Remedy(surface="chat_web")


def test_two_of_several_may_be_comparable_where_all_are_not(tmp_path: Path) -> None:
    months = [(START, "2026-02-15"), ("2026-02-01", "2026-04-15"), ("2026-04-01", AS_OF)]
    found = several(tmp_path, months)
    assert found.grade == NOT_COMPARABLE
    far = ask(since="2026-01-10", surface="api_inference")
    told = [outages(name, FEW) for name in ("a", "b", "c")]
    coverage = [
        covered(START, AS_OF, provider="a"),
        covered(START, "2026-03-01", provider="b"),
        covered("2026-06-15", AS_OF, provider="c"),
    ]
    snapshot = world(tmp_path / "x", *told, coverage=coverage)
    found = said(snapshot, far)
    assert found.grade == NOT_COMPARABLE
    assert remedy(snapshot, far, found) == Remedy(providers=("a", "b"))


def test_rows_say_the_same_as_the_verdict(tmp_path: Path) -> None:
    snapshot = world(tmp_path, dark(outages("few", FEW), 8), outages("many", MANY))
    rows = {row["metric"]: row for row in verdict_rows(snapshot, HALF_YEAR).to_dicts()}
    down = rows["less_down"]
    told = {name: down[name] for name in ("provider", "other", "favoured", "grade", "catch")}
    assert told == {
        "provider": "few",
        "other": "many",
        "favoured": "few",
        "grade": LIKELY,
        "catch": BY_UNKNOWN,
    }
    assert (down["value"], down["other_value"], down["unknown"]) == (28_800, 360_000, 691_200)
    assert down["tipping_point"] == pytest.approx(92 / (8 * 24))
    assert (down["agreeing"], down["cells"], down["decides"]) == (6, 6, True)
    assert (rows["fewer_incidents"]["value"], rows["fewer_incidents"]["cells"]) == (8, 8)
    assert {(row["n"], row["other_n"], row["interval"]) for row in rows.values()} == {
        (8, len(MANY), "sampling")
    }
