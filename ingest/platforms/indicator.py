"""Hold a page's own indicator against the components and incidents beside it."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.models import CLOSED_STAGES, Component, Incident, State
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw

#: Words that say that something is wrong.
TROUBLE = ("minor", "major", "critical")


def doubt_indicator(
    data: Raw, components: Iterable[Component], incidents: Iterable[Incident], notices: Notices
) -> None:
    """Warn of a page that says that something is wrong, and shows nothing that is."""
    status = data.get("status")
    said = status.get("indicator") if isinstance(status, dict) else None
    well = all(one.state in (None, State.OPERATIONAL) for one in components)
    over = all(one.stage in CLOSED_STAGES for one in incidents)
    if said in TROUBLE and well and over:
        notices.warn(
            "contradiction", "indicator", f"the page says {said}, and shows nothing that is wrong"
        )
