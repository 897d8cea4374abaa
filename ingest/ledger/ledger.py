"""The ledger: everything the captures add up to, before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the captures add up to, before anything is computed from it.

    ``incidents`` and ``updates`` hold the newest version of each record; the two
    ``*_versions`` every version, with ``known_from`` and ``known_until``.
    """

    polls: pl.DataFrame
    incidents: pl.DataFrame
    incident_versions: pl.DataFrame
    updates: pl.DataFrame
    update_versions: pl.DataFrame
    components: pl.DataFrame
    posted_days: pl.DataFrame
    posted_ratios: pl.DataFrame
    notices: pl.DataFrame


def with_polls(found: Ledger, polls: pl.DataFrame) -> Ledger:
    """``found`` with its polls judged anew."""
    return replace(found, polls=polls)
