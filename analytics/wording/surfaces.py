"""Sentences of the matrix of surfaces; computed, never canned."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from analytics.basis import BY_POST
from analytics.read_models.daily_states import NO_DATA
from analytics.read_models.surface_matrix import NOT_REPORTED, NUMBER, TOO_LITTLE
from analytics.scope import OTHER
from analytics.wording.grammar import agree, no_incident_sentence
from analytics.wording.numbers import (
    format_count,
    format_day,
    format_percent,
    format_share,
    format_surface,
)

#: Share of the window a cell must be covered for to be compared.
COVERED = 0.5
#: How a component came to its surface.
SURFACE_BASIS = {
    "id": "listed by its id",
    "name": "by its name or its group's",
    "title": "by the titles of posts",
    "unmapped": "unmapped",
}
#: What a row of the mapping is that is no component.
STAND_IN = "no component: for posts that name none"


def _cell_counts(cells: pl.DataFrame) -> str:
    counts = dict(cells["cell"].value_counts().iter_rows())
    named = {
        NUMBER: "with a number",
        TOO_LITTLE: "with too little data",
        NO_DATA: "without data",
        NOT_REPORTED: "not reported",
    }
    return ", ".join(f"{counts[cell]} {words}" for cell, words in named.items() if counts.get(cell))


def matrix_sentence(cells: pl.DataFrame) -> str:
    """Say what the matrix holds and where the most downtime is.

    ``cells`` as from ``surface_matrix.matrix``. What is of no surface, hardly covered or made of
    whole posts is not compared.
    """
    if cells.is_empty():
        return "No component of these providers is known, so there is no surface to show."
    providers, surfaces = cells["provider"].n_unique(), cells["surface"].n_unique()
    start, end = cells["window_start"][0], cells["window_end"][0]
    alone = providers == 1
    head = ("" if alone else f"{providers} providers by ") + (
        f"{format_count(surfaces, 'surface')}, "
        f"{format_day(start)} to {format_day(end)}, rule {cells['rule'][0]}: {_cell_counts(cells)}."
    )
    alike = (
        (pl.col("surface") != OTHER)
        & (pl.col("coverage") >= COVERED)
        & ~pl.col("basis").fill_null("").str.contains(BY_POST)
    )
    down = cells.filter(pl.col("per_30d_s") > 0)
    worst = down.filter(alike).sort("per_30d_s", descending=True).head(1)
    if worst.is_empty():
        return head
    [one] = worst.to_dicts()
    where = format_surface(one["surface"])
    compared = down.filter(alike).height
    aside = "" if compared == down.height else f" of the {compared} that can be compared"
    if not alone:
        where = f"{one['name'] or one['provider']} on {where}"
    return (
        f"{head} The most{aside}: {where}, "
        f"{one['per_30d_s'] / 60:,.0f} min per 30 days, {format_count(one['n'], 'post')}, "
        f"coverage {format_percent(one['coverage'], 1)}."
    )


def quiet_providers_sentence(cells: pl.DataFrame, narrowed: bool) -> str:
    """Name providers with a number, yet neither post nor downtime; empty if none.

    ``cells`` as from ``surface_matrix.matrix``; ``narrowed``: as ``Question.narrowed``.
    """
    numbered = cells.filter(pl.col("cell") == NUMBER)
    trouble = numbered.group_by("provider", "name", maintain_order=True).agg(
        (pl.col("n").sum() + pl.col("down_s").sum()).alias("trouble")
    )
    return no_incident_sentence(
        [name or slug for slug, name, of in trouble.iter_rows() if not of], narrowed
    )


def mapping_sentence(mapping: pl.DataFrame) -> str:
    """Say how much of the matrix rests on components without a surface.

    ``mapping`` as from ``surface_matrix.mapping``.
    """
    counted = mapping.filter("counted")
    n = counted.height
    if not n:
        return "No component of these providers is known."
    unmapped = counted.filter(pl.col("surface_basis") == "unmapped").height
    if unmapped:
        shares = (
            f"{unmapped:,} of {format_count(n, 'component')} ({format_share(unmapped / n, 0)}) "
            f"{agree(unmapped, 'have', 'has')} no surface yet and "
            f"{agree(unmapped, 'count', 'counts')} under “other”."
        )
    else:
        shares = (
            f"All {format_count(n, 'component')} {agree(n, 'have', 'has')} a surface: 0 % unmapped."
        )
    return f"{shares}{_stand_ins(mapping.height - n)}"


def _stand_ins(n: int) -> str:
    if not n:
        return ""
    which = agree(n, f"The last {n} rows are no components", "The last row is no component")
    return (
        f" {which}: {agree(n, 'they stand', 'it stands')} for posts that name no component. Each "
        "such post counts on the surface its title or keyword names, else on “other”."
    )


def elsewhere_sentence(name: str, surface: str, there: Sequence[str]) -> str:
    """Say that a provider has nothing on a surface, and where it has something.

    Args:
        name: Provider.
        surface: Surface asked about.
        there: Surfaces that are covered of it.

    >>> elsewhere_sentence("Acme", "compute", ["api_inference", "chat_web"])
    'of Acme nothing is covered on surface compute, but on api_inference, chat_web'
    """
    but = f", but on {', '.join(there)}" if there else ""
    return f"of {name} nothing is covered on surface {surface}{but}"
