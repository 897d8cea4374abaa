"""What Data health says in words, and what of it stands on every page."""

from __future__ import annotations

import polars as pl

from analytics.figures import duration
from analytics.freshness import Freshness
from analytics.phrases import agree, listed, some
from dashboard import format as said

#: What to do where there is nothing to see.
TO_BEGIN = (
    "run `statusledger up` to collect, or `statusledger demo` to look around in an invented world"
)
NOTHING = f"Nothing has been collected yet, so nothing is known of anybody: {TO_BEGIN}."


def banner(state: Freshness) -> str:
    """What every page says first: how old the data is, whose is missing, and what it is not."""
    if state.empty:
        return NOTHING
    trouble = []
    if state.stale:
        trouble.append(f"{said.count(state.stale, 'source')} stale: {_whose(state)}")
    if state.failing:
        trouble.append(f"{said.count(state.failing, 'source')} failing")
    told = " · ".join([f"Data to {said.instant(state.as_of)}", *trouble, said.AS_POSTED])
    return f"⚠️ {told}" if trouble else told


def verdict(state: Freshness) -> str:
    """How old the data is, and what is wrong."""
    if state.empty:
        return NOTHING
    head = f"Newest capture {said.age(state.age)} ({said.instant(state.as_of)})."
    if not state.polled:
        return f"{head} Nothing is polled: this snapshot was made from imported payloads."
    more = state.unscheduled
    others = f" {more:,} more {agree(more, 'are', 'is')} read on no schedule." if more else ""
    polled = said.count(state.polled, "source")
    if not state.stale + state.failing:
        return f"{head} All {polled} answered within their budget.{others}"
    trouble = []
    if state.stale:
        trouble.append(f"{state.stale} {agree(state.stale, 'are', 'is')} stale ({_whose(state)})")
    if state.failed:
        trouble.append(f"{state.failed} failed at the last attempt")
    return f"{head} Of {polled}, {' and '.join(trouble)}.{others}"


def _whose(state: Freshness) -> str:
    """Whose addresses are stale, and since when at most."""
    lengths = [one.total_seconds() for one in state.silent.values() if one is not None]
    told = []
    if lengths:
        most = "up to " if len(state.silent) > 1 else ""
        told.append(f"silent for {most}{duration(max(lengths))}")
    if len(lengths) < len(state.silent):
        told.append("never heard from")
    return f"{some(list(state.silent))}, {' or '.join(told)}"


def uncovered(pages: pl.DataFrame) -> str:
    """How many pages nothing vouches for, by their status. As from ``freshness.pages``."""
    rule = "Every page of the registry. One without coverage is unknown, never up"
    dark = pages.filter(pl.col("covered_from").is_null())["status"].to_list()
    if not dark:
        return f"{rule}."
    by_status = [f"{dark.count(one)} {one}" for one in sorted(set(dark))]
    return f"{rule}: {len(dark)} of {len(pages)} ({listed(by_status)})."


def surfaced(components: int, unmapped: int) -> str:
    """How many of so many components have no surface, and where they count."""
    if not components:
        return "No component is known."
    if not unmapped:
        return "Every component has a surface."
    return (
        f"{unmapped:,} of {said.count(components, 'component')} "
        f"({said.share(unmapped / components, 0)}). {agree(unmapped, 'They count', 'It counts')} "
        "under the surface “other” until `ingest/surfaces.toml` names "
        f"{agree(unmapped, 'them', 'it')}."
    )
