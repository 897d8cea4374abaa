"""Oracle Cloud's status page: Statuspage's documents, one component for a service in a region.

A component is called as its region and stands in the group of its service: here the service
is the name and the region the region. ``status.json`` says one word of the whole page. Times
carry their own offset, so the page's change of zone in 2021 moves none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.models import Component, Kind, Parsed, State, labelled
from ingest.pages import Capture, Page, Shape, Source
from ingest.platforms import forms, reading
from ingest.platforms.contract import Platform
from ingest.platforms.forms import Form
from ingest.platforms.polling import follow_nothing, source
from ingest.platforms.reading import Notices, Raw, word
from ingest.platforms.statuspage import platform as statuspage

SUMMARY, STATUS = "/api/v2/summary.json", "/api/v2/status.json"
WHOLE = "All services"
INDICATORS = {
    "none": State.OPERATIONAL,
    "maintenance": State.MAINTENANCE,
    "minor": State.DEGRADED,
    "major": State.PARTIAL,
    "critical": State.MAJOR,
}


def sources(page: Page) -> Sequence[Source]:
    """Return the summary."""
    return (source(page, SUMMARY, "roster", 5),)


def parse(capture: Capture, page: Page) -> Parsed:
    """Read everything one body says. Raises ``ReadError`` only."""
    return forms.read(FORMS, capture, page)


def recognise(body: bytes) -> tuple[str, str]:
    """Return shape and path of an imported body. Raises ``ReadError``."""
    return forms.recognise(FORMS, body)


def _summary(data: Raw, capture: Capture, page: Page) -> Parsed:
    parsed = statuspage.parse(capture, page)
    return replace(parsed, components=tuple(map(_placed, parsed.components)))


def _placed(one: Component) -> Component:
    return one if one.group is None else replace(one, name=one.group, group=None, region=one.name)


def _status(data: Raw, capture: Capture, page: Page) -> Parsed:
    notices = Notices()
    said = data["status"]["indicator"]
    state = word(INDICATORS, said, State.UNKNOWN, "page", notices)
    return reading.with_notices(
        Parsed(
            "status",
            page_id=reading.page_id(data, page),
            components=(Component(labelled(WHOLE), WHOLE, state=state),),
        ),
        notices,
    )


FORMS = (
    Form("roster", SUMMARY, _summary, frozenset({"page", "components", "status"})),
    Form("status", STATUS, _status, frozenset({"page", "status"})),
)

PLATFORM = Platform(
    name="oci",
    version=1,
    shapes=(Shape("roster", statuspage.EXACT), Shape("status", frozenset())),
    sources=sources,
    parse=parse,
    follow=follow_nothing,
    recognise=recognise,
    active_only={"roster": frozenset({Kind.INCIDENT})},
)
