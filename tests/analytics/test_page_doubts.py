"""Beside a number stands what speaks against it: refused records, quiet pages, forgotten posts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analytics import METRICS, Snapshot, ask
from analytics.page_doubts import QUIET
from analytics.verdict.grade import BY_QUIET, CLEAR, LIKELY
from analytics.verdict.rows import verdict_rows
from analytics.verdict.verdict import verdict
from analytics.wording.doubts import doubts_sentence
from analytics.wording.verdict import word_verdict
from tests.support.outages import HALF_YEAR, outages, world
from tests.support.snapshots import at, component, covered, made, page_of, post, state

REASON = "no post for 755 days, usually one every 30 days"
NAMES = {"acme": "Acme", "few": "Few", "many": "Many"}


def warning(kind: str, record: str = "r1", provider: str = "acme", reason: str = REASON) -> Any:
    when = at("2026-01-09")
    return {
        "page_key": page_of(provider),
        "at": when,
        "last_at": when,
        "kind": kind,
        "record": record,
        "reason": reason,
        "n": 1,
    }


def ledger(tmp_path: Path, **more: Any) -> Snapshot:
    return made(
        tmp_path,
        as_of="2026-01-10",
        coverage=[covered("2026-01-01", "2026-01-10")],
        states=[state("partial", "2026-01-05 10:00", "2026-01-05 10:30", post="p1")],
        **{"posts": [post("p1", "2026-01-05 10:00", "2026-01-05 10:30")], **more},
    )


@pytest.mark.parametrize("metric", ["availability", "frequency", "coverage", "durations"])
def test_what_was_refused_is_counted_beside_every_number(tmp_path: Path, metric: str) -> None:
    told = [warning("rejected", one) for one in ("r1", "r2", "r2/u1")]
    again = warning("rejected", "r1", reason="another reason")
    other = warning("rejected", "r9", provider="globex")
    snapshot = ledger(tmp_path, warnings=[*told, again, other, warning("clock")])
    rows = METRICS[metric](snapshot, ask(providers=["acme"], since="2026-01-01"))
    assert set(rows["refused"]) == {3}
    assert rows["doubts"].null_count() == rows.height
    assert doubts_sentence(snapshot, NAMES, ["acme"]) == "Could not be read: 3 records of Acme."
    assert doubts_sentence(snapshot, NAMES, ["few"]) == ""


def test_a_page_that_posts_nothing_any_more_is_named_beside_its_numbers(tmp_path: Path) -> None:
    snapshot = ledger(tmp_path, warnings=[warning(QUIET)])
    rows = METRICS["availability"](snapshot, ask(since="2026-01-01"))
    assert rows.select("status", "refused", "doubts").rows() == [("ok", 0, QUIET)]
    assert doubts_sentence(snapshot, NAMES, ["acme"]) == (
        f"Acme posts nothing any more ({REASON}). Quiet may not mean well."
    )


def test_posts_forgotten_open_are_named_on_their_surface_from_when_they_began(
    tmp_path: Path,
) -> None:
    forgotten = {"stage": "investigating", "flags": ["zombie"]}
    posts = [post(f"z{n}", f"2026-01-0{n} 10:00", None, **forgotten) for n in range(1, 5)]
    chat = component("chat", surface="chat_web")
    elsewhere = post("other", "2026-01-05 10:00", None, of=["chat"], **forgotten)
    snapshot = ledger(tmp_path, posts=[*posts, elsewhere], components=[chat])

    def doubts(**window: Any) -> str:
        asked = ask(surface="api_inference", since="2026-01-01", **window)
        found: str = METRICS["availability"](snapshot, asked)["doubts"].item()
        return found

    assert doubts() == "zombie:z4,zombie:z3,zombie:z2,zombie:+1"
    assert doubts(until="2026-01-03") == "zombie:z2,zombie:z1"


def test_a_quiet_page_is_never_clearly_best(tmp_path: Path) -> None:
    few, many = outages("few", range(10, 90, 10)), outages("many", range(10, 110))
    api = replace(HALF_YEAR, surface="api_inference")
    plain = verdict(world(tmp_path / "plain", few, many), api)
    assert (plain.grade, plain.favoured) == (CLEAR, "few")
    snapshot = world(tmp_path / "quiet", few, many, warnings=[warning(QUIET, provider="few")])
    found = verdict(snapshot, api)
    assert (found.grade, found.catch, found.favoured) == (LIKELY, BY_QUIET, "few")
    assert "Few posts nothing any more" in word_verdict(found, NAMES).because
    decided = verdict_rows(snapshot, api).filter("decides", provider="few")
    assert set(decided["doubts"]) == {QUIET}
    other = world(tmp_path / "other", few, many, warnings=[warning(QUIET, provider="many")])
    assert verdict(other, api).grade == CLEAR
