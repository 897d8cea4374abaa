"""Tell what the monitors of an Uptime Kuma measured: beats, and the items of its feed.

A feed item tells the latest failed check and not the first; its guid is made of that, and
names no monitor. So an outage is known by its monitor's name, and by nothing of its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from ingest.models import Component, Impact, Incident, Kind, PostedImpact, Stage, State, labelled
from ingest.platforms.fields import objects, text
from ingest.platforms.incidents import unstaged
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Raw
from ingest.platforms.timestamps import feed_instant

DOWN, UP, PENDING, MAINTENANCE = range(4)
STATES = {
    DOWN: State.MAJOR,
    UP: State.OPERATIONAL,
    PENDING: State.UNKNOWN,
    MAINTENANCE: State.MAINTENANCE,
}
#: A last beat older than this, and than so many of the usual gaps, is no present state.
STALE = timedelta(minutes=10)
MISSED = 5
#: As many beats as are served: a spell at their beginning began before.
MOST_BEATS = 100
IS_DOWN = re.compile(r"(?P<name>.+) is down", re.DOTALL)
SINCE = re.compile(r"has been down since (?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)")
POST_GUID = re.compile(r"i(?P<id>\d+)-.*")


def instant(said: str) -> datetime:
    """Read a time of this engine: without a zone, and always UTC."""
    value = datetime.fromisoformat(said)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Spell:
    """A run of failed beats of one monitor, not broken by a beat that was up.

    ``cut``: it began before the first beat that is served, at an unknown time.
    """

    start: datetime
    end: datetime | None
    cut: bool = False


def spells(beats: Sequence[Raw]) -> Iterator[Spell]:
    """Yield when a monitor was down; a pending beat says neither up nor down."""
    start: datetime | None = None
    cut = len(beats) >= MOST_BEATS
    for beat in beats:
        status, at = beat["status"], instant(text(beat, "time"))
        if status == DOWN and start is None:
            start = at
        elif status in (UP, MAINTENANCE):
            if start is not None:
                yield Spell(start, at, cut)
            start, cut = None, False
    if start is not None:
        yield Spell(start, None, cut)


def _stamp(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S.%fZ}"


def outages(monitor: str, beats: Any, notices: Notices) -> list[Incident]:
    """Return the measured outages of a monitor, by its beats."""
    known = [one for one in objects(beats) if one.get("status") in range(4)]
    if len(known) < len(beats):
        notices.warn("unknown_word", monitor, "beats in a state we do not know are left out")
    return [
        Incident(
            incident_id=f"down-{monitor}-{'cut' if spell.cut else _stamp(spell.start)}",
            kind=Kind.INCIDENT,
            title=f"Monitor {monitor} is down",
            status="down",
            stage=Stage.RESOLVED if spell.end else Stage.INVESTIGATING,
            impact=Impact.UNKNOWN,
            started_at=spell.start,
            resolved_at=spell.end,
            component_ids=(monitor,),
            listed_at=spell.start,
            impacts=(PostedImpact(monitor, State.MAJOR, spell.start, spell.end),),
            measured=True,
        )
        for spell in spells(known)
    ]


def component(monitor: str, beats: Any, now: datetime, notices: Notices) -> Component:
    """Return a monitor in the state of its last beat; it has no name here.

    A monitor that is paused keeps its last beat for ever: once that is old it tells nothing.
    """
    known = [one for one in objects(beats) if one.get("status") in range(4)]
    times = [instant(text(one, "time")) for one in known]
    if not times or beats[-1] is not known[-1]:
        return Component(monitor, None, state=State.UNKNOWN)
    gaps = sorted(after - before for before, after in pairwise(times))
    usual = gaps[len(gaps) // 2] if gaps else STALE
    if now - times[-1] > max(STALE, MISSED * usual):
        notices.warn("stale", monitor, f"its last beat is of {times[-1]}")
        return Component(monitor, None, state=State.UNKNOWN)
    since = times[-1]
    for beat, at in zip(reversed(known), reversed(times), strict=True):
        if beat["status"] != known[-1]["status"]:
            break
        since = at
    return Component(monitor, None, state=STATES[known[-1]["status"]], state_since=since)


def item(read: Item, notices: Notices) -> tuple[Incident, Component | None]:
    """Read one item of the feed: a post, or the outage of a monitor and which it is."""
    post = POST_GUID.fullmatch(read.guid)
    if post is not None:
        return unstaged(f"i{post['id']}", read, feed_instant(read.published)), None
    named, since = IS_DOWN.fullmatch(read.title), SINCE.search(read.body)
    if named is None or since is None:
        raise ValueError("is neither a post nor a monitor that is down")
    at = instant(since["time"])
    component = Component(labelled(named["name"]), named["name"].strip())
    incident = Incident(
        incident_id=f"down-{component.component_id}",
        kind=Kind.INCIDENT,
        title=read.title,
        status="down",
        stage=Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        started_at=at,
        component_ids=(component.component_id,),
        listed_at=at,
        impacts=(PostedImpact(component.component_id, State.MAJOR, at, None),),
        measured=True,
    )
    return incident, component
