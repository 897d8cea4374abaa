"""Google AI Studio's status rows, by import: its page is no public interface.

A row is a list by position: id, title, severity 1 or 2, updates, a component, and the
surfaces it is about. An update is its state, a local text, the epoch, and the words. What the
numbers mean was inferred from the captured rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from ingest.models import MISREADINGS, Component, Impact, Incident, Kind, Parsed, Stage, Update
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import optional_text, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.incidents import oldest, read_updates
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_nothing, read_incidents
from ingest.platforms.timestamps import epoch
from ingest.platforms.words import word
from ingest.sources import Shape

ROWS = "/rows"
CARRIED = frozenset({"title", "status", "impact", "component_ids", "updates"})
STAGES = {
    1: Stage.INVESTIGATING,
    2: Stage.IDENTIFIED,
    3: Stage.IDENTIFIED,
    4: Stage.RESOLVED,
    5: Stage.IDENTIFIED,
}
WORDS = {1: "investigating", 2: "identified", 3: "fixing", 4: "resolved", 5: "mitigating"}
IMPACTS = {1: Impact.MINOR, 2: Impact.MAJOR}
SURFACES = {1: "Gemini API", 2: "Live API", 3: "AI Studio"}
#: How many positions a row has.
ROW = 6
#: Nothing: what the page is drawn from is not ours to ask for.
SOURCES = polled()


def _rows(data: list[Any], origin: Origin, notices: Notices) -> Parsed:
    named = ({"id": row[0], "row": row} if _is_row(row) else row for row in data[0][0])
    incidents = read_incidents(
        named, lambda one, to: _incident(one["row"], to), notices, _is_over, by_nothing
    )
    components = tuple(Component(str(code), name) for code, name in SURFACES.items())
    return Parsed(
        "rows",
        horizon=oldest(incidents),
        components=components if incidents else (),
        incidents=incidents,
    )


def _is_over(row: Raw) -> bool:
    """Tell a row all of whose updates bear a time, the last one saying that it is over."""
    try:
        told = [(epoch(one[2][0]), one[0]) for one in row["row"][3]]
    except MISREADINGS:
        return False
    return bool(told) and STAGES.get(max(told)[1]) is Stage.RESOLVED


def _incident(row: Sequence[Any], notices: Notices) -> Incident:
    named, title, severity, said, _, surfaces = row
    # One id in fifty holds a blank, and no id of ours may.
    incident_id = quote(text({"id": named}, "id"), safe="")
    numbered = ({"id": str(nr), "row": one} for nr, one in enumerate(said))
    updates = read_updates(numbered, incident_id, _update, notices)
    if not updates:
        raise ValueError("shows no update")
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=text({"title": title}, "title").strip(),
        status=updates[-1].status,
        stage=updates[-1].stage,
        impact=word(IMPACTS, severity, Impact.UNKNOWN, incident_id, notices),
        component_ids=tuple(str(code) for code in sorted({*surfaces})),
        updates=updates,
        listed_at=updates[0].display_at,
    )


def _update(said: Raw, within: str, notices: Notices) -> Update:
    state, _, seconds, body = said["row"]
    at = epoch(seconds[0])
    return Update(
        update_id=said["id"],
        stage=word(STAGES, state, Stage.UNKNOWN, within + said["id"], notices),
        status=WORDS.get(state, ""),
        created_at=at,
        display_at=at,
        body=optional_text({"text": body}, "text"),
    )


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and len(row) == ROW and isinstance(row[0], str)


def _has_rows(data: Any) -> bool:
    inner: Any = data
    for _ in range(2):
        inner = inner[0] if isinstance(inner, list) and inner else None
    return isinstance(inner, list) and any(map(_is_row, inner))


FORMS = (Form("rows", ROWS, _rows, fits=_has_rows),)

PLATFORM = Platform("google_aistudio", 1, (Shape("rows", CARRIED),), FORMS, SOURCES)
