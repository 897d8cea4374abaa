"""Answers are kept for whoever asks the same of the same snapshot, and for nobody else."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analytics import Question, Snapshot, ask
from dashboard.session.answer_cache import kept, of_no_rule
from tests.support.snapshots import covered, made

asked: list[tuple[str, Question]] = []


def rule_of(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    asked.append((snapshot.digest, question))
    return pl.DataFrame({"rule": [question.named_rule]})


def seen(folder: Path, until: str) -> Snapshot:
    return made(folder, as_of="2026-01-31", coverage=[covered("2026-01-01", until)])


def test_the_same_question_to_the_same_snapshot_is_worked_out_once(tmp_path: Path) -> None:
    asked.clear()
    (tmp_path / "other").mkdir()
    one, other = seen(tmp_path, "2026-01-31"), seen(tmp_path / "other", "2026-01-20")
    strict = ask(rule="strict")
    for snapshot, question in ((one, ask()), (one, ask()), (one, strict), (other, ask())):
        answer = kept(rule_of, snapshot, question)
        assert answer["rule"].to_list() == [question.rule]
    assert asked == [(one.digest, ask()), (one.digest, strict), (other.digest, ask())]


def test_what_depends_on_no_rule_is_kept_across_rules() -> None:
    assert of_no_rule(ask(rule="strict")) == of_no_rule(ask(weights="0,0.5,1")) == ask()
