"""What somebody was told already, so that nothing is told twice and nothing is forgotten.

A key is remembered for as long as there is news under it: what ends and comes back is new.
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
#: What could not be told for this long is given up.
PATIENCE = timedelta(days=1)


class News(Protocol):
    """One thing to tell, under a key that stays while it holds.

    ``fresh``: to be told even to somebody who was told nothing before.
    """

    @property
    def key(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def fresh(self) -> bool: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """``keys``: told, given up, or passed over. ``waiting``: key -> first time in vain.

    ``begun``: whether any news was ever looked at. ``rests_until``: the receiver's wish.
    """

    begun: bool = False
    keys: frozenset[str] = frozenset()
    waiting: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One text, and the keys of all it tells of."""

    keys: tuple[str, ...]
    text: str


def observe(told: DeliveryLog, found: Sequence[News], besides: Collection[str] = ()) -> DeliveryLog:
    """``told`` after a look at all there is: only what still holds is remembered.

    The first look passes over whatever is not fresh. ``besides``: keys that hold although
    they cannot be found by looking.
    """
    now = {news.key for news in found}.union(besides)
    passed = set() if told.begun else {news.key for news in found if not news.fresh}
    waiting = {key: since for key, since in told.waiting.items() if key in now}
    return replace(told, begun=True, keys=frozenset(told.keys & now | passed), waiting=waiting)


def expire(told: DeliveryLog, now: datetime) -> tuple[DeliveryLog, int]:
    """``told`` without what has waited too long, and how much that was."""
    lost = [key for key, since in told.waiting.items() if now - since >= PATIENCE]
    return mark_delivered(told, lost), len(lost)


def mark_delivered(told: DeliveryLog, keys: Collection[str]) -> DeliveryLog:
    """``told`` once ``keys`` need no more telling."""
    waiting = {key: since for key, since in told.waiting.items() if key not in keys}
    return replace(told, keys=told.keys.union(keys), waiting=waiting)


def mark_failed(told: DeliveryLog, keys: Iterable[str], now: datetime) -> DeliveryLog:
    """``told`` after ``keys`` could not be told; they wait since their first time."""
    return replace(told, waiting={**dict.fromkeys(keys, now), **told.waiting})


def pending(told: DeliveryLog, found: Sequence[News]) -> list[Delivery]:
    """What to say now: a message for each of the first ``MOST``, one line for the rest."""
    new = [news for news in found if news.key not in told.keys]
    some, rest = new[:MOST], new[MOST:]
    said = [Delivery((news.key,), news.text) for news in some]
    if rest:
        counts = Counter(news.what for news in rest)
        kinds = ", ".join(f"{what}: {n}" for what, n in sorted(counts.items()))
        said.append(Delivery(tuple(news.key for news in rest), f"And {len(rest)} more. {kinds}."))
    return said


def load(path: Path) -> DeliveryLog:
    """What ``save`` wrote; nothing where there is no file, or one that was damaged."""
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


def save(path: Path, told: DeliveryLog) -> None:
    """Write ``told`` whole or not at all. Raises ``OSError``."""
    rests = told.rests_until
    stored = {
        "begun": told.begun,
        "told": sorted(told.keys),
        "waiting": {key: since.isoformat() for key, since in sorted(told.waiting.items())},
        "rests_until": None if rests is None else rests.isoformat(),
    }
    with whole(path) as draft:
        draft.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
