"""Read the data that a web page streams to the browser it is drawn in; execute none of it.

Pages made with Next.js stream ``self.__next_f.push([1, "..."])`` chunks: joined, they are
rows of ``<hex>:<JSON>``, and ``"$..."`` references between rows are not followed. Pages made
with React Router enqueue one list in which numbers point at other places of the list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

CHUNK = re.compile(r"self\.__next_f\.push\(\[1,\s*(?=\")")
ROW = re.compile(r"[0-9a-f]+:(?=[\[{])")
ENQUEUED = re.compile(r"streamController\.enqueue\((?=\")")
#: A list may point at itself; what is nested deeper than this is not looked at.
DEEPEST = 40
#: No page unfolds to more values than this: a list that points at itself would.
MOST_VALUES = 500_000


def is_streamed(html: str) -> bool:
    """Tell a page that streams Next.js chunks from any other."""
    return CHUNK.search(html) is not None


def objects(html: str) -> Iterator[dict[str, Any]]:
    """Yield the objects in the chunks of a page, outer ones first."""
    for row in _rows("".join(_texts(CHUNK, html))):
        yield from _inside(row)


def unfolded(html: str) -> Any:
    """Return the value that a page enqueues, its pointers followed.

    Raises ``ValueError`` for a page that enqueues none, or one without an end.
    """
    for text in _texts(ENQUEUED, html):
        try:
            places = json.loads(text.partition("\n")[0])
        except ValueError:
            continue
        if isinstance(places, list) and places:
            return _Unfolding(places).at(0)
    raise ValueError("the page enqueues no list")


class _Unfolding:
    """Follow the pointers of one list, as far as it may reasonably go."""

    def __init__(self, places: list[Any]) -> None:
        """Begin with nothing unfolded."""
        self.places = places
        self.values = 0

    def at(self, place: int, depth: int = 0) -> Any:
        """Return the value at a place; a negative one stands for nothing."""
        self.values += 1
        if depth > DEEPEST or self.values > MOST_VALUES:
            raise ValueError("a list that points at itself")
        if place < 0:
            return None
        value = self.places[place]
        if isinstance(value, dict):
            return {
                str(self.places[int(key[1:])]): self.at(one, depth + 1)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self.at(one, depth + 1) for one in value]
        return value


def _texts(opening: re.Pattern[str], html: str) -> Iterator[str]:
    """Yield the JSON texts that stand behind an opening."""
    decoder = json.JSONDecoder()
    for found in opening.finditer(html):
        try:
            yield decoder.raw_decode(html, found.end())[0]
        except ValueError:
            continue


def _rows(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    at = 0
    while (row := ROW.search(text, at)) is not None:
        at = row.end()
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            continue
        yield value


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(reversed(one.values()))
        elif isinstance(one, list):
            waiting.extend(reversed(one))
