"""Every relational metric, asked again in SQL: DuckDB and Polars agree to 1e-12."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics import METRICS, Snapshot, ask
from analytics.question import MAINTENANCE, RELIABILITY
from analytics.rules import STATE_RULES
from analytics.sql_query import query
from tests.support.snapshots import Row, at, component, covered, made, post, source, state, update

START, AS_OF = at("2026-01-01"), at("2026-04-11")
PROVIDERS = ("acme", "globex", "initech")
COMPONENTS = (("api", "api_inference"), ("batch-api", "api_inference"), ("chat", "chat_web"))
STEP_S = 300
EXACT = 1e-12
SINCE = ask(since="2026-01-01")


def some_world(folder: Path) -> Snapshot:
    """Three providers over a hundred days, all times on five minutes, drawn with a seed."""
    dice = random.Random(20260302)
    rows: dict[str, list[Row]] = {"posts": [], "states": [], "coverage": [], "updates": []}

    def moment(first: int = 0, last: int = 100 * 288 - 1) -> Any:
        return START + timedelta(seconds=STEP_S * dice.randint(first, last))

    for provider in PROVIDERS:
        for name, _ in COMPONENTS:
            hole = dice.randint(10, 90) * 288 if name != "chat" else 100 * 288
            day = timedelta(seconds=STEP_S * hole)
            rows["coverage"] += [
                covered(START, START + day, of=name, provider=provider),
                covered(START + day + timedelta(hours=7), AS_OF, of=name, provider=provider),
            ]
            for _ in range(6):
                since = moment()
                until = since + timedelta(seconds=STEP_S * dice.randint(1, 40))
                rows["states"].append(state("unknown", since, until, of=name, provider=provider))
            rows["states"].append(state("partial", moment(28_000), of=name, provider=provider))
        for n in range(60):
            begun = moment()
            over = begun + timedelta(seconds=STEP_S * dice.randint(3, 300))
            late = dice.random() < 0.1
            named = dice.sample([name for name, _ in COMPONENTS], dice.randint(1, 2))
            over = min(over, AS_OF - timedelta(seconds=STEP_S))
            rows["posts"].append(
                post(
                    f"p{n}",
                    begun,
                    over,
                    of=named,
                    provider=provider,
                    flags=["retrospective"] if late else [],
                    causes=dice.choice([["not_stated"], ["datastore", "network_dns"]]),
                    max_impact=dice.choice(["minor", "major", "critical"]),
                    **{"class": dice.choice(["outage", "degradation", "notice"])},
                )
            )
            for name in named:
                worse = dice.choice(["degraded", "partial", "major", "maintenance"])
                given = {"of": name, "provider": provider, "post": f"p{n}"}
                rows["states"].append(state(worse, begun, over, **given))
            stages = ["investigating", *dice.choices(["identified", "monitoring"], k=3), "resolved"]
            times = sorted(moment() for _ in stages)
            for stage, when in zip(stages, times, strict=True):
                shown = when - timedelta(seconds=dice.choice([0, 60, 61, 600]))
                edited = when + timedelta(seconds=dice.choice([0, 60, 61]))
                given = {"provider": provider, "display_at": shown, "edited_at": edited}
                rows["updates"].append(update(f"p{n}", stage, when, **given))
        for n in range(60):
            begun = moment(2 * 288)
            over = min(begun + timedelta(seconds=STEP_S * dice.randint(3, 300)), AS_OF)
            announced = begun - timedelta(seconds=STEP_S * dice.randint(0, 2 * 288))
            of = dice.choice([name for name, _ in COMPONENTS])
            told = {"started_at": begun, "resolved_at": over, "of": [of], "kind": "maintenance"}
            stage = dice.choice(["completed", "scheduled"])
            rows["posts"].append(
                post(f"m{n}", announced, None, provider=provider, stage=stage, **told)
            )
            given = {"of": of, "provider": provider, "post": f"m{n}"}
            rows["states"].append(state("maintenance", begun, over, **given))
    return made(
        folder,
        as_of=AS_OF,
        components=[component(n, provider=p, surface=s) for p in PROVIDERS for n, s in COMPONENTS],
        captures=[c for p in PROVIDERS for c in source(f"https://{p}.test", AS_OF, provider=p)],
        **rows,
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return some_world(tmp_path_factory.mktemp("world"))


AS_OF_S, START_S = int(AS_OF.timestamp()), int(START.timestamp())
#: Every step of five minutes of every component that is covered and known, with what its
#: worst state then weighs under each of three rules.
GRID = f"""
WITH step AS (SELECT unnest(range({START_S}, {AS_OF_S}, {STEP_S})) AS t),
seen AS (
    SELECT c.provider, c.surface, c.component_id, t FROM step JOIN coverage c
    ON c.start_s <= t AND t < c.end_s
),
told AS (
    SELECT s.provider, s.component_id, s.state, s.start_s,
        coalesce(s.end_s, {AS_OF_S}) AS end_s, i.class
    FROM component_states s LEFT JOIN incidents i USING (page_key, incident_id)
),
grid AS (
    SELECT seen.provider, surface, seen.component_id, t,
        coalesce(bool_or(state = 'unknown'), false) AS unknown,
        coalesce(max(weight) FILTER (class IS NULL OR class IN ('outage', 'degradation')), 0) AS w
    FROM seen LEFT JOIN told ON told.provider = seen.provider
        AND told.component_id = seen.component_id AND told.start_s <= t AND t < told.end_s
    LEFT JOIN rule USING (state)
    GROUP BY ALL
)
"""


def of_rule(name: str) -> str:
    """Return the grid with the weights of one rule."""
    weights = ", ".join(f"('{s}', {w}::DOUBLE)" for s, w in STATE_RULES[name].items())
    return GRID.replace("WITH step", f"WITH rule(state, weight) AS (VALUES {weights}), step")


def by_scope(found: Any) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {(provider, surface): tuple(rest) for provider, surface, *rest in found.iter_rows()}


@pytest.mark.parametrize(
    ("combine", "together"), [("any", "max(w)"), ("all", "min(w)"), ("mean", "avg(w)")]
)
@pytest.mark.parametrize("rule", ["incident_io", "statuspage", "strict"])
def test_availability(world: Snapshot, rule: str, combine: str, together: str) -> None:
    sql = f"""{of_rule(rule)}, moment AS (
        SELECT provider, surface, t, {together} AS w FROM grid WHERE NOT unknown GROUP BY ALL
    ) SELECT provider, surface, sum(w) * {STEP_S}, count(*) * {STEP_S} FROM moment GROUP BY ALL"""
    theirs = by_scope(query(world.path, sql))
    asked = ask(since="2026-01-01", rule=rule, combine=combine)
    found = [
        METRICS["availability"](
            world, ask(since="2026-01-01", rule=rule, surface=s, combine=combine)
        )
        for s in ("api_inference", "chat_web")
    ]
    assert asked.combine == combine
    for frame in found:
        for row in frame.to_dicts():
            down, observed = theirs[row["provider"], row["surface"]]
            assert row["down_s"] == pytest.approx(down, rel=EXACT)
            assert row["covered_s"] - row["unknown_s"] == observed
            assert row["value"] == pytest.approx(1 - down / observed, rel=EXACT)


def test_availability_with_maintenance(world: Snapshot) -> None:
    grid = of_rule("statuspage").replace("('maintenance', 0.0", "('maintenance', 1.0")
    sql = f"""{grid.replace("IN ('outage', ", "IN ('maintenance', 'outage', ")}, moment AS (
        SELECT provider, surface, t, max(w) AS w FROM grid WHERE NOT unknown GROUP BY ALL
    ) SELECT provider, surface, sum(w) * {STEP_S} FROM moment GROUP BY ALL"""
    theirs = by_scope(query(world.path, sql))
    both = {"since": "2026-01-01", "rule": "statuspage"}
    plain = METRICS["availability"](world, ask(**both))
    asked = METRICS["availability"](world, ask(**both, classes=(*RELIABILITY, MAINTENANCE)))
    for row, less in zip(asked.to_dicts(), plain.to_dicts(), strict=True):
        [down] = theirs[row["provider"], row["surface"]]
        assert row["down_s"] == pytest.approx(down, rel=EXACT)
        assert row["down_s"] > less["down_s"]


def test_frequency_and_time_open_of_maintenances(world: Snapshot) -> None:
    sql = f"""WITH post AS (
        SELECT DISTINCT i.*, l.surface FROM incidents i JOIN incident_components l
        USING (page_key, incident_id)
        WHERE kind = 'maintenance' AND stage <> 'scheduled' AND started_s >= {START_S}
    ) SELECT provider, surface, count(*) FILTER (EXISTS (FROM coverage v
            WHERE v.provider = post.provider AND v.surface = post.surface
            AND v.start_s <= started_s AND started_s < v.end_s)),
        count(*), quantile_disc(resolved_s - started_s, 0.5)
    FROM post GROUP BY ALL"""
    theirs = by_scope(query(world.path, sql))
    asked = ask(since="2026-01-01", classes=(MAINTENANCE,))
    assert len(theirs) == len(PROVIDERS) * 2
    for row in METRICS["frequency"](world, asked).to_dicts():
        assert row["n"] == theirs[row["provider"], row["surface"]][0]
    for row in METRICS["durations"](world, asked).filter(metric="open_median").to_dicts():
        _, n, median = theirs[row["provider"], row["surface"]]
        assert (row["n"], row["value"]) == (n, median)


def test_budget(world: Snapshot) -> None:
    sql = f"""{of_rule("incident_io")}, moment AS (
        SELECT provider, surface, t, max(w) AS w FROM grid WHERE NOT unknown GROUP BY ALL
    ) SELECT provider, surface, sum(w) / (count(*) * 0.001::DOUBLE),
        sum(w) FILTER (t >= {AS_OF_S - 72 * 3600})
            / (count(*) FILTER (t >= {AS_OF_S - 72 * 3600}) * 0.001::DOUBLE)
    FROM moment GROUP BY ALL"""
    theirs = by_scope(query(world.path, sql))
    for row in METRICS["budget"](world, SINCE).to_dicts():
        burn, last = theirs[row["provider"], row["surface"]]
        expected = {"burn": burn, "burn_3d": last}.get(row["metric"], row["value"])
        assert row["value"] == pytest.approx(expected, rel=EXACT)


#: Posts of the classes that count, by surface, whose impact began inside the window.
POSTS = f"""
WITH post AS (
    SELECT DISTINCT i.*, l.surface FROM incidents i JOIN incident_components l
    USING (page_key, incident_id)
    WHERE i.class IN ('outage', 'degradation') AND i.impact_start_s >= {START_S}
), covered AS (
    SELECT provider, surface, count(DISTINCT t) * {STEP_S} / 86400 AS days
    FROM coverage c JOIN (SELECT unnest(range({START_S}, {AS_OF_S}, {STEP_S})) AS t)
    ON c.start_s <= t AND t < c.end_s GROUP BY ALL
)
"""


@pytest.mark.parametrize("unit", ["posts", "episodes"])
def test_frequency(world: Snapshot, unit: str) -> None:
    new = "true" if unit == "posts" else "before IS NULL OR impact_start_s > before + 3600"
    sql = f"""{POSTS}, run AS (
        SELECT *, max(coalesce(impact_end_s, {AS_OF_S})) OVER (
            PARTITION BY provider, surface ORDER BY impact_start_s, incident_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM post
    ) SELECT r.provider, r.surface, count(*), count(*) / any_value(days) * 30
    FROM run r JOIN covered c ON c.provider = r.provider AND c.surface = r.surface
    WHERE ({new}) AND EXISTS (FROM coverage v WHERE v.provider = r.provider
        AND v.surface = r.surface AND v.start_s <= impact_start_s AND impact_start_s < v.end_s)
    GROUP BY ALL"""
    theirs = by_scope(query(world.path, sql))
    asked = ask(since="2026-01-01", unit=unit)
    for row in METRICS["frequency"](world, asked).to_dicts():
        n, rate = theirs[row["provider"], row["surface"]]
        assert (row["n"], row["value"]) == (n, pytest.approx(rate, rel=EXACT))


def test_coverage(world: Snapshot) -> None:
    theirs = by_scope(query(world.path, f"{POSTS} SELECT provider, surface, days FROM covered"))
    for row in METRICS["coverage"](world, SINCE).to_dicts():
        [days] = theirs[row["provider"], row["surface"]]
        assert row["value"] == pytest.approx(days / 100, rel=EXACT)


def test_common_ground_of_a_ranking(world: Snapshot) -> None:
    sql = f"""{of_rule("incident_io")}, moment AS (
        SELECT provider, surface, t, max(w) AS w FROM grid WHERE NOT unknown GROUP BY ALL
    ), common AS (
        SELECT surface, t FROM moment GROUP BY ALL HAVING count(*) = {len(PROVIDERS)}
    ) SELECT provider, surface, sum(w) * {STEP_S}, count(*) * {STEP_S}
    FROM moment JOIN common USING (surface, t) GROUP BY ALL"""
    theirs = by_scope(query(world.path, sql))
    found = METRICS["ranking"](world, SINCE).filter(metric="common_downtime")
    for row in found.to_dicts():
        down, common = theirs[row["provider"], row["surface"]]
        assert (row["down_s"], row["covered_s"]) == (pytest.approx(down, rel=EXACT), common)
        assert row["value"] == pytest.approx(down / common, rel=EXACT)


MESSAGES = f"""{POSTS}, message AS (
    SELECT post.provider, surface, u.page_key, u.incident_id, u.stage, u.display_s,
        u.created_s, u.edited_s, coalesce(u.created_s, u.display_s) AS at_s,
        list_contains(flags, 'retrospective') AS late
    FROM post JOIN updates u USING (page_key, incident_id)
)"""


def test_durations_and_stages(world: Snapshot) -> None:
    sql = f"""{MESSAGES}, entry AS (
        SELECT provider, surface, incident_id,
            min(at_s) FILTER (stage = 'investigating') AS investigating,
            min(at_s) FILTER (stage = 'identified') AS identified,
            min(at_s) FILTER (stage = 'monitoring') AS monitoring,
            max(at_s) FILTER (stage = 'resolved') AS resolved
        FROM message WHERE NOT late GROUP BY ALL
    ), gap AS (
        SELECT provider, surface, incident_id, stage,
            lead(at_s) OVER (PARTITION BY provider, surface, incident_id ORDER BY at_s) - at_s
            AS seconds
        FROM message WHERE NOT late
    ), lengths AS (
        SELECT provider, surface, 'identified_to_monitoring_median' AS metric,
            monitoring - identified AS seconds FROM entry WHERE monitoring >= identified
        UNION ALL BY NAME
        SELECT provider, surface, 'monitoring_to_resolved_median' AS metric,
            resolved - monitoring AS seconds FROM entry WHERE resolved >= monitoring
        UNION ALL BY NAME
        SELECT provider, surface, 'investigating_to_monitoring_median' AS metric,
            monitoring - investigating AS seconds FROM entry
        WHERE monitoring >= investigating AND identified IS NULL
        UNION ALL BY NAME
        SELECT provider, surface, 'update_gap_median' AS metric, seconds FROM gap
        WHERE seconds IS NOT NULL AND stage <> 'resolved'
        UNION ALL BY NAME
        SELECT provider, surface, 'longest_silence_median' AS metric, max(seconds) AS seconds
        FROM gap WHERE stage <> 'resolved' GROUP BY provider, surface, incident_id
        UNION ALL BY NAME
        SELECT provider, surface, 'open_median' AS metric, open_seconds AS seconds FROM post
        WHERE NOT list_contains(flags, 'retrospective')
    ) SELECT provider, surface, metric, quantile_disc(seconds, 0.5), count(*)
    FROM lengths GROUP BY ALL"""
    theirs = {(p, s, m): (v, n) for p, s, m, v, n in query(world.path, sql).iter_rows()}
    rows = [
        row for name in ("stages", "durations") for row in METRICS[name](world, SINCE).to_dicts()
    ]
    ours = {(r["provider"], r["surface"], r["metric"]): r for r in rows}
    compared = 0
    for key, (value, n) in theirs.items():
        row = ours[key]
        if key[2] != "update_gap_median":
            assert row["n"] == n
        if row["status"] == "ok":
            compared += 1
            assert row["value"] == pytest.approx(float(value), rel=EXACT)
    assert compared > len(theirs) / 2


def test_transparency(world: Snapshot) -> None:
    sql = f"""{MESSAGES}, fact AS (
        SELECT provider, surface, 'retrospective' AS metric,
            avg(list_contains(flags, 'retrospective')::INT) AS value, count(*) AS n
        FROM post GROUP BY ALL
        UNION ALL BY NAME
        SELECT provider, surface, 'cause_stated' AS metric,
            avg((NOT list_contains(causes, 'not_stated'))::INT) AS value, count(*) AS n
        FROM post GROUP BY ALL
        UNION ALL BY NAME
        SELECT provider, surface, 'updates_backdated' AS metric,
            avg((created_s - display_s > 60)::INT) AS value, count(*) AS n
        FROM message GROUP BY ALL
        UNION ALL BY NAME
        SELECT provider, surface, 'updates_edit_stamped' AS metric,
            avg((edited_s - created_s > 60)::INT) AS value, count(*) AS n
        FROM message GROUP BY ALL
    ) FROM fact"""
    theirs = {(p, s, m): (v, n) for p, s, m, v, n in query(world.path, sql).iter_rows()}
    rows = METRICS["transparency"](world, SINCE).to_dicts()
    ours = {(r["provider"], r["surface"], r["metric"]): r for r in rows}
    assert len(theirs) == 4 * len(PROVIDERS) * 2
    for key, (value, n) in theirs.items():
        assert ours[key]["value"] == pytest.approx(value, rel=EXACT)
        assert ours[key]["n"] == n
