"""pulsewatch: ``/api/status`` says which services answered; its incidents are in no JSON.

A service counts as up until its checks have failed often enough, and before its first one
succeeded: up with no uptime at all is not known.
"""

from __future__ import annotations

from typing import Any

from ingest.models import Component, Parsed, State, labelled
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import objects, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_name, read_components
from ingest.sources import Shape

STATUS = "/api/status"
SOURCES = polled((STATUS, "status", 2))


def _status(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    rows = rows_of(data, "services")
    components = read_components(rows, _service, notices, by_name)
    return Parsed("status", roster=True, components=components)


def _service(row: Raw, notices: Notices) -> Component:
    name, is_up = text(row, "name"), row["is_up"]
    if not isinstance(is_up, bool):
        raise ValueError("is_up is neither true nor false")
    state = State.OPERATIONAL if row.get("uptime_24h_pct") else State.UNKNOWN
    return Component(labelled(name), name, state=state if is_up else State.MAJOR)


def _answers(data: Any) -> bool:
    return any("is_up" in row for row in objects(data["services"]))


FORMS = (Form("status", STATUS, _status, frozenset({"services"}), fits=_answers),)
SHAPES = (Shape("status", frozenset()),)
PLATFORM = Platform(
    "pulsewatch", 1, SHAPES, FORMS, SOURCES, measures=True, present=frozenset({"status"})
)
