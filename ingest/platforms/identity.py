"""Tell an engine's own documents from those of another engine.

A page that changes its engine goes on answering at the same addresses, often in the same form:
read as its own, the new engine's documents would withdraw every incident and retire every
component. Engines differ in the form of their ids, in words of their own and in documents that
only they serve.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.models import ReadError, ReadFailure


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
    for other in ENGINES:
        if other is not engine and isinstance(word, str) and word in other.words:
            raise _changed(engine, other, f"the word {word}")
    return word


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
