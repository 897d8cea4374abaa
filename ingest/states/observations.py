"""Read what captures showed of components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from ingest.intervals import difference
from ingest.models import ANY_COMPONENT, State
from ingest.states.components import KnownComponent

#: Shapes that show components as the page's own, not as copies inside incidents.
ROSTERS = frozenset({"roster", "summary"})
#: Captures no further apart than this show what a component was in between, too.
CLOSE = timedelta(hours=1)
#: Captures are evenly spread, for all we care, if they are so to this.
A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Observation:
    """Successive captures of one address that showed a component alike.

    ``since``: the page's own time of its last change, if it gives one. ``polls``: how many
    captures; ``pause``: the longest time between two of them. ``roster``: shown among the
    page's components, not inside an incident.
    """

    state: State
    since: datetime | None
    first_at: datetime
    last_at: datetime
    polls: int = 1
    pause: timedelta = timedelta(0)
    url: str = ""
    roster: bool = True

    def next_capture(self, at: datetime) -> tuple[datetime, datetime]:
        """Return between when and when there was a capture after ``at``."""
        even = self.pause * (self.polls - 1) - (self.last_at - self.first_at) < A_MOMENT
        if not even:
            return at, min(self.last_at, at + self.pause)
        passed = (at - self.first_at) // self.pause + 1 if self.pause else 0
        exact = min(self.last_at, self.first_at + passed * self.pause)
        return exact, exact

    def held_until(self, at: datetime) -> datetime:
        """Return until when, by ``at``, the state is sure to have held.

        Between two captures that date it alike nothing changed; else it held at the captures.
        """
        dated = self.since is not None and self.since <= self.first_at
        if dated or at >= self.last_at:
            return min(at, self.last_at)
        return max(self.first_at, at - self.pause)


def read_observations(
    shown: pl.DataFrame, components: Mapping[str, KnownComponent]
) -> dict[str, list[Observation]]:
    """Read what captures showed of each component.

    Args:
        shown: frame ``components`` of the ledger.
        components: the page's known components.

    Returns:
        The observations of each component, by id.
    """
    columns = ("component_id", "state", "state_since_at", "captured_at", "seen_until_at")
    more = ("polls", "longest_pause", "url", "shape")
    rows = shown.filter(pl.col("state").is_not_null()).select(*columns, *more)
    found: dict[str, list[Observation]] = {}
    unnamed: list[Observation] = []
    for component_id, state, since, first, last, polls, pause, url, shape in rows.iter_rows():
        roster = shape in ROSTERS
        seen = Observation(State(state), since, first, last, polls, pause, url, roster)
        if component_id == ANY_COMPONENT:
            unnamed.append(seen)
        elif component_id in components:
            found.setdefault(component_id, []).append(seen)
    for component_id, known in components.items():
        doubted = list(_doubted(unnamed, found.get(component_id, ()), known.retired_at))
        if doubted:
            found.setdefault(component_id, []).extend(doubted)
    return {
        component_id: sorted(found[component_id], key=lambda o: (o.first_at, o.last_at, o.url))
        for component_id in sorted(found)
    }


def _doubted(
    unnamed: Iterable[Observation], seen: Sequence[Observation], retired_at: datetime | None
) -> Iterator[Observation]:
    """Yield when a component may have stood in a row that does not even say its id."""
    for one in unnamed:
        if retired_at is not None and retired_at <= one.first_at:
            continue
        moment = timedelta(microseconds=1)  # the last capture belongs to a stretch, too
        mine = [(o.first_at, o.last_at + moment) for o in seen if o.url == one.url]
        for start, end in difference([(one.first_at, one.last_at + moment)], mine):
            yield replace(one, first_at=start, last_at=end - moment)


def shown_throughout(seen: Iterable[Observation]) -> list[tuple[datetime, datetime]]:
    """Return when captures came so close to each other that they show the state throughout."""
    return [
        (o.first_at, o.last_at) for o in seen if o.state is not State.UNKNOWN and o.pause <= CLOSE
    ]
