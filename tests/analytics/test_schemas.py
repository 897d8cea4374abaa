"""Test that frames have the columns that the schemas beside their functions name."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import polars as pl
import pytest

from analytics import METRICS, Question, Snapshot, ask
from analytics.answer import SCHEMA
from analytics.comparison import (
    eligibility,
    head_to_head,
    pair_series,
    pairwise,
    ranking,
    sensitivity,
    shared_window,
)
from analytics.evidence import freshness, incident_evidence, provenance
from analytics.forecast import backtest
from analytics.forecast.forecast import FORECASTS
from analytics.forecast.hazard import HAZARDS, hazards
from analytics.forecast.history import PAGE_READS, page_reads
from analytics.forecast.survival import SURVIVAL, survival
from analytics.metrics import durations, transparency
from analytics.patterns.rows import PATTERNS, hours_of_week, patterns
from analytics.portfolio.concentration import CONCENTRATION, concentration
from analytics.portfolio.renewal import RENEWAL, renewal
from analytics.portfolio.rows import PORTFOLIO, portfolio
from analytics.read_models import (
    current_status,
    daily_states,
    incident_list,
    monthly,
    open_incidents,
    overview,
    posting_habits,
    profile,
    reported_uptime,
    strips,
    surface_matrix,
)
from analytics.sla import register
from analytics.sla.rows import SLA, sla
from analytics.verdict.rows import VERDICTS, verdict_rows
from tests.support.paths import ROOT
from tests.support.snapshots import covered, made, post, source, state, update

Asked = Callable[[Snapshot, Question], pl.DataFrame]
Schema = Mapping[str, Any]
TWO = ask(providers=["acme", "globex"], since="2026-01-01", surface="api_inference")


def posted(snapshot: Snapshot, question: Question) -> current_status.Present:
    return current_status.present(snapshot, question.providers[0], snapshot.as_of)


FRAMES: dict[str, tuple[Asked, Schema]] = {
    **{name: (metric, SCHEMA) for name, metric in METRICS.items()},
    "verdict": (verdict_rows, VERDICTS),
    "forecast": (METRICS["forecast"], FORECASTS),
    "backtest": (backtest.score_forecasts, backtest.BACKTEST),
    "survival": (survival, SURVIVAL),
    "hazards": (hazards, HAZARDS),
    "page_reads": (lambda s, q: page_reads(s), PAGE_READS),
    "portfolio": (portfolio, PORTFOLIO),
    "patterns": (patterns, PATTERNS),
    "renewal": (renewal, RENEWAL),
    "concentration": (concentration, CONCENTRATION),
    "hours_of_week": (hours_of_week, PATTERNS),
    "supply_chain": (lambda s, q: register.supply_chain(s, []), register.SUPPLY_CHAIN),
    "substitutes": (lambda s, q: register.substitutes(s, [], q), register.SUBSTITUTES),
    "dependence": (lambda s, q: register.dependence(s, []), register.DEPENDENCE),
    "sla": (sla, SLA),
    "means": (durations.means, SCHEMA),
    "causes": (transparency.causes, transparency.CAUSES),
    "eligibility": (eligibility.eligibility, eligibility.ELIGIBILITY),
    "side_by_side": (head_to_head.side_by_side, head_to_head.PAIRED),
    "alone": (head_to_head.alone, SCHEMA),
    "observed_spans": (pair_series.observed_spans, pair_series.OBSERVED_SPANS),
    "overlaps": (pair_series.overlaps, pair_series.SPANS),
    "adding_up": (pair_series.adding_up, pair_series.ADDING_UP),
    "lengths": (pair_series.lengths, pair_series.LENGTHS),
    "pair_by_rule": (pair_series.by_rule, SCHEMA),
    "pairs": (pairwise.pairs, pairwise.PAIRS),
    "grid": (ranking.grid, ranking.GRID),
    "by_rule": (sensitivity.by_rule, SCHEMA),
    "under_classes": (sensitivity.under_classes, sensitivity.UNDER_CLASSES),
    "leaders": (lambda s, q: sensitivity.leaders(ranking.grid(s, q)), sensitivity.LEADERS),
    "seen": (shared_window.seen, shared_window.SEEN),
    "evidence": (incident_evidence.evidence, incident_evidence.EVIDENCE),
    "provenance": (provenance.provenance, provenance.PROVENANCE),
    "bases": (provenance.bases, provenance.BASES),
    "whole_posts": (provenance.whole_posts, provenance.WHOLE_POSTS),
    "left_unrated": (provenance.left_unrated, provenance.LEFT_UNRATED),
    "sharing": (lambda s, q: provenance.sharing(s, q.surface), provenance.SHARING),
    "breaks": (provenance.breaks, provenance.BREAKS),
    "sources": (lambda s, q: freshness.sources(s, s.as_of), freshness.SOURCES),
    "uncollected": (lambda s, q: freshness.uncollected(s), freshness.UNCOLLECTED),
    "pages": (lambda s, q: freshness.pages(s), freshness.PAGES),
    "unmapped": (lambda s, q: freshness.unmapped(s), freshness.UNMAPPED),
    "runs": (lambda s, q: freshness.runs(s), freshness.RUNS),
    "health_breaks": (lambda s, q: freshness.breaks(s), freshness.BREAKS),
    "open_posts": (lambda s, q: posted(s, q).posts, current_status.OPEN_POSTS),
    "components": (lambda s, q: posted(s, q).components, current_status.COMPONENTS),
    "daily": (daily_states.daily, daily_states.DAILY),
    "strips": (strips.strips, strips.STRIPS),
    "incidents": (
        lambda s, q: incident_list.incidents(s, q, incident_list.Search()),
        incident_list.INCIDENTS,
    ),
    "monthly": (monthly.monthly, monthly.MONTHLY),
    "ongoing": (open_incidents.ongoing, open_incidents.ONGOING),
    "league": (overview.league, overview.LEAGUE),
    "facts": (posting_habits.facts, posting_habits.HABITS),
    "figures": (lambda s, q: profile.figures(s, q, ["globex"]), profile.PROFILE),
    "origin": (profile.origin, profile.ORIGIN),
    "page_breaks": (profile.breaks, profile.BREAKS),
    "months_beside": (reported_uptime.months_beside, reported_uptime.MONTHS_BESIDE),
    "posted_months": (
        lambda s, q: reported_uptime.posted_months(s),
        reported_uptime.POSTED_MONTHS,
    ),
    "matrix": (surface_matrix.matrix, surface_matrix.MATRIX),
    "mapping": (surface_matrix.mapping, surface_matrix.MAPPING),
}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two providers with incidents, states, updates, captures."""
    hour = "2026-03-05 10:00", "2026-03-05 11:00"
    both = ("acme", "globex")
    return made(
        tmp_path_factory.mktemp("full"),
        as_of="2026-06-30",
        coverage=[covered("2025-12-01", "2026-06-30", provider=p) for p in both],
        states=[state("partial", *hour, provider=p, post="p1") for p in both],
        posts=[
            *(post("p1", *hour, provider=p) for p in both),
            post("p2", "2026-06-29", provider="acme"),
        ],
        updates=[update("p1", "investigating", hour[0], provider=p) for p in both],
        captures=[c for p in both for c in source(f"https://{p}.test", "2026-06-30", provider=p)],
    )


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two providers that are covered, and nothing else."""
    return made(
        tmp_path_factory.mktemp("empty"),
        as_of="2026-06-30",
        coverage=[covered("2026-06-01", "2026-06-30", provider=p) for p in ("acme", "globex")],
    )


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_has_the_columns_of_its_schema(full: Snapshot, empty: Snapshot, name: str) -> None:
    asked, schema = FRAMES[name]
    for snapshot in (full, empty):
        assert dict(asked(snapshot, TWO).schema) == dict(pl.Schema(schema))


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted((ROOT / "analytics").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield name, node


def returned(node: ast.FunctionDef) -> str:
    _, _, told = (ast.get_docstring(node) or "").partition("Returns:\n")
    return told


GIVES_FRAMES = [
    pytest.param(module, node, id=f"{module}.{node.name}")
    for module, node in functions()
    if node.returns and ast.unparse(node.returns) == "pl.DataFrame"
]


@pytest.mark.parametrize(("module", "node"), GIVES_FRAMES)
def test_a_function_that_gives_a_frame_says_which_columns_it_has(
    module: str, node: ast.FunctionDef
) -> None:
    told = returned(node)
    assert told.strip()
    known = import_module(module)
    for place, schema in re.findall(r"``(?:([a-z_]+)\.)?([A-Z][A-Z_]+)``", told):
        if not place:
            assert hasattr(known, schema)


@pytest.mark.parametrize(
    ("module", "node"),
    [
        pytest.param(module, node, id=f"{module}.{node.name}")
        for module, node in functions()
        if len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]) > 3
    ],
)
def test_a_function_of_more_than_three_parameters_says_what_each_is(
    module: str, node: ast.FunctionDef
) -> None:
    told = ast.get_docstring(node) or ""
    assert "Args:\n" in told
    for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        assert re.search(rf"^ +\*?{arg.arg}: ", told, re.MULTILINE), arg.arg
