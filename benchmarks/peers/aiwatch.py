"""Work out AIWatch's months again: incidents, minutes, and the uptime that pages publish."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

import polars as pl

from analytics import Snapshot
from analytics.question import RELIABILITY
from benchmarks.captures import FEEDS
from benchmarks.peers.explained import Figure, Kind, Kinds, Value
from benchmarks.peers.posts import Post, Version, begun_in, measured, names_of, posts_of
from benchmarks.peers.rules import is_about, minutes_up, percent_cut

PEER = "AIWatch"
REPORTS = FEEDS / "derived" / "aiwatch"
FIGURES = Path(__file__).parent / "figures"
NO_CAPTURES = "no captures of ours cover the month"
#: Months whose whole files are at hand.
MONTHS = ("2026-03", "2026-04", "2026-05")
OWN_POLLS = "its own polls, which nobody publishes"
#: What the columns of its months are called here.
MONTHLY = {
    "incidents": "incidents",
    "avgResolutionMin": "average_minutes",
    "totalDowntimeMin": "total_minutes",
    "longestIncidentMin": "longest_minutes",
}


@dataclass(frozen=True, slots=True)
class Service:
    """Hold a service of AIWatch that captures of ours cover in some months, and its rules.

    ``words``, ``refused``: see ``rules.is_about``. ``page_end``: when the page it read fell silent.
    """

    name: str
    provider: str
    surface: str
    component_id: str
    months: tuple[str, ...]
    words: tuple[str, ...]
    refused: tuple[str, ...] = ()
    page_end: datetime | None = None


REFUSED = ("claude.ai", "claude code", "claude desktop", "cowork")
SPRING = ("2026-03", "2026-04", "2026-05", "2026-06")
SERVICES: Mapping[str, Service] = {
    "claude": Service(
        "Claude API", "anthropic", "api_inference", "k8w3r06qmzrp", SPRING, ("claude api",), REFUSED
    ),
    "claudeai": Service(
        "claude.ai", "anthropic", "chat_web", "rwppv331jlwc", SPRING, ("claude.ai",)
    ),
    "claudecode": Service(
        "Claude Code", "anthropic", "code_assistant", "yyzkbfz2thpt", SPRING, ("claude code",)
    ),
    "copilot": Service(
        "GitHub Copilot", "github-copilot", "code_assistant", "", ("2026-06",), ("copilot",)
    ),
    "deepseek": Service(
        "DeepSeek API",
        "deepseek",
        "api_inference",
        "",
        ("2026-04", "2026-05"),
        ("api",),
        page_end=datetime(2026, 5, 8, 18, tzinfo=UTC),
    ),
}
BY_NAME = {service.name: slug for slug, service in SERVICES.items()}
#: When a month's list was last kept up, where that was not at its end. March had none: its file
#: says 0 for all 31 services. In April it was done once a day; of the last day's run the figures
#: tell that it came between 01:51 and 13:10, and any hour between gives the same.
LAST_RUN = {
    "2026-03": datetime(2026, 3, 1, tzinfo=UTC),
    "2026-04": datetime(2026, 4, 30, 9, tzinfo=UTC),
}


def figures(snapshot: Snapshot) -> Iterator[Figure]:
    """Read every figure at hand, with the way to work it out where there are bytes."""
    posts = {one: posts_of(snapshot, one) for one in {s.provider for s in SERVICES.values()}}
    names = {one: names_of(snapshot, one) for one in posts}
    for month, slug, metric, value in _monthly():
        yield _figure(snapshot, posts, names, month, slug, metric, value)
    for month in MONTHS:
        for slug, told in _services(month).items():
            if told["uptime"] is not None:
                yield Figure(PEER, slug, month, "uptime", told["uptime"], 2, missing=OWN_POLLS)
            for row in told.get("incidentList") or ():
                yield _duration(posts, month, slug, row)
    for name, percent in _rows("aiwatch_official_2026_06.csv"):
        yield _official(snapshot, name, float(percent))


def _services(month: str) -> Mapping[str, Mapping[str, Any]]:
    text = (REPORTS / f"monthly-{month}.json").read_text(encoding="utf-8")
    services: Mapping[str, Mapping[str, Any]] = json.loads(text)["services"]
    return services


def _rows(file: str) -> list[list[str]]:
    with (FIGURES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


def _monthly() -> Iterator[tuple[str, str, str, float]]:
    """Give month, service, metric and value of every monthly figure about incidents."""
    for month in MONTHS:
        for slug, told in _services(month).items():
            for key, metric in MONTHLY.items():
                if told[key] is not None:
                    yield month, slug, metric, told[key]
    columns = ("incidents", "total_minutes", "longest_minutes", "average_minutes")
    for name, *values in _rows("aiwatch_2026_06.csv"):
        for metric, value in zip(columns, values, strict=True):
            yield "2026-06", BY_NAME.get(name, name), metric, float(value)


def _figure(
    snapshot: Snapshot,
    posts: Mapping[str, Mapping[str, Post]],
    names: Mapping[str, Mapping[str, str]],
    month: str,
    slug: str,
    metric: str,
    value: float,
) -> Figure:
    service = SERVICES.get(slug)
    if service is None or month not in service.months:
        return Figure(PEER, slug, month, metric, value, missing=NO_CAPTURES)
    listed = partial(
        _listed, tuple(posts[service.provider].values()), names[service.provider], service, month
    )
    return Figure(
        PEER,
        slug,
        month,
        metric,
        value,
        kinds=(Kind.RULE, Kind.CLASS, Kind.WINDOW, Kind.LOST, Kind.PRECISION),
        recompute=partial(_recompute, snapshot, service, month, metric, listed),
    )


def _span(month: str) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(f"{month}-01T00:00:00+00:00")
    return start, (start + timedelta(days=31)).replace(day=1)


def _recompute(
    snapshot: Snapshot,
    service: Service,
    month: str,
    metric: str,
    listed: Callable[[Kinds], Sequence[float | None]],
    kinds: Kinds,
) -> Value:
    """Work out one monthly figure.

    Ours: posts on the surface, and for a total the minutes in which it was down. By its rule a
    post counts for whom its title or its links name, and its whole open time counts as down.
    """
    if metric == "total_minutes" and Kind.RULE not in kinds:
        start, end = _span(month)
        days = (start.date(), end.date())
        row = measured(snapshot, "availability", service.provider, service.surface, days, kinds)
        return float(row["down_s"]) / 60
    minutes = listed(kinds)
    if metric == "incidents":
        return len(minutes)
    if metric == "average_minutes" and Kind.RULE in kinds:
        # What is still open counts as a post of no minutes.
        return mean(one or 0 for one in minutes) if minutes else None
    known = [one for one in minutes if one is not None]
    if not known:
        return None
    if metric == "average_minutes":
        return mean(known)
    return max(known) if metric == "longest_minutes" else sum(known)


def _listed(
    posts: Sequence[Post],
    names: Mapping[str, str],
    service: Service,
    month: str,
    kinds: Kinds,
) -> Sequence[float | None]:
    """Return minutes of each post that a list of the month holds; None while it is open."""
    start, end = _span(month)
    found: list[float | None] = []
    for post in begun_in(posts, start, end):
        if post.kind == "maintenance":
            continue
        if Kind.CLASS not in kinds and post.incident_class not in RELIABILITY:
            continue
        versions = _as_kept(post, service, month, kinds)
        if Kind.RULE in kinds:
            about = [one for one in versions if _names_it(one, names, service)]
        else:
            about = list(versions) if service.surface in post.surfaces else []
        if not about:
            continue
        if Kind.WINDOW in kinds:
            about = [one.as_of(end) for one in about]
        lengths = [one.seconds for one in about if one.seconds is not None]
        if Kind.PRECISION in kinds:
            found.append(minutes_up(max(lengths)) if lengths else None)
        else:
            found.append(max(lengths) / 60 if lengths else None)
    return found


def _names_it(version: Version, names: Mapping[str, str], service: Service) -> bool:
    linked = [names.get(one, one) for one in version.links]
    return is_about(version.title, linked, service.words, service.refused)


def _as_kept(post: Post, service: Service, month: str, kinds: Kinds) -> Sequence[Version]:
    """Return the versions that count: the newest by our choice, all that were read by theirs.

    A list only grows: what was once on it stays, also where the provider later took a link away.
    """
    if Kind.LOST not in kinds:
        return post.versions[-1:]
    created, (_, end) = post.last.created_at, _span(month)
    if month in LAST_RUN and created > LAST_RUN[month]:
        return ()
    if service.page_end is not None and created > service.page_end:
        return ()
    return [one for one in post.versions if one.known_from <= end] or post.versions[:1]


def _duration(
    posts: Mapping[str, Mapping[str, Post]], month: str, slug: str, row: Mapping[str, Any]
) -> Figure:
    """Give the minutes of one post of a month's list."""
    service, one, value = SERVICES.get(slug), row["id"], row["durationMin"]
    post = posts[service.provider].get(one) if service and month in service.months else None
    if post is None:
        return Figure(PEER, f"{slug} {one}", month, "minutes", value, missing=NO_CAPTURES)

    def recompute(kinds: Kinds) -> Value:
        if Kind.PRECISION not in kinds:
            return post.minutes_open()
        seconds = post.last.as_of(_span(month)[1]).seconds
        return None if seconds is None else minutes_up(seconds)

    kinds = (Kind.PRECISION,)
    return Figure(PEER, f"{slug} {one}", month, "minutes", value, 0, kinds, recompute)


def _official(snapshot: Snapshot, name: str, value: float) -> Figure:
    """Give the uptime of a page's own figures, printed as that of June."""
    month, slug = "2026-06", BY_NAME.get(name, "")
    service = SERVICES.get(slug)
    if service is None or not service.component_id:
        return Figure(PEER, name, month, "official uptime", value, 2, missing=NO_CAPTURES)
    return Figure(
        PEER,
        slug,
        month,
        "official uptime",
        value,
        2,
        (Kind.RULE, Kind.WINDOW, Kind.PRECISION),
        partial(_official_percent, snapshot, service),
    )


def _official_percent(snapshot: Snapshot, service: Service, kinds: Kinds) -> Value:
    """Work out the uptime of June, or of the 90 days that the page showed on 1 July.

    Ours: partial outages count whole, from component states. Theirs: the page's own seconds of
    each day, partial ones at 0.3.
    """
    first, after = date(2026, 6, 1), date(2026, 7, 1)
    if Kind.WINDOW in kinds:
        first, after = date(2026, 4, 3), date(2026, 7, 2)
    if Kind.RULE in kinds:
        share = _posted_share(snapshot, service.component_id, first, after)
    else:
        days = (first, after)
        row = measured(snapshot, "availability", service.provider, service.surface, days)
        share = row["value"]
    return percent_cut(share) if Kind.PRECISION in kinds else 100 * share


def _posted_share(snapshot: Snapshot, component_id: str, first: date, after: date) -> float:
    known = datetime(2026, 7, 1, 12, tzinfo=UTC)
    rows = (
        snapshot.table("posted_uptime")
        .filter(
            pl.col("component_id") == component_id,
            pl.col("day") >= first,
            pl.col("day") < after,
            pl.col("known_from") <= known,
        )
        .sort("known_from")
        .unique("day", keep="last")
    )
    major, partial_outage = (
        sum(rows[name].to_list()) for name in ("major_seconds", "partial_seconds")
    )
    return float(1 - (major + 0.3 * partial_outage) / (86_400 * (after - first).days))
