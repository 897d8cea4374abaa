"""The evidence pack: every post behind the numbers, and the captures that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from dashboard import format as said
from dashboard.document import value_text
from dashboard.document.answers import Numbers
from dashboard.document.cells import Anchor, Cell, Code, Link, Note, Row, Stack, Table, link
from dashboard.document.question_text import carried, heading, surface

SHORT_HASH = 12
POST = ["page_key", "incident_id"]
HEAD = ("Published (UTC)", "Post", "How long", "Counts in", "Captured (UTC)")
UNTOLD = "No post: seen in captures only"
CAPTURES = ("No.", "Captured (UTC)", "Address", "SHA-256 of the body")
#: Columns of a row of evidence that say it is among the n of a number.
ROLES = {"in_rate": "rate", "in_durations": "durations", "down_s": "downtime"}

Seen = tuple[datetime, str, str]
"""A capture: when, from which address, with which hash."""


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of one provider, and what their downtime adds up to, surface by surface."""

    provider: str
    table: Table
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Posts by provider, and the captures they were seen in."""

    posts: tuple[Posts, ...]
    captures: Table


def evidence(numbers: Numbers) -> Evidence:
    """Every post a number rests on, newest first."""
    found = numbers.evidence.filter(pl.col("surface").is_in(numbers.surfaces))
    captures = _numbered(found)
    return Evidence(
        tuple(
            _posts(found, numbers, captures, provider) for provider in numbers.question.providers
        ),
        _captures(captures),
    )


def _numbered(found: pl.DataFrame) -> dict[Seen, str]:
    """Captures that first showed a post or its newest version, oldest first: C1, C2..."""
    seen = {_seen(row, which) for row in found.iter_rows(named=True) for which in ("first", "last")}
    return {capture: f"C{n}" for n, capture in enumerate(sorted(filter(None, seen)), start=1)}


def _seen(row: Row, which: str) -> Seen | None:
    at = row[f"{which}_at"]
    return None if at is None else (at, row[f"{which}_url"], row[f"{which}_sha256"])


def _captures(captures: dict[Seen, str]) -> Table:
    rows = [
        (Anchor(name, name), value_text.stamp(at), link(url, url), Code(sha256))
        for (at, url, sha256), name in captures.items()
    ]
    return Table(
        "Captured payloads. Those that the posts above were seen in",
        CAPTURES,
        rows,
        whole=frozenset({0, 1}),
    )


def _posts(
    found: pl.DataFrame, numbers: Numbers, captures: dict[Seen, str], provider: str
) -> Posts:
    mine = found.filter(provider=provider).sort(
        ["published_at", *POST, "surface"],
        descending=[True, False, False, False],
        nulls_last=True,
    )
    rows = [
        _post(here.to_dicts(), captures) for _, here in mine.group_by(POST, maintain_order=True)
    ]
    table = Table(
        f"Posts. {numbers.names[provider]}: {carried(numbers)}",
        HEAD,
        rows,
        whole=frozenset({0, 2, 4}),
    )
    return Posts(provider, table, tuple(_sums(mine, numbers, provider)))


def _post(rows: Sequence[Row], captures: dict[Seen, str]) -> tuple[Cell, ...]:
    """One post; ``rows``: one for each surface it has a part in."""
    row = rows[0]
    down = [_down(one, alone=len(rows) == 1) for one in rows]
    counts = ", ".join(_roles(rows)) or "open in the window"
    if row["incident_id"] is None:
        return said.NONE, UNTOLD, Stack(down[0], down[1:]), counts, said.NONE
    known = row["impact_s"] is not None
    impact = f"impact {value_text.lasted(row, 'impact_s')}" if known else "impact not known"
    return (
        Stack(value_text.stamp(row["published_at"]), (_closed(row),)),
        Stack(link(row["title"], row["url"]), tuple(_facts(row))),
        Stack(f"open {value_text.lasted(row, 'open_s')}", (impact, *down)),
        counts,
        _captured(row, captures),
    )


def _facts(row: Row) -> Iterator[str]:
    yield f"class {row['class']} ({row['class_basis']}); posted impact {row['impact']}"
    edits = f", {row['revision_count']} edited later" if row["revision_count"] else ""
    yield f"id {row['incident_id']}; {said.count(row['update_count'], 'update')}{edits}"
    yield _clocks(row)
    if row["flags"]:
        yield f"flags: {', '.join(row['flags'])}"


def _closed(row: Row) -> str:
    if value_text.ongoing(row):
        return "still open"
    return f"closed {_after(row['published_at'], row['resolved_at'])}"


def _after(start: datetime | None, end: datetime) -> str:
    """The end of something that began at ``start``: without the day, if it is the same."""
    same_day = start is not None and start.date() == end.date()
    return f"{end:%H:%M:%S}" if same_day else value_text.stamp(end)


def _down(row: Row, *, alone: bool) -> str:
    where = "" if alone else f"{surface(row['surface'])} "
    return f"{where}down {value_text.exact(row['down_s'])}"


def _clocks(row: Row) -> str:
    """From when to when users were hit, and by which claims."""
    start, end = row["impact_start_at"], row["impact_end_at"]
    bases = dict.fromkeys((row["impact_start_basis"], row["impact_end_basis"]))
    if start is None:
        return "start of impact not known"
    until = "" if end is None else f" to {_after(start, end)}"
    return f"impact {_after(row['published_at'], start)}{until} ({', '.join(bases)})"


def _roles(rows: Sequence[Row]) -> list[str]:
    return [name for column, name in ROLES.items() if any(row[column] for row in rows)]


def _captured(row: Row, captures: dict[Seen, str]) -> Cell:
    """The capture that first showed the post, and the one with its newest version."""
    first, last = _seen(row, "first"), _seen(row, "last")
    if first is None or last is None:
        return said.NONE
    head, *notes = _reference(first, captures)
    if last != first:
        name, *more = _reference(last, captures)
        notes += ["newest version:", name, *more]
    return Stack(head, tuple(notes))


def _reference(capture: Seen, captures: dict[Seen, str]) -> tuple[Link, Note, Note]:
    at, _, sha256 = capture
    name = captures[capture]
    return Link(name, f"#{name}"), value_text.stamp(at), Code(sha256[:SHORT_HASH])


def _sums(mine: pl.DataFrame, numbers: Numbers, provider: str) -> Iterator[str]:
    for name in numbers.surfaces:
        row = numbers.measure(provider, name, "availability")
        if row is not None and row["value"] is not None:
            own = float(mine.filter(surface=name)["down_s"].sum())
            yield (
                f"{heading(name)}: the posts took it down for {value_text.seconds(own)} by "
                f"themselves. It was down for {value_text.seconds(row['down_s'])}: time in which "
                "several posts on different components took it down counts once."
            )
