"""Google: what cannot be read costs itself, and says what it leaves unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import ANY_COMPONENT
from tests.support.payloads.google import (
    STORE,
    incident,
    open_incident,
    parse,
    posts,
    product,
    update,
)


def test_an_unreadable_end_leaves_the_present_open() -> None:
    parsed = parse(posts(incident("odd", end="soon"), incident()))
    assert (parsed.unread_open, parsed.unread_incidents) == (True, ("odd",))


def test_a_refused_row_that_ended_costs_the_present_nothing() -> None:
    parsed = parse(posts(incident("odd", begin="some day"), incident()))
    assert (parsed.unread_open, parsed.unread_incidents) == (False, ("odd",))


@pytest.mark.parametrize("odd", [{"title": ""}, {"id": 5}, "Storage", None])
def test_an_unreadable_product_costs_itself_and_not_its_incident(odd: Any) -> None:
    row = open_incident(products=[product(), odd])
    parsed = parse(posts(row, incident("over", products=[product(), odd])))
    assert [one.component_ids for one in parsed.incidents] == [(STORE,), (STORE,)]
    assert (len(parsed.rejects), parsed.unread_open) == (2, True)
    assert not parse(posts(incident(products=[product(), odd]))).unread_open


def test_a_refused_update_leaves_nothing_open_since_states_rest_on_begin_and_end() -> None:
    row = open_incident(updates=[update("2026-01-05T10:20:01Z"), update("soon")])
    parsed = parse(posts(row))
    assert (len(parsed.rejects), parsed.unread_open) == (1, False)
    assert parsed.incidents[0].impacts is not None


def test_a_product_without_a_title_keeps_its_id() -> None:
    body = json.dumps(
        {"products": [{"id": STORE, "title": None}, {"title": "Acme Queue"}]}
    ).encode()
    parsed = parse(body)
    assert [(one.component_id, one.name) for one in parsed.components] == [(STORE, None)]
    assert (parsed.roster, parsed.unread_components) == (False, (ANY_COMPONENT,))
