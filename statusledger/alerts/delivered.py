"""Delivery state of alerts: each event is sent once, and a failed one again.

A key is kept for as long as there is an event under it: what ends and comes back is new.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from ingest.files.atomic_write import whole

#: Messages of one round; one more line stands for the rest.
MOST = 20
#: What could not be delivered for this long is given up.
PATIENCE = timedelta(days=1)


class News(Protocol):
    """Hold an event to deliver, under a key that stays while it holds."""

    @property
    def key(self) -> str:
        """Name the event for as long as it holds."""
        ...

    @property
    def kind(self) -> str:
        """Say in words what kind of event it is."""
        ...

    @property
    def fresh(self) -> bool:
        """Say whether it is news even to somebody who never heard anything."""
        ...

    @property
    def text(self) -> str:
        """Word the message."""
        ...


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """Record of what was delivered so far.

    ``begun``: whether any event was ever looked at. ``keys``: delivered, given up, or passed
    over. ``waiting``: first failed delivery by key. ``rests_until``: the receiver's wish.
    """

    begun: bool = False
    keys: frozenset[str] = frozenset()
    waiting: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold a text, and the keys of all events it reports."""

    keys: tuple[str, ...]
    text: str


def observe(log: DeliveryLog, found: Sequence[News], besides: Collection[str] = ()) -> DeliveryLog:
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


def pending(log: DeliveryLog, found: Sequence[News]) -> list[Delivery]:
    """Word what is not delivered yet: ``MOST`` messages, and one line for the rest."""
    new = [news for news in found if news.key not in log.keys]
    some, rest = new[:MOST], new[MOST:]
    said = [Delivery((news.key,), news.text) for news in some]
    if rest:
        counts = Counter(news.kind for news in rest)
        kinds = ", ".join(f"{kind}: {n}" for kind, n in sorted(counts.items()))
        said.append(Delivery(tuple(news.key for news in rest), f"And {len(rest)} more. {kinds}."))
    return said


def load(path: Path) -> DeliveryLog:
    """Read what ``save`` wrote; an empty log where there is no file, or a damaged one."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        rests = stored["rests_until"]
        return DeliveryLog(
            begun=bool(stored["begun"]),
            keys=frozenset(map(str, stored["told"])),
            waiting={k: datetime.fromisoformat(v) for k, v in stored["waiting"].items()},
            rests_until=None if rests is None else datetime.fromisoformat(rests),
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
    }
    with whole(path) as draft:
        draft.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
