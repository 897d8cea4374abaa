"""The snapshot's tables from a merged ledger: pure, page by page; ``as_of`` is data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from ingest.incidents.html_text import strip_html
from ingest.incidents.incident import IncidentReport, read_incident
from ingest.labels import classification
from ingest.ledger import removals
from ingest.ledger.ledger import Ledger
from ingest.models import Impact, Page
from ingest.platforms import PLATFORMS
from ingest.platforms.contract import Platform
from ingest.snapshot.component_rows import components_at, list_components
from ingest.snapshot.file import Row
from ingest.snapshot.incident_rows import Context, component_rows, incident_row
from ingest.states.component_states import (
    IMPACTS,
    component_states,
    ended_unseen,
    lapses,
    observations,
    stating,
)
from ingest.states.components import (
    Member,
    Named,
    ids_by_label,
    impacts_with_ids,
    members,
    post_in_scope,
    with_ids,
)
from ingest.states.coverage import CoveredSpan, page_coverage
from ingest.states.replay import Span

Rows = dict[str, list[Row]]


def page_tables(ledger: Ledger, pages: Iterable[Page], as_of: datetime) -> Rows:
    """Rows of every table that captures feed, for the pages that have any."""
    everything = _Split.of(ledger)
    rows: Rows = {}
    for page in pages:
        part = everything.page(page.page_key)
        if part is not None:
            for table, found in _page(page, part, as_of).items():
                rows.setdefault(table, []).extend(found)
    return rows


@dataclass(frozen=True, slots=True)
class _Part:
    """One page's share of the ledger."""

    polls: pl.DataFrame
    incidents: pl.DataFrame
    incident_versions: pl.DataFrame
    updates: pl.DataFrame
    update_versions: pl.DataFrame
    components: pl.DataFrame
    posted_days: pl.DataFrame
    posted_ratios: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Split:
    parts: Mapping[str, Mapping[str, pl.DataFrame]]
    empty: Mapping[str, pl.DataFrame]

    @classmethod
    def of(cls, ledger: Ledger) -> _Split:
        frames = {name: getattr(ledger, name) for name in _Part.__slots__}
        return cls(
            {
                name: {
                    str(key[0]): part
                    for key, part in frame.partition_by("page_key", as_dict=True).items()
                }
                for name, frame in frames.items()
            },
            {name: frame.clear() for name, frame in frames.items()},
        )

    def page(self, page_key: str) -> _Part | None:
        if page_key not in self.parts["polls"]:
            return None
        return _Part(
            **{name: parts.get(page_key, self.empty[name]) for name, parts in self.parts.items()}
        )


def _page(page: Page, part: _Part, as_of: datetime) -> Rows:
    platform = PLATFORMS[page.platform]
    posts = _posts(part, platform, as_of)
    roster = members(page, part.components, _named(posts), _by_id(removals.retired(part.polls)))
    posts = [p for p in posts if _is_ours(page, p, roster)]
    observed = observations(part.components, part.polls, roster)
    basis, spans = component_states(platform, page, posts, observed, roster)
    surfaces = {
        c: classification.surface_of(page.base_url, c, m.name, m.group) for c, m in roster.items()
    }
    linked = [row for p in posts for row in component_rows(p, page, surfaces)]
    listed = [p.row["listed_at"] for p in posts]
    states_from = stating(platform) if basis == IMPACTS else None
    covered = page_coverage(page, part.polls, roster, listed, states_from)
    base = {"provider": page.provider, "page_key": page.page_key}
    states = _state_rows(base, basis, spans, surfaces)
    in_scope = {p.incident_id for p in posts}
    return {
        "components": list_components(base, roster, surfaces, linked, part.polls),
        "incidents": _incident_rows(page, part, posts, roster, spans, as_of),
        "updates": [_update_row(base, u) for p in posts for u in p.updates],
        "transitions": _transitions(base, posts, roster),
        "observations": [
            {
                **base,
                "component_id": c,
                "state": o.state,
                "since_at": o.since,
                "seen_until_at": o.seen_until,
            }
            for c, seen in observed.items()
            for o in seen
        ],
        "incident_components": linked,
        "component_states": states,
        "coverage": _coverage_rows(base, covered, surfaces),
        "posted_uptime": _posted_days(base, page, part.posted_days, roster),
        "posted_ratios": _posted_ratios(base, part.posted_ratios, roster),
        "versions": _versions(base, part, in_scope, posts),
    }


def _posts(part: _Part, platform: Platform, as_of: datetime) -> list[IncidentReport]:
    ids = ids_by_label(part.components)
    gone = lapses(platform, part.polls, part.incidents)
    said: dict[str, list[Row]] = {}
    for update in part.updates.sort(
        "incident_id", "display_at", "created_at", "update_id"
    ).to_dicts():
        said.setdefault(update["incident_id"], []).append(update)
    return [
        read_incident(
            {
                **row,
                "component_ids": with_ids(row["component_ids"], ids),
                "impacts": ended_unseen(
                    impacts_with_ids(row["impacts"], ids), gone.get(row["incident_id"])
                ),
            },
            said.get(row["incident_id"], []),
            as_of,
            explicit=platform.explicit_window,
        )
        for row in part.incidents.to_dicts()
    ]


def _is_ours(page: Page, post: IncidentReport, roster: Iterable[str]) -> bool:
    return post_in_scope(page, post.row["title"], post.texts, post.named, roster)


def _named(posts: Iterable[IncidentReport]) -> dict[str, Named]:
    """Components posts name, with the times they did."""
    named: dict[str, Named] = {}
    for post in posts:
        seen = post.row["first_seen_at"]
        first = post.times.published_at or seen
        for component in post.named:
            last = max((w.at for w in post.words.get(component, ())), default=seen)
            known = named.get(component, Named(seen, first, last))
            named[component] = Named(
                min(known.first_seen_at, seen),
                min(known.first_named_at, first),
                max(known.last_named_at, last),
            )
    return named


def _by_id(frame: pl.DataFrame) -> dict[str, datetime]:
    key, at = frame.columns[1:]
    return dict(zip(frame[key].to_list(), frame[at].to_list(), strict=True))


def _state_rows(
    base: Row,
    basis: str,
    spans: Mapping[str, Sequence[Span]],
    surfaces: Mapping[str, tuple[str, str]],
) -> list[Row]:
    return [
        {
            **base,
            "component_id": component,
            "surface": surfaces.get(component, classification.UNMAPPED)[0],
            "state": span.state,
            "start_at": span.start,
            "end_at": span.end,
            "basis": basis,
            "incident_id": span.incident_id,
        }
        for component, found in spans.items()
        for span in found
    ]


def _coverage_rows(
    base: Row,
    covered: Mapping[str, Sequence[CoveredSpan]],
    surfaces: Mapping[str, tuple[str, str]],
) -> list[Row]:
    return [
        {
            **base,
            "component_id": component,
            "surface": surfaces.get(component, classification.UNMAPPED)[0],
            "start_at": span.start,
            "end_at": span.end,
            "basis": span.basis,
        }
        for component, spans in covered.items()
        for span in spans
    ]


def _incident_rows(
    page: Page,
    part: _Part,
    posts: Sequence[IncidentReport],
    roster: Mapping[str, Member],
    spans: Mapping[str, Sequence[Span]],
    as_of: datetime,
) -> list[Row]:
    versions = part.incident_versions.sort("incident_id", "known_from")
    seen = versions.select("page_key", "incident_id", pl.col("known_from").alias("captured_at"))
    removed = _by_id(removals.removed(part.polls, part.incidents, seen))
    impacts: dict[str, list[str]] = {}
    for incident_id, impact in versions.select("incident_id", "impact").iter_rows():
        impacts.setdefault(incident_id, []).append(impact or Impact.UNKNOWN)
    repeats = Counter(p.row["title"] for p in posts)
    names = {c: m.name for c, m in roster.items()}
    rows = []
    for post in posts:
        known = impacts.get(post.incident_id, [Impact.UNKNOWN])
        context = Context(
            as_of=as_of,
            impacts=known,
            revision_count=len(known) - 1,
            removed_at=removed.get(post.incident_id),
            repeats=repeats[post.row["title"]],
            component_names=names,
            components_then=components_at(page, roster, post),
        )
        rows.append(incident_row(post, page, spans, context))
    return rows


def _update_row(base: Row, update: Mapping[str, Any]) -> Row:
    kept = ("incident_id", "update_id", "status", "stage", "created_at", "display_at", "edited_at")
    return {
        **base,
        **{name: update[name] for name in kept},
        "body_text": strip_html(update["body"]) if update["body"] else None,
        "revision_count": update["revision_count"],
    }


def _transitions(
    base: Row, posts: Iterable[IncidentReport], roster: Mapping[str, Member]
) -> list[Row]:
    return [
        {
            **base,
            "incident_id": word.incident_id,
            "update_id": word.update_id,
            "component_id": component,
            "at": word.at,
            "old_state": word.old,
            "new_state": word.new,
        }
        for post in posts
        for component, words in post.words.items()
        for word in words
        if word.new is not None and component in roster
    ]


def _posted_days(
    base: Row, page: Page, frame: pl.DataFrame, roster: Mapping[str, Member]
) -> list[Row]:
    """Each day's newest figures; a day before the component's start is no data."""
    newest = (
        frame.sort("captured_at", "url").group_by("component_id", "day", maintain_order=True).last()
    )
    rows = []
    for row in newest.sort("component_id", "day").to_dicts():
        member = roster.get(row["component_id"])
        started = member is None or member.start_date is None or member.start_date <= row["day"]
        if member is not None and started:
            figures = {
                k: row[k] for k in ("component_id", "day", "partial_seconds", "major_seconds")
            }
            rows.append({**base, **figures, "zone": page.zone, "known_from": row["captured_at"]})
    return rows


def _posted_ratios(base: Row, frame: pl.DataFrame, roster: Mapping[str, Member]) -> list[Row]:
    key = ["component_id", "window_start", "window_end", "rule"]
    newest = frame.sort("captured_at", "url").group_by(key, maintain_order=True).last()
    return [
        {**base, **{k: row[k] for k in (*key, "ratio")}, "known_from": row["captured_at"]}
        for row in newest.sort(key).to_dicts()
        if row["component_id"] in roster
    ]


def _versions(
    base: Row, part: _Part, in_scope: set[str], posts: Sequence[IncidentReport]
) -> list[Row]:
    posts_columns = ("title", "status", "impact", "created_at", "started_at", "monitoring_at")
    times = ("resolved_at", "scheduled_start_at", "scheduled_end_at")
    common = ("incident_id", "known_from", "known_until", "url", "sha256")
    rows: list[Row] = []
    for row in part.incident_versions.to_dicts():
        if row["incident_id"] in in_scope:
            named = (row["component_ids"] or "").split()
            kept = {k: row[k] for k in (*common, *posts_columns, *times, "impacts")}
            rows.append({**base, **kept, "update_id": None, "component_ids": named})
    said = ("update_id", "status", "created_at", "display_at", "body", "changes")
    for row in part.update_versions.to_dicts():
        if row["incident_id"] in in_scope:
            rows.append({**base, **{k: row[k] for k in (*common, *said)}})
    return rows
