"""Values of what is polled: the sources of a page, and the shape of what each answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Shape:
    """Kind of endpoint: the canonical fields it carries, and how fine its times are.

    A field a shape does not carry says nothing; a null inside a carried field is a
    statement. Within a platform shapes are ordered best first.
    """

    name: str
    carries: frozenset[str]
    precision_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """URL of a page that is polled.

    ``otherwise``: polled only when this one is not to be had. ``brisk``: the interval while
    anything is open, where it is shorter. ``history``: part of the past, read only when the
    past is being filled in. For pages of an index: ``known_from``, since when other sources
    say more than it does; ``reached``, how far back the page before went; ``idle``, how many
    pages in a row before it held nothing.
    """

    page_key: str
    url: str
    shape: str
    every: timedelta
    otherwise: tuple[Source, ...] = ()
    brisk: timedelta | None = None
    history: bool = False
    known_from: datetime | None = None
    reached: datetime | None = None
    idle: int = 0
