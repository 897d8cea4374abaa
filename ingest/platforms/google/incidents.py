"""Rows of Google's dashboards: incidents, updates and affected products.

A product is a component. Its id is stable, its title is not; until 2021-05 products had
titles only, and until 2021-04 rows had no id and named one product as their service.
``begin`` and ``end`` are the window of the impact, set by hand and often after the fact;
reports follow for days after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from textwrap import shorten
from typing import Any

import orjson

from ingest.models import (
    MISREADINGS,
    Component,
    Impact,
    Incident,
    Kind,
    PostedImpact,
    Stage,
    State,
    Update,
    labelled,
)
from ingest.platforms.fields import content, instant, optional, said, text
from ingest.platforms.incidents import MOST_UPDATES, is_time, parts_of, title_of
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import (
    Recalled,
    read_components,
    read_each,
    read_incidents,
    read_repeated,
)
from ingest.platforms.timestamps import stamp
from ingest.platforms.words import word

AVAILABLE = "AVAILABLE"
STATES = {
    "SERVICE_INFORMATION": State.DEGRADED,
    "SERVICE_DISRUPTION": State.PARTIAL,
    "SERVICE_OUTAGE": State.MAJOR,
}
IMPACTS = {"low": Impact.MINOR, "medium": Impact.MAJOR, "high": Impact.CRITICAL}
#: What a row without ``status_impact`` meant: Google gave 132 of them one later, always so.
MEANT = {"low": "SERVICE_INFORMATION", "medium": "SERVICE_DISRUPTION", "high": "SERVICE_OUTAGE"}
#: The stage of an update while its post goes on; rows without ids have no words.
STAGES = {AVAILABLE: Stage.MONITORING, **dict.fromkeys((*STATES, ""), Stage.INVESTIGATING)}
#: A first AVAILABLE this long after the last word past the end is a report on what was over.
REPORT_AFTER = timedelta(days=1)
HEADLINE = 200


def incidents(
    rows: Iterable[Any], base_url: str, captured_at: datetime, notices: Notices
) -> tuple[Incident, ...]:
    """Read incidents; ``notices`` takes what is refused or odd.

    Args:
        rows: The list of a document.
        base_url: Where the addresses of incidents begin.
        captured_at: When the document was captured: an open incident is listed then.
        notices: Where refusals and warnings go.
    """
    read, recall = partial(_read, base_url), partial(_recall, base_url)
    # An open post is listed whenever we look; by the day, not to be news at every look.
    today = captured_at.replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(
        one if one.listed_at else replace(one, listed_at=today)
        for one in read_repeated(rows, read, recall, notices)
    )


def _read(base_url: str, rows: Iterable[Any], notices: Notices) -> tuple[Incident, ...]:
    def incident(row: Raw, notices: Notices) -> Incident:
        return _incident(row, base_url, notices)

    return read_incidents(rows, incident, notices, lambda row: is_time(row.get("end")), _maybe_id)


@lru_cache(maxsize=4096)
def _recall(base_url: str, written: bytes) -> Recalled[Incident]:
    notices = Notices()
    return _read(base_url, [orjson.loads(written)], notices), notices


def components(products: Iterable[Any], notices: Notices) -> tuple[Component, ...]:
    """Read products with an id, each once, in the order given."""
    read = read_components(products, _component, notices)
    return tuple({one.component_id: one for one in reversed(read)}.values())[::-1]


def _component(row: Raw, _: Notices) -> Component:
    component_id = text(row, "id")
    return Component(component_id, _name(row) or None)


def affected(row: Any) -> Sequence[Any]:
    """Return the products of a row; where it lists none, its service is one."""
    if not isinstance(row, dict):
        return ()
    if "affected_products" in row:
        listed = row["affected_products"]
        return listed if isinstance(listed, list) else ()
    return [{"title": row["service_name"]}] if row.get("service_name") else ()


def _incident(row: Raw, base_url: str, notices: Notices) -> Incident:
    incident_id = _id(row)
    # An end that cannot be read would leave the incident open for ever.
    resolved_at = instant(row, "end") if row.get("end") else None
    updates = _updates(row, incident_id, resolved_at, notices)
    created_at = instant(row, "created")
    started_at = instant(row, "begin")
    headline = title_of(row, "external_desc", incident_id, notices)
    title = _headline(headline)
    named = _products(row, incident_id, resolved_at, notices)
    uri = optional(row, "uri", content, incident_id, notices)
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=title,
        status=updates[-1].status if updates else "",
        stage=_stage(updates, resolved_at),
        impact=_impact(row, incident_id, notices),
        created_at=created_at,
        started_at=started_at,
        resolved_at=resolved_at,
        component_ids=tuple(named),
        updates=_with_whole_headline(updates, headline, title),
        url=f"{base_url}/{uri.lstrip('/')}" if uri else None,
        listed_at=resolved_at,
        impacts=_impacts(row, incident_id, named, started_at, resolved_at, notices),
        also_known_by=_known_by(row, started_at),
    )


def _id(row: Raw) -> str:
    return text(row, "id") if "id" in row else f"{text(row, 'service_key')}/{row['number']}"


def _maybe_id(row: Raw) -> str | None:
    try:
        return _id(row)
    except MISREADINGS:
        return None


def _products(row: Raw, incident_id: str, end: datetime | None, notices: Notices) -> Sequence[str]:
    """Return the products of an incident by id, sorted; a label where one has none."""
    parts = Notices()
    parts_of(row, "affected_products", incident_id, parts)
    within = f"{incident_id}/"
    named = read_each(affected(row), _product_id, parts, within, parts.lost)
    parts.unread_open &= end is None
    notices.extend(parts)
    return sorted(set(named))


def _product_id(product: Raw, _: Notices) -> str:
    if product.get("id"):
        return text(product, "id")
    if not _name(product):
        raise ValueError("a product without id and title")
    return labelled(_name(product))


def _known_by(row: Raw, started_at: datetime) -> str | None:
    """Return what a row without an id and the same incident with one share."""
    service = said(row, "service_name").strip()
    return f"{int(started_at.timestamp() // 1)}|{service}" if service else None


def _headline(whole: str) -> str:
    """Return as many sentences, or else words, of a headline as fit a title."""
    line = " ".join(whole.strip().partition("\n")[0].split())
    if len(line) <= HEADLINE:
        return line
    sentences = line[:HEADLINE].rpartition(". ")[0]
    return f"{sentences}." if sentences else shorten(line, HEADLINE, placeholder=" …")


def _with_whole_headline(updates: Sequence[Update], whole: str, title: str) -> tuple[Update, ...]:
    """Lead the first update by a headline too long for a title, unless repeated."""
    if not updates or " ".join(whole.split()) == title:
        return tuple(updates)
    first, *rest = updates
    body = first.body or ""
    if " ".join(whole.split()) in " ".join(body.split()):
        return tuple(updates)
    return (replace(first, body=f"{whole.strip()}\n\n{body}"), *rest)


def _stage(updates: Sequence[Update], resolved_at: datetime | None) -> Stage:
    if resolved_at is not None:
        return Stage.RESOLVED
    return updates[-1].stage if updates else Stage.INVESTIGATING


def _impact(row: Raw, record: str, notices: Notices) -> Impact:
    if row.get("status_impact") == "SERVICE_INFORMATION":
        return Impact.NONE
    return word(IMPACTS, row.get("severity"), Impact.UNKNOWN, record, notices)


def _impacts(
    row: Raw,
    record: str,
    named: Iterable[str],
    start: datetime,
    end: datetime | None,
    notices: Notices,
) -> tuple[PostedImpact, ...]:
    """Return one state over one window for every product: no more is posted."""
    if end is not None and end <= start:
        notices.warn("contradictory", record, f"ends at {end}, not after its begin")
        return ()
    meant = MEANT.get(said(row, "severity"))
    state = word(STATES, row.get("status_impact", meant), State.UNKNOWN, record, notices)
    return tuple(PostedImpact(product, state, start, end) for product in named)


def _updates(
    row: Raw, incident_id: str, end: datetime | None, notices: Notices
) -> Sequence[Update]:
    """Return updates as written; the one that ended the incident shows at its end."""
    updates = _written(row, incident_id, notices)
    over = None if end is None else _resolving(updates, end)
    if end is None or over is None:
        return updates
    return [
        *updates[:over],
        replace(updates[over], stage=Stage.RESOLVED, display_at=end),
        *(replace(report, stage=Stage.POSTMORTEM) for report in updates[over + 1 :]),
    ]


def _resolving(updates: Sequence[Update], end: datetime) -> int | None:
    """Return the place of the update that ended the incident.

    That is the first of those that say AVAILABLE to the last.

    It is written around the end, seconds before it or hours after. Where it is a late report,
    or there is none, a last word from after the end ended the post.
    """
    first = len(updates)
    while first and _available(updates, first - 1, end):
        first -= 1
    last = first - 1
    after_the_end = last >= 0 and _at(updates[last]) >= end
    if first == len(updates):
        return last if after_the_end else None
    if after_the_end and _at(updates[first]) - _at(updates[last]) > REPORT_AFTER:
        return last
    return first


def _available(updates: Sequence[Update], nr: int, end: datetime) -> bool:
    """Tell an update that says AVAILABLE, or would have.

    Of updates without words, all written from the end on but the first would have: so Google
    worded them when it gave their rows ids.
    """
    update = updates[nr]
    return update.status == AVAILABLE or (not update.status and nr > 0 and _at(update) >= end)


def _at(update: Update) -> datetime:
    return update.created_at or update.display_at


def _written(row: Raw, incident_id: str, notices: Notices) -> list[Update]:
    """Return the readable updates of a row, oldest first, with ids made for them."""
    rows, within = parts_of(row, "updates", incident_id, Notices()), f"{incident_id}/"
    if len(rows) > MOST_UPDATES:
        raise ValueError(f"{len(rows)} updates")

    def written(one: Raw, notices: Notices) -> Update:
        return _update(one, within, notices)

    # A refused update leaves nothing open: states rest on begin and end, not on updates.
    read = [*read_each(reversed(rows), written, notices, within)]
    read.sort(key=_at)
    together: Counter[str] = Counter()
    for nr, update in enumerate(read):
        if before := together[update.update_id]:
            read[nr] = replace(update, update_id=f"{stamp(_at(update))}/{before}")
        together[update.update_id] += 1
    return read


def _update(row: Raw, within: str, notices: Notices) -> Update:
    written_at = instant(row, "created" if row.get("created") else "when")
    key = stamp(written_at)
    status = row.get("status") or ""
    record = within + key
    return Update(
        update_id=f"{key}/0",
        stage=word(STAGES, status, Stage.UNKNOWN, record, notices),
        status=said(row, "status"),
        created_at=written_at,
        display_at=optional(row, "when", instant, record, notices) or written_at,
        edited_at=optional(row, "modified", instant, record, notices),
        body=optional(row, "text", content, record, notices),
    )


def _name(product: Raw) -> str:
    return said(product, "current_title").strip() or said(product, "title").strip()
