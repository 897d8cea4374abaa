"""A provider's HTML message as plain text."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import html

BREAKING = {"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4"}
DROPPED = ("script", "style", "iframe")
BLANK_LINES = re.compile(r"\s*\n\s*")


@lru_cache(maxsize=8192)
def plain(body: str) -> str:
    """The words of ``body``: tags gone, scripts and styles with their content, entities read."""
    if "<" not in body and "&" not in body:
        return body.strip()
    try:
        root = html.fragment_fromstring(body, create_parent="div")
    except (ValueError, html.etree.ParserError):
        return body.strip()
    for element in root.iter(*DROPPED):
        element.text = None
        for child in list(element):
            element.remove(child)
    for element in root.iter():
        if element.tag in BREAKING:
            element.tail = "\n" + (element.tail or "")
    return BLANK_LINES.sub("\n", "".join(root.itertext())).strip()
