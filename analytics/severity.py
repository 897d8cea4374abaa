"""How bad a post says it was (METHODOLOGY, "How bad a post was").

Written for frames of any engine.
"""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import FrameT

from ingest.models import SEVERITY, State

#: What the posted impact stands for where no update tells of a component's state. Where trouble
#: is posted as "none", it is trouble all the same.
POSTED_STATE = {
    "none": State.DEGRADED,
    "maintenance": State.MAINTENANCE,
    "minor": State.PARTIAL,
    "major": State.MAJOR,
    "critical": State.MAJOR,
}
#: The posted impact of a post that says nothing of how bad it was.
NO_IMPACT_WORD = "unknown"
POST = ["provider", "page_key", "incident_id"]


def at_least(minimum: str) -> list[str]:
    """The states that are ``minimum`` or worse."""
    return [str(state) for state, rank in SEVERITY.items() if rank >= SEVERITY[State(minimum)]]


#: States that tell how bad a post was: of a component that was operational all along a post tells
#: nothing of why it was made.
TELLING = tuple(at_least(State.MAINTENANCE))


def reached(linked: FrameT, incidents: FrameT, minimum: str) -> FrameT:
    """Those of ``linked`` whose post brought the component to ``minimum`` or worse.

    ``linked``: rows of table ``incident_components``, every one of each post; ``incidents``:
    that table. Where no update tells of any component, the posted impact stands for it; a post
    that says neither did not reach anything that is known.
    """
    enough = at_least(minimum)
    words = [impact for impact, state in POSTED_STATE.items() if state in enough]
    bad_enough = incidents.filter(nw.col("max_impact").is_in(words)).select(*POST)
    posted = linked.join(_rated(linked), on=POST, how="anti").join(bad_enough, on=POST, how="semi")
    return nw.concat([linked.filter(nw.col("worst_state").is_in(enough)), posted])


def unrated(linked: FrameT, incidents: FrameT) -> FrameT:
    """Those of ``incidents`` of which neither an update nor the posted impact says how bad."""
    silent = incidents.filter(nw.col("max_impact") == NO_IMPACT_WORD)
    return silent.join(_rated(linked), on=POST, how="anti")


def _rated(linked: FrameT) -> FrameT:
    """Keys of the posts of which an update tells how bad it was for a component."""
    return linked.filter(nw.col("worst_state").is_in(TELLING)).select(*POST).unique()
