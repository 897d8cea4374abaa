"""One text, two engines: Polars and DuckDB give the same relations, and those the metrics add up.

``test_two_engines`` asks the metrics again in other words; here the very functions run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import METRICS, Question, Snapshot, ask, open_snapshot
from analytics.answer import answer
from analytics.downtime import relational
from analytics.downtime import spans as kernel
from analytics.downtime.observed_states import observe
from analytics.downtime.relational import (
    covered_spans,
    down_seconds,
    lasted,
    open_inside,
)
from analytics.downtime.state_time import state_time
from analytics.incident_selection import counted, impact_end, on_surfaces, posts
from analytics.metrics.availability import availability_row, parts, under_rules
from analytics.metrics.frequency import EPISODE_GAP_S, episodes, within
from analytics.question import CLASSES, MAINTENANCE, RELIABILITY
from analytics.rules import INCIDENT_OPEN, STATE_RULES
from analytics.scope import SCOPE, Interval, Scope, epoch, named_scopes, scopes
from analytics.snapshot import Frame, Tables
from ingest.intervals import clip, difference, intersection, total, union
from tests.support.captured.feeds import needs_feeds
from tests.support.snapshots import Row, component, covered, made, post, state
from tests.support.soaking import WORLDS

EXACT = 1e-12
#: What is added up in another order on each path.
ABOUT = ("value", "down_s", "low", "high")
RULES = (*STATE_RULES, INCIDENT_OPEN)
ENGINES = ("polars", "duckdb")
#: Metrics that read columns of tables where they lie.
READING = ("availability", "budget", "frequency", "durations", "transparency")
Counted = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]
TABLES = ("component_states", "coverage", "incidents", "incident_components")


def read(snapshot: Snapshot, engine: str) -> Tables:
    """Return the tables of a snapshot on an engine; DuckDB reads its file."""
    if engine == "polars":
        return snapshot.relations(*TABLES)
    con = duckdb.connect(str(snapshot.path), read_only=True)
    # Put in wherever they are named, these steps take seconds to plan and none to run.
    con.execute("SET disabled_optimizers = 'cte_inlining'")
    return {name: nw.from_native(con.table(name)) for name in TABLES}


def selected_on(tables: Tables, question: Question, as_of_s: int) -> Frame:
    """Return the incidents asked for, on each surface they touch."""
    return counted(on_surfaces(tables, question), question, as_of_s)


def rows(frame: Frame) -> list[tuple[Any, ...]]:
    return sorted(frame.collect(backend="polars").to_native().rows())


def window(snapshot: Snapshot, question: Question) -> tuple[tuple[int, int], int]:
    start, end = question.window(snapshot.as_of)
    return (epoch(start), epoch(end)), epoch(snapshot.as_of)


def added_up(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Work out the metric as months and budgets do: scope by scope, over arrays."""
    return answer(
        availability_row(snapshot, question, part)
        for scope, seen in zip(scopes(snapshot, question), observe(snapshot, question), strict=True)
        for part in parts(snapshot, question, scope, seen, [(scope.start_s, scope.end_s)])
    )


def same_on_both_engines(snapshot: Snapshot, question: Question) -> None:
    on = [read(snapshot, engine) for engine in ENGINES]
    same_availability(snapshot, question, on)
    same_counts(snapshot, question, on)


def same_however_large(snapshot: Snapshot, question: Question) -> None:
    """Hold that a large snapshot, read where it lies, answers as a small one does from memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analytics.snapshot.SMALL_BYTES", 0)
        large = open_snapshot(snapshot.path)
    with large:
        answers = [METRICS[name](large, question) for name in READING]
    for name, found in zip(READING, answers, strict=True):
        assert found.equals(METRICS[name](snapshot, question)), name


def same_availability(snapshot: Snapshot, question: Question, on: Sequence[Tables]) -> None:
    """Both engines give the same seconds, exactly; the metric is what the arrays add up to."""
    [when, as_of_s] = window(snapshot, question)
    found = [selected_on(tables, question, as_of_s) for tables in on]
    first, second = (
        rows(lasted(tables, its, question, when, as_of_s))
        for tables, its in zip(on, found, strict=True)
    )
    assert first == second
    n, other = (
        rows(open_inside(its, covered_spans(tables, question, when)))
        for tables, its in zip(on, found, strict=True)
    )
    assert n == other
    same_sums(snapshot, question, on[0], found[0], (first, n))
    each = under_rules(snapshot, question, RULES)
    alone = METRICS["availability"](snapshot, question)
    assert alone.equals(each.filter(rule=question.named_rule))
    for rule in RULES:
        one = replace(question, rule=rule)
        ours, theirs = each.filter(rule=one.named_rule), added_up(snapshot, one)
        exact = [name for name in ours.columns if name not in ABOUT]
        assert ours.select(exact).equals(theirs.select(exact))
        for name in ABOUT:
            for mine, its in zip(ours[name], theirs[name], strict=True):
                assert mine == (None if its is None else pytest.approx(its, rel=EXACT, abs=EXACT))
        some = pl.col("low").is_not_null()
        within_bounds = pl.col("value").is_between(pl.col("low"), pl.col("high"))
        assert ours.filter(some).select(within_bounds.all()).item()


def same_sums(
    snapshot: Snapshot, question: Question, tables: Tables, found: Frame, whole: Counted
) -> None:
    """Hold what the metrics add up over arrays to the kernel, as a whole and from the middle on.

    ``whole``: what the kernel measures and counts in the window.
    """
    [(start, end), as_of_s] = window(snapshot, question)
    later = ((start + end) // 2, end)
    each = [
        state_time(snapshot, replace(question, rule=rule), ((start, end), later)) for rule in RULES
    ]
    named = [scope.key for scope in named_scopes(snapshot, question)]
    half = (
        rows(lasted(tables, found, question, later, as_of_s)),
        rows(open_inside(found, covered_spans(tables, question, later))),
    )
    for at, (lengths, n) in enumerate((whole, half)):
        assert lengths == sorted(
            (*key, level, length)
            for place, key in enumerate(named)
            for level, length in reduce(or_, (time.lasted(place, at) for time in each)).items()
        )
        counts = zip(named, each[0].opened[:, at].tolist(), strict=True)
        assert n == sorted((*key, n) for key, n in counts if n)


def same_counts(snapshot: Snapshot, question: Question, on: Sequence[Tables]) -> None:
    """Both engines give the starts that the incidents of each scope have, and its episodes."""
    [when, as_of_s] = window(snapshot, question)
    coverage = [relational.covered_spans(tables, question, when) for tables in on]
    asked = [selected_on(tables, question, as_of_s) for tables in on]
    both = zip(asked, coverage, strict=True)
    begun = [
        relational.begun(found, spans).select(*SCOPE, "impact_start_s") for found, spans in both
    ]
    both = zip(asked, coverage, strict=True)
    runs = [
        relational.episode_starts(found, spans, as_of_s, EPISODE_GAP_S) for found, spans in both
    ]
    for unit, (one, other) in {"posts": begun, "episodes": runs}.items():
        first, second = rows(one), rows(other)
        assert first == second
        assert first == sorted(
            (*scope.key, start)
            for scope in scopes(snapshot, question)
            for start in within(starts(snapshot, question, scope, unit), scope.covered)
        )


def starts(snapshot: Snapshot, question: Question, scope: Scope, unit: str) -> list[int]:
    """Return when incidents or episodes began, by plain intervals and whatever the window."""
    end = impact_end(epoch(snapshot.as_of)).alias("end_s")
    found = nw.from_native(posts(snapshot, question, scope)).select("impact_start_s", end)
    spans = [(start, end) for start, end in found.rows() if start is not None]
    return sorted(start for start, _ in (episodes(spans) if unit == "episodes" else spans))


# ---- the kernel against plain intervals ----

GROUPS = ("a", "b")
LATEST = 40
moments = st.integers(0, LATEST)
some = st.lists(st.tuples(moments, moments), max_size=6)
worlds = st.fixed_dictionaries(dict.fromkeys(GROUPS, some))
World = dict[str, list[Interval]]
quick = settings(max_examples=25, deadline=None)


def frames(engine: str, *told: World) -> Iterator[Frame]:
    con = duckdb.connect()
    for world in told:
        flat = [(group, *span) for group, spans in world.items() for span in spans]
        frame = pl.DataFrame(
            flat, {"g": pl.String, "start_s": pl.Int64, "end_s": pl.Int64}, orient="row"
        )
        yield nw.from_native(
            frame.lazy() if engine == "polars" else con.from_arrow(frame.to_arrow())
        )


def grouped(frame: Frame, *columns: str) -> list[tuple[Any, ...]]:
    return rows(frame.select("g", *columns))


@pytest.mark.parametrize("engine", ENGINES)
@quick
@given(worlds, worlds)
def test_unions_gaps_and_overlaps_are_those_of_plain_intervals(
    engine: str, world: World, other: World
) -> None:
    spans, bounds = frames(engine, world, {g: union(its) for g, its in other.items()})
    assert dict(rows(kernel.seconds(spans, ["g"]))) == {
        g: n for g in GROUPS if (n := total(world[g]))
    }
    found = {
        "pieces": (kernel.pieces(spans, ["g"]), lambda g: union(world[g])),
        "gaps": (kernel.gaps(spans, bounds, ["g"]), lambda g: difference(other[g], world[g])),
        "overlaps": (
            kernel.overlaps(spans, bounds, ["g"]),
            lambda g: intersection(world[g], other[g]),
        ),
        "within": (kernel.within(spans, 10, 30), lambda g: clip(world[g], 10, 30)),
    }
    for frame, expected in found.values():
        told = grouped(frame, "start_s", "end_s")
        for g in GROUPS:
            assert union((a, b) for group, a, b in told if group == g) == expected(g)


@pytest.mark.parametrize("engine", ENGINES)
@quick
@given(worlds)
def test_pieces_never_overlap(engine: str, world: World) -> None:
    [spans] = frames(engine, world)
    told = grouped(kernel.pieces(spans, ["g"]), "start_s", "end_s")
    assert sum(b - a for _, a, b in told) == sum(total(its) for its in world.values())


@pytest.mark.parametrize("engine", ENGINES)
@quick
@given(worlds, worlds, st.integers(1, 10))
def test_runs_are_episodes_and_starts_count_where_they_are_covered(
    engine: str, world: World, other: World, gap: int
) -> None:
    spans, bounds = frames(engine, world, other)
    told = kernel.runs(spans, ["g"], gap)
    assert grouped(told, "start_s") == sorted(
        (g, start) for g in GROUPS for start, _ in episodes(world[g], gap)
    )
    assert grouped(kernel.covered(told, bounds, ["g"]), "start_s") == sorted(
        (g, start)
        for g in GROUPS
        for start in within([start for start, _ in episodes(world[g], gap)], union(other[g]))
    )


# ---- whole snapshots ----

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_hour_of_three_states_weighs_what_each_rule_says(tmp_path: Path, engine: str) -> None:
    """Partial 0-30, major 20-40, degraded 35-60: METHODOLOGY's hour."""
    day = "2026-01-05"
    snapshot = made(
        tmp_path,
        as_of="2026-01-10",
        coverage=[covered(f"{day} 10:00", f"{day} 11:00")],
        states=[
            state("partial", f"{day} 10:00", f"{day} 10:30"),
            state("major", f"{day} 10:20", f"{day} 10:40"),
            state("degraded", f"{day} 10:35", f"{day} 11:00"),
        ],
    )
    question = ask(since="2026-01-05", until="2026-01-06")
    tables, [when, as_of_s] = read(snapshot, engine), window(snapshot, question)
    found = selected_on(tables, question, as_of_s)
    lengths = rows(lasted(tables, found, question, when, as_of_s))
    its = {level: n for _, _, level, n in lengths}
    minutes = {rule: down_seconds(its, rule, None) / 60 for rule in RULES}
    assert its["observed"] == 3600
    assert minutes == pytest.approx(
        {
            "statuspage": 26.0,
            "instatus": 26.0,
            "incident_io": 40.0,
            "strict": 60.0,
            "major_only": 20.0,
            INCIDENT_OPEN: 0.0,
        },
        rel=EXACT,
    )


def plans(begun: datetime, its: str) -> st.SearchStrategy[Row]:
    """Make what turns some posts of class maintenance into planned work, begun now or later."""
    later = st.integers(0, 48).map(lambda hours: begun + hours * HOUR)
    stages = st.sampled_from(["scheduled", "in_progress", "completed"])
    planned = {"kind": st.just(MAINTENANCE), "started_at": later, "stage": stages}
    return st.just({}) if its != MAINTENANCE else st.just({}) | st.fixed_dictionaries(planned)


PROVIDERS = ("acme", "globex", "hooli", "initech")


def some_world(draw: Callable[[Any], Any], folder: Path) -> Snapshot:
    """Four providers with three components each; spans may overlap, touch, last or be empty."""
    hours = st.integers(0, 24 * 9)
    when = hours.map(lambda n: START + n * HOUR)
    end = st.none() | when
    keys = [(p, c) for p in PROVIDERS for c in ("api", "chat", "unattributed")]
    surfaces = {"api": "api_inference", "chat": "chat_web", "unattributed": "api_inference"}
    told: dict[str, list[Row]] = {"states": [], "coverage": [], "posts": []}
    for provider, name in keys:
        where = {"of": name, "provider": provider}
        for a, b in draw(st.lists(st.tuples(when, when), max_size=3)):
            told["coverage"].append(covered(min(a, b), max(a, b) + HOUR, **where))
        for worse, a, b, by in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["degraded", "partial", "major", "unknown", "maintenance"]),
                    when,
                    end,
                    st.none() | st.sampled_from(["p0", "p1", "p2"]),
                ),
                max_size=4,
            )
        ):
            told["states"].append(state(worse, a, b if b and b > a else None, post=by, **where))
    for provider in PROVIDERS:
        for n in range(3):
            a, b, its, flags = draw(
                st.tuples(when, end, st.sampled_from(CLASSES), st.sampled_from([[], ["zombie"]]))
            )
            named = draw(st.sets(st.sampled_from(sorted(surfaces)), min_size=1))
            over = b if b and b >= a else None
            more = {"class": its, "flags": flags, **draw(plans(a, its))}
            told["posts"].append(
                post(f"p{n}", a, over, of=sorted(named), provider=provider, **more)
            )
    return made(
        folder,
        as_of=START + 10 * 24 * HOUR,
        components=[component(c, provider=p, surface=surfaces[c]) for p, c in keys],
        **told,
    )


# No engine looks from one provider at another: ten draws of four are forty worlds.
@settings(
    max_examples=WORLDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_snapshot_gives_the_same_on_both_engines(tmp_path: Path, data: st.DataObject) -> None:
    snapshot = some_world(data.draw, tmp_path)
    question = ask(
        since="2026-01-02",
        until="2026-01-09",
        combine=data.draw(st.none() | st.just("any")),
        classes=data.draw(st.sampled_from([RELIABILITY, CLASSES, (MAINTENANCE,)])),
    )
    same_on_both_engines(snapshot, question)


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_large_snapshot_is_read_where_it_lies_to_the_same_answers(
    tmp_path: Path, data: st.DataObject
) -> None:
    snapshot = some_world(data.draw, tmp_path)
    same_however_large(snapshot, ask(since="2026-01-02", until="2026-01-09"))


@needs_feeds
@pytest.mark.captures
@pytest.mark.slow
@pytest.mark.parametrize("ledger", ["claude", "posted"])
@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"combine": "any"},
        {"surface": "api_inference", "minimum": "partial"},
        {"classes": CLASSES},
    ],
    ids=["every surface", "combined", "partial or worse", "every class"],
)
def test_captures_give_the_same_on_both_engines(
    request: pytest.FixtureRequest, ledger: str, asked: dict[str, Any]
) -> None:
    snapshot = open_snapshot(request.getfixturevalue(ledger))
    question = ask(since="2023-09-01", **asked)
    same_on_both_engines(snapshot, question)
