"""A page that moves before the registry knows: a break, one message, no outage, no false green."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from analytics import METRICS, ask, open_snapshot
from analytics.read_models.incident_list import keys
from ingest.simulation.demo import Hands
from tests.support.command_line import rows
from tests.support.loopback import Site, reply
from tests.support.payloads import incident_io, statuspage
from tests.support.webhooks import LIST, OLD, clock, collect, data, hook, later, page, texts

__all__ = ["clock", "data", "hook", "page"]
DAY = timedelta(days=1)
NAMES = ("Acme API", "Console")


def moves(site: Site) -> None:
    """Serve incident.io's documents, with ids of their own, where Statuspage's were."""
    ids = (incident_io.API, incident_io.CHAT)
    parts = [incident_io.component(one, name) for one, name in zip(ids, NAMES, strict=True)]
    about = {"page": incident_io.about_page(), "status": {"indicator": "none"}}
    site[LIST] = reply(body=incident_io.incidents_json(incident_io.incident()).encode())
    for name in ("summary", "components"):
        body = json.dumps({**about, "components": parts}).encode()
        site[f"/api/v2/{name}.json"] = reply(body=body)
    waiting = json.dumps({**about, "scheduled_maintenances": []}).encode()
    site["/api/v2/scheduled-maintenances.json"] = reply(body=waiting)


def breaks(data: Path, *columns: str) -> list[list[Any]]:
    return [one for who, *one in rows(data, "breaks", "provider", *columns) if who == "acme"]


def states(data: Path) -> list[tuple[Any, ...]]:
    return rows(data, "component_states", "component_id", "state", "start_at")


def counted(data: Path) -> list[tuple[Any, ...]]:
    with open_snapshot(data) as snapshot:
        asked = ask(providers=("acme",), since="2026-01-01")
        return METRICS["frequency"](snapshot, asked).select("surface", "metric", "n").rows()


def test_a_move_is_a_break_and_one_message_and_neither_outage_nor_green(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    collect(data)
    before = states(data)
    last = later(clock)
    collect(data)
    moved = later(clock)
    moves(page)
    for _ in range(3):
        collect(data, code=1)
        later(clock)
    assert states(data) == before
    [[kind, at]] = breaks(data, "kind", "at")
    assert (kind, at) == ("migration", moved)
    assert max(end for (end,) in rows(data, "coverage", "end_at")) == last
    assert [text for text in texts(hook) if "another engine" in text] == texts(hook)
    assert len(texts(hook)) == 1


def test_ids_that_rotate_under_their_names_are_a_break_and_one_series(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    collect(data)
    before = [states(data), counted(data)]
    parts = [statuspage.component(f"new{nr}", name=name) for nr, name in enumerate(NAMES)]
    about = {"page": statuspage.about_page(), "status": {}, "components": parts}
    page["/api/v2/summary.json"] = reply(body=json.dumps(about).encode())
    again = {**OLD, "id": "renewed", "components": parts}
    page[LIST] = reply(body=statuspage.incidents_json(again))
    for _ in range(4):
        later(clock)
        collect(data)
    [[kind, note]] = breaks(data, "kind", "note")
    changed = "1 incident and 2 components with other ids under the same names"
    assert (kind, note) == ("roster", changed)
    assert [states(data), counted(data)] == before
    assert rows(data, "incidents", "incident_id", "aliases", "removed_at") == [
        ("old", ["renewed"], None)
    ]
    assert rows(data, "warnings", "kind", "reason", "n") == [("roster", changed, 1)]
    with open_snapshot(data) as snapshot:
        assert keys(snapshot, "renewed") == keys(snapshot, "old")
    assert texts(hook) == []
