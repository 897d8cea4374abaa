"""What a page's component states are made of: one basis for each page.

Definition: analytics/METHODOLOGY.md, "One basis". Stated impacts where a page's posts
have any, else replay of updates and captures, else the time posts were open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from ingest.incidents.incident import IncidentReport, stated_window
from ingest.intervals import difference
from ingest.ledger import removals
from ingest.ledger.sightings import impacts_of, impacts_text
from ingest.models import Impact, Page, State
from ingest.platforms.contract import Platform
from ingest.states.components import UNATTRIBUTED, Member
from ingest.states.replay import Observation, Span, Stated, during, layered, replay

#: Stands for the end of what lasts.
FAR = datetime.max.replace(tzinfo=UTC)
IMPACTS, REPLAY, INCIDENT = "impacts", "replay", "incident"

#: How an impact word reads as a component state, on pages that never post component states.
STATE_OF_IMPACT = {
    Impact.CRITICAL: State.MAJOR,
    Impact.MAJOR: State.MAJOR,
    Impact.MINOR: State.PARTIAL,
    Impact.NONE: State.DEGRADED,
    Impact.MAINTENANCE: State.MAINTENANCE,
    Impact.UNKNOWN: State.UNKNOWN,
}


def stating(platform: Platform) -> frozenset[str]:
    """The shapes of a platform that carry stated impacts."""
    return frozenset(shape.name for shape in platform.shapes if "impacts" in shape.carries)


def component_states(
    platform: Platform,
    page: Page,
    posts: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
    roster: Mapping[str, Member],
) -> tuple[str, dict[str, Sequence[Span]]]:
    """The one basis of a page's component states, and the states of each component.

    Stated impacts where its posts have any, else replay, else the time posts were open: the
    last only where the page never shows what became of a component.
    """
    if any(p.impacts is not None for p in posts):
        stated: dict[str, list[Stated]] = {component: [] for component in roster}
        for p in posts:
            for i in p.impacts or ():
                if i.component_id in stated:
                    stated[i.component_id].append((i.state, i.start_at, i.end_at, p.incident_id))
        return platform.impact_basis, {c: layered(found) for c, found in stated.items()}
    told = any(p.transitions(c) for p in posts for c in p.words)
    if (told or observed) and not stating(platform):
        unread = _unread(posts, page)
        return REPLAY, {c: _clouded(_replayed(c, posts, observed), unread) for c in roster}
    return INCIDENT, _while_open(posts, roster)


def lapses(
    platform: Platform, polls: pl.DataFrame, incidents: pl.DataFrame
) -> dict[str, tuple[datetime, datetime]]:
    """When open posts were last listed, and when they must have been over: by incident id.

    Only where posts give their own window: such a page lists every post that has no end.
    """
    if not platform.explicit_window:
        return {}
    still_open = incidents.filter(pl.col("resolved_at").is_null())
    rows = removals.lapsed(polls, still_open).drop("page_key").iter_rows()
    return {incident_id: (listed, over) for incident_id, listed, over in rows}


def ended_unseen(impacts: str | None, lapse: tuple[datetime, datetime] | None) -> str | None:
    """Stated impacts as text; those without an end are unknown once the post was not listed."""
    if not impacts or lapse is None:
        return impacts
    listed_until, over_by = lapse
    known = impacts_of(impacts)
    lasting = [i for i in known if i.end_at is None]
    return impacts_text(
        [
            *(i for i in known if i.end_at is not None),
            *(replace(i, end_at=listed_until) for i in lasting),
            *(
                replace(i, state=State.UNKNOWN, start_at=listed_until, end_at=over_by)
                for i in lasting
            ),
        ]
    )


def _replayed(
    component_id: str,
    posts: Sequence[IncidentReport],
    observed: Mapping[str, Sequence[Observation]],
) -> Sequence[Span]:
    words = [word for p in posts for word in p.words.get(component_id, ())]
    return replay(words, observed.get(component_id, ()))


def _unread(posts: Iterable[IncidentReport], page: Page) -> list[tuple[datetime, datetime, str]]:
    """When posts were open that may be about any component, in time, never overlapping.

    Of these only an index is known, which names no component, or they are a provider's by
    their words alone, on a page shared with others. They count as open for all of the window
    their text states, too.
    """
    found = sorted(
        (*_told_of(p, p.times.started_at), p.incident_id)
        for p in posts
        if (p.row["rank"] != 0 or (page.title_keywords and not p.named))
        and p.row["kind"] == "incident"
        and p.times.started_at is not None
        and p.times.duration_quality != "contradictory"
    )
    spans: list[tuple[datetime, datetime, str]] = []
    for start, end, incident_id in found:
        begin = max(start, spans[-1][1]) if spans else start
        if begin < end:
            spans.append((begin, end, incident_id))
    return spans


def _told_of(post: IncidentReport, started_at: datetime) -> tuple[datetime, datetime]:
    """From when to when a post was open, or its text says that there was trouble."""
    over_at, window = post.times.resolved_at or FAR, stated_window(post)
    if window is None:
        return started_at, over_at
    return min(started_at, window.start_at), max(over_at, window.end_at)


def _clouded(
    spans: Sequence[Span], unread: Iterable[tuple[datetime, datetime, str]]
) -> Sequence[Span]:
    """``spans``, and unknown where a post may have changed the component and nothing tells."""
    clouds = [
        Span(State.UNKNOWN, a, None if b == FAR else b, incident_id)
        for start, end, incident_id in unread
        for a, b in difference(
            [(start, end)], [(s.start, s.end or FAR) for s in during(spans, start, end)]
        )
    ]
    return sorted([*spans, *clouds], key=lambda span: span.start)


def _while_open(
    posts: Iterable[IncidentReport], roster: Mapping[str, Member]
) -> dict[str, Sequence[Span]]:
    """Each component a post names, or the unattributed one, in the state its impact suggests."""
    stated: dict[str, list[Stated]] = {component: [] for component in roster}
    for post in posts:
        times = post.times
        if (
            times.started_at is None
            or times.duration_quality == "contradictory"
            or post.row["kind"] != "incident"
        ):
            continue
        state = STATE_OF_IMPACT[Impact(post.row["impact"] or Impact.UNKNOWN)]
        # A post forgotten open says nothing of what came after its last word.
        end = times.last_word_at if times.zombie else times.resolved_at
        spans = [(state, times.started_at, end, post.incident_id)]
        if times.zombie:
            spans.append((State.UNKNOWN, times.last_word_at, None, post.incident_id))
        for component in [c for c in post.named if c in roster] or [UNATTRIBUTED]:
            stated.setdefault(component, []).extend(spans)
    return {component: layered(found) for component, found in sorted(stated.items())}


def observations(
    components: pl.DataFrame, polls: pl.DataFrame, roster: Mapping[str, Member]
) -> dict[str, list[Observation]]:
    """What captures showed, each seen until the last unchanged answer of its address."""
    seen = components.filter(pl.col("state").is_not_null() & pl.col("state_since_at").is_not_null())
    if seen.is_empty():
        return {}
    runs = polls.select("url", "first_at", "last_at").sort("first_at")
    held = seen.sort("seen_until_at").join_asof(
        runs,
        left_on="seen_until_at",
        right_on="first_at",
        by="url",
        strategy="backward",
        check_sortedness=False,
    )
    until = pl.max_horizontal("seen_until_at", "last_at").max().alias("until")
    rows = (
        held.group_by("component_id", "state", "state_since_at")
        .agg(until)
        .sort("component_id", "state_since_at", "until", "state")
        .iter_rows()
    )
    found: dict[str, list[Observation]] = {}
    for component_id, state, since, seen_until in rows:
        if component_id in roster:
            observation = Observation(since, State(state), seen_until)
            found.setdefault(component_id, []).append(observation)
    return found
