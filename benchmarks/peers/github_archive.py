"""Work out gh-sla-tracker's archive of GitHub again: minutes of each post, posts of each month."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from analytics import Snapshot
from benchmarks.captures import GITHUB
from benchmarks.peers.explained import Figure, Kind, Kinds, Recompute, Value
from benchmarks.peers.github_statuses import Message, messages_of
from benchmarks.peers.posts import Post, posts_of

PEER = "GitHub's archive (gh-sla-tracker)"
FILES = ("incidents-archive-202012-202412.jsonl", "incidents-archive-2025.jsonl")
NO_CAPTURES = "outside of the feed that we hold, March 2022 to December 2025"
#: Months of which captures of ours hold every post.
MONTHS = [
    f"{year}-{month:02}"
    for year in range(2022, 2026)
    for month in range(4 if year == 2022 else 1, 12 if year == 2025 else 13)
]
#: When the posts of the years before were read from pages; those from then on came as they are.
READ_IN, AS_THEY_ARE = 2025, datetime(2025, 9, 13, tzinfo=UTC)


def figures(snapshot: Snapshot) -> Iterator[Figure]:
    """Give the minutes of every post, and the number of posts of every month."""
    posts, messages, rows = posts_of(snapshot, "github"), messages_of(snapshot), archived()
    for row in rows:
        yield figure(row, posts.get(row["id"]), messages.get(row["id"], ()))
    counted = Counter(row["created_at"][:7] for row in rows)
    ours = Counter(
        (f"{post.last.created_at:%Y-%m}", post.kind) for post in posts.values() if post.versions
    )
    for month, n in sorted(counted.items()):
        covered = month in MONTHS
        yield Figure(
            PEER,
            "all",
            month,
            "posts",
            n,
            kinds=(Kind.CLASS,),
            recompute=_count_of(ours, month) if covered else None,
            missing="" if covered else NO_CAPTURES,
        )


def archived() -> Sequence[Mapping[str, Any]]:
    """Read the rows of the archive, in its order."""
    return [
        json.loads(line)
        for file in FILES
        for line in (GITHUB / file).read_text(encoding="utf-8").splitlines()
    ]


def figure(row: Mapping[str, Any], post: Post | None, messages: Sequence[Message]) -> Figure:
    """Give the minutes between the two clocks of a row, each cut to its minute."""
    start, end = (_minute(row[name]) for name in ("created_at", "resolved_at"))
    assert start is not None
    value = None if end is None else (end - start).total_seconds() / 60
    about = (PEER, row["id"], row["created_at"][:10], "minutes open", value)
    if post is None or not messages:
        return Figure(*about, missing=NO_CAPTURES)

    def recompute(kinds: Kinds) -> Value:
        if Kind.RULE not in kinds:
            return post.minutes_open()
        return by_pages(messages, as_read=start < AS_THEY_ARE)

    return Figure(*about, 0, (Kind.RULE,), recompute)


def by_pages(messages: Sequence[Message], *, as_read: bool) -> Value:
    """Return the minutes from the first message to the last resolution.

    Pages name the day of an end without its year. Where that is another day than the start's, an
    end that was read from them lies in the year of the reading.
    """
    start = messages[0].at
    ends = [one.at for one in messages if one.status == "Resolved"]
    if not ends:
        return None
    end = ends[-1]
    if as_read and end.date() != start.date():
        end = end.replace(year=READ_IN)
    return (end - start).total_seconds() / 60


def _count_of(ours: Counter[tuple[str, str]], month: str) -> Recompute:
    def recompute(kinds: Kinds) -> Value:
        told = ["incident", "maintenance"] if Kind.CLASS in kinds else ["incident"]
        return sum(ours[month, kind] for kind in told)

    return recompute


def _minute(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(second=0, microsecond=0)
