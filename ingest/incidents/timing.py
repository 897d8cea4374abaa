"""The times of one post: onset, end, duration, and how far each may be trusted.

Definitions: analytics/METHODOLOGY.md, "Times". All pure; instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.models import CLOSED_STAGES, Kind, Stage

#: A first update displayed this much before it was written makes the post backdated.
BACKDATED = timedelta(minutes=60)
#: An open post without a word for this long is a zombie.
ZOMBIE = timedelta(days=14)
#: Stages that end a post; a post-mortem never does.
ENDING = frozenset({Stage.RESOLVED, Stage.COMPLETED})


@dataclass(frozen=True, slots=True)
class UpdateTimes:
    """The clocks of one update. ``created_at`` is None where only a feed shows it."""

    stage: Stage
    created_at: datetime | None
    display_at: datetime

    @property
    def posted_at(self) -> datetime:
        return self.created_at or self.display_at


@dataclass(frozen=True, slots=True)
class PostedTimes:
    """The clocks of one post as its newest version gives them, updates in any order.

    ``explicit``: the page gives start and end themselves, whatever its updates say.
    ``recovered_at``: when the last impact it states ended; None where one lasts or none is
    stated.
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


@dataclass(frozen=True, slots=True)
class IncidentTimes:
    """What the posted clocks add up to. ``open_seconds``: whole seconds, ends floored first.

    ``last_word_at``: when the newest update was really written.
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
    last_word_at: datetime
    zombie: bool


def time_incident(post: PostedTimes, as_of: datetime) -> IncidentTimes:
    """Onset, end and duration of ``post`` as known at ``as_of``."""
    told = sorted(post.updates, key=lambda m: (m.posted_at, m.display_at))
    started_at, start_basis = _onset(post, told)
    resolved_at, end_basis, written_at = _end(post, told)
    published_at = told[0].posted_at if told else post.created_at
    quality = _quality(post, told, started_at, resolved_at, end_basis)
    last_word_at = _last_word(post, told, as_of)
    return IncidentTimes(
        started_at=started_at,
        start_basis=start_basis,
        resolved_at=resolved_at,
        end_basis=end_basis,
        published_at=published_at,
        open_seconds=_open_seconds(published_at, written_at, quality),
        duration_quality=quality,
        retrospective=bool(told) and told[0].stage in CLOSED_STAGES,
        backdated=bool(told) and told[0].posted_at - told[0].display_at > BACKDATED,
        last_word_at=last_word_at,
        zombie=quality == "open" and last_word_at < as_of - ZOMBIE,
    )


def _onset(post: PostedTimes, told: Sequence[UpdateTimes]) -> tuple[datetime | None, str]:
    if post.kind is Kind.MAINTENANCE:
        return _maintenance_onset(post, told)
    if post.explicit and post.started_at is not None:
        return post.started_at, "started_at"
    claims: list[tuple[datetime, int, str]] = []
    # started_at alone is not to be trusted: on posts made after the fact it holds the
    # time of posting. The earliest claim is the onset.
    for order, (claim, basis) in enumerate(
        ((post.started_at, "started_at"), (post.created_at, "created_at"))
    ):
        if claim is not None:
            claims.append((claim, order, basis))
    if told:
        claims.append((min(m.display_at for m in told), 2, "display_at"))
    if not claims:
        return None, "none"
    claim, _, basis = min(claims)
    return claim, basis


def _maintenance_onset(
    post: PostedTimes, told: Sequence[UpdateTimes]
) -> tuple[datetime | None, str]:
    running = [m.display_at for m in told if m.stage is Stage.IN_PROGRESS]
    if running:
        return min(running), "in_progress"
    if post.scheduled_start_at is not None:
        return post.scheduled_start_at, "scheduled_start_at"
    return post.started_at, "started_at" if post.started_at else "none"


def _end(
    post: PostedTimes, told: Sequence[UpdateTimes]
) -> tuple[datetime | None, str, datetime | None]:
    """End by display clock, its basis, and when the resolving word was really written."""
    if post.stage not in CLOSED_STAGES and not (post.stage is Stage.UNKNOWN and post.resolved_at):
        return None, "none", None
    ending = [m for m in told if m.stage in ENDING]
    if ending:
        return ending[-1].display_at, "display_at", ending[-1].posted_at
    if post.resolved_at is not None:
        return post.resolved_at, "resolved_at", post.resolved_at
    if told:
        return told[-1].display_at, "last_update", told[-1].posted_at
    if post.recovered_at is not None:
        return post.recovered_at, "impact", post.recovered_at
    return None, "none", None


def _quality(
    post: PostedTimes,
    told: Sequence[UpdateTimes],
    started_at: datetime | None,
    resolved_at: datetime | None,
    end_basis: str,
) -> str:
    if resolved_at is None:
        return "open"
    if started_at is not None and resolved_at < started_at:
        return "contradictory"
    if post.explicit:
        return "exact"
    if len(told) == 1:
        return "single_update"
    return "exact" if end_basis == "display_at" else "inferred_end"


def _open_seconds(
    published_at: datetime | None, written_at: datetime | None, quality: str
) -> int | None:
    if published_at is None or written_at is None or quality in {"contradictory", "single_update"}:
        return None
    return max(0, whole_seconds(written_at) - whole_seconds(published_at))


def whole_seconds(instant: datetime) -> int:
    """Epoch seconds of ``instant``, floored: ends are floored before they are subtracted."""
    return int(instant.timestamp() // 1)


def _last_word(post: PostedTimes, told: Sequence[UpdateTimes], as_of: datetime) -> datetime:
    said = [m.posted_at for m in told if m.posted_at <= as_of]
    # A maintenance announced for a later date is waiting, not forgotten.
    planned = post.scheduled_start_at if post.kind is Kind.MAINTENANCE else None
    return max([*said, *([planned] if planned else []), post.created_at or as_of])
