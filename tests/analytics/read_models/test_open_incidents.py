"""Posts that still run: which count, and how it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analytics import ask
from analytics.read_models.open_incidents import ongoing
from analytics.wording.overview import ongoing_sentence
from tests.support.snapshots import ACME, component, covered, made, post

BOLT = "bolt"
NOW = "2026-01-31 12:00"


def running(folder: Path, *posts: dict[str, Any], **question: Any) -> list[dict[str, Any]]:
    snapshot = made(
        folder,
        as_of=NOW,
        components=[component(), component("chat", surface="chat_web")],
        coverage=[covered("2026-01-01", NOW), covered("2026-01-01", NOW, provider=BOLT)],
        posts=posts,
    )
    return ongoing(snapshot, ask(**question)).to_dicts()


def test_open_posts_are_counted_by_provider_up_to_the_newest_data(tmp_path: Path) -> None:
    rows = running(
        tmp_path,
        post("over", "2026-01-30 10:00", "2026-01-30 11:00"),
        post("a", "2026-01-31 10:00"),
        post("b", "2026-01-31 11:00", provider=BOLT),
        post("c", "2026-01-10 12:00", provider=BOLT, flags=["zombie"]),
    )
    assert [(r["provider"], r["posts"], r["silent"], r["longest_s"]) for r in rows] == [
        (BOLT, 2, 1, 21 * 86_400),
        (ACME, 1, 0, 7200),
    ]


def test_only_what_was_asked_for_runs(tmp_path: Path) -> None:
    posts = [
        post("gone", "2026-01-31 10:00", flags=["removed"]),
        post("planned", "2026-01-31 10:00", kind="maintenance"),
        post("told", "2026-01-31 10:00", **{"class": "notice"}),
        post("later", "2026-01-31 10:00", of=["chat"]),
    ]
    assert running(tmp_path, *posts, surface="api_inference") == []
    assert running(tmp_path, *posts, providers=[BOLT]) == []
    assert running(tmp_path, *posts, until="2026-01-31") == []
    assert [row["posts"] for row in running(tmp_path, *posts, surface="chat_web")] == [1]


def test_what_runs_is_told_with_how_long_so_far(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        posts=[
            post("a", "2026-01-31 10:00"),
            post("b", "2026-01-10 12:00", provider=BOLT, flags=["zombie"]),
        ],
    )
    assert ongoing_sentence(ongoing(snapshot, ask())) == (
        "Still open: 2 posts of Acme and Bolt (1 of them without an update for two weeks), the "
        "longest for 21 d so far. Counted up to the newest data."
    )
    assert ongoing_sentence(ongoing(snapshot, ask(until="2026-01-05"))) == ""
