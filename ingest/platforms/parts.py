"""Read a record of which a part may be unreadable: the part costs only itself.

A field that others can stand in for is refused and told; a part that may hide something open
leaves the present open. What of an incident can be read is kept, since what it did counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from ingest.models import ANY_INCIDENT, CLOSED_STAGES, MISREADINGS, Stage, Update
from ingest.platforms.reading import (
    Notices,
    Raw,
    in_order,
    instant,
    read_each,
    reason,
    rows_of,
    said,
    text,
    word,
)
from ingest.platforms.timestamps import parse_instant

T = TypeVar("T")

#: Where a record may bear a time.
TIMES = ("created_at", "started_at", "resolved_at", "published_at", "updated_at")
#: No incident has as many updates.
MOST_UPDATES = 1_000


def content(row: Raw, key: str) -> str:
    """Return a text that may be empty. Raises ``KeyError`` or ``ValueError``."""
    value = row[key]
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def optional(
    row: Raw, key: str, read: Callable[[Raw, str], T], record: str, notices: Notices
) -> T | None:
    """Return a field that may be absent; one that cannot be read costs only itself.

    Args:
        row: The record.
        key: The field's key.
        read: Reads the field, as ``text`` and ``instant`` do.
        record: The record's label, in the refusal.
        notices: Where the refusal goes.
    """
    return None if row.get(key) is None else expected(row, key, read, record, notices)


def expected(
    row: Raw, key: str, read: Callable[[Raw, str], T], record: str, notices: Notices
) -> T | None:
    """Return a field that others can stand in for; its absence is told as a refusal.

    Args:
        row: The record.
        key: The field's key.
        read: Reads the field, as ``text`` and ``instant`` do.
        record: The record's label, in the refusal.
        notices: Where the refusal goes.
    """
    try:
        return read(row, key)
    except MISREADINGS as error:
        notices.refuse(f"{record}/{key}", reason(error))
        return None


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


def read_incidents(
    rows: Iterable[Any],
    read: Callable[[Raw, Notices], T],
    notices: Notices,
    is_over: Callable[[Raw], bool],
    identify: Callable[[Raw], str | None] = lambda row: _id_of(row, "id"),
) -> tuple[T, ...]:
    """Read incident rows as ``read_each`` does; keep what refused ones leave unknown.

    Args:
        rows: The incidents of a payload.
        read: Makes a value of one.
        notices: Where refusals and warnings go, and whether a refused one may be open.
        is_over: Tells a row that is surely over, and when.
        identify: Returns the id of a row that may not be readable.

    Returns:
        The values of the readable rows, in their order.
    """

    def refused(row: Any) -> None:
        known = isinstance(row, dict)
        notices.unread_incidents.add((known and identify(row)) or ANY_INCIDENT)
        notices.unread_open |= not (known and is_over(row))

    return read_each(rows, read, notices, refused=refused)


def _id_of(row: Any, key: str) -> str | None:
    known = row.get(key) if isinstance(row, dict) else None
    return known if isinstance(known, str) and known.strip() else None


def refuse_lines(broken: int, notices: Notices) -> None:
    """Refuse lines that are not JSON: each may have been any incident, an open one too."""
    notices.refuse("lines", f"{broken} lines are not JSON")
    notices.unread_incidents.add(ANY_INCIDENT)
    notices.lost()


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
    rows, within = parts_of(row, key, record, notices), f"{record}/"
    if len(rows) > MOST_UPDATES:
        raise ValueError(f"{len(rows)} updates")

    def one(update: Raw, notices: Notices) -> Update:
        return read(update, within, notices)

    return in_order(read_each(rows, one, notices, within, notices.lost))


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


def is_over(row: Raw, stages: Mapping[str, Stage], keys: Iterable[str] = TIMES) -> bool:
    """Tell a row that says it is over and bears a time that can be read."""
    return stages.get(said(row, "status")) in CLOSED_STAGES and any(
        is_time(row.get(key)) for key in keys
    )


def is_time(value: Any) -> bool:
    """Tell an instant that can be read."""
    try:
        parse_instant(value)
    except MISREADINGS:
        return False
    return True
