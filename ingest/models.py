"""Values of what a feed said, shared by every room.

Every instant is an aware UTC ``datetime``; every class is frozen and slotted, so a
parsed payload can be compared, hashed and golden-tested. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote, unquote

from ingest.safe_text import excerpt
from ingest.time_zones import UnknownZoneError as UnknownZoneError
from ingest.time_zones import time_zone as time_zone
from ingest.time_zones import zone_names as zone_names
from ingest.time_zones import zone_rules as zone_rules

#: Version of the snapshot's tables: a snapshot of another one has to be derived again.
DERIVATION_VERSION = "3"
#: Name of the file that says what a release holds, and the version of its form.
RELEASE_MANIFEST, RELEASE_VERSION = "manifest.json", 3


class State(StrEnum):
    """State of a component, mildest first; ``unknown`` is neither up nor down."""

    OPERATIONAL = "operational"
    MAINTENANCE = "maintenance"
    DEGRADED = "degraded"
    PARTIAL = "partial"
    MAJOR = "major"
    UNKNOWN = "unknown"


#: Order of the state scale (METHODOLOGY, "States"); ``unknown`` has no place on it.
SEVERITY: Mapping[State, int] = MappingProxyType(
    {
        State.OPERATIONAL: 0,
        State.MAINTENANCE: 1,
        State.DEGRADED: 2,
        State.PARTIAL: 3,
        State.MAJOR: 4,
    }
)


def severity_of(state: State) -> float:
    """Return how bad a state is; the unknown goes before what does not count as down.

    >>> severity_of(State.DEGRADED) < severity_of(State.UNKNOWN) < severity_of(State.PARTIAL)
    True
    """
    return SEVERITY.get(state, SEVERITY[State.PARTIAL] - 0.5)


class Stage(StrEnum):
    """Stage of an incident or a maintenance when an update was posted."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


#: Stands for "as far back as there is anything": a horizon, never a date that is shown.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


#: Stages after which nothing is open any more.
CLOSED_STAGES = frozenset({Stage.RESOLVED, Stage.COMPLETED, Stage.POSTMORTEM})
_PLANNED = (Stage.SCHEDULED, Stage.IN_PROGRESS, Stage.VERIFYING, Stage.COMPLETED)
MAINTENANCE_STAGES = frozenset(_PLANNED)


class Impact(StrEnum):
    """Severity word of a provider for an incident; not comparable across providers."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """Kind of an incident: one that happened, or maintenance that was planned."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


class ReadFailure(StrEnum):
    """Reason captured bytes could not be read. A better parser may change it."""

    BAD_ENCODING = "bad_encoding"
    NOT_JSON = "not_json"
    PARSE = "parse"
    SHAPE_CHANGED = "shape_changed"
    WRONG_PAGE = "wrong_page"
    CHANGED_PLATFORM = "changed_platform"
    EMPTY = "empty"


class UsageError(Exception):
    """Request that cannot be done as asked; the message says how to ask."""


class UnansweredError(Exception):
    """Question without anything to answer it; the message says what to do."""


class NothingCapturedError(UnansweredError):
    """The archive holds no capture (by the time asked for)."""


class ReadError(Exception):
    """Failure to read a payload: the only exception a platform's ``parse`` raises."""

    def __init__(self, kind: ReadFailure, message: str) -> None:
        """Keep the kind, and as much of the message as fits on one line."""
        self.kind = kind
        self.message = excerpt(message)
        super().__init__(f"{kind}: {self.message}")


#: How Python says that a payload is not what it was taken for, whoever made it.
MISREADINGS = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Change:
    """State of a component before and after an update; equal ones are evidence too."""

    component_id: str
    old: State | None
    new: State


@dataclass(frozen=True, slots=True)
class Update:
    """Message inside an incident. ``changes`` None: it said nothing of components."""

    update_id: str
    stage: Stage
    status: str
    created_at: datetime | None
    display_at: datetime
    edited_at: datetime | None = None
    body: str | None = None
    changes: tuple[Change, ...] | None = None


@dataclass(frozen=True, slots=True)
class PostedImpact:
    """Span for which an incident gives a component's state. No end: it lasts."""

    component_id: str
    state: State
    start_at: datetime
    end_at: datetime | None


@dataclass(frozen=True, slots=True)
class Incident:
    """Incident or maintenance as one payload showed it.

    ``listed_at``: the key its list is cut by. ``impacts`` None: the payload said nothing of
    them. ``also_known_by``: what this incident and the same one under an older id have in
    common, where ids were introduced later. ``measured``: no post, but an outage that the
    page's own monitor saw. ``outage_id``: shared by the posts that tell of one outage, where
    a page posts it once for each service. ``untold``: it is over, and a refused part of an
    update may have changed a state. ``deleted_at``: when its page deleted it, where that is
    told.
    """

    incident_id: str
    kind: Kind
    title: str
    status: str
    stage: Stage
    impact: Impact
    created_at: datetime | None = None
    started_at: datetime | None = None
    monitoring_at: datetime | None = None
    resolved_at: datetime | None = None
    scheduled_start_at: datetime | None = None
    scheduled_end_at: datetime | None = None
    component_ids: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    url: str | None = None
    listed_at: datetime | None = None
    impacts: tuple[PostedImpact, ...] | None = None
    also_known_by: str | None = None
    measured: bool = False
    outage_id: str | None = None
    untold: bool = False
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """Component as one payload showed it, in ``state`` since ``state_since``.

    ``name`` None: the row gives none. ``state`` None: the payload says nothing of it.
    """

    component_id: str
    name: str | None
    group: str | None = None
    region: str | None = None
    state: State | None = None
    state_since: datetime | None = None
    start_date: date | None = None


@dataclass(frozen=True, slots=True)
class PostedDay:
    """Provider's own seconds of partial and major outage on one page-zone day."""

    component_id: str
    day: date
    partial_seconds: int
    major_seconds: int


@dataclass(frozen=True, slots=True)
class PostedRatio:
    """Provider's own availability over a window, as a fraction."""

    component_id: str
    window_start: date
    window_end: date
    ratio: float
    rule: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Record that was rejected, or accepted with a warning, with the reason."""

    kind: str
    record: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Everything one payload said.

    ``horizon``: absence of an incident newer than this is a statement; None when the
    payload covers the present only. ``until``: where that ends, None: with the capture.
    ``roster``: components is the page's whole list. ``unread_open``: a refused record, or a
    refused part of one, was open or could not be dated, so the payload does not cover the
    present. ``unread_incidents``, ``unread_components``: ids of refused rows, which are listed
    and so not absent; ``ANY_INCIDENT``, ``ANY_COMPONENT`` for a row without an id.
    ``unread_over``: those of them that bear no time and say that they are over; so each was
    over by the first payload that shows it.
    """

    shape: str
    page_id: str | None = None
    horizon: datetime | None = None
    until: datetime | None = None
    roster: bool = False
    components: tuple[Component, ...] = ()
    incidents: tuple[Incident, ...] = ()
    posted_days: tuple[PostedDay, ...] = ()
    posted_ratios: tuple[PostedRatio, ...] = ()
    rejects: tuple[Notice, ...] = ()
    warnings: tuple[Notice, ...] = ()
    unread_open: bool = False
    unread_incidents: tuple[str, ...] = ()
    unread_over: tuple[str, ...] = ()
    unread_components: tuple[str, ...] = ()


#: Stands for a refused row that does not even say which one it is.
ANY_INCIDENT = ANY_COMPONENT = "*"
#: Begins the id of a component that a page names without giving its id.
LABEL = "label:"


def labelled(name: str) -> str:
    """Return an id, without blanks, for a component known by name only.

    >>> labelled("File uploads")
    'label:File%20uploads'
    """
    return LABEL + quote(name.strip(), safe="")


def label_of(component_id: str) -> str | None:
    """Return the name behind ``labelled``; None for an id the page gave."""
    return unquote(component_id[len(LABEL) :]) if component_id.startswith(LABEL) else None


def require_utc(value: datetime, what: str = "instant") -> datetime:
    """Return ``value`` in UTC; a naive datetime raises ``ValueError``."""
    if value.tzinfo is None:
        raise ValueError(f"{what} {value.isoformat()} has no time zone")
    return value.astimezone(UTC)


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


#: Successes of a source further apart than this may have missed something.
LONG_SILENCE = timedelta(hours=12)
#: Header of a capture by which a run marks how many seconds its clock was ahead of the servers'.
CLOCK_SKEW = "x-clock-skew"


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
