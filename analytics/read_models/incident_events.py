"""List what happened to incidents, event by event, for readers who want to be told each once.

METHODOLOGY, "Event feeds". An event never changes: it has the title and the states that its time
had, and what is written about it later is an event of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import polars as pl

from analytics.incident_selection import POSTED_STATE, READ, counted, on_surfaces
from analytics.metrics.versions import ADDITION, POST, PROGRESS, RETRACTION, changes
from analytics.question import Question
from analytics.scope import epoch
from analytics.snapshot import LINKS, Snapshot, fetched, legible
from ingest.models import CLOSED_STAGES, SEVERITY, Stage, State

Id = tuple[str, str]
"""An incident: (page_key, incident_id)."""
#: When an incident began, by the page's own clock, else as it claims.
BEGUN = ("published_at", "started_at")
#: Columns of an incident by which its events are told.
OF_INCIDENT = (
    *("provider", *POST, "title", "url", "first_impact"),
    *(*BEGUN, "resolved_at", "removed_at"),
)
#: What made an event that no update and no capture made.
FIRST = "1"
CLOSED = {str(stage) for stage in CLOSED_STAGES}


class EventKind(StrEnum):
    """Name the kind of an event."""

    OPENED = "opened"
    WORSENED = "worsened"
    EASED = "eased"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """Hold an event of an incident.

    ``nr`` counts those of its kind. ``made_by``: the update or capture that made it; the name holds
    when the page takes another back, or adds one between. ``at``: by the clock of the page; of what
    was withdrawn or corrected, the capture that first showed it. ``title``: as it was then.
    ``before`` and ``state``: the worst of the components asked about; None where nothing says it.
    ``fields``: canonical names of what was corrected.
    """

    provider: str
    page_key: str
    incident_id: str
    kind: EventKind
    nr: int
    made_by: str
    at: datetime
    title: str
    before: State | None
    state: State | None
    fields: tuple[str, ...]
    url: str | None

    @property
    def key(self) -> str:
        """Name it for good."""
        return f"{self.page_key}/{self.incident_id}/{self.kind}/{self.made_by}"


def incident_events(
    snapshot: Snapshot, question: Question, most: int | None = None
) -> list[IncidentEvent]:
    """List all events of the incidents asked for that something happened to last, newest first.

    Args:
        snapshot: What was captured.
        question: Providers, surface, classes and least state; the window plays no part.
        most: How many incidents, and so at least as many of the newest events, where there are so
            many; None: all.
    """
    corrected = _corrections(snapshot)
    incidents = _newest(snapshot, question, corrected, most)
    key = incidents.select(POST)
    edits = _by_post(corrected.join(key, on=POST, how="semi"))
    titles = _by_post(_titles(snapshot, key))
    moved = _by_post(_transitions(snapshot, question, key))
    updates = snapshot.columns("updates", [*POST, "update_id", "stage", "created_at"], key)
    stages = _by_post(
        updates.filter(pl.col("created_at").is_not_null()).sort("created_at", "update_id")
    )
    events = [
        event
        for row in incidents.iter_rows(named=True)
        for its in [(row["page_key"], row["incident_id"])]
        for event in _numbered(
            row,
            [
                *_course(row, moved.get(its, []), stages.get(its, [])),
                *_told_later(row, edits.get(its, [])),
            ],
            titles.get(its, []),
        )
    ]
    events.sort(key=lambda event: (event.at, event.key), reverse=True)
    return events


def _corrections(snapshot: Snapshot) -> pl.DataFrame:
    """Return what captures showed to be written otherwise than before.

    Not what goes on, nor an incident that is new or gone as a whole. A past that is told later
    rests on captures made since: what these corrected had not happened yet.
    """
    whole = pl.col("update_id").is_null() & pl.col("kind").is_in([RETRACTION, ADDITION])
    return changes(snapshot).filter(
        (pl.col("kind") != PROGRESS) & ~whole & (pl.col("known_from") <= snapshot.as_of)
    )


def _newest(
    snapshot: Snapshot, question: Question, corrected: pl.DataFrame, most: int | None
) -> pl.DataFrame:
    """Return the incidents something happened to last: each has one event or more."""
    edited = corrected.group_by(POST).agg(pl.col("known_from").max().alias("edited_at"))
    last = pl.max_horizontal(*BEGUN, "resolved_at", "removed_at", "edited_at", "written_at")
    gone = pl.col("removed_at") <= snapshot.as_of
    still = pl.when(gone).then("removed_at")
    # Put in order by their times: what was written is read of the newest alone.
    times = _times(snapshot, question)
    newest = (
        times.with_columns(still)
        .join(edited, on=POST, how="left")
        .join(_last_written(snapshot, times), on=POST, how="left")
        .filter(pl.coalesce(BEGUN).is_not_null())
        .sort(last, *POST, descending=True, nulls_last=True)
        .select(POST)[:most]
    )
    rows = snapshot.columns("incidents", OF_INCIDENT, newest).with_columns(still)
    return newest.join(rows, on=POST, how="left", maintain_order="left")


def _last_written(snapshot: Snapshot, times: pl.DataFrame) -> pl.DataFrame:
    """Return when incidents that are open were last written to: an end comes after all else."""
    going_on = times.filter(pl.col("resolved_at").is_null()).select(POST)
    written = snapshot.columns("updates", [*POST, "created_at"], going_on)
    return written.group_by(POST).agg(pl.col("created_at").max().alias("written_at"))


def _times(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return when each incident asked for began and ended."""
    with snapshot.related(*READ) as read:
        found = counted(on_surfaces(read, question), question, epoch(snapshot.as_of))
        times = found.select(*POST, *BEGUN, "resolved_at", "removed_at").unique()
        return legible(fetched(times))


def _by_post(rows: pl.DataFrame) -> dict[Id, list[dict[str, Any]]]:
    found: dict[Id, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["page_key"], row["incident_id"]), []).append(row)
    return found


def _titles(snapshot: Snapshot, key: pl.DataFrame) -> pl.DataFrame:
    """Return the titles that captures showed, and since when."""
    own = pl.col("update_id").is_null() & pl.col("title").is_not_null()
    columns = (*POST, "update_id", "known_from", "title")
    return snapshot.columns("versions", columns, key).filter(own).sort("known_from")


def _transitions(snapshot: Snapshot, question: Question, key: pl.DataFrame) -> pl.DataFrame:
    """Return how updates moved the components asked about, in time."""
    linked = snapshot.columns(LINKS, [*POST, "component_id", "surface"], key)
    if question.surface is not None:
        linked = linked.filter(surface=question.surface)
    asked = linked.select(*POST, "component_id").unique()
    columns = (*POST, "update_id", "component_id", "at", "new_state")
    rows = snapshot.columns("transitions", columns, key)
    return rows.join(asked, on=[*POST, "component_id"], how="semi").sort(
        "at", "update_id", "component_id"
    )


@dataclass(frozen=True, slots=True)
class _Happening:
    kind: EventKind
    at: datetime
    made_by: str
    before: State | None = None
    state: State | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """Hold what an update did: moved the worst state, or said whether trouble is over."""

    at: datetime
    made_by: str
    to: State | bool


def _course(
    row: Mapping[str, Any],
    moved: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, Any]],
) -> Iterator[_Happening]:
    """Follow an incident from its first update to its end, and again if it was opened again."""
    begin = row["published_at"] or row["started_at"]
    worst = _states(moved)
    at_begin = (one.to for one in worst if one.at <= begin)
    first = next((to for to in at_begin if isinstance(to, State)), None)
    # A posted impact is that of the beginning: it says nothing of what comes after.
    posted = None if worst else POSTED_STATE.get(row["first_impact"])
    yield _Happening(EventKind.OPENED, begin, FIRST, None, posted or first)
    steps = [
        *(one for one in worst if one.at > begin),
        *(
            _Step(one["created_at"], _name(one["update_id"]), one["stage"] in CLOSED)
            for one in stages
            if _says_stage(one)
        ),
    ]
    if row["resolved_at"] is not None and not any(one.to is True for one in steps):
        # What is posted when it is over ends with its post.
        steps.append(_Step(max(begin, row["resolved_at"]), FIRST, True))
    before, state, is_open, at = None, first, True, begin
    # What eases at the very end is part of the end.
    ends = {one.at for one in steps if one.to is True}
    # At one instant what happened to components comes before what is said of the whole.
    for one in sorted(steps, key=lambda one: (one.at, isinstance(one.to, bool))):
        if one.at != at:
            before, at = state, one.at
        if isinstance(one.to, bool):
            if one.to == is_open:
                kind = EventKind.RESOLVED if one.to else EventKind.OPENED
                yield _Happening(kind, at, one.made_by, before, state)
                is_open = not one.to
            continue
        state = one.to
        moved_to = _compared(before, state)
        if is_open and at not in ends and moved_to is not None:
            yield _Happening(moved_to, at, one.made_by, before, state)


def _name(update_id: str) -> str:
    """Write the id of an update as one part of an address."""
    return quote(update_id, safe="")


def _says_stage(update: Mapping[str, Any]) -> bool:
    """Tell whether an update says that trouble is over, or that it is there."""
    return update["stage"] not in (None, Stage.UNKNOWN, Stage.POSTMORTEM)


def _states(moved: Sequence[Mapping[str, Any]]) -> list[_Step]:
    """Return the worst state of the components after each instant at which one was moved."""
    held: dict[str, State] = {}
    worst: dict[datetime, _Step] = {}
    for one in moved:
        if one["new_state"] in SEVERITY:
            held[one["component_id"]] = State(one["new_state"])
            now = max(held.values(), key=SEVERITY.__getitem__)
            worst[one["at"]] = _Step(one["at"], _name(one["update_id"]), now)
    return list(worst.values())


def _compared(before: State | None, state: State) -> EventKind | None:
    if before is None or SEVERITY[state] > SEVERITY[before]:
        return EventKind.WORSENED
    return EventKind.EASED if SEVERITY[state] < SEVERITY[before] else None


def _told_later(row: Mapping[str, Any], edits: Sequence[Mapping[str, Any]]) -> Iterator[_Happening]:
    """Follow what captures showed to be written otherwise than before, or to be gone."""
    if row["removed_at"] is not None:
        yield _Happening(EventKind.WITHDRAWN, row["removed_at"], _seen(row["removed_at"]))
    fields: dict[datetime, set[str]] = {}
    for one in edits:
        fields.setdefault(one["known_from"], set()).add(one["field"])
    for at, its in sorted(fields.items()):
        yield _Happening(EventKind.CORRECTED, at, _seen(at), fields=tuple(sorted(its)))


def _seen(at: datetime) -> str:
    """Name the capture that showed something first."""
    return f"{at:%Y%m%dT%H%M%SZ}"


def _numbered(
    row: Mapping[str, Any],
    happenings: Sequence[_Happening],
    titles: Sequence[Mapping[str, Any]],
) -> Iterator[IncidentEvent]:
    counted: dict[EventKind, int] = {}
    for one in happenings:
        counted[one.kind] = counted.get(one.kind, 0) + 1
        yield IncidentEvent(
            row["provider"],
            row["page_key"],
            row["incident_id"],
            one.kind,
            counted[one.kind],
            one.made_by,
            one.at,
            _title_at(titles, one.at) or row["title"] or "",
            one.before,
            one.state,
            one.fields,
            row["url"],
        )


def _title_at(titles: Sequence[Mapping[str, Any]], at: datetime) -> str | None:
    """Return the title captures showed at ``at``, or first where none was there yet."""
    known = [one["title"] for one in titles if one["known_from"] <= at]
    return known[-1] if known else titles[0]["title"] if titles else None
