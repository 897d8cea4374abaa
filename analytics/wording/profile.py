"""Sentences of a provider's profile; computed, never canned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from analytics.comparison.cohort import DAY_S
from analytics.metrics.transparency import NOT_STATED
from analytics.read_models.current_status import Present
from analytics.read_models.daily_states import NO_DATA
from analytics.wording.grammar import agree, capitalise
from analytics.wording.numbers import (
    format_count,
    format_day,
    format_instant,
    format_rough,
    format_surface,
)
from analytics.wording.verdict import format_place
from ingest.models import State

#: Who decides what is posted.
SOURCE_CLASSES = {
    "curated": "people decide what is posted",
    "automatic": "monitors post on their own",
    "large_only": "only wide incidents are posted",
}
#: What can be had of a page.
PAGE_STATUS = {
    "live": "it can be read",
    "planned": "it is only listed, since its engine cannot be read yet",
    "unverified": "it can be read, though its address is not confirmed",
    "no_feed": "it offers nothing a program may read",
    "blocked": "it turns programs away",
    "retired": "it is gone",
}
#: Pages that `collect` can read.
READABLE = {"live", "unverified"}
#: Why there is no number, by the status of its row.
SHORTFALL = {"insufficient": "Too little data", "no_coverage": "No coverage in this window"}


#: What became of a page, by the kind of a break that lasts.
BROKEN = {
    "migration": "its address answers as another engine",
    "foreign_page": "its address shows another page",
    "data_gone": "one kind of record is gone from its answers",
    "form": "its answers have a form that cannot be read",
    "deleted": "the page is gone",
    "frozen": "the page posts nothing any more",
}
#: The same where the kind of break is none of these.
CHANGED = "the page is not what it was"


def current_status_sentence(now: Present) -> str:
    """Say what is open and broken at the newest capture, or at the last that counts."""
    if now.at is None:
        return "Nothing has been collected of this provider, so nothing is known, good or bad."
    status = f"{_posts_open(now)} and {_components_down(now)}."
    if now.broken is not None:
        kind, since = now.broken
        return (
            f"Not known now: since {format_instant(since)} {BROKEN.get(kind, CHANGED)}. "
            f"At the newest capture, of {format_instant(now.at)}, {status}"
        )
    if now.current:
        return f"At {format_instant(now.at)} {status}"
    return (
        f"Not known now. The newest capture is of {format_instant(now.at)}, which is too old, or "
        f"the page is not collected regularly. At that time {status}"
    )


def _posts_open(now: Present) -> str:
    n, silent = now.posts.height, int(now.posts["silent"].sum())
    if not n:
        return "no post was open"
    aside = f" ({silent} of them without an update for two weeks)" if silent else ""
    return f"{format_count(n, 'post')} {agree(n)} open{aside}"


def _components_down(now: Present) -> str:
    states, n = now.components["last_state"], now.components.height
    if not n:
        return "the page shows no components"
    dark = now.components.filter(states == NO_DATA)
    unknown = int((states == State.UNKNOWN).sum())
    worse = n - unknown - dark.height - int((states == State.OPERATIONAL).sum())
    if not (worse or unknown or dark.height):
        return f"all {n} components were operational" if n > 1 else "its component was operational"
    parts = [f"{worse} of {n} components {agree(worse)} not operational"] if worse else []
    parts += [f"the state of {unknown} of {n} components was unknown"] if unknown else []
    parts += [_dark(dark, n)] if dark.height else []
    return " and ".join(parts)


def _dark(dark: pl.DataFrame, n: int) -> str:
    """Count components whose own evidence ended before the newest capture."""
    all_of = f"its {n} components" if n > 1 else "its component"
    which = all_of if dark.height == n else f"{dark.height} of {n} components"
    ended = dark["seen_at"].max()
    after = f" after {format_instant(ended)}" if isinstance(ended, datetime) else ""
    return f"nothing was known of {which}{after}"


def unread_sentence(origin: pl.DataFrame) -> str:
    """Say why a provider has no numbers. ``origin`` as from ``profile.origin``."""
    if origin.is_empty():
        return "The registry knows no page of this provider."
    statuses = origin["status"].to_list()
    how = collect_hint(origin["provider"][0], statuses)
    return f"{page_status_sentence(statuses)} No data is not the same as no trouble.{how}"


def page_status_sentence(statuses: Sequence[str]) -> str:
    """Say what can be read of a provider's pages, by their statuses."""
    return f"Its page: {'; '.join(sorted({PAGE_STATUS[status] for status in statuses}))}."


def collect_hint(provider: str, statuses: Sequence[str]) -> str:
    """Give the command that collects a provider; empty if no page can be read."""
    can = READABLE & set(statuses)
    return f" To collect it: `statusledger collect {provider}`." if can else ""


def origin_list(origin: pl.DataFrame, invented: bool) -> str:
    """List in Markdown where a provider's numbers come from.

    ``origin`` as from ``profile.origin``; ``invented``: the pages do not exist, so nothing links
    to them.
    """
    pages = [_page(row, invented) for row in origin.iter_rows(named=True)]
    notes = origin["note"].drop_nulls().unique(maintain_order=True).to_list()
    return "\n".join(f"- {line}" for line in (*pages, *notes))


def _page(row: Mapping[str, Any], invented: bool) -> str:
    address = f"`{row['base_url']}`" if invented else f"<{row['base_url']}>"
    head = f"{address}, engine {row['platform']}: {PAGE_STATUS[row['status']]}."
    era = [
        f"{word} {its}"
        for word, its in (("from", row["valid_from"]), ("until", row["valid_to"]))
        if its is not None
    ]
    used = f" In use {' '.join(era)}." if era else ""
    who = f" {capitalise(SOURCE_CLASSES[row['source_class']])} ({row['source_class']})."
    if row["covered_from"] is None:
        return f"{head}{used}{who} No coverage."
    held = f"{format_count(row['incidents'], 'post')} held"
    if row["oldest_post"] is not None:
        held += f", the oldest of {format_day(row['oldest_post'])}"
    made = f" Component states rest on: {row['basis']}." if row["basis"] else ""
    return (
        f"{head}{used}{who} {held}. Covered from {format_instant(row['covered_from'])} to "
        f"{format_instant(row['covered_until'])}, with gaps where coverage is below 100 %.{made} "
        f"The page's days are those of {row['zone']}."
    )


def down_sentence(figures: pl.DataFrame, surface: str) -> str:
    """Say for how long a surface was down, in which time.

    Args:
        figures: As from ``profile.figures``.
        surface: Slug.
    """
    [row] = figures.filter(pl.col("metric") == "availability").to_dicts()
    place = format_place(surface)
    if row["down_s"] is None or row["value"] is None:
        return f"Too little is known of {place}."
    window = row["window_end"] - row["window_start"]
    days = format_count(round(row["coverage"] * window.total_seconds() / DAY_S), "observed day")
    return f"Down {format_rough(row['down_s'])} on {place} in {days}."


def figures_sentence(figures: pl.DataFrame, of: str, asked: bool, others: int) -> str:
    """Say what the headline numbers are about, and what stands beside them.

    Args:
        figures: As from ``profile.figures``.
        of: Their surface.
        asked: Whether the reader chose that surface.
        others: How many providers could be peers.
    """
    start, end, rule = figures["window_start"][0], figures["window_end"][0], figures["rule"][0]
    aside = "" if asked else " (no surface is chosen above)"
    return (
        f"{capitalise(format_surface(of))}{aside}, {format_day(start)} to {format_day(end)}, rule "
        f"{rule}. *Before* is the period of the same length just before. *Peers*: {_peers(others)}"
    )


def _peers(others: int) -> str:
    if not others:
        return "none, since no other provider chosen above posts in the same way."
    return (
        f"{format_count(others, 'other provider')} chosen above that "
        f"{agree(others, 'post', 'posts')} in the same way. The median is of those with the "
        "number and a similar coverage."
    )


def months_sentence(months: pl.DataFrame, zone: str) -> str:
    """Say which percentages of a month stand side by side.

    ``months`` as from ``reported_uptime.months_beside``.
    """
    if months.is_empty():
        return "There is no month in this window."
    posted = months["posted_low"].drop_nulls().len()
    zones = sorted(set(months["posted_zone"].drop_nulls().to_list()) - {zone})
    head = f"Calendar months of {zone}, whole where the data allows, newest first."
    if not posted:
        return f"{head} The provider's own percentage is not known for any of them."
    cut = f" The provider's months are those of {', '.join(zones)}." if zones else ""
    return (
        f"{head} *Theirs* is the provider's own percentage, known for {posted} of {len(months)} "
        "rows and never part of our sums. Compare *theirs* with the column of rule statuspage."
        f"{cut}"
    )


def facts_sentence(facts: pl.DataFrame) -> str:
    """Say how many posts the facts rest on. ``facts`` as from ``posting_habits.facts``."""
    n = int(facts.filter(pl.col("metric") == "retrospective")["n"].sum())
    if not n:
        return (
            "No post of the chosen classes began in this window, so the posting habits are not "
            "known."
        )
    return (
        f"{format_count(n, 'post')} of the chosen classes began in this window. Maintenances are "
        "listed whatever the classes. These are facts, not a score. “Not known” means that there "
        "is no evidence, not that it never happened."
    )


def causes_sentence(causes: pl.DataFrame) -> str:
    """Count the posts that state a cause. ``causes`` as from ``posting_habits``."""
    n = int(causes["n"].head(1).sum())
    if not n:
        return "No post of the chosen classes began in this window, so no cause is stated."
    silent = causes.filter(pl.col("cause") == NOT_STATED)["posts"].sum()
    return (
        f"Of {format_count(n, 'post')}, {silent:,} state no cause that can be read. The other "
        "causes are the provider's words, not findings. A post may state several."
    )
