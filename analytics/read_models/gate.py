"""Answer whether a provider is up now, for a job that goes on only if it is.

METHODOLOGY, "Gate". Not known is never up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import polars as pl

from analytics.memo import once
from analytics.question import RELIABILITY, nothing
from analytics.read_models.current_status import Present, open_posts, present, worst_of
from analytics.read_models.daily_states import NO_DATA
from analytics.scope import UNATTRIBUTED
from analytics.snapshot import LINKS, Snapshot
from ingest.models import SEVERITY, State

#: States that say how bad it is.
RATED = list(SEVERITY)


class Passage(StrEnum):
    """Name the answer of a gate."""

    UP = "up"
    DOWN = "down"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Gate:
    """Answer about a provider, on one surface or on all.

    ``state``: the worst known; None: none is known. ``since_at``: of that state, where the page
    says it. ``seen_at``: the newest good capture. ``reason``: why it is not known, or what is down.
    """

    provider: str
    surface: str | None
    passage: Passage
    state: str | None
    since_at: datetime | None
    seen_at: datetime | None
    reason: str


def gate(
    snapshot: Snapshot, provider: str, surface: str | None, limit: State, now: datetime
) -> Gate:
    """Say whether a provider is up.

    Down goes before not known: one component that is known to be down decides, whatever is not
    known of others.

    Args:
        snapshot: What was captured.
        provider: Slug.
        surface: Only components of this surface; None: all of them.
        limit: Worst state that counts as up.
        now: Clock of the reader, by which what was read last is too old or not.
    """
    return judge(snapshot, provider, surface, limit, present(snapshot, provider, now))


def surface_gates(snapshot: Snapshot, provider: str, limit: State, now: datetime) -> list[Gate]:
    """Say of each surface of a provider whether it is up, as ``gate`` does of one.

    Args:
        snapshot: What was captured.
        provider: Slug.
        limit: Worst state that counts as up.
        now: Clock of the reader.
    """
    found = present(snapshot, provider, now)
    surfaces = found.components["surface"].unique().sort().to_list()
    return [judge(snapshot, provider, surface, limit, found) for surface in surfaces]


def judge(
    snapshot: Snapshot, provider: str, surface: str | None, limit: State, found: Present
) -> Gate:
    """Say whether a provider is up, by its state at its newest captures.

    Args:
        snapshot: What was captured.
        provider: Slug.
        surface: Only components of this surface; None: all of them.
        limit: Worst state that counts as up.
        found: As from ``present``.
    """
    mine = found.components
    if surface is not None:
        mine = mine.filter(surface=surface)
    worst = worst_of(mine["state"])
    at_worst = mine.clear() if worst is None else mine.filter(state=str(worst))
    since_at = at_worst["since_at"].min()
    assert since_at is None or isinstance(since_at, datetime)
    state = None if worst is None else str(worst)
    doubt = _doubt(snapshot, surface, found, mine)
    if worst is not None and SEVERITY[worst] > SEVERITY[limit] and not found.broken:
        passage, reason = Passage.DOWN, _named(at_worst["name"].to_list())
    elif doubt is not None:
        passage, reason = Passage.NOT_KNOWN, doubt
    else:
        passage, reason = Passage.UP, ""
    return Gate(provider, surface, passage, state, since_at, found.at, reason)


def _doubt(
    snapshot: Snapshot, surface: str | None, found: Present, mine: pl.DataFrame
) -> str | None:
    """Say why a provider is not known to be up; None where nothing speaks against it."""
    if found.at is None:
        return "nothing was ever read"
    if found.broken is not None:
        return f"what its page shows broke off at {found.broken[1]:%Y-%m-%d %H:%M} UTC"
    if not found.current:
        return "a page of it was not read lately"
    if mine.is_empty():
        return "no component of it is covered"
    unknown = mine.filter(pl.col("state").is_in([NO_DATA, State.UNKNOWN]))
    if not unknown.is_empty():
        return f"not known: {_named(unknown['name'].to_list())}"
    if found.doubted:
        return "its page contradicts itself, or its components were not read for too long"
    silent = _unrated(snapshot, surface, found)
    return None if silent is None else f"a post is open that says no state: {silent}"


def _unrated(snapshot: Snapshot, surface: str | None, found: Present) -> str | None:
    """Return the title of the newest open post about trouble that gave no component a state.

    Posts nobody has written to for two weeks were left behind.
    """
    posts = found.posts.filter(pl.col("class").is_in(RELIABILITY) & ~pl.col("silent"))
    if posts.is_empty():
        return None
    named, states = _of_open_posts(snapshot)
    rated = pl.concat(
        [
            named.filter(pl.col("worst_state").is_in(RATED)).select("key"),
            states.filter(pl.col("state").is_in(RATED)).select("key"),
        ]
    )
    left = posts.join(rated, on="key", how="anti")
    if surface is not None:
        about = named.filter(pl.col("component_id") != UNATTRIBUTED)
        elsewhere = about.join(about.filter(surface=surface), on="key", how="anti")
        left = left.join(elsewhere, on="key", how="anti")
    return None if left.is_empty() else str(left["title"][0])


@once(nothing)
def _of_open_posts(snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the components that open posts name, and the states that they gave any.

    Returns:
        Both with the key of the post.
    """
    post = ["page_key", "incident_id"]
    key = open_posts(snapshot).select(post)
    named = snapshot.columns(LINKS, [*post, "component_id", "surface", "worst_state"], key)
    states = snapshot.columns("component_states", [*post, "state"], key)
    its = pl.concat_str(post, separator="/").alias("key")
    return named.with_columns(its), states.with_columns(its)


def _named(names: list[str | None]) -> str:
    """List names, the first three of many."""
    known = [name or "a component without a name" for name in names]
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    return ", ".join(known[:3]) + more
