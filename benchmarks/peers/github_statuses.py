"""Work out github-statuses' windows of downtime of GitHub again, from the Atom feed.

At hand is its whole table as it stood in April 2026.
"""

from __future__ import annotations

import csv
import re
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from analytics import Snapshot
from benchmarks.captures import GITHUB
from benchmarks.peers.explained import Figure, Kind, Kinds, Value
from benchmarks.peers.posts import Post, posts_of
from benchmarks.peers.rules import Span, dated_window, minutes_cut

PEER = "github-statuses"
FIGURES = Path(__file__).parent / "figures" / "github_statuses.csv"
FEED = GITHUB / "series-history-atom-20220611-20251231.tar.xz"
NO_CAPTURES = "not in the feed that we hold, which ends on 31 December 2025"
#: How an entry of the feed names its post twice: by number, and by the address of its page.
ENTRY = re.compile(rb"Incident/(\d+)</id>.*?/incidents/(\w+)\"", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """Hold an update as the feed shows it."""

    at: datetime
    status: str
    text: str


def figures(snapshot: Snapshot) -> Iterator[Figure]:
    """Give the minutes of every window."""
    posts, messages, ids = posts_of(snapshot, "github"), messages_of(snapshot), ids_in(FEED)
    with FIGURES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            post = posts.get(ids.get(row["entry"], ""))
            about = (PEER, row["entry"], row["start"][:10], "minutes", float(row["minutes"]))
            if post is None:
                yield Figure(*about, missing=NO_CAPTURES)
                continue
            yield figure(about, post, messages[post.incident_id])


def figure(
    about: tuple[str, str, str, str, Value], post: Post, messages: Sequence[Message]
) -> Figure:
    """Give the minutes of one window, which it counts as down whatever the post was."""

    def recompute(kinds: Kinds) -> Value:
        if post.kind == "maintenance" and Kind.CLASS not in kinds:
            return None
        span = window(messages) if Kind.RULE in kinds else post.impact
        if span is None:
            return None
        seconds = (span[1] - span[0]).total_seconds()
        return minutes_cut(seconds) if Kind.PRECISION in kinds else seconds / 60

    return Figure(*about, 0, (Kind.RULE, Kind.CLASS, Kind.PRECISION), recompute)


def window(messages: Sequence[Message]) -> Span | None:
    """Return the window stated with its date, else first investigation to last resolution.

    Where none investigates the first message begins it; where none resolves the last ends it.
    """
    if not messages:
        return None
    stated = dated_window(one.text for one in messages)
    if stated is not None:
        return stated
    started = next((one.at for one in messages if one.status == "Investigating"), messages[0].at)
    solved = [one.at for one in messages if one.status == "Resolved"]
    return started, solved[-1] if solved else messages[-1].at


def messages_of(snapshot: Snapshot) -> Mapping[str, Sequence[Message]]:
    """Read the updates of GitHub's posts, in the order shown."""
    found: dict[str, list[Message]] = defaultdict(list)
    rows = snapshot.table("updates").filter(pl.col("provider") == "github")
    for row in rows.sort("display_at").iter_rows(named=True):
        status = row["status"].capitalize()
        found[row["incident_id"]].append(Message(row["display_at"], status, row["body_text"] or ""))
    return found


def ids_in(series: Path) -> Mapping[str, str]:
    """Read which number a post has in a series of feeds, to its id."""
    found: dict[str, str] = {}
    with tarfile.open(series, "r:xz") as members:
        for member in members:
            body = members.extractfile(member)
            if body is not None:
                for number, incident_id in ENTRY.findall(body.read()):
                    found[number.decode()] = incident_id.decode()
    return found
