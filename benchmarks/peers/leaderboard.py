"""Work out AI Status Leaderboard's rows of posts again, and the numbers its page adds up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from analytics import Snapshot
from analytics.question import RELIABILITY
from benchmarks.captures import FEEDS
from benchmarks.peers.explained import Figure, Kind, Kinds, Value
from benchmarks.peers.posts import Post, measured, posts_of
from benchmarks.peers.rules import Span, added_minutes, added_share

PEER = "AI Status Leaderboard"
NO_CAPTURES = "no captures of ours cover the post"
COMPANIES = ("anthropic", "cursor", "deepseek", "openai", "perplexity", "windsurf")
#: What the rows were read at, and the oldest of Anthropic's: 50 posts back when it began.
READ_AT = datetime(2026, 7, 1, 19, 40, 57, 760_000, tzinfo=UTC)
OLDEST = datetime(2026, 4, 25, 18, 42, tzinfo=UTC)
#: Since when captures of ours cover a company's page.
COVERED = {
    "anthropic": datetime(2023, 3, 1, tzinfo=UTC),
    "deepseek": datetime(2026, 3, 18, tzinfo=UTC),
    "openai": datetime(2026, 6, 16, tzinfo=UTC),
}
#: When the last capture of a page ends, where that is before the rows were read.
COVERED_UNTIL = {"deepseek": datetime(2026, 6, 9, 9, tzinfo=UTC)}


@dataclass(frozen=True, slots=True)
class Product:
    """Hold a product of its page: our surface, and the components whose rows it adds up."""

    surface: str
    components: frozenset[str]


PRODUCTS = {
    "anthropic-api": Product("api_inference", frozenset({"k8w3r06qmzrp", "0scnb50nvy53"})),
    "claude-ai": Product("chat_web", frozenset({"rwppv331jlwc", "0qbwn08sd68x", "bpp5gb3hpjcl"})),
    "claude-code": Product("code_assistant", frozenset({"yyzkbfz2thpt"})),
}
ALL_KINDS = (Kind.RULE, Kind.WINDOW, Kind.CLASS, Kind.LOST)


def figures(snapshot: Snapshot) -> Iterator[Figure]:
    """Read every row, and give the numbers that its page shows of Anthropic's."""
    for company in COMPANIES:
        posts = posts_of(snapshot, company) if company in COVERED else {}
        for row in _rows(company):
            yield _row(posts, company, row)
    anthropic = tuple(posts_of(snapshot, "anthropic").values())
    for product in PRODUCTS:
        rows = [row for row in _rows("anthropic") if row["product_id"] == product]
        for days in (7, 30, 90):
            yield from _page(snapshot, anthropic, product, rows, days)


def _rows(company: str) -> Sequence[Mapping[str, Any]]:
    file = FEEDS / "derived" / company / f"leaderboard-incidents-{company}-20260701.json"
    rows: Sequence[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["incidents"]
    return rows


def _row(posts: Mapping[str, Post], company: str, row: Mapping[str, Any]) -> Figure:
    """Give the minutes of one row."""
    incident_id = row["id"].rsplit(":", 1)[-1].split("-")[0]
    opened, value = _instant(row["opened_at"]), row["duration_minutes"]
    post = posts.get(incident_id)
    outside = company not in COVERED or not (
        COVERED[company] <= opened < COVERED_UNTIL.get(company, READ_AT)
    )
    about = (PEER, row["id"], row["opened_at"][:10], "minutes", value)
    if outside or post is None:
        return Figure(*about, missing=NO_CAPTURES)

    def recompute(kinds: Kinds) -> Value:
        if Kind.RULE not in kinds:
            return post.minutes_open()
        if company == "deepseek":
            return _by_one_date(row["title"])
        # A post made after the fact lasts from its date to its end: no time.
        seconds = post.last.as_of(READ_AT).seconds
        return None if seconds is None else seconds / 60

    return Figure(*about, kinds=(Kind.RULE,), recompute=recompute)


def _by_one_date(title: str) -> Value:
    """Return the minutes of a feed's item that has one date.

    The date is start and end where the title says that it is over; else it is never over.
    """
    return 0 if title.startswith(("【已恢复】", "【已解决】")) else None


def _page(
    snapshot: Snapshot,
    posts: Sequence[Post],
    product: str,
    rows: Sequence[Mapping[str, Any]],
    days: int,
) -> Iterator[Figure]:
    """Give uptime, minutes and number of posts of a product, as its page adds up its rows.

    The page does so in the reader's browser: nobody prints these numbers.
    """
    since = READ_AT - timedelta(days=days)
    printed = [
        (_instant(row["opened_at"]), _instant(row["resolved_at"] or READ_AT.isoformat()))
        for row in rows
    ]
    minutes = round(added_minutes(printed, since))
    shown = {
        "uptime": (round(100 * added_share(minutes, days), 3), 3),
        "minutes down": (minutes, 0),
        "incidents": (sum(start >= since for start, _ in printed), 0),
    }
    for metric, (value, digits) in shown.items():
        yield Figure(
            PEER,
            product,
            f"{days} days",
            metric,
            value,
            digits,
            ALL_KINDS,
            partial(_recompute, snapshot, posts, PRODUCTS[product], days, metric),
        )


def _recompute(
    snapshot: Snapshot,
    posts: Sequence[Post],
    product: Product,
    days: int,
    metric: str,
    kinds: Kinds,
) -> Value:
    """Work out one number of the page.

    Ours: whole days, the states of one surface, outages and degradations. Theirs: every post
    open counts as down, whole, once for each component it names, if it began in the window.
    """
    if Kind.RULE not in kinds:
        return _ours(snapshot, product, days, metric, kinds)
    spans = list(_spans(posts, product, kinds))
    if Kind.WINDOW in kinds:
        since = READ_AT - timedelta(days=days)
    else:
        day = READ_AT.replace(hour=0, minute=0, second=0, microsecond=0)
        since = day - timedelta(days=days)
        spans = [(max(a, since), min(b, day)) for a, b in spans if a < day and b > since]
    if metric == "incidents":
        return sum(start >= since for start, _ in spans)
    minutes = added_minutes(spans, since)
    return minutes if metric == "minutes down" else 100 * added_share(round(minutes), days)


def _spans(posts: Sequence[Post], product: Product, kinds: Kinds) -> Iterator[Span]:
    for post in posts:
        version = post.last
        if post.kind == "maintenance" or version.created_at >= READ_AT:
            continue
        if Kind.CLASS not in kinds and post.incident_class not in RELIABILITY:
            continue
        if Kind.LOST in kinds and version.created_at < OLDEST:
            continue
        ended = version.as_of(READ_AT).resolved_at or READ_AT
        for _ in version.links & product.components:
            yield version.created_at, ended
        # A post without a component is put with the product named first.
        if not version.links and "k8w3r06qmzrp" in product.components:
            yield version.created_at, ended


def _ours(snapshot: Snapshot, product: Product, days: int, metric: str, kinds: Kinds) -> Value:
    until = READ_AT.date()
    name = "frequency" if metric == "incidents" else "availability"
    window = (until - timedelta(days=days), until)
    row = measured(snapshot, name, "anthropic", product.surface, window, kinds)
    if metric == "incidents":
        return float(row["n"])
    return 100 * float(row["value"]) if metric == "uptime" else float(row["down_s"]) / 60


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
