"""pulsewatch: up with no uptime at all is not known."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import State, labelled
from tests.support.payloads.acme import acme, parse
from tests.support.payloads.golden import Golden

PAGE = acme("pulsewatch")


def status(**services: tuple[Any, float]) -> bytes:
    rows = [
        {"name": name, "is_up": is_up, "uptime_24h_pct": uptime}
        for name, (is_up, uptime) in services.items()
    ]
    return json.dumps({"services": rows}).encode()


BODY = status(API=(False, 33.3), Batch=(True, 100.0), Console=(True, 0.0))
GOLDEN = (Golden(PAGE, "/api/status", BODY),)


def test_a_service_that_never_answered_is_neither_up_nor_down() -> None:
    assert {one.name: one.state for one in parse(PAGE, BODY).components} == {
        "API": State.MAJOR,
        "Batch": State.OPERATIONAL,
        "Console": State.UNKNOWN,
    }


def test_a_refused_service_makes_no_whole_roster() -> None:
    parsed = parse(PAGE, status(API=(True, 1.0), Batch=("yes", 1.0)))
    assert (len(parsed.components), parsed.roster) == (1, False)
    assert parsed.unread_components == (labelled("Batch"),)
