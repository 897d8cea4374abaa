"""Find when incidents were on lists that hold nothing but what is open.

Absence from such a list is the only sign of an end there. It is known within two bounds: the
last capture that showed the incident, and the first that did not. One capture is enough, since
such a list is never cut. An incident may come back under its id: then it had several spells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from ingest.ledger.ledger import Ledger
from ingest.models import ANY_INCIDENT, CLOSED_STAGES, Kind


@dataclass(frozen=True, slots=True)
class Listing:
    """A spell for which lists of what is open showed an incident.

    ``absent_at``: the last capture before it that lacked the incident. ``first_at``,
    ``last_at``: the first and the last that showed it. ``gone_at``: the first after them that
    lacked it; None: there is none. ``started_at``: the earliest start it gave meanwhile.
    """

    absent_at: datetime | None
    first_at: datetime
    last_at: datetime
    gone_at: datetime | None
    started_at: datetime | None = None


Row = Mapping[str, object]


def open_spells(
    ledger: Ledger, active_only: Mapping[str, frozenset[Kind]]
) -> dict[str, tuple[Listing, ...]]:
    """Find the spells of the incidents of a page that no source says are over.

    Args:
        ledger: the captures of one page.
        active_only: shapes that list only what is open, and of which kinds.

    Returns:
        The spells of each incident, by id, in time. Of one that had not begun when it was last
        shown, none: it was put off or called off. Of one that another source goes on listing,
        the last is not over.
    """
    if not active_only:
        return {}
    still_open = ledger.incidents.filter(
        pl.col("resolved_at").is_null() & ~pl.col("stage").is_in([str(s) for s in CLOSED_STAGES])
    )
    kinds = dict(still_open.select("incident_id", "kind").iter_rows())
    begun = _beginnings(still_open)
    polls = ledger.polls.filter(pl.col("read") & pl.col("failure").is_null())
    found: dict[str, list[Listing]] = {}
    for shape, listed in active_only.items():
        wanted = {one for one, kind in kinds.items() if Kind(kind) in listed}
        for _, mine in polls.filter(pl.col("shape") == shape).group_by("url", maintain_order=True):
            for incident_id, spell in _spells(mine, wanted):
                found.setdefault(incident_id, []).append(spell)
    elsewhere = _listed_elsewhere(polls, active_only, found)
    starts = _starts(ledger, found)
    return {
        incident_id: tuple(
            _dated(_last_open(_joined(spells), elsewhere.get(incident_id)), starts[incident_id])
        )
        for incident_id, spells in found.items()
        if (at := begun[incident_id]) is None or at <= max(spell.last_at for spell in spells)
    }


def _beginnings(incidents: pl.DataFrame) -> dict[str, datetime | None]:
    """Return when incidents begin; planned work when it is planned for."""
    planned = pl.col("kind") == str(Kind.MAINTENANCE)
    at = pl.coalesce(pl.when(planned).then("scheduled_start_at"), "started_at")
    return dict(incidents.select("incident_id", at.alias("at")).iter_rows())


def _spells(polls: pl.DataFrame, wanted: Collection[str]) -> Iterator[tuple[str, Listing]]:
    """Yield the spells of incidents on one address; a list not wholly read shows no absence."""
    running: dict[str, Listing] = {}
    lacked: datetime | None = None
    rows = polls.sort("first_at").select("first_at", "last_at", "shown").drop_nulls("shown")
    for first_at, last_at, shown in rows.iter_rows():
        listed = {*shown.split()}
        for incident_id in sorted(listed & {*wanted}):
            known = running.get(incident_id)
            begun = Listing(lacked, first_at, last_at, None)
            running[incident_id] = replace(known, last_at=last_at) if known else begun
        if ANY_INCIDENT in listed:
            continue
        for incident_id in sorted(running.keys() - listed):
            yield incident_id, replace(running.pop(incident_id), gone_at=first_at)
        lacked = last_at
    yield from running.items()


def _joined(spells: Iterable[Listing]) -> list[Listing]:
    """Join spells on several addresses: gone is what none of them shows."""
    found: list[Listing] = []
    for spell in sorted(spells, key=lambda one: (one.first_at, one.last_at)):
        before = found[-1] if found else None
        if before is None or (before.gone_at is not None and before.gone_at <= spell.first_at):
            found.append(spell)
            continue
        ends = [one.gone_at for one in (before, spell) if one.gone_at is not None]
        found[-1] = replace(
            before,
            last_at=max(before.last_at, spell.last_at),
            gone_at=max(ends) if len(ends) == 2 else None,
        )
    return found


def _listed_elsewhere(
    polls: pl.DataFrame, active_only: Collection[str], ids: Collection[str]
) -> dict[str, datetime]:
    """Find when sources of other shapes last listed incidents, by id."""
    others = polls.filter(~pl.col("shape").is_in([*active_only]) & ~pl.col("roster"))
    return dict(
        others.select("last_at", pl.coalesce("present", "shown").str.split(" ").alias("id"))
        .explode("id")
        .filter(pl.col("id").is_in([*ids]))
        .group_by("id")
        .agg(pl.col("last_at").max())
        .iter_rows()
    )


def _last_open(spells: list[Listing], listed_at: datetime | None) -> list[Listing]:
    """Let the last spell go on where another source lists the incident after it."""
    last = spells[-1]
    if last.gone_at is None or listed_at is None or listed_at < last.gone_at:
        return spells
    return [*spells[:-1], replace(last, last_at=listed_at, gone_at=None)]


def _starts(ledger: Ledger, ids: Collection[str]) -> dict[str, list[tuple[datetime, datetime]]]:
    """Return which starts incidents gave, with the captures that showed them first."""
    starts: dict[str, list[tuple[datetime, datetime]]] = {one: [] for one in ids}
    known = ledger.incident_versions.filter(pl.col("incident_id").is_in([*ids]))
    for incident_id, at, start in (
        known.select("incident_id", "known_from", "started_at").drop_nulls().iter_rows()
    ):
        starts[incident_id].append((at, start))
    return starts


def _dated(
    spells: Iterable[Listing], starts: Iterable[tuple[datetime, datetime]]
) -> Iterator[Listing]:
    """Yield spells with the earliest start that was given in each."""
    given = [*starts]
    for spell in spells:
        inside = [start for at, start in given if spell.first_at <= at <= spell.last_at]
        yield replace(spell, started_at=min(inside, default=None))
