"""Cells and tables: what a document is made of, each of which writes itself as HTML.

A document has thousands of cells, and a template would ask each one what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from dashboard.charts.svg import Svg
from dashboard.shown_text import http_url, to_line

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """Foreign text with the address it came from, if that may be followed."""

    text: str
    url: str | None

    def __html__(self) -> str:
        """Write the text apart from its surroundings, whichever way it is read."""
        if not self.url:
            return f"<bdi>{escape(self.text)}</bdi>"
        bare = ' class="bare"' if self.url == self.text else ""
        return (
            f'<a href="{escape(self.url)}"{bare} rel="noopener noreferrer">'
            f"<bdi>{escape(self.text)}</bdi></a>"
        )


@dataclass(frozen=True, slots=True)
class Anchor:
    """Text that a link of the same document leads to."""

    text: str
    name: str

    def __html__(self) -> str:
        """Write the text with its name."""
        return f'<span id="{escape(self.name)}">{escape(self.text)}</span>'


@dataclass(frozen=True, slots=True)
class Code:
    """Text in which every letter matters: an id, a hash."""

    code: str

    def __html__(self) -> str:
        """Write the text as code."""
        return f"<code>{escape(self.code)}</code>"


Note = str | Link | Code | Svg


@dataclass(frozen=True, slots=True)
class Stack:
    """Things below each other: a number, a picture of it, what it rests on."""

    main: str | Link
    notes: Sequence[Note] = ()

    def __html__(self) -> str:
        """Write the first thing, and the others smaller."""
        notes = (f" <small>{escape(note)}</small>" for note in self.notes)
        return f"{escape(self.main)}{''.join(notes)}"


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

    @property
    def classes(self) -> list[Markup]:
        """The class attribute of each column, with a blank before it; or empty."""
        kinds = ("n" if n in self.numeric else "whole" * (n in self.whole) for n in self._places())
        return [Markup(f' class="{kind}"') if kind else Markup() for kind in kinds]

    def _places(self) -> range:
        return range(len(self.head))


def foreign_link(text: str, url: str | None) -> Link:
    """Link ``text`` to ``url`` if the address is http or https."""
    return Link(to_line(text), http_url(url))
