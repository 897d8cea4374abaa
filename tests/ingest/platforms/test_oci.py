"""Oracle Cloud: a component is a service in a region."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import ReadError, State
from tests.support.payloads.acme import acme, parse
from tests.support.payloads.golden import Golden

PAGE = acme("oci", page_id="2bsbdh54aaaa")
ABOUT = {"id": "2bsbdh54aaaa", "name": "Acme Cloud", "time_zone": "America/Los_Angeles"}


def component(component_id: str, name: str, group_id: str | None, **more: Any) -> dict[str, Any]:
    return {
        "id": component_id,
        "name": name,
        "status": "operational",
        "group_id": group_id,
        "group": False,
        **more,
    }


COMPUTE = component("1m8dh0nx0aaa", "Compute", None, group=True)
SEOUL = component("sl7rcrv9aaaa", "Korea North", "1m8dh0nx0aaa", status="major_outage")


def summary(**more: Any) -> bytes:
    said = {"page": ABOUT, "components": [COMPUTE, SEOUL], "incidents": []}
    return json.dumps({**said, "status": {"indicator": "major"}, **more}).encode()


def status(indicator: str) -> bytes:
    return json.dumps({"page": ABOUT, "status": {"indicator": indicator}}).encode()


GOLDEN = (
    Golden(PAGE, "/api/v2/summary.json", summary()),
    Golden(PAGE, "/api/v2/status.json", status("minor")),
)


def test_the_group_of_a_component_is_its_service_and_its_name_the_region() -> None:
    (found,) = parse(PAGE, summary()).components
    assert (found.name, found.region, found.state) == ("Compute", "Korea North", State.MAJOR)


@pytest.mark.parametrize(
    ("indicator", "state"),
    [("none", State.OPERATIONAL), ("critical", State.MAJOR), ("new", State.UNKNOWN)],
)
def test_the_word_of_the_page_is_the_state_of_all_services(indicator: str, state: State) -> None:
    (found,) = parse(PAGE, status(indicator)).components
    assert found.state is state


def test_another_page_is_not_taken_for_ours() -> None:
    with pytest.raises(ReadError, match="wrong_page"):
        parse(acme("oci", page_id="other"), status("none"))
