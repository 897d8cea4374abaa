"""List the components of a page: names over time, start, retirement, and scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from ingest.models import ANY_COMPONENT, Page, PostedImpact, label_of, labelled

#: Collects incidents that name no component, so that nothing vanishes from a surface filter.
UNATTRIBUTED = "unattributed"
#: What follows the name of something that was spared, in the same clause.
SPARED = r"[^.,;:()\n]*\b(?:not (?:been )?(?:affected|impacted)|un(?:affected|impacted))\b"


@dataclass(frozen=True, slots=True)
class KnownComponent:
    """A component ever seen on a page. ``first_seen_at`` is ours, ``start_date`` the page's.

    ``first_named_at``: when an incident first named it. ``last_named_at``: set where incidents
    name it and the page's own components lack it; nothing tells of it after that.
    """

    component_id: str
    name: str
    name_history: tuple[str, ...]
    group: str | None
    region: str | None
    start_date: date | None
    first_seen_at: datetime
    retired_at: datetime | None
    first_named_at: datetime | None = None
    last_named_at: datetime | None = None

    @property
    def shown(self) -> bool:
        """Tell whether the page ever showed it as a component, rather than in incidents alone."""
        return bool(self.name_history)


@dataclass(frozen=True, slots=True)
class NamingTimes:
    """Times at which incidents that name a component were first seen, and did so."""

    first_seen_at: datetime
    first_named_at: datetime
    last_named_at: datetime


def known_components(
    page: Page,
    sightings: pl.DataFrame,
    named: Mapping[str, NamingTimes],
    retired: Mapping[str, datetime],
) -> dict[str, KnownComponent]:
    """List the components of a page by id, sorted.

    A component whose object was never seen goes by its id. It is gone after its last naming
    where objects of others were seen; where there are none, nothing says that it left. Pages
    shared with other products are cut to the page's own components by id, else by name.

    Args:
        page: the page, which says what is its own.
        sightings: frame ``components`` of the ledger.
        named: ids that incidents name, with the times they did.
        retired: when a component left the roster, by id.
    """
    found: dict[str, KnownComponent] = {}
    rows = sightings.sort("component_id", "captured_at", "seen_until_at", "url")
    rows = rows.filter(pl.col("component_id") != ANY_COMPONENT)
    for (component_id,), seen in rows.group_by("component_id", maintain_order=True):
        found[str(component_id)] = _shown_component(str(component_id), seen.to_dicts(), retired)
    objects = bool(found)
    for component_id, naming in named.items():
        if component_id in found:
            found[component_id] = replace(found[component_id], first_named_at=naming.first_named_at)
        else:
            found[component_id] = KnownComponent(
                component_id=component_id,
                name=label_of(component_id) or component_id,
                name_history=(),
                group=None,
                region=None,
                start_date=None,
                first_seen_at=naming.first_seen_at,
                retired_at=retired.get(component_id),
                first_named_at=naming.first_named_at,
                last_named_at=naming.last_named_at if objects else None,
            )
    return {key: found[key] for key in sorted(found) if in_scope(page, found[key])}


def _shown_component(
    component_id: str, seen: list[dict[str, Any]], retired: Mapping[str, datetime]
) -> KnownComponent:
    names = list(dict.fromkeys(row["name"] for row in seen if row["name"] is not None))
    newest = max(seen, key=lambda row: (row["seen_until_at"], row["captured_at"]))
    # Objects inside incidents carry no group, and old captures no start: silence, not denial.
    known = [row for row in seen if row["group_name"] is not None]
    starts = [row["start_date"] for row in seen if row["start_date"] is not None]
    return KnownComponent(
        component_id=component_id,
        name=names[-1] if names else (newest["group_name"] or component_id),
        name_history=tuple(names),
        group=known[-1]["group_name"] if known else None,
        region=newest["region"],
        start_date=starts[-1] if starts else None,
        first_seen_at=min(row["captured_at"] for row in seen),
        retired_at=retired.get(component_id),
    )


def replace_labels(component_ids: str | None, ids: Mapping[str, str]) -> str | None:
    """Replace the labels among blank-separated component ids, where ``ids`` knows the id."""
    if not component_ids:
        return component_ids
    return " ".join(sorted({ids.get(one, one) for one in component_ids.split()}))


def ids_by_label(sightings: pl.DataFrame) -> dict[str, str]:
    """Map labels to ids, for each component whose name no other component bears."""
    names = sightings.select("component_id", "name").drop_nulls().unique()
    alone = names.filter(pl.col("component_id").n_unique().over("name") == 1)
    return {labelled(name): component_id for component_id, name in alone.iter_rows()}


def replace_impact_labels(
    impacts: Iterable[PostedImpact], ids: Mapping[str, str]
) -> tuple[PostedImpact, ...]:
    """Replace the labels among the components of stated impacts likewise."""
    return tuple(replace(i, component_id=ids.get(i.component_id, i.component_id)) for i in impacts)


def _own_ids(page: Page) -> tuple[str, ...]:
    """Return the ids of the page's own components; products of a dashboard are components."""
    return (*page.component_ids, *page.product_ids)


def in_scope(page: Page, component: KnownComponent) -> bool:
    """Tell whether a component is this provider's, on a page shared with other products."""
    if own := _own_ids(page):
        return component.component_id in own
    if page.component_names:
        wanted = {name.casefold() for name in page.component_names}
        return bool(wanted & {n.casefold() for n in (component.name, *component.name_history)})
    return not page.title_keywords


def incident_in_scope(
    page: Page, title: str, texts: Iterable[str], named: Iterable[str], ours: Iterable[str]
) -> bool:
    """Tell whether an incident is this provider's (METHODOLOGY, "Sources").

    By component where it names any, else by the keywords of the page in its title or, where it
    names no component, in its texts.

    Args:
        page: the page, which says what is its own.
        title: the title of the incident.
        texts: the bodies of its updates, without markup.
        named: the ids of components it names.
        ours: the ids of the page's own components.
    """
    named = set(named)
    by_component = bool(_own_ids(page) or page.component_names)
    if not (by_component or page.title_keywords):
        return True
    if named and by_component:
        return not named.isdisjoint(ours)
    return keyword_in(page, [title]) is not None or (
        not named and keyword_in(page, texts) is not None
    )


def foreign_incidents(
    page: Page, incidents: pl.DataFrame, updates: pl.DataFrame, ids: Mapping[str, str]
) -> set[str]:
    """Find incidents that name components, and none that is the page's own by id.

    Nothing else need be read of them: they are not in scope, and tell of no component that is.
    On a dashboard shared by many products they are nearly all there is.

    Args:
        page: the page, which says what is its own.
        incidents: frame ``incidents`` of the ledger.
        updates: frame ``updates`` of the ledger.
        ids: component ids by label.
    """
    own = set(_own_ids(page))
    if not own:
        return set()
    changed = pl.col("changes").list.eval(pl.element().struct.field("component_id").is_in(own))
    telling = set(updates.filter(changed.list.any())["incident_id"])
    foreign = set()
    rows = incidents.select("incident_id", "component_ids", "impacts")
    for incident_id, component_ids, impacts in rows.iter_rows():
        named = {*(component_ids or "").split(), *(i["component_id"] for i in impacts or ())}
        if component_ids and own.isdisjoint(ids.get(one, one) for one in named):
            foreign.add(incident_id)
    return foreign - telling


def keyword_in(page: Page, texts: Iterable[str]) -> str | None:
    """Return the first keyword of the page that a text names and does not call spared.

    >>> page = Page("p", "copilot", "statuspage", "https://a.test", title_keywords=("copilot",))
    >>> keyword_in(page, ["Copilot is slow."]), keyword_in(page, ["Copilot is not affected."])
    ('copilot', None)
    """
    if not page.title_keywords:
        return None
    return next((k for text in texts for k in page.title_keywords if _names(text, k)), None)


def _names(text: str, keyword: str) -> bool:
    return bool(re.search(rf"\b{re.escape(keyword)}\b(?!{SPARED})", text, re.IGNORECASE))
