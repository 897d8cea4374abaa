"""A world that is rendered and read again says what it said, as far as the form can say it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, given, settings

from ingest.models import Capture, Incident, Parsed
from ingest.platforms import PLATFORMS
from ingest.time_zones import time_zone
from ingest.validation.captures import believe
from tests.support.paths import ROOT
from tests.support.rendered import (
    aws_health,
    better_stack,
    cachet,
    flashduty,
    google,
    incident_io,
    statuspage,
    xai_rss,
)
from tests.support.rendered.world import STARTS, ZONES, Rendering, World, lost, said, world, worlds
from tests.support.soaking import SOAK

WORLDS = 200 if SOAK else 30
#: Of a world in which incidents last over midnight, the new year and the setting of clocks.
SEED = 5
ENGINES = (
    statuspage,
    incident_io,
    google,
    better_stack,
    aws_health,
    xai_rss,
    flashduty,
    cachet,
)
RENDERINGS = [one for engine in ENGINES for one in engine.RENDERINGS]
each_rendering = pytest.mark.parametrize("rendering", RENDERINGS, ids=str)


def read(world: World, rendering: Rendering) -> Parsed:
    platform, page = PLATFORMS[rendering.platform], rendering.page(world)
    url = page.base_url + urlsplit(rendering.path).path
    body = rendering.render(world)
    capture = Capture(page.page_key, url, rendering.shape, world.at, body=body)
    return believe(capture, platform.parse(capture, page))


def by_id(incidents: Iterable[Incident], rendering: Rendering) -> dict[str, dict[str, object]]:
    return {one.incident_id: said(one, rendering) for one in incidents}


def holds(world: World, rendering: Rendering) -> None:
    parsed = read(world, rendering)
    assert parsed.rejects == ()
    assert by_id(parsed.incidents, rendering) == by_id(rendering.says(world), rendering)


@each_rendering
@settings(max_examples=WORLDS, deadline=None)
@given(one=worlds())
def test_what_is_read_is_what_the_world_says(rendering: Rendering, one: World) -> None:
    assume(rendering.empty or [*rendering.says(one)])
    holds(one, rendering)


@each_rendering
def test_midnights_new_years_and_changes_of_the_clock_move_no_time(rendering: Rendering) -> None:
    for start in STARTS:
        for zone in ZONES:
            holds(world(SEED, start, zone, 6), rendering)


def crossed(one: World, of: str) -> bool:
    """Whether an incident that is over began under another date, year or offset of the clock."""
    zone = time_zone(one.site.page.zone)

    def named(at: datetime) -> str:
        return f"{at.astimezone(zone):{of}}"

    return any(
        named(incident.started_at) != named(incident.resolved_at)
        for incident in one.incidents
        if incident.started_at and incident.resolved_at
    )


@pytest.mark.parametrize("of", ["%d", "%Y", "%z"], ids=["midnight", "new year", "clock"])
def test_some_incidents_last_over_each_turn_of_the_calendar(of: str) -> None:
    assert any(crossed(world(SEED, start, zone, 6), of) for start in STARTS for zone in ZONES)


#: What each form loses, as reviewed: a line for each, printed by the test below.
REVIEWED = ROOT / "tests" / "support" / "rendered" / "losses.csv"


def test_what_each_form_loses_was_reviewed() -> None:
    rows = [(str(one), one.shape, "; ".join(lost(one))) for one in RENDERINGS]
    for name, shape, losses in rows:
        print(f"{name:<50} {shape:<10} {losses}")
    with REVIEWED.open(newline="", encoding="utf-8") as file:
        assert [tuple(row) for row in csv.reader(file)] == [("form", "shape", "loses"), *rows]
