"""Work out claude-statuses' uptime of components again, from transitions in its list of posts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import polars as pl

from analytics import Snapshot
from analytics.question import RELIABILITY
from benchmarks.captures import ANTHROPIC
from benchmarks.peers.explained import Figure, Kind, Kinds, Value
from benchmarks.peers.posts import Post, measured, posts_of
from benchmarks.peers.rules import Span, merged_share

PEER = "claude-statuses"
FIGURES = ANTHROPIC / "derived-uptime-charleschen-20260710.json"
#: Its list: before March 2026 it holds the three posts a month that a folded page shows.
LIST = ANTHROPIC / "all_incidents-historypage-truncated-20260710.json"
MADE_AT = datetime(2026, 7, 10, 23, 55, 34, 916_341, tzinfo=UTC)
#: Our surface of each component.
SURFACES = {
    "rwppv331jlwc": "chat_web",
    "0qbwn08sd68x": "console",
    "k8w3r06qmzrp": "api_inference",
    "yyzkbfz2thpt": "code_assistant",
    "0scnb50nvy53": "gov_region",
}
#: When the first post of its list began, where the window begins that it calls all.
FIRST = datetime(2023, 3, 16, 3, tzinfo=UTC)
SINCE = {"90d": MADE_AT - timedelta(days=90), "all": FIRST}
States = Sequence[tuple[datetime, str]]


def figures(snapshot: Snapshot) -> Iterator[Figure]:
    """Give the uptime of each component in both windows."""
    posts, listed = posts_of(snapshot, "anthropic"), _listed()
    changes = _changes(snapshot)
    for told in json.loads(FIGURES.read_text(encoding="utf-8"))["components"]:
        component = told["id"]
        for label, value in told["uptime"].items():
            yield Figure(
                PEER,
                told["name"],
                label,
                "uptime",
                value,
                3,
                (Kind.RULE, Kind.WINDOW, Kind.CLASS, Kind.LOST),
                partial(_recompute, snapshot, posts, listed, changes[component], component, label),
            )


def _listed() -> frozenset[str]:
    return frozenset(row["id"] for row in json.loads(LIST.read_text(encoding="utf-8")))


def _changes(snapshot: Snapshot) -> Mapping[str, Mapping[str, States]]:
    """Read the states that each post gave a component, by component and post."""
    found: dict[str, dict[str, list[tuple[datetime, str]]]] = defaultdict(lambda: defaultdict(list))
    rows = snapshot.table("transitions").filter(pl.col("provider") == "anthropic").sort("at")
    for row in rows.iter_rows(named=True):
        state = (row["at"].replace(microsecond=0), row["new_state"])
        found[row["component_id"]][row["incident_id"]].append(state)
    return found


def troubled(states: States, ended: datetime) -> Iterator[Span]:
    """Give the spans in which a post showed a component other than operational.

    One that the post never mends ends with the post.
    """
    since = None
    for at, state in states:
        if state == "operational":
            if since is not None:
                yield since, at
            since = None
        elif state != "maintenance" and since is None:
            since = at
    if since is not None:
        yield since, ended


def _recompute(
    snapshot: Snapshot,
    posts: Mapping[str, Post],
    listed: frozenset[str],
    changes: Mapping[str, States],
    component: str,
    label: str,
    kinds: Kinds,
) -> Value:
    """Work out one uptime.

    Ours: whole days, the time that we cover, partial outages and worse. Theirs: each post by
    itself, degraded counts as down, and all that lies outside of their list counts as up.
    """
    if Kind.RULE not in kinds:
        days = (SINCE[label].date(), MADE_AT.date())
        row = measured(snapshot, "availability", "anthropic", SURFACES[component], days, kinds)
        return 100 * float(row["value"])
    spans = [
        span
        for one, states in changes.items()
        if (post := posts.get(one)) is not None
        and (Kind.CLASS in kinds or post.incident_class in RELIABILITY)
        and (Kind.LOST not in kinds or one in listed)
        for span in troubled(states, _end(post))
    ]
    if Kind.WINDOW in kinds:
        start, end = SINCE[label], MADE_AT
    else:
        start, end = (
            at.replace(hour=0, minute=0, second=0, microsecond=0) for at in (SINCE[label], MADE_AT)
        )
    return 100 * merged_share(spans, start, end)


def _end(post: Post) -> datetime:
    return (post.last.resolved_at or MADE_AT).replace(microsecond=0)
