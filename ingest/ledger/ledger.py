"""Hold everything the captures add up to, before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import polars as pl


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything the captures add up to, before anything is computed from it.

    ``incidents`` and ``updates`` hold the newest version of each record; the two
    ``*_versions`` every version, with ``known_from`` and ``known_until``. ``aliases``: other ids
    of records, none of which is in the other frames.
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
    aliases: pl.DataFrame


def replace_polls(ledger: Ledger, polls: pl.DataFrame) -> Ledger:
    """Return ``ledger`` with its polls judged anew."""
    return replace(ledger, polls=polls)


def split_by_page(ledger: Ledger) -> dict[str, Ledger]:
    """Split the ledger into one for each page that was captured, by page key."""
    frames = {field.name: getattr(ledger, field.name) for field in fields(Ledger)}
    parts = {name: frame.partition_by("page_key", as_dict=True) for name, frame in frames.items()}
    empty = {name: frame.clear() for name, frame in frames.items()}
    return {
        str(key[0]): Ledger(**{name: parts[name].get(key, empty[name]) for name in frames})
        for key in parts["polls"]
    }
