"""AWS's feeds: an item is one update, and nothing says of which event.

Updates of one service belong together until one says that it is over, or until a day went by
without one. An event may be told in one item only, from its beginning to its end: then only
the prose says that it is over. An item is not open because it is informational.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.models import Change, Impact, Incident, Kind, Stage, State, Update
from ingest.platforms.aws_health.events import RESOLVED, untagged
from ingest.platforms.impacts import spells, timeline
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item
from ingest.platforms.timestamps import feed_instant

ZONE = "America/Los_Angeles"
PREFIX = re.compile(
    r"(?P<word>Informational message|Service impact|Service degradation|Service disruption|"
    r"Performance issues|Service is operating normally)\s*:\s*(?P<title>.*)",
    re.DOTALL,
)
NORMAL = "Service is operating normally"
MILD = ("Informational message", "Service impact", "Service degradation", "Performance issues")
STATES = {
    **dict.fromkeys(MILD, State.DEGRADED),
    "Service disruption": State.MAJOR,
    NORMAL: State.OPERATIONAL,
}
IN_PROSE = re.compile(
    r"\bissues? (?:is|are|has been|have been|was|were) (?:now )?(?:fully )?resolved\b"
    r"|\bservices? (?:is|are) (?:now )?operating normally\b",
    re.IGNORECASE,
)
#: ``https://status.aws.amazon.com/#bedrock-us-east-1_1788559020``
GUID = re.compile(r".*#(?P<key>[A-Za-z0-9_.-]+)_(?P<epoch>\d{9,11})")
SILENCE = timedelta(hours=24)
#: A feed this long was cut: the event its last items tell of may have begun before.
CUT = 50


@dataclass(frozen=True, slots=True)
class Told:
    """Hold an item as read."""

    key: str
    number: str
    at: datetime
    word: str
    title: str
    body: str
    over: bool


def told(item: Item, notices: Notices) -> Told:
    """Read one item."""
    guid = GUID.fullmatch(item.guid)
    if guid is None:
        raise ValueError("guid names no service")
    headed = PREFIX.fullmatch(item.title)
    said = headed["word"] if headed else ""
    if headed is None:
        notices.warn("unknown_word", item.guid, f"{item.title[:60]!r} begins with no known word")
    title = headed["title"] if headed else item.title
    resolved = said == NORMAL or title.strip().upper().startswith(RESOLVED)
    return Told(
        key=guid["key"],
        number=guid["epoch"],
        at=feed_instant(item.published, ZONE),
        word=said,
        title=untagged(title),
        body=item.body,
        over=resolved or bool(IN_PROSE.search(item.body)),
    )


def incidents(items: Sequence[Told], notices: Notices) -> tuple[Incident, ...]:
    """Put the updates of each service together to events."""
    found: list[Incident] = []
    first = min((one.at for one in items), default=None)
    for chain in _chains(items):
        incident = _incident(chain)
        if len(items) >= CUT and chain[0].at == first:
            notices.warn("cut", incident.incident_id, "may have begun before the feed does")
        found.append(incident)
    return tuple(found)


def _chains(items: Iterable[Told]) -> list[list[Told]]:
    chains: list[list[Told]] = []
    running: dict[str, list[Told]] = {}
    for one in sorted(items, key=lambda told: (told.at, told.number)):
        chain = running.get(one.key)
        if chain is None or chain[-1].over or one.at - chain[-1].at > SILENCE:
            chain = running[one.key] = []
            chains.append(chain)
        chain.append(one)
    return chains


def _incident(chain: Sequence[Told]) -> Incident:
    first, last = chain[0], chain[-1]
    updates = tuple(_update(one) for one in chain)
    return Incident(
        incident_id=f"{first.key}_{first.number}",
        kind=Kind.INCIDENT,
        title=last.title or first.title,
        status=last.word,
        stage=updates[-1].stage,
        impact=Impact.UNKNOWN,
        created_at=first.at,
        component_ids=(first.key,),
        updates=updates,
        listed_at=first.at,
        impacts=spells(timeline(updates), last.at if last.over else None),
    )


def _update(one: Told) -> Update:
    state = State.OPERATIONAL if one.over else STATES.get(one.word, State.UNKNOWN)
    return Update(
        update_id=one.number,
        stage=Stage.RESOLVED if one.over else Stage.INVESTIGATING,
        status=one.word,
        created_at=one.at,
        display_at=one.at,
        body=one.body or None,
        changes=(Change(one.key, None, state),),
    )
