"""Take captured bytes apart: text, JSON, JSON Lines, items of a feed, HTML.

Bytes that are none of these raise ``ReadError`` with the failure's name.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson
from lxml import etree

from ingest.models import Capture, ReadError, ReadFailure

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

#: What may stand before the first character that tells markup from JSON.
BLANK = codecs.BOM_UTF8 + b" \t\r\n"
#: A message longer than this, or of more elements, is none; as a tree it would fill the memory.
LONGEST_MESSAGE = 2**20
MOST_ELEMENTS = 5_000
#: All messages of a feed together; no feed has a fifth of it.
MOST_ELEMENTS_OF_ALL = 60_000
#: No payload of a status page holds a tenth of as many values, elements or lines, and one of
#: 20 MiB that does would take gigabytes to open.
MOST_VALUES = 1_000_000
MOST_NODES = 200_000
MOST_LINES = 100_000
#: Whatever a body of this length holds, it opens in little memory.
HARMLESS = 2**20
#: A web page longer than this is no status page.
LONGEST_PAGE = 4 * 2**20
ATOM = "{http://www.w3.org/2005/Atom}"


def of(capture: Capture) -> bytes:
    """Return the body of a capture. Raises ``ReadError`` for an empty one."""
    if capture.body is None:
        raise ReadError(ReadFailure.EMPTY, "no body")
    if not capture.body.strip(BLANK):
        raise ReadError(ReadFailure.NOT_JSON, "empty body")
    return capture.body


class Media(StrEnum):
    """Kind of a body's bytes, before anything is known of their form."""

    JSON = "JSON"
    ATOM = "Atom"
    RSS = "RSS"
    HTML = "HTML"
    XML = "XML"


def opened(body: bytes) -> tuple[Media, Any]:
    """Return the kind of a body, and its JSON value or text. Raises ``ReadError``."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = _in_utf8(body)
    media = media_of(body)
    if media is Media.JSON:
        return media, document(body)
    if media is Media.HTML and len(body) > LONGEST_PAGE:
        raise ReadError(ReadFailure.PARSE, f"a web page of {len(body)} bytes")
    return media, text(body)


def media_of(body: bytes) -> Media:
    """Tell markup from JSON, and a feed from a web page or a piece of one."""
    head = body[:600].lstrip(BLANK).lower()
    if not head.startswith(b"<"):
        return Media.JSON
    if b"<html" in head or head.startswith((b"<!doctype html", b"<script")):
        return Media.HTML
    if b"<rss" in head or b"<!doctype rss" in head:
        return Media.RSS
    return Media.ATOM if b"<feed" in head or b"<!doctype feed" in head else Media.XML


def text(body: bytes) -> str:
    """Return the text of a UTF-8 body. Raises ``ReadError``."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError(ReadFailure.BAD_ENCODING, f"not UTF-8 at byte {error.start}") from error


def _in_utf8(body: bytes) -> bytes:
    try:
        return body.decode("utf-16").encode()
    except UnicodeError as error:
        raise ReadError(ReadFailure.BAD_ENCODING, "begins like UTF-16 but is not") from error


def document(body: bytes) -> Any:
    """Return the value of a JSON document. Raises ``ReadError``.

    JSON Lines come as ``{"lines": rows, "broken": number of lines that are not JSON}``.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    if len(body) > HARMLESS:
        _limit("values", sum(map(body.count, (b",", b"[", b"{"))), MOST_VALUES)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        _limit("lines", body.count(b"\n") + body.count(b"\r"), MOST_LINES)
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) > 1 and lines[0].rstrip().endswith(b"}"):
            return _lines(lines)
        text(body)
        raise ReadError(ReadFailure.NOT_JSON, str(error)) from error


def limit_values(html: str) -> None:
    """Refuse a web page whose data hold too many values. Raises ``ReadError``."""
    _limit("values", sum(map(html.count, (",", "[", "{"))), MOST_VALUES)


def _limit(what: str, n: int, most: int) -> None:
    """Refuse a body of too many parts before they are taken apart. Raises ``ReadError``."""
    if n > most:
        raise ReadError(ReadFailure.PARSE, f"more than {most} {what}")


def _lines(lines: Sequence[bytes]) -> dict[str, Any]:
    rows: list[Any] = []
    broken = 0
    for line in lines:
        try:
            rows.append(orjson.loads(line))
        except ValueError:
            broken += 1
    if not rows:
        raise ReadError(ReadFailure.NOT_JSON, "no line is JSON")
    return {"lines": rows, "broken": broken}


ASCII_BLANK = "\n\t\x0c\r "
#: Elements that hold nothing.
VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


def entries(body: bytes) -> tuple[bool, list[etree._Element]]:
    """Return whether a feed is Atom, else RSS, and its entries. Raises ``ReadError``.

    Entities are not expanded and nothing is fetched.
    """
    if len(body) > HARMLESS:
        _limit("elements and attributes", body.count(b"<") + body.count(b"="), MOST_NODES)
    try:
        root = etree.fromstring(
            body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
    except etree.XMLSyntaxError as error:
        # The parser's own message may quote the document, line breaks and all.
        why = (error.msg or "malformed").splitlines()[0]
        raise ReadError(ReadFailure.PARSE, f"not XML: {why}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        # Whatever it defines is left unread, and a title would end where an entity begins.
        raise ReadError(ReadFailure.PARSE, "a feed with a document type of its own")
    if root.tag == f"{ATOM}feed":
        return True, root.findall(f"{ATOM}entry")
    if root.tag == "rss":
        return False, root.findall("channel/item")
    raise ReadError(ReadFailure.SHAPE_CHANGED, f"<{root.tag}> is neither Atom nor RSS")


def _bounded(message: str) -> str:
    """Return a message. Raises ``ValueError`` for one too long to be one."""
    if len(message) > LONGEST_MESSAGE:
        raise ValueError(f"a message of {len(message)} characters")
    if (elements := message.count("<")) > MOST_ELEMENTS:
        raise ValueError(f"a message of {elements} elements")
    return f"<div>{message}</div>"


def elements(message: str) -> etree._Element:
    """Return the elements of a message, of which a long feed holds thousands.

    What is not to be seen is left out. Raises ``ValueError`` for one too long to be one.
    """
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(_bounded(message), parser)
    etree.strip_elements(root, "script", "style", with_tail=False)
    return root


def words(node: etree._Element, between: str = "") -> str:
    """Return the texts within an element, without the blanks around each."""
    return between.join(filter(None, (one.strip() for one in node.itertext())))


def markup_behind(node: etree._Element) -> str:
    """Return what stands behind an element within the one around it, as HTML."""
    parts = [_blank(node.tail)]
    for sibling in node.itersiblings():
        parts += [markup(sibling), sibling.tail or ""]
    return "".join(parts)


def markup(node: etree._Element) -> str:
    """Return an element as HTML."""
    for one in node.iter():
        # Without a text an element is written as if it could hold none.
        one.text = _blank(one.text) if one.text or len(one) or one.tag not in VOID else None
        one.tail = _blank(one.tail)
    html: str = etree.tostring(node, encoding="unicode", with_tail=False)
    return html


def _blank(text: str | None) -> str:
    """Return a text; one of blanks alone as one of them, since HTML shows no more."""
    if text is None or text.strip(ASCII_BLANK):
        return text or ""
    return text and ("\n" if "\n" in text else " ")


def tree(message: str) -> BeautifulSoup:
    """Return the HTML of a message. Raises ``ValueError`` for one too long to be one."""
    from bs4 import BeautifulSoup

    # Inside an element nothing looks like an address or XML, of which the parser would warn.
    return BeautifulSoup(_bounded(message), "lxml")


@dataclass(frozen=True, slots=True)
class Item:
    """Hold an item before its texts are read; what is missing is an empty text."""

    title: str
    link: str
    guid: str
    published: str
    updated: str
    body: str
    categories: tuple[str, ...] = ()


def items(text: str) -> list[Item]:
    """Return the items of a feed, without the blanks around their texts, in its order.

    Raises ``ReadError`` where it is no feed.
    """
    return [
        Item(
            one.title.strip(),
            one.link.strip(),
            one.guid.strip(),
            one.published.strip(),
            one.updated.strip(),
            one.body.strip(),
            tuple(name.strip() for name in one.categories),
        )
        for one in items_as_written(text)
    ]


def items_as_written(text: str) -> list[Item]:
    """Return the items of a feed in its order. Raises ``ReadError`` where it is none."""
    is_atom, nodes = entries(text.encode())
    return [_atom(node) if is_atom else _rss(node) for node in nodes]


def _rss(node: etree._Element) -> Item:
    return Item(
        title=node.findtext("title", ""),
        link=node.findtext("link", ""),
        guid=node.findtext("guid", ""),
        published=node.findtext("pubDate", ""),
        updated="",
        body=node.findtext("description", ""),
        categories=tuple(one.text or "" for one in node.findall("category")),
    )


def _atom(node: etree._Element) -> Item:
    links = node.findall(f"{ATOM}link")
    # A link that names no relation is the entry's own; one to the feed may stand before it.
    own = [one for one in links if one.get("rel", "alternate") == "alternate"]
    return Item(
        title=node.findtext(f"{ATOM}title", ""),
        link=next((one.get("href", "") for one in own or links), ""),
        guid=node.findtext(f"{ATOM}id", ""),
        published=node.findtext(f"{ATOM}published", ""),
        updated=node.findtext(f"{ATOM}updated", ""),
        body=node.findtext(f"{ATOM}content") or node.findtext(f"{ATOM}summary", ""),
        categories=tuple(one.get("term", "") for one in node.findall(f"{ATOM}category")),
    )


Raw = Mapping[str, Any]
