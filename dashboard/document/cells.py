"""Cells and tables: what a document is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.charts.svg import Svg
from dashboard.safe_text import http_url, to_line

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """Foreign text with the address it came from, if that may be followed."""

    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Text that a link of the same document leads to."""

    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text in which every letter matters: an id, a hash."""

    code: str


Note = str | Link | Code | Svg


@dataclass(frozen=True, slots=True)
class Stack:
    """Things below each other: a number, a picture of it, what it rests on."""

    main: str | Link
    notes: Sequence[Note] = ()


Cell = str | Link | Anchor | Code | Stack | Svg


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption and headings; the first cell of a row heads it.

    ``numeric``: places of columns that hold numbers and are aligned right; ``whole``: places of
    columns whose lines are not broken.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = frozenset()
    whole: frozenset[int] = frozenset()


def foreign_link(text: str, url: str | None) -> Link:
    """Link ``text`` to ``url`` if the address is http or https."""
    return Link(to_line(text), http_url(url))
