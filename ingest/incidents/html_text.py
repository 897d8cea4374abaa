"""Turn a provider's HTML message into plain text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

BREAKING = {"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4"}
DROPPED = {"script", "style", "iframe"}
#: No document holds these, and the parser refuses them in some places and not in others.
CONTROLS = dict.fromkeys(
    {*range(0x20), 0x7F, *range(0xD800, 0xE000), 0xFFFE, 0xFFFF} - set(map(ord, "\t\n\r")), " "
)
#: Takes elements 2,048 deep instead of 256; what lies deeper is left unread.
PARSER = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)


@lru_cache(maxsize=8192)
def strip_html(body: str) -> str:
    """Return the words of ``body``: tags, scripts and styles gone, entities read."""
    if "<" not in body and "&" not in body:
        return body.strip()
    # Inside an element of ours nothing of theirs can be a document, a frameset or empty.
    root = etree.fromstring("<div>" + body.translate(CONTROLS), PARSER)
    lines = (line.strip() for line in "".join(_words(root)).split("\n"))
    return "\n".join(line for line in lines if line)


def _words(root: etree._Element) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in DROPPED:
                walk.skip_subtree()
            else:
                yield element.text or ""
        else:
            yield "\n" if element.tag in BREAKING else ""
            yield element.tail or ""
