"""Alert events: incidents opened or ended, sources gone quiet, pages moved.

Nothing here sends anything: a snapshot and a moment give the events that hold now. An event
keeps its key for as long as it holds, so whoever keeps the keys delivers each one once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import polars as pl

from analytics.downtime.regions import in_region
from analytics.evidence import freshness
from analytics.incident_selection import POST, touching
from analytics.question import CLASSES, MAINTENANCE, MONITOR, Question
from analytics.snapshot import Snapshot
from statusledger.alerts.watchlist import EVENTS, EventKind, Watchlist

#: Kinds of event about sources and pages.
TROUBLES = EVENTS["sources"]
#: Kinds of event that are about an incident as a whole.
INCIDENTS = (EventKind.NEW, EventKind.RESOLVED, EventKind.UNLISTED)
#: What ended within this time is news even to somebody who never heard anything.
LATELY = timedelta(hours=1)
#: Failures by which an address shows that something else answers there now.
OTHER_FORM = ("wrong_page", "changed_platform", "shape_changed", "not_json")
#: Odd answers in a row that make a change; a single one is more often a hiccup.
ODD_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Event:
    """Hold an event that is so now. ``fresh``: open, or hardly over.

    ``began_at``: onset of an incident; the last good answer of a source or page (of a source
    that never had one, the first try). ``about``: title of an incident, address of a source,
    platform of a page, reason of a warning. ``word``: impact as posted, or the failure.
    ``url``: where the provider posts.
    """

    kind: EventKind
    key: str
    fresh: bool
    provider: str
    about: str
    word: str
    url: str
    began_at: datetime
    ended_at: datetime | None = None
    surfaces: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """Return when it became so."""
        return self.ended_at or self.began_at


def events(
    snapshot: Snapshot,
    now: datetime,
    wanted: Watchlist,
    delivered: Collection[str] = (),
) -> list[Event]:
    """Find the events that hold at ``now``, oldest first.

    Args:
        snapshot: Where to look.
        now: The reader's time, by which a source is stale.
        wanted: What to look for. A source or page concerns every surface of its page, and all
            of them while none is known.
        delivered: Keys delivered before. An incident delivered as new is found as resolved
            however long ago it ended.
    """
    names = snapshot.table("providers").select("provider", "name")
    pages = snapshot.table("pages").join(names, on="provider")
    if wanted.providers:
        pages = pages.filter(pl.col("provider").is_in(wanted.providers))
    pages = pages.select("page_key", "name", "platform", "base_url")
    found: list[Event] = []
    if wanted.kinds.intersection(INCIDENTS):
        found += _incidents(snapshot, pages, wanted, delivered)
    if wanted.kinds.intersection(TROUBLES):
        found += _troubles(snapshot, now, _concerned(snapshot, pages, wanted))
    asked_for = (event for event in found if event.kind in wanted.kinds)
    return sorted(asked_for, key=lambda event: (event.at, event.key))


def _troubles(snapshot: Snapshot, now: datetime, concerned: pl.DataFrame) -> Iterator[Event]:
    """Find what is wrong with sources and pages."""
    asked = freshness.judged(snapshot, now).join(concerned, on="page_key")
    odd = _odd(asked)
    gone = _deleted(snapshot)
    not_stale = pl.concat([odd.select("page_key"), gone.select("page_key")])
    yield from _changed(_moved(odd))
    yield from _gone(concerned.join(gone, on="page_key"))
    yield from _warned(snapshot, concerned)
    yield from _stale(snapshot, asked.join(not_stale, on="page_key", how="anti"), now)


def narrowed(snapshot: Snapshot, wanted: Watchlist) -> Snapshot:
    """Cut a snapshot to the components that a watchlist is about.

    Raises:
        QuestionError: No component is in its region.
    """
    if wanted.region is not None:
        snapshot = in_region(snapshot, wanted.region)
    linked = snapshot.table("incident_components")
    if wanted.surfaces:
        linked = linked.filter(pl.col("surface").is_in(wanted.surfaces))
    if wanted.components:
        named = _named(snapshot, wanted.components)
        linked = linked.join(named, on=["page_key", "component_id"], how="semi")
    return snapshot.with_links(linked) if wanted.surfaces or wanted.components else snapshot


def _named(snapshot: Snapshot, components: Sequence[str]) -> pl.DataFrame:
    """Select components by name in any case; ``*`` stands for anything."""
    patterns = [one.casefold() for one in components]
    every = snapshot.table("components")
    like = [
        any(fnmatchcase((name or "").casefold(), one) for one in patterns) for name in every["name"]
    ]
    return every.filter(pl.Series(like, dtype=pl.Boolean))


def question_of(wanted: Watchlist) -> Question:
    """Ask for the incidents that a watchlist is about, in a snapshot cut to its components."""
    every = tuple(one for one in CLASSES if one not in (MONITOR, MAINTENANCE))
    return Question(
        providers=wanted.providers, classes=wanted.classes or every, minimum=wanted.minimum
    )


def _incidents(
    snapshot: Snapshot, pages: pl.DataFrame, wanted: Watchlist, delivered: Collection[str]
) -> Iterator[Event]:
    """Find incidents that are open or ended lately; no maintenance.

    No news are what monitors measured, open incidents without an update for long (zombie), those
    gone from their page, and those of which only a list of the past is known yet, without an
    update.
    """
    for row in _news(snapshot, pages, wanted, delivered).iter_rows(named=True):
        over = row["resolved_at"] is not None
        yield Event(
            kind=_kind_of(row),
            key=f"{row['key']}:{'resolved' if over else 'new'}",
            fresh=not over or row["resolved_at"] >= snapshot.as_of - LATELY,
            provider=row["name"],
            about=row["title"],
            word=row["impact"],
            url=row["url"] or row["base_url"],
            began_at=row["started_at"] or row["published_at"] or row["first_seen_at"],
            ended_at=row["resolved_at"],
            surfaces=tuple(row["surfaces"]),
        )


def _kind_of(row: Mapping[str, Any]) -> EventKind:
    """Tell a new incident from one that is over, by its page's word or by absence alone."""
    if row["resolved_at"] is None:
        return EventKind.NEW
    return EventKind.UNLISTED if row["end_basis"] == "absence" else EventKind.RESOLVED


def _news(
    snapshot: Snapshot, pages: pl.DataFrame, wanted: Watchlist, delivered: Collection[str]
) -> pl.DataFrame:
    """Return the incidents that are open or lately over, or that somebody heard of as new."""
    key = pl.format("incident:{}/{}", "page_key", "incident_id")
    known_as_new = pl.format("{}:new", key).is_in(list(delivered))
    ended = pl.col("resolved_at")
    silent = pl.col("published_at").is_null()
    gone = pl.col("flags").list.contains("zombie") | pl.col("flags").list.contains("removed")
    return (
        _about(snapshot, wanted)
        .filter((pl.col("kind") == "incident") & (pl.col("class") != MONITOR))
        .filter(
            (ended.is_null() & ~gone & ~silent)
            | (ended >= snapshot.as_of - wanted.history)
            | (ended.is_not_null() & known_as_new)
        )
        .join(pages, on="page_key")
        .join(surfaces_of(snapshot), on=["page_key", "incident_id"], how="left")
        .with_columns(key.alias("key"), pl.col("surfaces").fill_null([]))
    )


def surfaces_of(snapshot: Snapshot) -> pl.DataFrame:
    """Return the surfaces of each incident, sorted, as a list."""
    linked = snapshot.table("incident_components").group_by("page_key", "incident_id")
    return linked.agg(pl.col("surface").unique().sort().alias("surfaces"))


def _about(snapshot: Snapshot, wanted: Watchlist) -> pl.DataFrame:
    """Select the incidents that a watchlist is about, of any provider."""
    found = snapshot.table("incidents")
    if wanted.classes:
        found = found.filter(pl.col("class").is_in(wanted.classes))
    if wanted.surfaces or wanted.components or wanted.region or wanted.minimum:
        reached = touching(narrowed(snapshot, wanted), Question(minimum=wanted.minimum))
        found = found.join(reached, on=POST, how="semi")
    return found


def _concerned(snapshot: Snapshot, pages: pl.DataFrame, wanted: Watchlist) -> pl.DataFrame:
    """Select the pages with a component that is watched, or without any yet."""
    every = its = snapshot.table("components")
    if wanted.components:
        its = _named(snapshot, wanted.components)
    if wanted.surfaces:
        its = its.filter(pl.col("surface").is_in(wanted.surfaces))
    elsewhere = every.join(its, on="page_key", how="anti")
    return pages.join(elsewhere, on="page_key", how="anti")


def _odd(asked: pl.DataFrame) -> pl.DataFrame:
    """Select the sources that answered in another form when last asked.

    Their pages are not stale: either they moved, which the next answer tells, or it was a hiccup.
    """
    return asked.filter(
        pl.col("failure").is_in(OTHER_FORM) & pl.col("last_success_at").is_not_null()
    )


def _moved(odd: pl.DataFrame) -> pl.DataFrame:
    """Select the worst source of each page that now answers in another form."""
    return (
        odd.filter(pl.col("consecutive_failures") >= ODD_ANSWERS)
        .sort("last_success_at", "url")
        .unique("page_key", keep="first", maintain_order=True)
    )


def _changed(moved: pl.DataFrame) -> Iterator[Event]:
    for row in moved.iter_rows(named=True):
        yield _source_event(
            EventKind.CHANGED, row, f"page:{row['page_key']}:changed", row["platform"]
        )


def _deleted(snapshot: Snapshot) -> pl.DataFrame:
    """Select the pages that are not there any more, each with since when and why."""
    lost = pl.col("ended_at").is_null() & (pl.col("kind") == "deleted")
    there = snapshot.table("breaks").join(
        freshness.ended_pages(snapshot), on="page_key", how="anti"
    )
    return there.filter(lost).select("page_key", "at", "note")


def _gone(pages: pl.DataFrame) -> Iterator[Event]:
    for row in pages.iter_rows(named=True):
        yield _page_event(EventKind.GONE, row, "gone", row["note"])


def _warned(snapshot: Snapshot, pages: pl.DataFrame) -> Iterator[Event]:
    """Find pages that post nothing any more, and those whose rows could not be worked out."""
    kinds = {"stale_suspect": EventKind.QUIET, "derivation": EventKind.UNDERIVED}
    warnings = snapshot.table("warnings").filter(pl.col("kind").is_in(list(kinds)))
    for row in warnings.join(pages, on="page_key").iter_rows(named=True):
        yield _page_event(kinds[row["kind"]], row, row["kind"], row["reason"])


def _page_event(kind: EventKind, row: dict[str, Any], trouble: str, about: str) -> Event:
    return Event(
        kind=kind,
        key=f"page:{row['page_key']}:{trouble}",
        fresh=True,
        provider=row["name"],
        about=about,
        word=row["platform"],
        url=row["base_url"],
        began_at=row["at"],
    )


def _stale(snapshot: Snapshot, asked: pl.DataFrame, now: datetime) -> Iterator[Event]:
    """Find sources past their budget by the rule of Data health that failed since.

    One that nobody asked is our silence, not its own: after a pause every source is late
    until its turn comes. One that never answered has its budget from the first try.
    """
    tried = snapshot.table("captures").group_by("page_key", "url").agg(pl.col("first_at").min())
    silent = asked.join(tried, on=["page_key", "url"]).with_columns(
        pl.coalesce("last_success_at", "first_at").alias("last_success_at")
    )
    late = (pl.lit(now) - pl.col("last_success_at")).dt.total_seconds() > pl.col("stale_after_s")
    found = silent.filter(
        pl.col("state").is_in(freshness.STALE) & pl.col("failure").is_not_null() & late
    )
    for row in found.iter_rows(named=True):
        key = f"source:{row['page_key']}/{row['url']}:stale"
        yield _source_event(EventKind.STALE, row, key, row["url"])


def _source_event(kind: EventKind, row: dict[str, Any], key: str, about: str) -> Event:
    return Event(
        kind=kind,
        key=key,
        fresh=True,
        provider=row["name"],
        about=about,
        word=row["failure"],
        url=row["base_url"],
        began_at=row["last_success_at"],
    )
