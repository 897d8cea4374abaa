"""Tell what really happened on an invented page, and what a reader could know of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ingest.models import Page, State


@dataclass(frozen=True, slots=True)
class Mention:
    """Record of what an update says of a component."""

    component_id: str
    old: State
    new: State


@dataclass(slots=True)
class ScriptedUpdate:
    """Hold an update. ``edits``: (time, new body); ``mentions`` None: null in the payload."""

    message_id: str
    status: str
    body: str
    created_at: datetime
    display_at: datetime | None
    mentions: tuple[Mention, ...] | None
    edits: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])

    def body_at(self, at: datetime) -> str:
        """Return the body as shown at ``at``."""
        known = [body for when, body in self.edits if when <= at]
        return known[-1] if known else self.body


@dataclass(slots=True)
class ScriptedIncident:
    """An incident or a maintenance. ``titles``: (from, title), oldest first."""

    post_id: str
    titles: list[tuple[datetime, str]]
    component_ids: tuple[str, ...]
    messages: list[ScriptedUpdate]
    scheduled: tuple[datetime, datetime] | None = None
    moved_to: datetime | None = None
    """Where a post made after the fact moved its creation and its end."""
    deleted_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """Return when the first update was posted."""
        return self.messages[0].created_at


@dataclass(frozen=True, slots=True)
class ScriptedComponent:
    """A component of an invented page."""

    component_id: str
    name: str
    group: str | None
    start: date


@dataclass(slots=True)
class ScriptedPage:
    """Hold an invented provider with its page and its whole life.

    ``colours``: component -> (time, state) from operational on; ``known``: the same with
    what no reader could know as unknown. ``without``: paths the page does not offer.
    ``skew``: how far its clock is ahead.
    """

    page: Page
    name: str
    parts: Sequence[ScriptedComponent]
    posts: list[ScriptedIncident]
    colours: dict[str, list[tuple[datetime, State]]]
    known: dict[str, list[tuple[datetime, State]]]
    forbids_api: bool = False
    without: tuple[str, ...] = ()
    skew: timedelta = timedelta(0)

    def colour(self, component_id: str, at: datetime) -> tuple[State, datetime | None]:
        """Return the colour shown at ``at``, and since when."""
        line = self.colours[component_id]
        number = bisect_right(line, at, key=lambda step: step[0])
        return (line[number - 1][1], line[number - 1][0]) if number else (State.OPERATIONAL, None)

    def changes(self) -> list[datetime]:
        """List the instants at which anything on the page changes, oldest first."""
        messages = [m for post in self.posts for m in post.messages]
        return sorted(
            [
                *(m.created_at for m in messages),
                *(when for m in messages for when, _ in m.edits),
                *(when for post in self.posts for when, _ in post.titles),
                *(post.deleted_at for post in self.posts if post.deleted_at),
                *(at for line in self.colours.values() for at, _ in line),
            ]
        )


@dataclass(frozen=True, slots=True)
class BadSpan:
    """A true span in which a component was not operational; end None while it lasts."""

    component_id: str
    state: State
    start: datetime
    end: datetime | None


def truth(site: ScriptedPage, until: datetime) -> list[BadSpan]:
    """List every span a perfect reader would know of by ``until``."""
    spans: list[BadSpan] = []
    for component_id in sorted(site.known):
        told = [(at, state) for at, state in site.known[component_id] if at <= until]
        for n, (at, state) in enumerate(told):
            end = told[n + 1][0] if n + 1 < len(told) else None
            if state is not State.OPERATIONAL and end != at:
                spans.append(BadSpan(component_id, state, at, end))
    return spans
