"""The items of an RSS or Atom feed as plain texts, for engines that put a post into one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lxml import etree

from ingest.models import MISREADINGS
from ingest.platforms import payload
from ingest.platforms.payload import ATOM
from ingest.platforms.reading import Notices, reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """One item before its texts are read; what is missing is an empty text."""

    title: str
    link: str
    guid: str
    published: str
    updated: str
    body: str
    categories: tuple[str, ...] = ()


def items(text: str) -> list[Item]:
    """Return the items of a feed, in its order. Raises ``ReadError`` where it is none."""
    is_atom, nodes = payload.entries(text.encode())
    return [_atom(node) if is_atom else _rss(node) for node in nodes]


def read_items(
    text: str, read: Callable[[Item, Notices], T], notices: Notices
) -> tuple[tuple[Item, T], ...]:
    """Read each item of a feed on its own; refuse what cannot be read."""
    found = []
    for item in items(text):
        try:
            found.append((item, read(item, notices)))
        except MISREADINGS as error:
            notices.refuse(item.guid or item.title or "feed item", reason(error))
    return tuple(found)


def _rss(node: etree._Element) -> Item:
    return Item(
        title=_text(node, "title"),
        link=_text(node, "link"),
        guid=_text(node, "guid"),
        published=_text(node, "pubDate"),
        updated="",
        body=_text(node, "description"),
        categories=tuple((one.text or "").strip() for one in node.findall("category")),
    )


def _atom(node: etree._Element) -> Item:
    link = node.find(f"{ATOM}link[@rel='alternate']")
    if link is None:
        link = node.find(f"{ATOM}link")
    terms = (one.get("term", "").strip() for one in node.findall(f"{ATOM}category"))
    return Item(
        title=_text(node, f"{ATOM}title"),
        link=link.get("href", "").strip() if link is not None else "",
        guid=_text(node, f"{ATOM}id"),
        published=_text(node, f"{ATOM}published"),
        updated=_text(node, f"{ATOM}updated"),
        body=_text(node, f"{ATOM}content") or _text(node, f"{ATOM}summary"),
        categories=tuple(terms),
    )


def _text(node: etree._Element, tag: str) -> str:
    return (node.findtext(tag) or "").strip()
