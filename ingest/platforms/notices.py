"""Gather what of a payload was refused, and what in it was odd.

Whatever reads a part of a payload is given the same ``Notices``. ``with_notices`` adds them to
what was read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ingest.models import ANY_COMPONENT, ANY_INCIDENT, Notice, Parsed, ReadError, ReadFailure

#: No payload of a status page holds as many records, entries of records included.
MOST_RECORDS = 100_000


#: As many refusals and as many warnings of one payload are told one by one.
MOST_NOTICES = 1_000


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


def reason(error: Exception) -> str:
    """Say why a record cannot be read."""
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


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
