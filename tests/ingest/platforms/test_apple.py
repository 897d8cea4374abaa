"""Apple: an event stands with each of its services, and is one."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import PostedImpact, Stage, State, labelled
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("apple", base_url="https://www.apple.com")
PATH = "/support/systemstatus/data/developer/system_status_en_US.js"
START = 1767607200000  # 2026-01-05 10:00 UTC


def event(**more: Any) -> dict[str, Any]:
    return {
        "epochStartDate": START,
        "epochEndDate": START + 3_600_000,
        "messageId": "2000000026",
        "statusType": "Outage",
        "datePosted": "01/15/2026 10:12 PST",
        "eventStatus": "resolved",
        "message": "Users had a problem.",
        **more,
    }


def services(**events: list[dict[str, Any]]) -> bytes:
    rows = [{"serviceName": name, "events": said} for name, said in events.items()]
    return json.dumps({"services": rows}).encode()


BODY = services(Account=[event()], Videos=[event(epochEndDate=None, eventStatus="ongoing")])
GOLDEN = (Golden(PAGE, PATH, services(Account=[event()], Videos=[])),)


def test_an_event_goes_on_while_it_does_for_one_of_its_services() -> None:
    found = by_id(parse(PAGE, BODY))["2000000026"]
    begin, end = utc("2026-01-05T10:00:00"), utc("2026-01-05T11:00:00")
    assert found.impacts == (
        PostedImpact(labelled("Account"), State.MAJOR, begin, end),
        PostedImpact(labelled("Videos"), State.MAJOR, begin, None),
    )
    assert (found.stage, found.resolved_at) == (Stage.INVESTIGATING, None)
    assert {one.name: one.state for one in parse(PAGE, BODY).components} == {
        "Account": State.OPERATIONAL,
        "Videos": State.MAJOR,
    }


def test_an_event_entered_late_was_posted_late() -> None:
    (found,) = parse(PAGE, GOLDEN[0].body).incidents
    assert found.created_at == utc("2026-01-15T18:12:00")
    assert found.updates[0].created_at == utc("2026-01-15T18:12:00")
    assert found.resolved_at == utc("2026-01-05T11:00:00")


def test_a_document_wrapped_in_a_call_is_the_same_document() -> None:
    assert parse(PAGE, b"jsonCallback(" + BODY + b");") == parse(PAGE, BODY)


def test_a_date_of_an_unknown_zone_costs_its_event_alone() -> None:
    odd = event(messageId="7", datePosted="01/15/2026 10:12 IST")
    parsed = parse(PAGE, services(Account=[event(), odd]))
    assert [*by_id(parsed)] == ["2000000026"]
    assert parsed.rejects
