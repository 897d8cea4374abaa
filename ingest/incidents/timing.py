"""Time one incident: onset, end, duration, and how far each may be trusted.

Definitions: analytics/METHODOLOGY.md, "Times". All pure; instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.models import CLOSED_STAGES, Kind, Stage

#: A first update displayed this much before it was written makes the incident backdated.
BACKDATED = timedelta(minutes=60)
#: An open incident without an update for this long is a zombie.
ZOMBIE = timedelta(days=14)
#: Stages that end an incident; a post-mortem never does.
ENDING = frozenset({Stage.RESOLVED, Stage.COMPLETED})
#: Basis of an end that only the absence from lists of what is open tells.
ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class UpdateTimes:
    """The clocks of one update. ``created_at`` is None where only a feed shows it."""

    stage: Stage
    created_at: datetime | None
    display_at: datetime

    @property
    def posted_at(self) -> datetime:
        """Return when the update was written, as far as the page says."""
        return self.created_at or self.display_at


@dataclass(frozen=True, slots=True)
class PostedTimes:
    """The clocks of one incident as its newest version gives them, updates in any order.

    ``explicit``: the page gives start and end themselves, whatever its updates say.
    ``recovered_at``: when the last impact it states ended; None where one lasts or none is
    stated. ``unlisted_at``: the first list of what is open that lacks it; None: listed.
    """

    kind: Kind
    stage: Stage
    created_at: datetime | None
    started_at: datetime | None
    resolved_at: datetime | None
    scheduled_start_at: datetime | None
    updates: Sequence[UpdateTimes]
    explicit: bool = False
    recovered_at: datetime | None = None
    unlisted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentTimes:
    """Times that the posted clocks add up to. ``open_seconds``: whole seconds, ends floored.

    ``last_update_at``: when the newest update was really written.
    """

    started_at: datetime | None
    start_basis: str
    resolved_at: datetime | None
    end_basis: str
    published_at: datetime | None
    open_seconds: int | None
    duration_quality: str
    retrospective: bool
    backdated: bool
    last_update_at: datetime
    zombie: bool


def time_incident(posted: PostedTimes, as_of: datetime) -> IncidentTimes:
    """Work out onset, end and duration of an incident as known at ``as_of``."""
    updates = sorted(posted.updates, key=lambda u: (u.posted_at, u.display_at))
    started_at, start_basis = _onset(posted, updates)
    resolved_at, end_basis, written_at = _end(posted, updates)
    quality = _quality(posted, updates, started_at, resolved_at, end_basis)
    last_update_at = _last_update(posted, updates, as_of)
    open_seconds = _open_seconds(_opened(posted, updates), written_at, quality)
    return IncidentTimes(
        started_at=started_at,
        start_basis=start_basis,
        resolved_at=resolved_at,
        end_basis=end_basis,
        published_at=_published(posted, updates),
        open_seconds=open_seconds,
        duration_quality=quality,
        retrospective=_is_retrospective(posted, updates, open_seconds),
        backdated=bool(updates) and updates[0].posted_at - updates[0].display_at > BACKDATED,
        last_update_at=last_update_at,
        zombie=quality == "open" and last_update_at < as_of - ZOMBIE,
    )


def _onset(posted: PostedTimes, updates: Sequence[UpdateTimes]) -> tuple[datetime | None, str]:
    if posted.kind is Kind.MAINTENANCE:
        return _maintenance_onset(posted, updates)
    if posted.explicit and posted.started_at is not None:
        return posted.started_at, "started_at"
    claims: list[tuple[datetime, int, str]] = []
    # started_at alone is not to be trusted: on incidents posted after the fact it holds the
    # time of posting. The earliest claim is the onset.
    for order, (claim, basis) in enumerate(
        ((posted.started_at, "started_at"), (posted.created_at, "created_at"))
    ):
        if claim is not None:
            claims.append((claim, order, basis))
    if updates:
        claims.append((min(u.display_at for u in updates), 2, "display_at"))
    if not claims:
        return None, "none"
    claim, _, basis = min(claims)
    return claim, basis


def _maintenance_onset(
    posted: PostedTimes, updates: Sequence[UpdateTimes]
) -> tuple[datetime | None, str]:
    running = [u.display_at for u in updates if u.stage is Stage.IN_PROGRESS]
    if running:
        return min(running), "in_progress"
    if posted.scheduled_start_at is not None:
        return posted.scheduled_start_at, "scheduled_start_at"
    return posted.started_at, "started_at" if posted.started_at else "none"


def _end(
    posted: PostedTimes, updates: Sequence[UpdateTimes]
) -> tuple[datetime | None, str, datetime | None]:
    """Return the end by display clock, its basis, and when the resolving update was written."""
    if posted.stage not in CLOSED_STAGES and not (
        posted.stage is Stage.UNKNOWN and posted.resolved_at
    ):
        at = posted.unlisted_at
        return (None, "none", None) if at is None else (at, ABSENCE, None)
    ending = [u for u in updates if u.stage in ENDING]
    if ending:
        return ending[-1].display_at, "display_at", ending[-1].posted_at
    if posted.resolved_at is not None:
        return posted.resolved_at, "resolved_at", posted.resolved_at
    if updates:
        return updates[-1].display_at, "last_update", updates[-1].posted_at
    if posted.recovered_at is not None:
        return posted.recovered_at, "impact", posted.recovered_at
    return None, "none", None


def _quality(
    posted: PostedTimes,
    updates: Sequence[UpdateTimes],
    started_at: datetime | None,
    resolved_at: datetime | None,
    end_basis: str,
) -> str:
    if resolved_at is None:
        return "open"
    if started_at is not None and resolved_at < started_at:
        return "contradictory"
    if end_basis == ABSENCE:
        return "inferred_end"
    if posted.explicit:
        return "exact"
    if len(updates) == 1:
        return "single_update"
    return "exact" if end_basis == "display_at" else "inferred_end"


def _opened(posted: PostedTimes, updates: Sequence[UpdateTimes]) -> datetime | None:
    """Return since when a post was open: planned work is not while it is only announced."""
    if posted.kind is not Kind.MAINTENANCE:
        return _published(posted, updates)
    running = [u.posted_at for u in updates if u.stage is Stage.IN_PROGRESS]
    return min(running) if running else _maintenance_onset(posted, updates)[0]


def _published(posted: PostedTimes, updates: Sequence[UpdateTimes]) -> datetime | None:
    return updates[0].posted_at if updates else posted.created_at


def _is_retrospective(
    posted: PostedTimes, updates: Sequence[UpdateTimes], open_seconds: int | None
) -> bool:
    """Tell whether an incident was over when it was published.

    Its first update says so, or its end was written no later than its beginning.
    """
    if updates and updates[0].stage in CLOSED_STAGES:
        return True
    return posted.kind is not Kind.MAINTENANCE and open_seconds == 0


def _open_seconds(
    opened_at: datetime | None, written_at: datetime | None, quality: str
) -> int | None:
    if opened_at is None or written_at is None or quality in {"contradictory", "single_update"}:
        return None
    return max(0, whole_seconds(written_at) - whole_seconds(opened_at))


def whole_seconds(instant: datetime) -> int:
    """Floor ``instant`` to epoch seconds: ends are floored before they are subtracted."""
    return int(instant.timestamp() // 1)


def _last_update(posted: PostedTimes, updates: Sequence[UpdateTimes], as_of: datetime) -> datetime:
    said = [u.posted_at for u in updates if u.posted_at <= as_of]
    # A maintenance announced for a later date is waiting, not forgotten.
    planned = posted.scheduled_start_at if posted.kind is Kind.MAINTENANCE else None
    return max([*said, *([planned] if planned else []), posted.created_at or as_of])
