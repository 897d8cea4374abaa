"""The evidence: every post behind the numbers, and the captures that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from analytics.wording.numbers import BLANK, format_count
from dashboard.document.answers import Answers
from dashboard.document.cells import Anchor, Cell, Code, Link, Note, Row, Stack, Table, foreign_link
from dashboard.document.question_text import caption_tail, name_surface, surface_heading
from dashboard.document.value_text import (
    clock_text,
    exact_text,
    is_ongoing,
    lasted_text,
    seconds_text,
)

SHORT_HASH = 12
POST = ["page_key", "incident_id"]
HEAD = ("Published (UTC)", "Post", "How long", "Counts in", "Captured (UTC)")
ONLY_CAPTURED = "No post: seen in captures only"
CAPTURES = ("No.", "Captured (UTC)", "Address", "SHA-256 of the body")
#: Columns of a row of evidence that say it is among the n of a number.
ROLES = {"in_rate": "rate", "in_durations": "durations", "down_s": "downtime"}

Seen = tuple[datetime, str, str]
"""A capture: when, from which address, with which hash."""


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of one provider, and what their downtime adds up to by surface."""

    provider: str
    table: Table
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The posts by provider, and the captures that showed them."""

    posts: tuple[Posts, ...]
    captures: Table


def list_evidence(answers: Answers) -> Evidence:
    """List every post a number rests on, newest first."""
    found = answers.evidence.filter(pl.col("surface").is_in(answers.surfaces))
    captures = _numbered(found)
    return Evidence(
        tuple(
            _posts(found, answers, captures, provider) for provider in answers.question.providers
        ),
        _captures(captures),
    )


def _numbered(found: pl.DataFrame) -> dict[Seen, str]:
    """Give numbers to the captures that first showed a post or its newest version.

    Oldest first: C1, C2...
    """
    seen = {_seen(row, which) for row in found.iter_rows(named=True) for which in ("first", "last")}
    return {capture: f"C{n}" for n, capture in enumerate(sorted(filter(None, seen)), start=1)}


def _seen(row: Row, which: str) -> Seen | None:
    at = row[f"{which}_at"]
    return None if at is None else (at, row[f"{which}_url"], row[f"{which}_sha256"])


def _captures(captures: dict[Seen, str]) -> Table:
    rows = [
        (Anchor(name, name), clock_text(at), foreign_link(url, url), Code(sha256))
        for (at, url, sha256), name in captures.items()
    ]
    return Table(
        "Captured payloads. Those that the posts above were seen in",
        CAPTURES,
        rows,
        whole=frozenset({0, 1}),
    )


def _posts(
    found: pl.DataFrame, answers: Answers, captures: dict[Seen, str], provider: str
) -> Posts:
    mine = found.filter(provider=provider).sort(
        ["published_at", *POST, "surface"],
        descending=[True, False, False, False],
        nulls_last=True,
    )
    posts: dict[tuple[str, ...], list[Row]] = {}
    for row in mine.iter_rows(named=True):
        posts.setdefault(tuple(row[key] for key in POST), []).append(row)
    rows = [_post(here, captures) for here in posts.values()]
    table = Table(
        f"Posts. {answers.names[provider]}: {caption_tail(answers)}",
        HEAD,
        rows,
        whole=frozenset({0, 2, 4}),
    )
    return Posts(provider, table, tuple(_sums(mine, answers, provider)))


def _post(rows: Sequence[Row], captures: dict[Seen, str]) -> tuple[Cell, ...]:
    """Build the row of one post; ``rows``: one for each surface it belongs to."""
    row = rows[0]
    down = [_down(one, alone=len(rows) == 1) for one in rows]
    counts = ", ".join(_roles(rows)) or "open in the window"
    if row["incident_id"] is None:
        return BLANK, ONLY_CAPTURED, Stack(down[0], down[1:]), counts, BLANK
    known = row["impact_s"] is not None
    impact = f"impact {lasted_text(row, 'impact_s')}" if known else "impact not known"
    return (
        Stack(clock_text(row["published_at"]), (_closed(row),)),
        Stack(foreign_link(row["title"], row["url"]), tuple(_facts(row))),
        Stack(f"open {lasted_text(row, 'open_s')}", (impact, *down)),
        counts,
        _captured(row, captures),
    )


def _facts(row: Row) -> Iterator[str]:
    yield f"class {row['class']} ({row['class_basis']}); posted impact {row['impact']}"
    edits = f", {row['revision_count']} edited later" if row["revision_count"] else ""
    yield f"id {row['incident_id']}; {format_count(row['update_count'], 'update')}{edits}"
    yield _clocks(row)
    if row["flags"]:
        yield f"flags: {', '.join(row['flags'])}"


def _closed(row: Row) -> str:
    if is_ongoing(row):
        return "still open"
    return f"closed {_after(row['published_at'], row['resolved_at'])}"


def _after(start: datetime | None, end: datetime) -> str:
    """Write an end without its day where that is the day of ``start``."""
    same_day = start is not None and start.date() == end.date()
    return f"{end:%H:%M:%S}" if same_day else clock_text(end)


def _down(row: Row, *, alone: bool) -> str:
    where = "" if alone else f"{name_surface(row['surface'])} "
    return f"{where}down {exact_text(row['down_s'])}"


def _clocks(row: Row) -> str:
    """Write when the impact began and ended, and which claims say so."""
    start, end = row["impact_start_at"], row["impact_end_at"]
    bases = dict.fromkeys((row["impact_start_basis"], row["impact_end_basis"]))
    if start is None:
        return "start of impact not known"
    until = "" if end is None else f" to {_after(start, end)}"
    return f"impact {_after(row['published_at'], start)}{until} ({', '.join(bases)})"


def _roles(rows: Sequence[Row]) -> list[str]:
    return [name for column, name in ROLES.items() if any(row[column] for row in rows)]


def _captured(row: Row, captures: dict[Seen, str]) -> Cell:
    """Name the capture that first showed the post, and that of its newest version."""
    first, last = _seen(row, "first"), _seen(row, "last")
    if first is None or last is None:
        return BLANK
    head, *notes = _reference(first, captures)
    if last != first:
        name, *more = _reference(last, captures)
        notes += ["newest version:", name, *more]
    return Stack(head, tuple(notes))


def _reference(capture: Seen, captures: dict[Seen, str]) -> tuple[Link, Note, Note]:
    at, _, sha256 = capture
    name = captures[capture]
    return Link(name, f"#{name}"), clock_text(at), Code(sha256[:SHORT_HASH])


def _sums(mine: pl.DataFrame, answers: Answers, provider: str) -> Iterator[str]:
    for name in answers.surfaces:
        row = answers.measure(provider, name, "availability")
        if row is not None and row["value"] is not None:
            own = float(mine.filter(surface=name)["down_s"].sum())
            yield (
                f"{surface_heading(name)}: the posts took it down for {seconds_text(own)} by "
                f"themselves. It was down for {seconds_text(row['down_s'])}: time in which "
                "several posts on different components took it down counts once."
            )
