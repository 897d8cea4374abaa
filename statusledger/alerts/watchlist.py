"""Watchlist of a channel: whom and what its alerts are about."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from ingest.models import UsageError

#: The environment variable with the webhook's address, which is a secret.
WEBHOOK = "STATUSLEDGER_WEBHOOK"
#: The file of settings in the data folder.
FILE = "watch.toml"


class WatchError(UsageError):
    """A wrong address or file; one line with the file and key, never the address."""


class EventKind(StrEnum):
    """Kinds of event, in words."""

    NEW = "new incident"
    WORSE = "worse incident"
    BETTER = "better incident"
    RESOLVED = "resolved incident"
    UNLISTED = "incident no longer listed"
    WITHDRAWN = "withdrawn incident"
    CORRECTED = "corrected incident"
    STALE = "stale source"
    CHANGED = "changed page"
    GONE = "page gone"
    QUIET = "quiet page"
    UNDERIVED = "page not worked out"
    FAILED = "failed publication"
    MAINTENANCE = "announced maintenance"


#: Kinds of event by the word that asks for them.
EVENTS: Mapping[str, tuple[EventKind, ...]] = {
    "opened": (EventKind.NEW,),
    "worsened": (EventKind.WORSE,),
    "eased": (EventKind.BETTER,),
    "resolved": (EventKind.RESOLVED, EventKind.UNLISTED),
    "withdrawn": (EventKind.WITHDRAWN,),
    "corrected": (EventKind.CORRECTED,),
    "maintenance": (EventKind.MAINTENANCE,),
    "sources": (
        EventKind.STALE,
        EventKind.CHANGED,
        EventKind.GONE,
        EventKind.QUIET,
        EventKind.UNDERIVED,
        EventKind.FAILED,
    ),
}
#: What is sent where nothing is asked for but a webhook.
SIMPLE = ("opened", "resolved", "sources")
#: An incident that ended longer ago is history, not news.
HISTORY = timedelta(days=1)
#: How long ahead maintenance is announced again, unless told otherwise.
AHEAD = (timedelta(hours=24), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Say what to alert on; empty means all.

    ``providers``, ``surfaces``: slugs and names. ``components``: names, with ``*`` for anything.
    ``classes``: of incidents. ``minimum``: least state an incident brought a component to.
    ``region``: as in a question. ``asked``: words of ``EVENTS``. ``ahead``: how long before a
    maintenance it is announced again. ``history``: what is older is no news.
    """

    providers: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    minimum: str | None = None
    region: str | None = None
    asked: tuple[str, ...] = SIMPLE
    ahead: tuple[timedelta, ...] = AHEAD
    history: timedelta = HISTORY

    @property
    def kinds(self) -> frozenset[EventKind]:
        """Return the kinds of event asked for."""
        return frozenset(kind for word in self.asked for kind in EVENTS[word])


def check_names(key: str, value: Any, known: Collection[str]) -> tuple[str, ...]:
    """Return a list of names, each of them known.

    Raises:
        WatchError: It is no such list; one line with the key and what is near.
    """
    if not isinstance(value, list) or not value:
        raise WatchError(f"{FILE}: {key}: must be a list of names; leave it out for all")
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=3)
            hint = f"did you mean {', '.join(near)}?" if near else f"such as {min(known)}"
            raise WatchError(f"{FILE}: {key}: {name!r} is not one of them; {hint}")
    return tuple(value)
