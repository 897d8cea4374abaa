"""What questions share is worked out once, and sharing it changes no answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import pytest

from analytics import METRICS, Question, Snapshot, ask
from analytics.comparison import (
    eligibility,
    head_to_head,
    pair_series,
    pairwise,
    ranking,
    sensitivity,
    shared_window,
)
from analytics.evidence import incident_evidence, provenance
from analytics.memo import Memo, once
from analytics.metrics import durations, transparency
from analytics.read_models import (
    daily_states,
    monthly,
    open_incidents,
    overview,
    posting_habits,
    reported_uptime,
    strips,
    surface_matrix,
)
from analytics.rules import CUSTOM
from analytics.snapshot import open_snapshot
from dashboard.document import render_document
from tests.support.snapshots import at, component, covered, made, post, state, update

T = TypeVar("T")
FOUR = ("acme", "globex", "initech", "umbrella")
SURFACES = {"api": "api_inference", "batch-api": "api_inference", "chat": "chat_web"}


class Counting(Memo):
    """A memo that counts what is really worked out, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.worked_out: Counter[str] = Counter()

    def get(self, key: Hashable, work: Callable[[], T]) -> T:
        assert isinstance(key, tuple)

        def counted() -> T:
            self.worked_out[key[0].__name__] += 1
            return work()

        return super().get(key, counted)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Four providers over 200 days; each differs from the others in what it posts."""
    posts, states, updates = [], [], []
    for n, provider in enumerate(FOUR):
        for day in range(1, 25, n + 1):
            name, of = f"p{day}", ["api", "chat"] if day % 2 else ["batch-api"]
            start, end = (
                f"2026-0{1 + day % 5}-{day:02} 10:00",
                f"2026-0{1 + day % 5}-{day:02} 12:00",
            )
            worse = ("degraded", "partial", "major", "maintenance")[day % 4]
            its = ("outage", "degradation", "notice")[day % 3]
            planned = day % 4 == 3
            told = {"class": "maintenance", "started_at": at(start)} if planned else {"class": its}
            kind = "maintenance" if planned else "incident"
            posts.append(
                post(name, start, end, of=of, provider=provider, kind=kind, impact_s=3600, **told)
            )
            states += [state(worse, start, end, of=c, provider=provider, post=name) for c in of]
            updates += [
                update(name, stage, when, provider=provider)
                for stage, when in (("investigating", start), ("resolved", end))
            ]
        states.append(state("unknown", "2026-03-03", "2026-03-04", of="chat", provider=provider))
    return made(
        tmp_path_factory.mktemp("four"),
        as_of="2026-06-30",
        components=[
            component(name, provider=provider, surface=surface)
            for provider in FOUR
            for name, surface in SURFACES.items()
        ],
        coverage=[
            covered("2025-12-01", "2026-06-30", of=name, provider=provider)
            for provider in FOUR
            for name in SURFACES
        ],
        states=states,
        posts=posts,
        updates=updates,
    )


def counting(snapshot: Snapshot) -> tuple[Snapshot, Counter[str]]:
    """Open the same snapshot again, and what will be worked out of it."""
    again, memo = open_snapshot(snapshot.path), Counting()
    again.memo = memo
    return again, memo.worked_out


SINCE = "2026-01-01"


def test_a_document_of_four_providers_on_one_surface_works_out_each_thing_once(
    four: Snapshot,
) -> None:
    snapshot, worked_out = counting(four)
    render_document(snapshot, ask(providers=FOUR, surface="api_inference", since=SINCE))
    assert worked_out["scopes"] == 1
    assert worked_out["observe"] == 1
    assert worked_out["members_of"] == worked_out["_cohort"] == 1
    assert worked_out["touching"] <= 2


def test_a_head_to_head_works_out_one_cohort(four: Snapshot) -> None:
    snapshot, worked_out = counting(four)
    question = ask(providers=FOUR[:2], surface="api_inference", since=SINCE)
    for asked in (
        pairwise.pairs,
        head_to_head.side_by_side,
        head_to_head.alone,
        pair_series.observed_spans,
        pair_series.adding_up,
        pair_series.overlaps,
        pair_series.lengths,
        pair_series.by_rule,
        shared_window.seen,
    ):
        asked(snapshot, question)
    assert worked_out["scopes"] == worked_out["observe"] == 1
    assert worked_out["members_of"] == worked_out["_cohort"] == 1
    assert worked_out["touching"] == 1


def test_another_rule_works_out_only_what_hangs_on_it(four: Snapshot) -> None:
    snapshot, worked_out = counting(four)
    question = ask(providers=FOUR, since=SINCE)
    overview.league(snapshot, question)
    before = Counter(worked_out)
    overview.league(snapshot, replace(question, rule="strict"))
    its_level = {"state_time", "_lasting"}
    assert set(worked_out - before) == {"league", "monthly", *its_level}


Frames = Callable[[Snapshot, Question], pl.DataFrame]
ANSWERS: dict[str, Frames] = {
    **METRICS,
    "means": durations.means,
    "causes": transparency.causes,
    "eligibility": eligibility.eligibility,
    "pairs": pairwise.pairs,
    "grid": ranking.grid,
    "by_rule": sensitivity.by_rule,
    "under_classes": sensitivity.under_classes,
    "evidence": incident_evidence.evidence,
    "provenance": provenance.provenance,
    "bases": provenance.bases,
    "whole_posts": provenance.whole_posts,
    "left_unrated": provenance.left_unrated,
    "breaks": provenance.breaks,
    "daily": daily_states.daily,
    "strips": strips.strips,
    "monthly": monthly.monthly,
    "ongoing": open_incidents.ongoing,
    "league": overview.league,
    "facts": posting_habits.facts,
    "stated_causes": posting_habits.stated_causes,
    "months_beside": reported_uptime.months_beside,
    "matrix": surface_matrix.matrix,
    "mapping": surface_matrix.mapping,
}
PAIRED: dict[str, Frames] = {
    "side_by_side": head_to_head.side_by_side,
    "alone": head_to_head.alone,
    "observed_spans": pair_series.observed_spans,
    "adding_up": pair_series.adding_up,
    "overlaps": pair_series.overlaps,
    "lengths": pair_series.lengths,
    "pair_by_rule": pair_series.by_rule,
    "seen": shared_window.seen,
}
#: Another value for every part of a question.
OTHERWISE: dict[str, dict[str, Any]] = {
    "providers": {"providers": ("initech", "acme")},
    "surface": {"surface": "chat_web"},
    "since": {"since": date(2026, 2, 10)},
    "until": {"until": date(2026, 5, 1)},
    "zone": {"zone": "Asia/Kolkata"},
    "rule": {"rule": "strict"},
    "weights": {"rule": CUSTOM, "weights": (0.1, 0.2, 0.9)},
    "classes": {"classes": ("outage", "notice", "maintenance")},
    "unit": {"unit": "episodes"},
    "combine": {"combine": "mean"},
    "minimum": {"minimum": "major"},
    "slo": {"slo": 0.9},
    "previous": {"previous": True},
}


def questions(base: Question) -> Iterator[Question]:
    yield base
    for other in OTHERWISE.values():
        yield replace(base, **other)


def test_every_part_of_a_question_is_tried() -> None:
    assert set(OTHERWISE) == {field.name for field in fields(Question)}


@pytest.mark.parametrize(
    ("answers", "base"),
    [
        (ANSWERS, ask(providers=FOUR[:2], since="2026-04-01")),
        (PAIRED, ask(providers=FOUR[:2], since=SINCE, surface="api_inference")),
    ],
    ids=["of several", "of two"],
)
def test_what_was_asked_before_changes_no_answer(
    four: Snapshot, answers: dict[str, Frames], base: Question
) -> None:
    shared = open_snapshot(four.path)
    for question in questions(base):
        alone = open_snapshot(four.path)
        for name, asked in answers.items():
            told, expected = asked(shared, question), asked(alone, question)
            assert told.equals(expected), (name, question)


def test_a_memo_forgets_what_was_asked_for_longest_ago() -> None:
    memo, calls = Memo(most=2), Counter[str]()

    def asked(name: str) -> str:
        def work() -> str:
            calls[name] += 1
            return name

        return memo.get(name, work)

    for name in ("a", "b", "a", "c", "a", "b"):
        assert asked(name) == name
    assert calls == {"a": 1, "b": 2, "c": 1}


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of="2026-01-10")
    calls = Counter[str]()

    def key(name: str, /) -> Hashable:
        return name

    @once(key)
    def fails_first(snapshot: Snapshot, name: str) -> int:
        calls[name] += 1
        if calls[name] == 1:
            raise ValueError(name)
        return calls[name]

    with pytest.raises(ValueError, match="x"):
        fails_first(snapshot, "x")
    assert [fails_first(snapshot, "x"), fails_first(snapshot, "x")] == [2, 2]
