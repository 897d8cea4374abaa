"""Make the parts of an incident: its title, kind, stage and updates.

A field that others can stand in for is refused and told; a part that may hide something open
leaves the present open. What of an incident can be read is kept, since what it did counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest.models import (
    CLOSED_STAGES,
    MAINTENANCE_STAGES,
    MISREADINGS,
    Change,
    Impact,
    Incident,
    Kind,
    Stage,
    State,
    Update,
)
from ingest.platforms.fields import content, expected, instant, optional, rows_of, said, text
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Raw
from ingest.platforms.records import ignored, read_each
from ingest.platforms.timestamps import feed_instant, optional_epoch, parse_instant, stamp
from ingest.platforms.words import word


def in_order(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Return updates oldest first."""
    return tuple(
        sorted(updates, key=lambda u: (u.display_at, u.created_at or u.display_at, u.update_id))
    )


def kind_of(stage: Stage, updates: Iterable[Update]) -> Kind:
    """Tell a maintenance from an incident by its stage or by that of any update."""
    planned = stage in MAINTENANCE_STAGES or any(u.stage in MAINTENANCE_STAGES for u in updates)
    return Kind.MAINTENANCE if planned else Kind.INCIDENT


def oldest(incidents: Iterable[Incident]) -> datetime | None:
    """Return how far back a list reaches: the smallest key it is cut by."""
    return min((i.listed_at for i in incidents if i.listed_at is not None), default=None)


#: Where a record may bear a time.
TIMES = ("created_at", "started_at", "resolved_at", "published_at", "updated_at")


#: No incident has as many updates.
MOST_UPDATES = 1_000


def parts_of(row: Raw, key: str, record: str, notices: Notices) -> list[Any]:
    """Return a list that may be absent; what is no list may hide something open.

    Args:
        row: The record.
        key: Where it has its parts.
        record: The record's label, in the refusal.
        notices: Where the refusal goes.
    """
    found = optional(row, key, rows_of, record, notices)
    if found is None and row.get(key) is not None:
        notices.lost()
    return found or []


def title_of(row: Raw, key: str, record: str, notices: Notices) -> str:
    """Return the title of an incident; one without goes by its id.

    Args:
        row: The incident.
        key: Where it has its title.
        record: Its id.
        notices: Where the refusal of a missing title goes.
    """
    return expected(row, key, text, record, notices) or record


def updates_of(
    row: Raw, key: str, record: str, read: Callable[[Raw, str, Notices], Update], notices: Notices
) -> tuple[Update, ...]:
    """Read the updates of an incident, each on its own, oldest first.

    Args:
        row: The incident.
        key: Where it has its updates.
        record: Its id.
        read: Makes an update of a row; is given the incident's label, with a slash.
        notices: Where refusals go; a refused update may be of something open.

    Raises:
        ValueError: There are more than an incident ever had.
    """
    rows = parts_of(row, key, record, notices)
    if len(rows) > MOST_UPDATES:
        raise ValueError(f"{len(rows)} updates")
    return read_updates(rows, record, read, notices, notices.lost)


def read_updates(
    rows: Iterable[Any] | None,
    record: str,
    read: Callable[[Raw, str, Notices], Update],
    notices: Notices,
    refused: Callable[[Any], None] = ignored,
) -> tuple[Update, ...]:
    """Read updates, each on its own, oldest first.

    Args:
        rows: The updates of an incident; None where it has none.
        record: Its id.
        read: Makes an update of a row; is given the incident's label, with a slash.
        notices: Where refusals and warnings go.
        refused: Is given each update that is refused.
    """
    within = f"{record}/"

    def one(row: Raw, notices: Notices) -> Update:
        return read(row, within, notices)

    def lost(row: Any) -> None:
        notices.untold.add(record)
        refused(row)

    return in_order(read_each(rows or (), one, notices, within, lost))


def edited(created_at: datetime | None, changed_at: datetime | None) -> datetime | None:
    """Return when an update was edited; None where it never changed after it was made."""
    return changed_at if changed_at != created_at else None


def numbered(updates: Iterable[Update]) -> tuple[Update, ...]:
    """Tell apart updates that are known by one time: each gets its number among them."""
    seen: Counter[str] = Counter()
    found: list[Update] = []
    for one in updates:
        found.append(replace(one, update_id=f"{one.update_id}/{seen[one.update_id]}"))
        seen[one.update_id] += 1
    return tuple(found)


def read_changes(
    rows: Iterable[Any] | None,
    keys: tuple[str, str],
    states: Mapping[str, State],
    record: str,
    notices: Notices,
) -> tuple[Change, ...] | None:
    """Read the states in which an update shows components; None where it shows none.

    Args:
        rows: The components of an update.
        keys: Where a row has the component's id, and its state.
        states: The words of the engine with their meaning.
        record: Label of the update, behind that of its incident and a slash.
        notices: Where refusals and warnings go.
    """
    component_key, state_key = keys

    def change(row: Raw, notices: Notices) -> Change:
        state = word(states, row.get(state_key), State.UNKNOWN, record, notices)
        return Change(text(row, component_key), None, state)

    refused = notices.untell(record.partition("/")[0])
    return read_each(rows or (), change, notices, f"{record}/", refused) or None


def update(row: Raw, within: str, stages: Mapping[str, Stage], notices: Notices) -> Update:
    """Read an update; one without a time of its own is refused.

    Args:
        row: The update.
        within: Label of its incident, with a slash behind it.
        stages: The words of the engine with their meaning.
        notices: Where refusals and warnings go.
    """
    update_id = text(row, "id")
    record = within + update_id
    created_at = expected(row, "created_at", instant, record, notices)
    display_at = optional(row, "display_at", instant, record, notices) or created_at
    if display_at is None:
        display_at = instant(row, "created_at")  # which says what is wrong with it
    return Update(
        update_id=update_id,
        stage=word(stages, row.get("status"), Stage.UNKNOWN, record, notices),
        status=said(row, "status"),
        created_at=created_at,
        display_at=display_at,
        edited_at=optional(row, "updated_at", instant, record, notices),
        body=optional(row, "body", content, record, notices),
    )


def unstaged(incident_id: str, item: Item, at: datetime) -> Incident:
    """Return an item that says nothing of where its incident stands: so it goes on.

    Args:
        incident_id: The id of the incident.
        item: An item of a feed.
        at: When it was posted.
    """
    update = Update(stamp(at), Stage.INVESTIGATING, "", at, at, body=item.body or None)
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=item.title,
        status="",
        stage=Stage.INVESTIGATING,
        impact=Impact.UNKNOWN,
        updates=(update,),
        listed_at=at,
    )


def stage_of(
    row: Raw, stages: Mapping[str, Stage], updates: Sequence[Update], record: str, notices: Notices
) -> Stage:
    """Return the stage of an incident; without a status of its own, that of its last update.

    Args:
        row: The incident.
        stages: The words of the engine with their meaning.
        updates: Its updates, oldest first.
        record: Its id.
        notices: Where the warning about an unknown word goes.
    """
    stage = word(stages, row.get("status"), Stage.UNKNOWN, record, notices)
    return updates[-1].stage if updates and not said(row, "status") else stage


def created_of(
    row: Raw, record: str, updates: Sequence[Update], otherwise: datetime | None, notices: Notices
) -> datetime:
    """Return when an incident was made; where null stands for it, with its first update.

    Args:
        row: The incident.
        record: Its id.
        updates: Its updates.
        otherwise: A time for one without updates.
        notices: Where the refusal of a missing time goes.

    Raises:
        ValueError: No time of it can be read.
    """
    first = min((u.created_at or u.display_at for u in updates), default=otherwise)
    if row.get("created_at") is not None or first is None:
        return instant(row, "created_at")
    return expected(row, "created_at", instant, record, notices) or first


def is_closed(row: Raw, stages: Mapping[str, Stage], keys: Iterable[str] = TIMES) -> bool:
    """Tell a row that says it is over and bears a time that can be read."""
    return says_over(row, stages) and any(is_time(row.get(key)) for key in keys)


def says_over(row: Raw, stages: Mapping[str, Stage]) -> bool:
    """Tell a row that says it is over, whether or not it bears a time."""
    return stages.get(said(row, "status")) in CLOSED_STAGES


def is_dated(item: Item) -> bool:
    """Tell an item of a feed whose date can be read."""
    try:
        feed_instant(item.published)
    except MISREADINGS:
        return False
    return True


def is_epoch(value: Any) -> bool:
    """Tell an epoch that can be read and is not nil."""
    try:
        return optional_epoch(value) is not None
    except MISREADINGS:
        return False


def is_time(value: Any) -> bool:
    """Tell an instant that can be read."""
    try:
        parse_instant(value)
    except MISREADINGS:
        return False
    return True
