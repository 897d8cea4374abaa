"""Write what was posted of components as structs of a list column, and read it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import polars as pl

from ingest.models import (
    Change,
    PostedImpact,
    State,
)

INSTANT = pl.Datetime("us", "UTC")
#: Sorts what lasts behind everything that ended.
LASTING = datetime.max.replace(tzinfo=UTC)
#: One stated impact; ``end_at`` null while it lasts.
IMPACT = pl.Struct(
    {"component_id": pl.String, "state": pl.String, "start_at": INSTANT, "end_at": INSTANT}
)
#: One component change; ``old`` null where the page gives none.
CHANGE = pl.Struct({"component_id": pl.String, "old": pl.String, "new": pl.String})

Struct = dict[str, Any]
"""A struct of a list column, as polars gives and takes it."""


def change_structs(changes: Iterable[Change]) -> list[Struct]:
    """Return component changes as structs of type ``CHANGE``, in the order given."""
    return [{"component_id": c.component_id, "old": c.old, "new": c.new} for c in changes]


def posted_changes(structs: Iterable[Struct]) -> tuple[Change, ...]:
    """Return the changes behind ``change_structs``."""
    return tuple(
        Change(s["component_id"], None if s["old"] is None else State(s["old"]), State(s["new"]))
        for s in structs
    )


def impact_structs(impacts: Iterable[PostedImpact]) -> list[Struct]:
    """Return stated impacts as structs of type ``IMPACT``, sorted.

    A page may list the same impacts in another order, which is no new version.
    """
    ordered = sorted(
        impacts, key=lambda i: (i.component_id, i.state, i.start_at, i.end_at or LASTING)
    )
    return [
        {
            "component_id": i.component_id,
            "state": i.state,
            "start_at": i.start_at,
            "end_at": i.end_at,
        }
        for i in ordered
    ]


def posted_impacts(structs: Iterable[Struct]) -> tuple[PostedImpact, ...]:
    """Return the impacts behind ``impact_structs``."""
    return tuple(
        PostedImpact(s["component_id"], State(s["state"]), s["start_at"], s["end_at"])
        for s in structs
    )
