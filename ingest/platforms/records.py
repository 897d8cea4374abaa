"""Read each record of a list on its own, so that one that cannot be read costs only itself.

It is refused with its own reason (a ``Notice``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import orjson

from ingest.models import ANY_COMPONENT, ANY_INCIDENT, MISREADINGS, labelled
from ingest.platforms.notices import Notices, reason
from ingest.platforms.payload import MOST_ELEMENTS_OF_ALL, Item, Raw

T = TypeVar("T")
#: The values of a row and the notices of its reading.
Recalled = tuple[tuple[T, ...], Notices]

#: No payload of a status page holds as many records, entries of records included.
MOST_RECORDS = 100_000

#: A row longer than this is read anew each time: remembering it would fill the memory.
LONGEST_REMEMBERED = 2**16


def ignored(row: Any) -> None:
    """Do nothing about a refused record: that it is refused tells all there is."""


def by_key(key: str) -> Callable[[Raw], str | None]:
    """Return what finds the id of a record that may not be readable."""

    def identify(row: Raw) -> str | None:
        known = row.get(key)
        return known if isinstance(known, str) and known.strip() else None

    return identify


BY_ID = by_key("id")


def by_name(row: Raw) -> str | None:
    """Return the id of a record that is known by its name alone."""
    name = row.get("name")
    return labelled(name) if isinstance(name, str) and name.strip() else None


def by_nothing(row: Raw) -> str | None:
    """Return no id: nothing tells which record is refused."""
    return None


def read_each(
    rows: Iterable[Any],
    read: Callable[[Raw, Notices], T],
    notices: Notices,
    within: str = "",
    refused: Callable[[Any], None] = ignored,
) -> tuple[T, ...]:
    """Read each row on its own; refuse what cannot be read.

    Args:
        rows: The records of a list, none of them to be trusted.
        read: Makes a value of a record, or raises one of ``MISREADINGS``.
        notices: Where refusals go, and the warnings of ``read``.
        within: Label of the record the rows stand in, with a slash behind it.
        refused: Is given each row that is refused; None for those beyond the limit.

    Returns:
        The values of the readable rows, in their order.
    """
    found: list[T] = []
    for row in rows:
        if notices.read >= MOST_RECORDS:
            notices.refuse(f"{within}…", f"records beyond the first {MOST_RECORDS} of a payload")
            refused(None)
            break
        notices.read += 1
        before = len(notices.rejects), len(notices.warnings)
        try:
            if not isinstance(row, dict):
                raise TypeError("is not an object")
            found.append(read(row, notices))
        except MISREADINGS as error:
            # With the whole of it its parts are refused: one refusal tells of all.
            del notices.rejects[before[0] :], notices.warnings[before[1] :]
            notices.refuse(within + label(row), reason(error))
            refused(row)
    return tuple(found)


def read_components(
    rows: Iterable[Any],
    read: Callable[[Raw, Notices], T],
    notices: Notices,
    identify: Callable[[Raw], str | None] = BY_ID,
    within: str = "",
) -> tuple[T, ...]:
    """Read component rows as ``read_each`` does; keep the ids of refused ones.

    Args:
        rows: The component objects of a payload.
        read: Makes a value of one.
        notices: Where refusals, warnings and the ids go.
        identify: Returns the id of a row that may not be readable.
        within: Label of the group the rows stand in, with a slash behind it.

    Returns:
        The values of the readable rows, in their order.
    """

    def refused(row: Any) -> None:
        known = isinstance(row, dict)
        notices.unread_components.add((known and identify(row)) or ANY_COMPONENT)

    return read_each(rows, read, notices, within, refused)


def label(row: Any) -> str:
    """Name a record that may not be readable.

    >>> label({"id": "iiii1111jjjj"}), label(["no", "record"])
    ('iiii1111jjjj', '?')
    """
    if not isinstance(row, dict):
        return "?"
    named = (row.get(key) for key in ("id", "code", "number", "title"))
    return next((str(one) for one in named if one and isinstance(one, str | int)), "?")


def read_incidents(
    rows: Iterable[Any],
    read: Callable[[Raw, Notices], T],
    notices: Notices,
    is_over: Callable[[Raw], bool],
    identify: Callable[[Raw], str | None] = BY_ID,
    says_over: Callable[[Raw], bool] = lambda _: False,
) -> tuple[T, ...]:
    """Read incident rows as ``read_each`` does; keep what refused ones leave unknown.

    Args:
        rows: The incidents of a payload.
        read: Makes a value of one.
        notices: Where refusals and warnings go, and whether a refused one may be open.
        is_over: Tells a row that is surely over, and when.
        identify: Returns the id of a row that may not be readable.
        says_over: Tells a row that says it is over, whether or not it bears a time.

    Returns:
        The values of the readable rows, in their order.
    """

    def refused(row: Any) -> None:
        known = isinstance(row, dict)
        record = (known and identify(row)) or ANY_INCIDENT
        notices.unread_incidents.add(record)
        if known and is_over(row):
            return
        # The ids are joined by blanks: one that holds a blank could not be told from two.
        if known and says_over(row) and record != ANY_INCIDENT and " " not in record:
            notices.unread_over.add(record)
        else:
            notices.unread_open = True

    return read_each(rows, read, notices, refused=refused)


def refuse_lines(broken: int, notices: Notices) -> None:
    """Refuse lines that are not JSON: each may have been any incident, an open one too."""
    notices.refuse("lines", f"{broken} lines are not JSON")
    notices.unread_incidents.add(ANY_INCIDENT)
    notices.lost()


def once(rows: Iterable[tuple[Any, str]]) -> Iterator[Any]:
    """Yield each record once, with all that it stands with.

    Args:
        rows: A record, and what it stands with; the same record stands with several.

    Yields:
        The records in their order, with ``stands_with``; what is no record as it is.
    """
    found: dict[Any, tuple[Any, list[str]]] = {}
    for row, beside in rows:
        known = row.get("id") if isinstance(row, dict) else None
        found.setdefault(known, (row, []))[1].append(beside)
    for row, beside_it in found.values():
        named = [*dict.fromkeys(beside_it)]
        yield {**row, "stands_with": named} if isinstance(row, dict) else row


def named(item: Item) -> str:
    """Name an item that may not be readable."""
    return item.guid or item.title or "feed item"


def read_items(
    items: Iterable[Item],
    read: Callable[[Item, Notices], T],
    notices: Notices,
    label: Callable[[Item], str] = named,
    is_over: Callable[[Item], bool] = lambda _: False,
    identify: Callable[[Item], str] = lambda _: "",
) -> tuple[T, ...]:
    """Read each item of a feed on its own; keep what refused ones leave unknown.

    Args:
        items: The items of a feed.
        read: Makes a value of one.
        notices: Where refusals and warnings go, and whether a refused one may be open.
        label: Names an item in its refusal.
        is_over: Tells an item that is surely over, and when.
        identify: Returns the id of its incident where an item that may not be readable says it.

    Returns:
        The values of the readable items, in their order.
    """
    found: list[T] = []
    elements = 0
    for item in items:
        elements += item.body.count("<")
        try:
            if elements > MOST_ELEMENTS_OF_ALL:
                raise ValueError(f"more than {MOST_ELEMENTS_OF_ALL} elements in messages")
            found.append(read(item, notices))
        except MISREADINGS as error:
            notices.refuse(label(item), reason(error))
            notices.unread_incidents.add(identify(item) or ANY_INCIDENT)
            notices.unread_open |= not is_over(item)
    return tuple(found)


def read_repeated(
    rows: Iterable[Any],
    read: Callable[[Iterable[Any], Notices], tuple[T, ...]],
    recall: Callable[[bytes], Recalled[T]],
    notices: Notices,
) -> tuple[T, ...]:
    """Read the rows of a list that repeats most of them in every body.

    Comparing bytes is far cheaper than reading again.

    Args:
        rows: The records of a list, none of them to be trusted.
        read: Reads rows.
        recall: Reads a row of these bytes, as ``read`` does, and remembers what it read.
        notices: Where refusals and warnings go.

    Returns:
        The values of the readable rows, in their order.
    """
    found: list[T] = []
    for row in rows:
        if notices.read >= MOST_RECORDS:
            # One more is refused, and with it all that follow.
            return (*found, *read([row], notices))
        written = _written(row)
        if written is None:
            found.extend(read([row], notices))
        else:
            values, remarks = recall(written)
            notices.extend(remarks)
            found.extend(values)
    return tuple(found)


def _written(row: Any) -> bytes | None:
    """Return the bytes of a row; None for what is no object, or too long or deep to recall."""
    try:
        written = orjson.dumps(row) if isinstance(row, dict) else b""
    except TypeError:  # deeper than orjson writes
        return None
    return written if 0 < len(written) <= LONGEST_REMEMBERED else None
