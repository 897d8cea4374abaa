"""Tell what the captures of one source come to: enough to decide when and how to ask again.

Two histories of one source merge into one, in any order and however often, so the history
of a month is folded once and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.models import LONG_SILENCE, Capture

#: The shape under which a host's robots.txt is archived.
ROBOTS = "robots"
Span = tuple[datetime, datetime]
#: Failures in a row that are counted; a source is parked long before.
FAILURES_KEPT = 100


@dataclass(frozen=True, slots=True)
class SourceHistory:
    """Past captures of one address of a page, without bodies.

    ``attempt``: the newest. ``success``: the newest that brought a body or confirmed one.
    ``robots``: the newest robots.txt that settled what is allowed. ``tagged``: the newest
    success with validators of the body last seen; of a body that comes back after another
    one it may be forgotten, and then is asked for in full. ``failed_at``: attempts since the last
    success. ``successes``: spans in which no silence was long. ``files``: where in the archive
    the bodies of these captures are, by hash.
    """

    attempt: Capture
    success: Capture | None = None
    robots: Capture | None = None
    tagged: Capture | None = None
    failed_at: tuple[datetime, ...] = ()
    successes: tuple[Span, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict[str, str])


def merge(one: SourceHistory, other: SourceHistory) -> SourceHistory:
    """Merge two histories of one source."""
    success = _newest(one.success, other.success)
    robots = _newest(one.robots, other.robots)
    tags = [h.tagged for h in (one, other) if _stands_for(h.tagged, success)]
    failed = sorted({*one.failed_at, *other.failed_at})
    if success is not None:
        failed = [at for at in failed if at > success.captured_at]
    wanted = {capture.sha256 for capture in (success, robots) if capture is not None}
    return SourceHistory(
        attempt=max(one.attempt, other.attempt, key=_order),
        success=success,
        robots=robots,
        tagged=_newest(*tags),
        failed_at=tuple(failed[-FAILURES_KEPT:]),
        successes=joined([*one.successes, *other.successes]),
        files={sha: file for sha, file in {**one.files, **other.files}.items() if sha in wanted},
    )


def newest_silences(history: SourceHistory) -> SourceHistory:
    """Forget all but the newest silence: of ended months no other can matter again."""
    return SourceHistory(
        history.attempt,
        history.success,
        history.robots,
        history.tagged,
        history.failed_at,
        history.successes[-2:],
        history.files,
    )


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans of successes between which no silence was long, oldest first."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first - found[-1][1] <= LONG_SILENCE:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _stands_for(tagged: Capture | None, success: Capture | None) -> bool:
    return tagged is not None and success is not None and tagged.sha256 == success.sha256


def _newest(*captures: Capture | None) -> Capture | None:
    return max((c for c in captures if c is not None), key=_order, default=None)


def _order(capture: Capture) -> tuple[datetime, str, str]:
    return capture.captured_at, capture.sha256 or "", capture.failure or ""
