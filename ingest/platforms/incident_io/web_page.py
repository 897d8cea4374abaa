"""Data inside an incident.io web page, for want of anything better.

The page streams the data it is drawn from as ``self.__next_f.push([1, "..."])`` chunks.
Joined, they are rows of ``<hex>:<JSON>``; of those that are JSON we take the objects we know.
Nothing is executed, and ``"$..."`` references between rows are not followed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

CHUNK = re.compile(r"self\.__next_f\.push\(\[1,\s*(?=\")")
ROW = re.compile(r"[0-9a-f]+:(?=[\[{])")
#: The objects and lists a page is drawn from.
KNOWN = (
    "structure",
    "incidents",
    "ongoing_incidents",
    "scheduled_maintenances",
    "component_impacts",
    "component_uptimes",
    "incident_links",
)


def is_page(html: str) -> bool:
    """Tell a web page that streams its data from any other."""
    return CHUNK.search(html) is not None


def data(html: str) -> dict[str, Any]:
    """Return the first of each of ``KNOWN`` that holds anything, by name.

    Those that the page does not hold are absent.
    """
    found: dict[str, Any] = {}
    for row in _rows("".join(_chunks(html))):
        for one in _objects(row):
            # An incident has impacts of its own; the page's come with their links.
            inside_incident = "updates" in one
            for key in KNOWN:
                if isinstance(one.get(key), dict | list) and not inside_incident:
                    found[key] = found.get(key) or one[key]
    return found


def _chunks(html: str) -> Iterator[str]:
    decoder = json.JSONDecoder()
    for chunk in CHUNK.finditer(html):
        try:
            yield decoder.raw_decode(html, chunk.end())[0]
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


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _objects(one)
