"""The index of the site: what there is, and how old it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.question import Question
from analytics.read_models.gate import Gate
from analytics.snapshot import Snapshot
from analytics.wording.grammar import AS_POSTED, BASIS
from analytics.wording.numbers import (
    BLANK,
    format_percent,
    format_range,
    format_share,
    format_surface,
)
from analytics.wording.question import describe_region, describe_rule
from dashboard.shown_text import SIMULATED
from dashboard.site.badge import badge_text
from dashboard.site.wording import clock, stamp
from dashboard.templates import templates_in

#: A page that is older greys itself.
MOST_S = 6 * 3600
TEMPLATES = templates_in(Path(__file__).parent)


@dataclass(frozen=True, slots=True)
class IndexFile:
    """Hold a link of the index."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """Hold a row of a question's table, in words."""

    provider: str
    surface: str
    up: str
    bounds: str
    coverage: str
    n: str
    basis: str
    badge: str | None
    said: str


@dataclass(frozen=True, slots=True)
class IndexQuestion:
    """Hold what the index says of a question."""

    name: str
    asked: str
    regions: str
    rule: str
    start: str
    end: str
    files: tuple[IndexFile, ...]
    rows: tuple[IndexRow, ...]


def index_question(
    snapshot: Snapshot,
    name: str,
    question: Question,
    availability: pl.DataFrame,
    names: Mapping[str, str],
    badges: Mapping[tuple[str, str], tuple[str, Gate]],
    files: Sequence[IndexFile],
) -> IndexQuestion:
    """Put a question in words, with its table, the best first on each surface.

    Args:
        snapshot: What was captured.
        name: Name of the question.
        question: What is asked.
        availability: Rows of metric availability.
        names: Name of each provider, by slug.
        badges: Address of the badge of each provider and surface, and what it rests on.
        files: What else there is about the question.
    """
    start, end = question.window(snapshot.as_of)
    ordered = availability.sort(
        "surface", "value", "provider", descending=[False, True, False], nulls_last=True
    )
    rows = []
    for row in ordered.iter_rows(named=True):
        place, gate = badges.get((row["provider"], row["surface"]), (None, None))
        rows.append(
            IndexRow(
                names.get(row["provider"], row["provider"]),
                format_surface(row["surface"]),
                format_percent(row["value"]),
                BLANK if row["low"] is None else format_range(row["low"], row["high"]),
                format_share(row["coverage"]),
                BLANK if row["n"] is None else str(row["n"]),
                BASIS.get(row["basis"], BLANK),
                place,
                "" if gate is None else badge_text(gate),
            )
        )
    about = ", ".join(names.get(slug, slug) for slug in question.providers) or "Every provider read"
    where = f" on {format_surface(question.surface)}" if question.surface else ""
    least = f", told of posts that reached {question.minimum} or worse" if question.minimum else ""
    return IndexQuestion(
        name,
        f"{about}{where}{least}.",
        describe_region(snapshot, question),
        describe_rule(question),
        clock(start),
        clock(end),
        tuple(files),
        tuple(rows),
    )


def index_page(
    snapshot: Snapshot, questions: Sequence[IndexQuestion], release: str | None
) -> bytes:
    """Write the index.

    Args:
        snapshot: What was captured.
        questions: What is asked, in order.
        release: Where the Parquet release lies, seen from the index; None: not beside it.
    """
    page = TEMPLATES.get_template("index.html").render(
        as_of=stamp(snapshot.as_of),
        clock=clock(snapshot.as_of),
        digest=snapshot.digest[:12],
        method_version=snapshot.method_version,
        most_s=MOST_S,
        questions=questions,
        release=release,
        simulated=SIMULATED if snapshot.simulated else "",
        as_posted=AS_POSTED,
    )
    return (page + "\n").encode()
