"""Half a year of invented outages at noon, from which providers are ranked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from analytics import Question, Snapshot, ask
from analytics.comparison.ranking import ranking
from tests.support.snapshots import Row, at, covered, made, post, state

START, AS_OF = "2025-12-31", "2026-07-01"


HALF_YEAR = ask(since=START)


A_DAY = timedelta(days=1)


def day(n: int, hour: int = 12) -> datetime:
    return at(START) + n * A_DAY + timedelta(hours=hour)


def outages(
    provider: str, days: Iterable[int], minutes: int = 60, worst: str = "major", **more: Any
) -> tuple[list[Row], list[Row]]:
    """Make an outage at noon of each day: its posts and its states."""
    posts, states = [], []
    for n in days:
        start, end = day(n), day(n) + timedelta(minutes=minutes)
        name = f"{provider}-{n}-{worst}"
        given = {"impact_s": 60 * minutes, **more}
        posts.append(post(name, start, end, provider=provider, **given))
        states.append(state(worst, start, end, provider=provider, post=name))
    return posts, states


def links(posts: Iterable[Row], worst: str | None) -> list[Row]:
    """Return what the posts' updates said of their components."""
    columns = ("provider", "page_key", "incident_id")
    return [
        {k: row[k] for k in columns}
        | {"component_id": of, "surface": "api_inference", "surface_basis": "name"}
        | {"relation": "transitioned", "worst_state": worst}
        for row in posts
        for of in row["of"]
    ]


def world(tmp_path: Path, *told: tuple[list[Row], list[Row]], **more: Any) -> Snapshot:
    posts = [row for some, _ in told for row in some]
    states = [row for _, some in told for row in some]
    names = dict.fromkeys(row["provider"] for row in (*posts, *states))
    given = {"coverage": [covered(START, AS_OF, provider=name) for name in names], **more}
    return made(tmp_path, as_of=AS_OF, posts=posts, states=states, **given)


def of(snapshot: Snapshot, question: Question = HALF_YEAR) -> dict[tuple[str, str], dict[str, Any]]:
    rows = ranking(snapshot, question).to_dicts()
    return {(row["provider"], row["metric"]): row for row in rows}
