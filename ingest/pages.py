"""Values of what is collected: pages, the sources of each, and captures of them.

Every instant is an aware UTC ``datetime``; nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

#: Successes of a source further apart than this may have missed something.
LONG_SILENCE = timedelta(hours=12)

#: Header of a capture by which a run marks how many seconds its clock was ahead of the servers'.
CLOCK_SKEW = "x-clock-skew"


class PageStatus(StrEnum):
    """Status of a page in the registry; only live and unverified ones are collected."""

    LIVE = "live"
    PLANNED = "planned"
    UNVERIFIED = "unverified"
    NO_FEED = "no_feed"
    BLOCKED = "blocked"
    RETIRED = "retired"


class FetchFailure(StrEnum):
    """Reason a request brought nothing. Archived with the capture, never revised."""

    DNS = "dns"
    REFUSED = "refused"
    RESET = "reset"
    TLS = "tls"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"
    ROBOTS = "robots"
    BLOCKED = "blocked"
    HTTP_401_403 = "http_401_403"
    HTTP_404_410 = "http_404_410"
    HTTP_429 = "http_429"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"


@dataclass(frozen=True, slots=True)
class Page:
    """Platform era of a provider: the unit that is collected.

    ``zone_given`` False: the registry gives none, so ``zone`` is a default and no zone for
    times that are posted without one. ``category``: that of the provider; empty: not known.
    """

    page_key: str
    provider: str
    platform: str
    base_url: str
    page_id: str | None = None
    zone: str = "Etc/UTC"
    status: PageStatus = PageStatus.LIVE
    valid_from: date | None = None
    valid_to: date | None = None
    alternates: tuple[str, ...] = ()
    component_ids: tuple[str, ...] = ()
    component_names: tuple[str, ...] = ()
    title_keywords: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()
    allow_private: bool = False
    page_data: bool = False
    zone_given: bool = True
    category: str = ""


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


@dataclass(frozen=True, slots=True)
class Capture:
    """Request and what it brought.

    A 304 carries the hash of the body it stands for. Identity is (page_key, url,
    captured_at, sha256, failure), never a file path.
    """

    page_key: str
    url: str
    shape: str
    captured_at: datetime
    elapsed_ms: int = 0
    http_status: int | None = None
    failure: FetchFailure | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    sha256: str | None = None
    body: bytes | None = None
    complete_since: datetime | None = None
    """Completeness stated by whoever imported the payload; overrides its own horizon."""
