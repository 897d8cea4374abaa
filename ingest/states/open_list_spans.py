"""Cut what incidents say of components to the time for which lists of what is open showed them.

From the last capture that showed an incident to the first that did not, its end lies somewhere:
the state is unknown there. So it is from the last capture without it to the first of its return.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ingest.ledger.open_list import Listing
from ingest.models import PostedImpact, State


def listed_spans(
    state: State, start: datetime, listings: Sequence[Listing], *, measured: bool
) -> Iterator[tuple[State, datetime, datetime | None]]:
    """Yield since when and until when a state held that an incident gives without an end.

    Args:
        state: the state.
        start: when it began, by the incident.
        listings: the spells of the incident, in time.
        measured: the starts that it gave in each spell are those of outages, each its own.
    """
    for nr, spell in enumerate(listings):
        begun = start if nr == 0 else spell.first_at
        if measured and spell.started_at is not None:
            begun = spell.started_at
        elif nr > 0 and spell.absent_at is not None:
            yield State.UNKNOWN, spell.absent_at, begun
        yield state, begun, None if spell.gone_at is None else max(begun, spell.last_at)
        if spell.gone_at is not None:
            yield State.UNKNOWN, max(begun, spell.last_at), spell.gone_at


def end_listed_impacts(
    impacts: Sequence[PostedImpact], listings: Sequence[Listing], *, measured: bool
) -> Sequence[PostedImpact]:
    """End the lasting impacts of an incident with its spells on lists of what is open."""
    if not listings:
        return impacts
    ended = [i for i in impacts if i.end_at is not None]
    return [
        *ended,
        *(
            replace(i, state=state, start_at=start, end_at=end)
            for i in impacts
            if i.end_at is None
            for state, start, end in listed_spans(i.state, i.start_at, listings, measured=measured)
            if end is None or start < end
        ),
    ]
