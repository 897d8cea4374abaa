"""Data health in words, and the part of it that stands on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from analytics.evidence.freshness import Freshness
from analytics.wording.breaks import gone_sentence
from analytics.wording.grammar import AS_POSTED, agree, join_words, name_some
from analytics.wording.numbers import (
    format_age,
    format_count,
    format_duration,
    format_instant,
    format_share,
)

#: What to do where there is nothing to see.
TO_BEGIN = (
    "run `statusledger up` to collect, or `statusledger demo` to look around in an invented world"
)
#: Why an address brought nothing, or nothing that can be read.
FAILURES = {
    "dns": "host not found",
    "refused": "connection refused",
    "reset": "connection broken off",
    "tls": "no trusted connection",
    "timeout": "no answer in time",
    "truncated": "answer cut off",
    "too_large": "answer too large",
    "redirect": "redirected to another address",
    "robots": "not allowed by robots.txt",
    "blocked": "turned away as a program",
    "http_401_403": "access denied (HTTP 401 or 403)",
    "http_404_410": "not there (HTTP 404 or 410)",
    "http_429": "asked too often (HTTP 429)",
    "http_4xx": "request turned down (HTTP 4xx)",
    "http_5xx": "server in trouble (HTTP 5xx)",
    "bad_encoding": "text in another encoding",
    "not_json": "answer is no JSON",
    "parse": "no record can be read",
    "shape_changed": "answer in another form",
    "wrong_page": "answer of another page",
    "changed_platform": "answer of another engine",
    "empty": "answer without content",
}
NOTHING = f"Nothing has been collected yet, so nothing is known: {TO_BEGIN}."


def banner_text(state: Freshness, names: Mapping[str, str]) -> str:
    """Say how old the data is, how much of it is missing, and which pages are gone.

    ``names``: slug to name.
    """
    if state.empty:
        return NOTHING
    trouble = list(filter(None, [gone_sentence(state.gone, names)]))
    if state.stale:
        trouble.append(f"{format_count(state.stale, 'source')} stale")
    if state.failing:
        trouble.append(f"{format_count(state.failing, 'source')} failing")
    words = " · ".join([f"Data to {format_instant(state.as_of)}", *trouble])
    return f"⚠️ {words}" if trouble else words


def stale_sentence(state: Freshness) -> str:
    """Name what is stale, and say that nothing is measured."""
    stale = f"Stale: {_whose(state)}. " if state.stale else ""
    return f"{stale}{AS_POSTED}"


def freshness_sentence(state: Freshness) -> str:
    """Say how old the data is, and what is wrong."""
    if state.empty:
        return NOTHING
    head = f"Newest capture {format_age(state.age)} ({format_instant(state.as_of)})."
    if not state.polled:
        return f"{head} No source is polled: this snapshot was made from imported payloads."
    more = state.unscheduled
    others = f" {more:,} more {agree(more, 'are', 'is')} read on no schedule." if more else ""
    polled = format_count(state.polled, "source")
    if not state.stale + state.failing:
        return f"{head} All {polled} answered within their budget.{others}"
    trouble = []
    if state.stale:
        trouble.append(f"{state.stale} {agree(state.stale, 'are', 'is')} stale ({_whose(state)})")
    if state.failed:
        trouble.append(f"{state.failed} failed at the last attempt")
    return f"{head} Of {polled}, {' and '.join(trouble)}.{others}"


def _whose(state: Freshness) -> str:
    """Name the stale sources, and for how long they have been silent at most."""
    lengths = [one.total_seconds() for one in state.silent.values() if one is not None]
    words = []
    if lengths:
        most = "up to " if len(state.silent) > 1 else ""
        words.append(f"silent for {most}{format_duration(max(lengths))}")
    if len(lengths) < len(state.silent):
        words.append("never heard from")
    return f"{name_some(list(state.silent))}, {' or '.join(words)}"


def uncovered_sentence(pages: pl.DataFrame) -> str:
    """Count the pages without coverage by status; ``pages`` of ``freshness.pages``."""
    rule = "Every page of the registry. A page without coverage is unknown, never up"
    dark = pages.filter(pl.col("covered_from").is_null())["status"].to_list()
    if not dark:
        return f"{rule}."
    by_status = [f"{dark.count(one)} {one.replace('_', ' ')}" for one in sorted(set(dark))]
    return f"{rule}: {len(dark)} of {len(pages)} ({join_words(by_status)})."


def in_words(rows: pl.DataFrame, named: Callable[[str], str]) -> pl.DataFrame:
    """Write rows of Data health in words.

    Returns:
        The rows with these columns in words, where they have them: provider (by its name, as from
        ``named``), failure, kind, status.
    """
    words = {
        "provider": pl.col("provider").map_elements(named, pl.String),
        "failure": pl.col("failure").replace(FAILURES),
        "kind": pl.col("kind").str.replace_all("_", " "),
        "status": pl.col("status").str.replace_all("_", " "),
    }
    return rows.with_columns(word for name, word in words.items() if name in rows.columns)


def unmapped_sentence(components: int, unmapped: int) -> str:
    """Count the components without a surface, and say where they count."""
    if not components:
        return "No component is known."
    if not unmapped:
        return "Every component has a surface."
    return (
        f"{unmapped:,} of {format_count(components, 'component')} "
        f"({format_share(unmapped / components, 0)}). {agree(unmapped, 'They count', 'It counts')} "
        "under the surface “other” until `ingest/surfaces.toml` names "
        f"{agree(unmapped, 'them', 'it')}."
    )
