"""Rows of table ``components``, and which components a page had at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import polars as pl

from ingest.incidents.incident import IncidentReport
from ingest.models import Page
from ingest.snapshot.file import Row
from ingest.states.components import (
    UNATTRIBUTED,
    Member,
)
from ingest.states.coverage import start_of_day


def list_components(
    base: Row,
    roster: Mapping[str, Member],
    surfaces: Mapping[str, tuple[str, str]],
    linked: Iterable[Row],
    polls: pl.DataFrame,
) -> list[Row]:
    rows = [
        {
            **base,
            "component_id": c,
            "name": m.name,
            "name_history": list(m.name_history),
            "group_name": m.group,
            "region": m.region,
            "surface": surfaces[c][0],
            "surface_basis": surfaces[c][1],
            "start_date": m.start_date,
            "first_seen_at": m.first_seen_at,
            "retired_at": m.retired_at,
        }
        for c, m in roster.items()
    ]
    if any(row["component_id"] == UNATTRIBUTED for row in linked):
        rows.append(
            {
                **base,
                "component_id": UNATTRIBUTED,
                "name": "Not attributed to a component",
                "name_history": [],
                "group_name": None,
                "region": None,
                "surface": "other",
                "surface_basis": "unmapped",
                "start_date": None,
                "first_seen_at": polls["first_at"].min(),
                "retired_at": None,
            }
        )
    return rows


def components_at(page: Page, roster: Mapping[str, Member], post: IncidentReport) -> frozenset[str]:
    """Components the page is known to have had when the post appeared.

    None before the page is known to have shown any: what a post names is no roster.
    """
    at = post.times.published_at
    if at is None or not any(
        m.shown and _since(page, m, m.first_seen_at) <= at for m in roster.values()
    ):
        return frozenset()
    return frozenset(c for c, m in roster.items() if _there(page, m, at))


def _there(page: Page, member: Member, at: datetime) -> bool:
    known = min(member.first_seen_at, member.first_named_at or member.first_seen_at)
    left = member.retired_at or member.last_named_at
    return _since(page, member, known) <= at and (left is None or at <= left)


def _since(page: Page, member: Member, known: datetime) -> datetime:
    """The start the page states of a component, else when it was first known."""
    return start_of_day(member.start_date, page.zone) if member.start_date else known
