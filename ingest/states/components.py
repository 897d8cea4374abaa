"""Components of a page: names over time, start, retirement, and which of them are in scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import polars as pl

from ingest.ledger.sightings import impacts_of, impacts_text
from ingest.models import LABEL, Page, label_of, labelled

#: Collects posts that name no component, so that nothing vanishes from a surface filter.
UNATTRIBUTED = "unattributed"
#: What follows the name of something that was spared, in the same clause.
SPARED = r"[^.,;:()\n]*\b(?:not (?:been )?(?:affected|impacted)|un(?:affected|impacted))\b"


@dataclass(frozen=True, slots=True)
class Member:
    """A component ever seen on a page. ``first_seen_at`` is ours, ``start_date`` the page's.

    ``first_named_at``: when a post first named it. ``last_named_at``: set where posts name it
    and the page's own components lack it; nothing tells of it after that.
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
        """Whether the page ever showed it as a component, rather than in posts alone."""
        return bool(self.name_history)


@dataclass(frozen=True, slots=True)
class Named:
    """When posts that name a component were first seen, and from when to when they did."""

    first_seen_at: datetime
    first_named_at: datetime
    last_named_at: datetime


def members(
    page: Page,
    sightings: pl.DataFrame,
    named: Mapping[str, Named],
    retired: Mapping[str, datetime],
) -> dict[str, Member]:
    """Components by id, sorted. ``named``: ids that posts name, with the times they did.

    A component whose object was never seen goes by its id. It is gone after its last naming
    where objects of others were seen; where there are none, nothing says that it left. Pages
    shared with other products are cut to the page's own components by id, else by name.
    """
    found: dict[str, Member] = {}
    rows = sightings.sort("component_id", "captured_at", "seen_until_at", "url")
    for (component_id,), seen in rows.group_by("component_id", maintain_order=True):
        found[str(component_id)] = _member(str(component_id), seen.to_dicts(), retired)
    objects = bool(found)
    for component_id, told in named.items():
        if component_id in found:
            found[component_id] = replace(found[component_id], first_named_at=told.first_named_at)
        else:
            found[component_id] = Member(
                component_id=component_id,
                name=label_of(component_id) or component_id,
                name_history=(),
                group=None,
                region=None,
                start_date=None,
                first_seen_at=told.first_seen_at,
                retired_at=retired.get(component_id),
                first_named_at=told.first_named_at,
                last_named_at=told.last_named_at if objects else None,
            )
    return {key: found[key] for key in sorted(found) if in_scope(page, found[key])}


def _member(
    component_id: str, seen: list[dict[str, Any]], retired: Mapping[str, datetime]
) -> Member:
    names = list(dict.fromkeys(row["name"] for row in seen))
    newest = max(seen, key=lambda row: (row["seen_until_at"], row["captured_at"]))
    # Objects inside incidents carry no group, and old captures no start: silence, not denial.
    known = [row for row in seen if row["group_name"] is not None]
    starts = [row["start_date"] for row in seen if row["start_date"] is not None]
    return Member(
        component_id=component_id,
        name=newest["name"],
        name_history=tuple(names),
        group=known[-1]["group_name"] if known else None,
        region=newest["region"],
        start_date=starts[-1] if starts else None,
        first_seen_at=min(row["captured_at"] for row in seen),
        retired_at=retired.get(component_id),
    )


def with_ids(component_ids: str | None, ids: Mapping[str, str]) -> str | None:
    """Blank-separated component ids, labels among them replaced where ``ids`` knows the id."""
    if not component_ids:
        return component_ids
    return " ".join(sorted({ids.get(one, one) for one in component_ids.split()}))


def ids_by_label(sightings: pl.DataFrame) -> dict[str, str]:
    """Label -> id of each component whose name no other component bears."""
    names = sightings.select("component_id", "name").unique()
    alone = names.filter(pl.col("component_id").n_unique().over("name") == 1)
    return {labelled(name): component_id for component_id, name in alone.iter_rows()}


def impacts_with_ids(impacts: str | None, ids: Mapping[str, str]) -> str | None:
    """Stated impacts as text, with the labels among their components replaced likewise."""
    if not impacts or LABEL not in impacts:
        return impacts
    return impacts_text(
        replace(i, component_id=ids.get(i.component_id, i.component_id))
        for i in impacts_of(impacts)
    )


def _own_ids(page: Page) -> tuple[str, ...]:
    """Ids of the page's own components; products of a status dashboard are components."""
    return (*page.component_ids, *page.product_ids)


def in_scope(page: Page, member: Member) -> bool:
    """Whether a component is this provider's, on a page shared with other products."""
    if own := _own_ids(page):
        return member.component_id in own
    if page.component_names:
        wanted = {name.casefold() for name in page.component_names}
        return bool(wanted & {n.casefold() for n in (member.name, *member.name_history)})
    return not page.title_keywords


def post_in_scope(
    page: Page, title: str, texts: Iterable[str], named: Iterable[str], ours: Iterable[str]
) -> bool:
    """Whether a post is this provider's (METHODOLOGY, "Sources").

    By component where it names any, else by the keywords of the page in its title or, where it
    names no component, in its ``texts``: its messages without markup.
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


def keyword_in(page: Page, texts: Iterable[str]) -> str | None:
    """The first of the page's keywords that a text names and does not call spared; else None.

    >>> page = Page("p", "copilot", "statuspage", "https://a.test", title_keywords=("copilot",))
    >>> keyword_in(page, ["Copilot is slow."]), keyword_in(page, ["Copilot is not affected."])
    ('copilot', None)
    """
    if not page.title_keywords:
        return None
    return next((k for text in texts for k in page.title_keywords if _names(text, k)), None)


def _names(text: str, keyword: str) -> bool:
    return bool(re.search(rf"\b{re.escape(keyword)}\b(?!{SPARED})", text, re.IGNORECASE))
