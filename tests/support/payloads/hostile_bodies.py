"""Statuspage bodies that mean harm, and what must come of each."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import ReadFailure
from tests.support.payloads.statuspage import (
    about_page,
    atom,
    atom_entry,
    change,
    component,
    incident,
    incidents_json,
    paragraph,
    rss,
    rss_item,
    update,
)

RESOLVED = "2026-01-05T11:30:00Z"
MONDAY = "Mon, 05 Jan 2026 10:00:00 GMT"
PARA = paragraph("Jan", "5", "10:00", "Resolved", "It is over.")
DEEP = 100_000


def written(**changed: str) -> bytes:
    """Make a list of one incident, with raw JSON in place of some values."""
    row = json.dumps(incident() | dict.fromkeys(changed, "@"))
    for key, value in changed.items():
        row = row.replace(f'"{key}": "@"', f'"{key}": {value}', 1)
    about = json.dumps(about_page())
    return f'{{"page": {about}, "incidents": [{row}]}}'.encode()


def told(*incidents: dict[str, Any], **more: Any) -> bytes:
    """Make a list of one good incident and of others."""
    return incidents_json(incident("good", **{"name": "Slow answers", **more}), *incidents)


def roster(**more: Any) -> bytes:
    return json.dumps({"page": about_page(), "components": [component("c", **more)]}).encode()


def with_type(doctype: str, title: str = "&b;") -> bytes:
    """Make a feed with a document type."""
    entry = atom_entry("iiii", RESOLVED, PARA, title=title)
    return f"<!DOCTYPE feed {doctype}>{atom(entry).partition('?>')[2]}".encode()


def feed(*items: str) -> bytes:
    """Make a feed of one good item and of others."""
    return rss(rss_item("good", MONDAY, PARA), *items).encode()


def page_with(data: str) -> bytes:
    return f"<html><script>var uptimeData = {data}</script>".encode()


SAID = '{"id": "u", "status": "resolved", "created_at": "2026-01-05T11:30:00Z"}'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BLANK_NAMED = [update("u", "resolved", RESOLVED, changes=[change("a b:c>d", None, "operational")])]
LISTED: Any = ["a list"]

#: name -> body, and its failure or how many of its records are refused.
BODIES: dict[str, tuple[bytes, ReadFailure | int]] = {
    "lists in lists": (b"[" * DEEP + b"]" * DEEP, ReadFailure.NOT_JSON),
    "objects in objects": (b'{"incidents":' * DEEP, ReadFailure.NOT_JSON),
    "a value as deep as may be": (written(custom="[" * 1019 + "]" * 1019), 0),
    "an id as deep as may be": (written(id="[" * 1019 + "]" * 1019), ReadFailure.PARSE),
    "a number of 400 digits": (written(name="9" * 400), ReadFailure.NOT_JSON),
    "a number too large": (written(name="1e999"), ReadFailure.NOT_JSON),
    "NaN": (written(name="NaN"), ReadFailure.NOT_JSON),
    "Infinity": (written(name="-Infinity"), ReadFailure.NOT_JSON),
    "half a character": (written(name=r'"\ud800"'), ReadFailure.NOT_JSON),
    "half a character, in bytes": (
        written(name='"@"').replace(b'"@"', b'"\xed\xa0\x80"'),
        ReadFailure.BAD_ENCODING,
    ),
    "NUL": (written(name=r'"Down\u0000 now"'), 0),
    "a key twice": (written(name='"Up", "name": "Down"'), 0),
    "a title of a megabyte": (incidents_json(incident(name="E" * 10**6)), ReadFailure.PARSE),
    "a word of a megabyte": (incidents_json(incident(impact="E" * 10**6)), 0),
    "100,000 updates": (
        written(incident_updates=f"[{','.join([SAID] * DEEP)}]"),
        ReadFailure.PARSE,
    ),
    "an id with a blank": (told(incident("a b")), 1),
    "a component with a blank": (told(incident("x", BLANK_NAMED)), 1),
    "a message that is a list": (
        told(incident("x", [update("u", "resolved", RESOLVED, body=LISTED)])),
        1,
    ),
    "a component without an id": (told(incident("x", components=[{"name": "y"}])), 1),
    "components that are a number": (told(components=5), 1),
    "Go's zero time": (told(incident("x", resolved_at="0001-01-01T00:00:00Z")), 1),
    "a time before all time": (told(incident("x", created_at="0001-01-01T00:00:00+14:00")), 1),
    "a day before all time": (roster(start_date="0001-01-01"), ReadFailure.PARSE),
    "a day after all time": (roster(start_date="9999-12-31"), ReadFailure.PARSE),
    "seconds without end": (
        b'{"id": "c", "months": [{"year": 2026, "month": 1, "uptime_percentage": "nan",'
        b' "days": [{"date": "2026-01-01", "p": 1e300, "m": -1}]}]}',
        ReadFailure.PARSE,
    ),
    "NaN in a page": (
        page_with('{"a": {"component": {"code": "a"}, "days": [{"date": NaN}]}}'),
        ReadFailure.NOT_JSON,
    ),
    "half a character in a page": (
        page_with(r'{"a": {"component": {"code": "a", "name": "\ud800"}, "days": []}}'),
        ReadFailure.PARSE,
    ),
    "a page as deep as may be": (page_with('{"a":' * DEEP), ReadFailure.SHAPE_CHANGED),
    "a billion laughs": (with_type(f'[<!ENTITY l0 "ha">{LAUGHS}]', "&l9;"), ReadFailure.PARSE),
    "an entity of its own": (with_type('[<!ENTITY b "aaaa">]'), ReadFailure.PARSE),
    "an entity from elsewhere": (with_type('SYSTEM "http://evil/x.dtd"'), ReadFailure.PARSE),
    "elements in elements": (b"<rss><channel>" + b"<a>" * DEEP, ReadFailure.PARSE),
    "a link that is none": (feed(rss_item("x", MONDAY, PARA).replace("https://", "https://[")), 1),
    "a message of two megabytes": (feed(rss_item("x", MONDAY, PARA * 20_000)), 1),
    "the last day of all": (feed(rss_item("x", "Fri, 31 Dec 9999 23:59:59 GMT", PARA)), 1),
    "HTML in HTML": (feed(rss_item("x", MONDAY, PARA + "<b>" * 20_000)), 1),
}
