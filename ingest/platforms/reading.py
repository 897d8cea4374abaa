"""Read the records of foreign documents, for every engine.

A document is read record by record: one that cannot be read costs itself and is refused with
its own reason (a ``Notice``). A word nobody knows is ``unknown`` with a warning, never
operational. ``with_notices`` adds to a payload what of it was refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ingest.models import (
    ANY_COMPONENT,
    ANY_INCIDENT,
    MAINTENANCE_STAGES,
    MISREADINGS,
    Impact,
    Incident,
    Kind,
    Notice,
    Parsed,
    ReadError,
    ReadFailure,
    Stage,
    Update,
    labelled,
)
from ingest.pages import Page
from ingest.platforms.identity import Engine, own_id
from ingest.platforms.timestamps import parse_instant
from ingest.safe_text import LONGEST

#: No payload of a status page holds as many records, entries of records included.
MOST_RECORDS = 100_000
#: As many refusals and as many warnings of one payload are told one by one.
MOST_NOTICES = 1_000

Raw = Mapping[str, Any]
T = TypeVar("T")

#: The words Atlassian's engine and those made in its likeness have in common.
STAGES = {
    "investigating": Stage.INVESTIGATING,
    "identified": Stage.IDENTIFIED,
    "monitoring": Stage.MONITORING,
    "resolved": Stage.RESOLVED,
    "postmortem": Stage.POSTMORTEM,
    "scheduled": Stage.SCHEDULED,
    "in_progress": Stage.IN_PROGRESS,
    "verifying": Stage.VERIFYING,
    "completed": Stage.COMPLETED,
}
IMPACTS = {
    "none": Impact.NONE,
    "maintenance": Impact.MAINTENANCE,
    "minor": Impact.MINOR,
    "major": Impact.MAJOR,
    "critical": Impact.CRITICAL,
}


@dataclass(slots=True)
class Notices:
    """Gather what of a payload was refused, and what in it was odd.

    ``unread_open``, ``unread_incidents`` and ``unread_components`` are those of ``Parsed``.
    ``read`` counts the records that were read. A hostile payload holds a million records, so
    reading ends after ``MOST_RECORDS`` and telling after ``MOST_NOTICES``.
    """

    rejects: list[Notice] = field(default_factory=list[Notice])
    warnings: list[Notice] = field(default_factory=list[Notice])
    unread_open: bool = False
    unread_incidents: set[str] = field(default_factory=set[str])
    unread_components: set[str] = field(default_factory=set[str])
    read: int = 0
    unlisted: int = 0

    def refuse(self, record: str, why: str) -> None:
        """Refuse a record, or a part of one."""
        if len(self.rejects) < MOST_NOTICES:
            self.rejects.append(Notice("rejected", record, why))
        else:
            self.unlisted += 1

    def lost(self, row: Any = None) -> None:
        """Tell that a refused record was open, so that its list leaves the present open."""
        self.unread_open = True

    def warn(self, kind: str, record: str, why: str) -> None:
        """Say what is odd in a record that is accepted."""
        if len(self.warnings) < MOST_NOTICES:
            self.warnings.append(Notice(kind, record, why))

    def extend(self, other: Notices) -> None:
        """Add what another reader gathered."""
        for notice in other.rejects:
            self.refuse(notice.record, notice.reason)
        for notice in other.warnings:
            self.warn(notice.kind, notice.record, notice.reason)
        self.unread_open |= other.unread_open
        self.unread_incidents |= other.unread_incidents
        self.unread_components |= other.unread_components
        self.read += other.read
        self.unlisted += other.unlisted


def text(row: Raw, key: str) -> str:
    """Return a mandatory text. Raises ``KeyError`` or ``ValueError``."""
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is missing")
    return value


def optional_text(row: Raw, key: str) -> str | None:
    """Return a text that may be absent. Raises ``ValueError`` for what is no text."""
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def instant(row: Raw, key: str) -> datetime:
    """Return a mandatory instant. Raises ``KeyError`` or ``ValueError``."""
    return parse_instant(text(row, key))


def optional_instant(row: Raw, key: str) -> datetime | None:
    """Return an instant that may be absent. Raises ``ValueError`` for what is none."""
    value = row.get(key)
    return None if value is None else parse_instant(value)


def rows_of(row: Raw, key: str) -> list[Any]:
    """Return a mandatory list. Raises ``KeyError`` or ``ValueError``."""
    rows = row[key]
    if not isinstance(rows, list):
        raise ValueError(f"{key} is not a list")
    return rows


def objects(rows: Any) -> list[Raw]:
    """Return the objects in what should be a list of them."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def word(known: Mapping[Any, T], said: Any, unknown: T, record: str, notices: Notices) -> T:
    """Return what a word means.

    Args:
        known: The words of the engine with their meaning.
        said: The word in the record.
        unknown: What an unknown word means.
        record: The record's label in the warning about an unknown word.
        notices: Where that warning goes.
    """
    if isinstance(said, str | int) and said in known:
        return known[said]
    shown = repr(said[:LONGEST]) if isinstance(said, str) else f"a {type(said).__name__}"
    notices.warn("unknown_word", record, f"{shown} is not a word we know")
    return unknown


def said(row: Raw, key: str) -> str:
    """Return a word as the page has it; an absent one, or what is none, is empty."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def read_each(
    rows: Iterable[Any],
    read: Callable[[Raw, Notices], T],
    notices: Notices,
    within: str = "",
    refused: Callable[[Any], None] = lambda row: None,
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
    within: str = "",
    key: str = "id",
) -> tuple[T, ...]:
    """Read component rows as ``read_each`` does; keep the ids of refused ones.

    Args:
        rows: The component objects of a payload.
        read: Makes a value of one.
        notices: Where refusals, warnings and the ids go.
        within: Label of the group the rows stand in, with a slash behind it.
        key: Where a row has its id.

    Returns:
        The values of the readable rows, in their order.
    """

    def refused(row: Any) -> None:
        known = row.get(key) if isinstance(row, dict) else None
        named = known if isinstance(known, str) and known.strip() else ANY_COMPONENT
        notices.unread_components.add(named)

    return read_each(rows, read, notices, within, refused)


def id_by_name(row: Any) -> str:
    """Return the id of a refused component that is known by its name."""
    name = row.get("name") if isinstance(row, dict) else None
    return labelled(name) if isinstance(name, str) and name.strip() else ANY_COMPONENT


def label(row: Any) -> str:
    """Name a record that may not be readable.

    >>> label({"id": "iiii1111jjjj"}), label(["no", "record"])
    ('iiii1111jjjj', '?')
    """
    if not isinstance(row, dict):
        return "?"
    named = (row.get(key) for key in ("id", "code", "number", "title"))
    return next((str(one) for one in named if one and isinstance(one, str | int)), "?")


def reason(error: Exception) -> str:
    """Say why a record cannot be read."""
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


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


def page_id(data: Raw, page: Page, engine: Engine | None = None) -> str | None:
    """Return the id in a document's ``page`` object; None where it has no such object.

    Raises ``ReadError`` for an object without an id, and for the id of another page.
    """
    if "page" not in data:
        return None
    about = data["page"]
    if not isinstance(about, dict) or not isinstance(about.get("id"), str):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "page is not an object with an id")
    return same_page([about], "id", page, engine)


def same_page(
    rows: Iterable[Any], key: str, page: Page, engine: Engine | None = None
) -> str | None:
    """Return the id by which rows name their page; None where none of them does.

    Args:
        rows: The records of a document.
        key: Where a record names its page.
        page: The page they should be of.
        engine: The engine of that page, where the form of its ids is known.

    Raises:
        ReadError: They name another page, or several, or one of another engine.
    """
    named = {row[key] for row in rows if isinstance(row, dict) and isinstance(row.get(key), str)}
    if engine is not None:
        for one in named:
            own_id(one, engine)
    foreign = named - {page.page_id} if page.page_id is not None else named
    if page.page_id is not None and foreign:
        message = f"page {_listed(foreign)}, expected {page.page_id}"
        raise ReadError(ReadFailure.WRONG_PAGE, message)
    if len(named) > 1:
        raise ReadError(ReadFailure.WRONG_PAGE, f"records of several pages: {_listed(named)}")
    return next(iter(named), None)


def same_host(incidents: Iterable[Incident], page: Page) -> None:
    """Refuse a feed whose links all lead to other hosts. Raises ``ReadError``."""
    ours = {urlsplit(url).hostname for url in (page.base_url, *page.alternates)}
    linked = {urlsplit(i.url or "").hostname or "" for i in incidents}
    if linked and not linked & ours:
        raise ReadError(ReadFailure.WRONG_PAGE, f"entries link to {_listed(linked)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:6])


def with_notices(parsed: Parsed, notices: Notices) -> Parsed:
    """Add to a payload what of it was refused, and what in it was odd.

    A roster of which a row was refused is not the whole of it. Raises ``ReadError`` when
    records were refused and none is left.
    """
    kept = parsed.incidents or parsed.components or parsed.posted_days or parsed.posted_ratios
    if notices.rejects and not kept:
        first = notices.rejects[0].reason
        raise ReadError(ReadFailure.PARSE, f"no record is readable; first: {first}")
    rejects = notices.rejects
    if notices.unlisted:
        rejects = [*rejects, Notice("rejected", "…", f"{notices.unlisted} more")]
    return replace(
        parsed,
        roster=parsed.roster and not notices.unread_components,
        rejects=tuple(rejects),
        warnings=tuple(notices.warnings),
        unread_open=notices.unread_open,
        unread_incidents=_few(notices.unread_incidents, ANY_INCIDENT),
        unread_components=_few(notices.unread_components, ANY_COMPONENT),
    )


def _few(ids: set[str], any_one: str) -> tuple[str, ...]:
    """Return ids sorted; of very many, that any may be meant."""
    return tuple(sorted(ids)) if len(ids) <= MOST_NOTICES else (any_one,)
