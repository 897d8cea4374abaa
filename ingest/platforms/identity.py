"""Tell a page's own documents from those of another page or engine.

A page that changes its engine goes on answering at the same addresses, often in the same form:
read as its own, the new engine's documents would withdraw every incident and retire every
component. Engines differ in the form of their ids, in words of their own and in documents that
only they serve.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from ingest.models import Incident, Page, ReadError, ReadFailure
from ingest.platforms.payload import Raw


@dataclass(frozen=True, slots=True)
class Engine:
    """Status-page engine, and the signs by which its documents are known.

    ``ids``: the form of its ids. ``words``: states and stages no other engine has.
    ``documents``: keys that stand together in no other engine's documents.
    """

    name: str
    ids: re.Pattern[str] | None = None
    words: frozenset[str] = frozenset()
    documents: tuple[frozenset[str], ...] = ()


STATUSPAGE = Engine("Statuspage", re.compile(r"[a-z0-9]{12}"))
INCIDENT_IO = Engine(
    "incident.io",
    re.compile(r"[0-7][0-9A-Z]{25}"),
    frozenset(
        {
            "full_outage",
            "maintenance_scheduled",
            "maintenance_in_progress",
            "maintenance_complete",
            "maintenance_completed",
        }
    ),
    (
        frozenset({"ongoing_incidents", "in_progress_maintenances"}),
        frozenset({"component_impacts", "incident_links"}),
        frozenset({"items", "status_page_id"}),
    ),
)
#: Engines without a reader of ours, to call a document by its engine's name.
OTHERS = (
    Engine("Instatus", re.compile(r"c[a-z0-9]{24}"), documents=(frozenset({"activeIncidents"}),)),
    Engine("status.io", re.compile(r"[0-9a-f]{24}"), documents=(frozenset({"status_overall"}),)),
    Engine("Better Stack", documents=(frozenset({"data", "included"}),)),
    Engine(
        "an engine that numbers by UUID", re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    ),
)
ENGINES = (STATUSPAGE, INCIDENT_IO, *OTHERS)


def own_id(record_id: str, engine: Engine) -> str:
    """Return an id of the engine's form, or of no known form.

    Raises ``ReadError`` for one of another engine's form.
    """
    if engine.ids is None or engine.ids.fullmatch(record_id):
        return record_id
    for other in ENGINES:
        if other.ids is not None and other.ids.fullmatch(record_id):
            raise _changed(engine, other, f"the id {record_id}")
    return record_id


def own_word(word: Any, engine: Engine) -> Any:
    """Return a word unless only another engine uses it. Raises ``ReadError``."""
    other = _speakers().get(word) if isinstance(word, str) else None
    if other is not None and other is not engine:
        raise _changed(engine, other, f"the word {word}")
    return word


@cache
def _speakers() -> dict[str, Engine]:
    """Return the engine that uses each word no other engine has."""
    return {word: engine for engine in ENGINES for word in engine.words}


def own_document(data: Any, engine: Engine) -> Any:
    """Return a JSON value unless only another engine serves it. Raises ``ReadError``."""
    keys = data.keys() if isinstance(data, dict) else frozenset()
    for other in ENGINES:
        if other is not engine and any(document <= keys for document in other.documents):
            raise _changed(engine, other, "a document")
    return data


def _changed(engine: Engine, other: Engine, sign: str) -> ReadError:
    return ReadError(
        ReadFailure.CHANGED_PLATFORM, f"{sign} of {other.name}, on a page of {engine.name}"
    )


def stated_page_id(data: Raw, page: Page, engine: Engine | None = None) -> str | None:
    """Return the id in a document's ``page`` object; None where it has no such object.

    Raises ``ReadError`` for an object without an id, and for the id of another page.
    """
    if "page" not in data:
        return None
    about = data["page"]
    if not isinstance(about, dict) or not isinstance(about.get("id"), str):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "page is not an object with an id")
    return same_page([about], "id", page, engine)


def same_page(
    rows: Iterable[Any], key: str, page: Page, engine: Engine | None = None
) -> str | None:
    """Return the id by which rows name their page; None where none of them does.

    Args:
        rows: The records of a document.
        key: Where a record names its page.
        page: The page they should be of.
        engine: The engine of that page, where the form of its ids is known.

    Raises:
        ReadError: They name another page, or several, or one of another engine.
    """
    named = {row[key] for row in rows if isinstance(row, dict) and isinstance(row.get(key), str)}
    if engine is not None:
        for one in named:
            own_id(one, engine)
    foreign = named - {page.page_id} if page.page_id is not None else named
    if page.page_id is not None and foreign:
        message = f"page {_listed(foreign)}, expected {page.page_id}"
        raise ReadError(ReadFailure.WRONG_PAGE, message)
    if len(named) > 1:
        raise ReadError(ReadFailure.WRONG_PAGE, f"records of several pages: {_listed(named)}")
    return next(iter(named), None)


def same_host(incidents: Iterable[Incident], page: Page) -> None:
    """Refuse a feed whose links all lead to other hosts. Raises ``ReadError``."""
    ours = {urlsplit(url).hostname for url in (page.base_url, *page.alternates)}
    linked = {urlsplit(i.url or "").hostname or "" for i in incidents}
    if linked and not linked & ours:
        raise ReadError(ReadFailure.WRONG_PAGE, f"entries link to {_listed(linked)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:6])
