"""Gather what of a payload was refused, and what in it was odd.

What refused records would have shown is kept apart: ids of components and incidents that are
there though nobody could read them, and whether anything open may be among them. Whatever reads
a part of a payload is given the same ``Notices``; ``with_notices`` adds them to what was read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.models import (
    ANY_COMPONENT,
    ANY_INCIDENT,
    CLOSED_STAGES,
    Incident,
    Notice,
    Parsed,
    ReadError,
    ReadFailure,
)

#: As many refusals and as many warnings of one payload are told one by one.
MOST_NOTICES = 1_000


@dataclass(slots=True)
class Notices:
    """Gather what of a payload was refused, and what in it was odd.

    ``unread_open``, ``unread_over``, ``unread_incidents`` and ``unread_components`` are those
    of ``Parsed``. ``untold``: ids of incidents of which a part was refused. ``read`` counts the
    records that were read. A hostile payload holds a million records, so reading ends after
    ``MOST_RECORDS`` and telling after ``MOST_NOTICES``.
    """

    rejects: list[Notice] = field(default_factory=list[Notice])
    warnings: list[Notice] = field(default_factory=list[Notice])
    unread_open: bool = False
    unread_over: set[str] = field(default_factory=set[str])
    unread_incidents: set[str] = field(default_factory=set[str])
    unread_components: set[str] = field(default_factory=set[str])
    untold: set[str] = field(default_factory=set[str])
    read: int = 0
    unlisted: int = 0

    @property
    def quiet(self) -> bool:
        """Tell whether there is nothing to say of a payload: nearly always."""
        kept = self.rejects or self.warnings or self.unread_incidents or self.unread_components
        return not (kept or self.unread_open or self.unlisted)

    def refuse(self, record: str, why: str) -> None:
        """Refuse a record, or a part of one."""
        if len(self.rejects) < MOST_NOTICES:
            self.rejects.append(Notice("rejected", record, why))
        else:
            self.unlisted += 1

    def lost(self, row: Any = None) -> None:
        """Tell that a refused record was open, so that its list leaves the present open."""
        self.unread_open = True

    def untell(self, incident_id: str) -> Callable[[Any], None]:
        """Return a function that marks an incident of which a part was refused."""
        return lambda _: self.untold.add(incident_id)

    def open_unlisted(self, status: str) -> None:
        """Say that a page in trouble lists nothing open, which leaves the present open."""
        self.lost()
        self.unread_incidents.add(ANY_INCIDENT)
        self.warn("open_unlisted", "page", f"the page says {status} but lists nothing open")

    def warn(self, kind: str, record: str, why: str) -> None:
        """Say what is odd in a record that is accepted."""
        if len(self.warnings) < MOST_NOTICES:
            self.warnings.append(Notice(kind, record, why))

    def extend(self, other: Notices) -> None:
        """Add what another reader gathered."""
        self.read += other.read
        if other.quiet:
            return
        for notice in other.rejects:
            self.refuse(notice.record, notice.reason)
        for notice in other.warnings:
            self.warn(notice.kind, notice.record, notice.reason)
        self.unread_open |= other.unread_open
        self.unread_over |= other.unread_over
        self.unread_incidents |= other.unread_incidents
        self.unread_components |= other.unread_components
        self.untold |= other.untold
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
    if notices.quiet:
        return parsed
    rejects = notices.rejects
    if notices.unlisted:
        rejects = [*rejects, Notice("rejected", "…", f"{notices.unlisted} more")]
    return replace(
        parsed,
        incidents=tuple(_as_told(one, notices.untold) for one in parsed.incidents),
        roster=parsed.roster and not notices.unread_components,
        rejects=tuple(rejects),
        warnings=tuple(notices.warnings),
        unread_open=notices.unread_open
        or len(notices.unread_over) > MOST_NOTICES
        or any(
            one.incident_id in notices.untold and one.stage not in CLOSED_STAGES
            for one in parsed.incidents
        ),
        unread_over=tuple(sorted(notices.unread_over)),
        unread_incidents=_few(notices.unread_incidents, ANY_INCIDENT),
        unread_components=_few(notices.unread_components, ANY_COMPONENT),
    )


def _as_told(incident: Incident, untold: set[str]) -> Incident:
    """Mark an incident that is over and of which a part was refused."""
    lost = incident.incident_id in untold and incident.stage in CLOSED_STAGES
    return replace(incident, untold=True) if lost else incident


def _few(ids: set[str], any_one: str) -> tuple[str, ...]:
    """Return ids sorted; of very many, that any may be meant."""
    return tuple(sorted(ids)) if len(ids) <= MOST_NOTICES else (any_one,)
