"""Oracle Cloud's status page: Statuspage's documents, one component for a service in a region.

A component is called as its region and stands in the group of its service: here the service
is the name and the region the region. ``status.json`` says one word of the whole page. Times
carry their own offset, so the page's change of zone in 2021 moves none of them.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.models import Component, Parsed, State, labelled
from ingest.platforms.contract import INCIDENTS, Platform, polled
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import STATUSPAGE, own_document, stated_page_id
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.statuspage import platform as statuspage
from ingest.platforms.words import IMPACT_OF, word
from ingest.sources import Shape

SUMMARY, STATUS = "/api/v2/summary.json", "/api/v2/status.json"
WHOLE = "All services"
INDICATORS = {impact.value: state for state, impact in IMPACT_OF.items()}
SOURCES = polled((SUMMARY, "roster", 5))


def _summary(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    parsed = statuspage.roster(own_document(data, STATUSPAGE), origin, notices)
    return replace(parsed, components=tuple(map(_placed, parsed.components)))


def _placed(one: Component) -> Component:
    return one if one.group is None else replace(one, name=one.group, group=None, region=one.name)


def _status(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    said = data["status"]["indicator"]
    state = word(INDICATORS, said, State.UNKNOWN, "page", notices)
    return Parsed(
        "status",
        page_id=stated_page_id(data, origin.page),
        components=(Component(labelled(WHOLE), WHOLE, state=state),),
    )


FORMS = (
    Form("roster", SUMMARY, _summary, frozenset({"page", "components", "status"})),
    Form("status", STATUS, _status, frozenset({"page", "status"})),
)
SHAPES = (Shape("roster", statuspage.EXACT), Shape("status", frozenset()))
PLATFORM = Platform(
    "oci",
    1,
    SHAPES,
    FORMS,
    SOURCES,
    active_only={"roster": INCIDENTS},
    present=frozenset({"status"}),
)
