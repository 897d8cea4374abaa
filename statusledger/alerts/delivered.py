"""Delivery state of alerts: each event is sent once, and a failed one again.

A key is kept for as long as there is an event under it: what ends and comes back is new.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ingest.files.atomic_write import whole
from ingest.models import time_zone
from ingest.safe_text import amount

#: Messages of one round; one more line stands for the rest.
MOST = 20
#: Events of a digest; one more line stands for the rest.
MOST_IN_DIGEST = 50
#: Begins whatever is said of invented data.
SIMULATED = "Simulated data: "
#: What could not be delivered for this long is given up.
PATIENCE = timedelta(days=1)
#: A receiver that keeps failing is tried at least this often.
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class News:
    """Hold an event to deliver, under a key that stays while it holds.

    ``kind``: in words. ``fresh``: news even to somebody who never heard anything. ``url``: the line
    of ``text`` that is a link, if one is. ``at``: when it became so. ``covers``: keys of events
    that need no message of their own beside this one. ``data``: the same for a machine.
    """

    key: str
    kind: str
    fresh: bool
    text: str
    url: str = ""
    at: datetime | None = None
    covers: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """Record of what was delivered so far.

    ``begun``: whether any event was ever looked at. ``keys``: delivered, given up, or passed
    over. ``waiting``: first failed delivery by key. ``rests_until``: the receiver's wish.
    ``digest_at``: the hour up to which digests are done.
    """

    begun: bool = False
    keys: frozenset[str] = frozenset()
    waiting: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    rests_until: datetime | None = None
    digest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """Hold a file that goes with a message, and its media type."""

    name: str
    media: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold a text, and the keys of all events it reports."""

    keys: tuple[str, ...]
    text: str
    news: tuple[News, ...] = ()
    attached: Attachment | None = None

    @property
    def id(self) -> str:
        """Return what stays the same when the same is sent again."""
        told = "\n".join(f"{one.key} {one.at}" for one in self.news)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def settled(self) -> tuple[str, ...]:
        """Return the keys of all events that need no message after this one."""
        return (*self.keys, *(key for one in self.news for key in one.covers))


def observe(log: DeliveryLog, found: Sequence[News], besides: Iterable[str] = ()) -> DeliveryLog:
    """Note all events that hold; forget those that hold no longer.

    The first look passes over whatever is not fresh. ``besides``: keys that hold although
    they cannot be found by looking.
    """
    now = {news.key for news in found}.union(besides)
    passed = set() if log.begun else {news.key for news in found if not news.fresh}
    waiting = {key: since for key, since in log.waiting.items() if key in now}
    return replace(log, begun=True, keys=frozenset(log.keys & now | passed), waiting=waiting)


def expire(log: DeliveryLog, now: datetime) -> tuple[DeliveryLog, int]:
    """Give up what has waited too long; also return how much that was."""
    lost = [key for key, since in log.waiting.items() if now - since >= PATIENCE]
    return mark_delivered(log, lost), len(lost)


def mark_delivered(log: DeliveryLog, keys: Collection[str]) -> DeliveryLog:
    """Note that ``keys`` need no more delivery."""
    waiting = {key: since for key, since in log.waiting.items() if key not in keys}
    return replace(log, keys=log.keys.union(keys), waiting=waiting)


def mark_failed(log: DeliveryLog, keys: Iterable[str], now: datetime) -> DeliveryLog:
    """Note that ``keys`` could not be delivered; they wait since their first failure."""
    return replace(log, waiting={**dict.fromkeys(keys, now), **log.waiting})


def backoff(log: DeliveryLog, now: datetime) -> timedelta:
    """Return how long to wait after a failure: nothing at first, then longer and longer."""
    since = min(log.waiting.values(), default=now)
    return min((now - since) / 2, LONGEST_PAUSE)


def pending(log: DeliveryLog, found: Sequence[News]) -> list[Delivery]:
    """Word what is not delivered yet: ``MOST`` messages, and one line for the rest."""
    new = [news for news in found if news.key not in log.keys]
    some, rest = new[:MOST], new[MOST:]
    said = [Delivery((news.key,), news.text, (news,)) for news in some]
    if rest:
        said.append(Delivery(tuple(news.key for news in rest), _counted(rest), tuple(rest)))
    return said


def pending_digest(log: DeliveryLog, found: Sequence[News]) -> list[Delivery]:
    """Word what is not delivered yet as one message: a line each, and one for the rest."""
    new = [news for news in found if news.key not in log.keys]
    if not new:
        return []
    lines = [f"{_label(new)}Digest: {amount(len(new), 'event')}"]
    for news in new[:MOST_IN_DIGEST]:
        when = f"{news.at:%Y-%m-%d %H:%M} UTC: " if news.at else ""
        lines += ["", f"{when}{news.text.splitlines()[0]}", *([news.url] if news.url else [])]
    if rest := new[MOST_IN_DIGEST:]:
        lines += ["", _counted(rest)]
    return [Delivery(tuple(news.key for news in new), "\n".join(lines), tuple(new))]


def _counted(news: Sequence[News]) -> str:
    counts = Counter(one.kind for one in news)
    kinds = ", ".join(f"{kind}: {n}" for kind, n in sorted(counts.items()))
    return f"{_label(news)}And {len(news)} more. {kinds}."


def _label(news: Sequence[News]) -> str:
    return SIMULATED if any(one.data.get("simulated") for one in news) else ""


def last_due(now: datetime, hour: time, zone: str) -> datetime:
    """Return when a digest was last due.

    >>> from datetime import UTC
    >>> last_due(datetime(2026, 1, 10, 7, tzinfo=UTC), time(9), "Europe/Berlin").isoformat()
    '2026-01-09T08:00:00+00:00'
    """
    here = time_zone(zone)
    today = now.astimezone(here).date()
    due = datetime.combine(today, hour, here).astimezone(UTC)
    if due > now:
        due = datetime.combine(today - timedelta(days=1), hour, here).astimezone(UTC)
    return due


def load(path: Path) -> DeliveryLog:
    """Read what ``save`` wrote; an empty log where there is no file, or a damaged one."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        rests, digest = stored["rests_until"], stored.get("digest_at")
        return DeliveryLog(
            begun=bool(stored["begun"]),
            keys=frozenset(map(str, stored["told"])),
            waiting={k: datetime.fromisoformat(v) for k, v in stored["waiting"].items()},
            rests_until=None if rests is None else datetime.fromisoformat(rests),
            digest_at=None if digest is None else datetime.fromisoformat(digest),
        )
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return DeliveryLog()


def save(path: Path, log: DeliveryLog) -> None:
    """Write the log whole or not at all. Raises ``OSError``."""
    rests = log.rests_until
    stored = {
        "begun": log.begun,
        "told": sorted(log.keys),
        "waiting": {key: since.isoformat() for key, since in sorted(log.waiting.items())},
        "rests_until": None if rests is None else rests.isoformat(),
        "digest_at": None if log.digest_at is None else log.digest_at.isoformat(),
    }
    with whole(path) as draft:
        draft.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
