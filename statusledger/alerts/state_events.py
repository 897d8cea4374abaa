"""Alert events of incidents under way: worse or better, withdrawn, corrected.

They are those of the feeds (METHODOLOGY, "Event feeds"), each told once.
"""

from __future__ import annotations

from analytics.directory import provider_names
from analytics.read_models.incident_events import EventKind as Happening
from analytics.read_models.incident_events import IncidentEvent, incident_events
from analytics.snapshot import Snapshot
from dashboard.site.wording import event_sentences
from ingest.models import SEVERITY, State
from statusledger.alerts.events import LATELY, Event, narrowed, question_of, surfaces_of
from statusledger.alerts.watchlist import EventKind, Watchlist

#: Incidents that are looked at, those first to which something happened last: more than a day has.
MOST_INCIDENTS = 1000
KINDS = {
    Happening.WORSENED: EventKind.WORSE,
    Happening.EASED: EventKind.BETTER,
    Happening.WITHDRAWN: EventKind.WITHDRAWN,
    Happening.CORRECTED: EventKind.CORRECTED,
}


def state_events(snapshot: Snapshot, wanted: Watchlist) -> list[Event]:
    """Find what lately happened to incidents after they were opened, oldest first."""
    if not wanted.kinds.intersection(KINDS.values()):
        return []
    since = snapshot.as_of - wanted.history
    found = [
        one
        for one in incident_events(narrowed(snapshot, wanted), question_of(wanted), MOST_INCIDENTS)
        if KINDS.get(one.kind) in wanted.kinds and one.at >= since and _is_bad_enough(one, wanted)
    ]
    names = provider_names(snapshot)
    surfaces = {
        (page, incident): tuple(its) for page, incident, its in surfaces_of(snapshot).iter_rows()
    }
    pages = dict(snapshot.table("pages").select("page_key", "base_url").iter_rows())
    return [
        Event(
            kind=KINDS[one.kind],
            key=f"event:{one.key}",
            fresh=one.at >= snapshot.as_of - LATELY,
            provider=names.get(one.provider, one.provider),
            about=one.title,
            word=" ".join(event_sentences(one)),
            url=one.url or pages.get(one.page_key, ""),
            began_at=one.at,
            surfaces=surfaces.get((one.page_key, one.incident_id), ()),
        )
        for one in reversed(found)
    ]


def _is_bad_enough(event: IncidentEvent, wanted: Watchlist) -> bool:
    """Tell whether a change of state reached or left the least state that is watched."""
    if wanted.minimum is None or event.kind not in (Happening.WORSENED, Happening.EASED):
        return True
    least = SEVERITY[State(wanted.minimum)]
    return any(one is not None and SEVERITY[one] >= least for one in (event.before, event.state))


def incident_of(event: Event) -> str:
    """Return the page and id of the incident that an event is about, as its key has it.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 10, tzinfo=UTC)
    >>> new = Event(EventKind.NEW, "incident:acme/one:new", True, "Acme", "", "", "", at)
    >>> worse = Event(EventKind.WORSE, "event:acme/one/worsened/u2", True, "Acme", "", "", "", at)
    >>> incident_of(new), incident_of(worse)
    ('acme/one', 'acme/one')
    """
    rest = event.key.split(":", 1)[1]
    return rest.rsplit("/", 2)[0] if event.key.startswith("event:") else rest.rsplit(":", 1)[0]
