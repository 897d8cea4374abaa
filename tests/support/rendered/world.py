"""What an invented page says at an instant, as plain incidents: more than any one form can say.

The pages are those of ``ingest.simulation``. A form that renders one says less: ``Rendering`` names
what, and ``said`` cuts an incident to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from ingest.models import (
    CLOSED_STAGES,
    SEVERITY,
    Change,
    Impact,
    Incident,
    Kind,
    Page,
    PostedImpact,
    Stage,
    State,
    Update,
)
from ingest.platforms import PLATFORMS
from ingest.simulation.ground_truth import (
    ScriptedComponent,
    ScriptedIncident,
    ScriptedPage,
    ScriptedUpdate,
)
from ingest.simulation.scenario import Story, tell
from ingest.sources import Shape
from tests.support.payloads.acme import acme

#: Two ordinary days, the turn of two years, and the days on which clocks are set here or there.
STARTS = (
    datetime(2026, 1, 13, tzinfo=UTC),
    datetime(2025, 12, 29, tzinfo=UTC),
    datetime(2028, 2, 27, tzinfo=UTC),
    datetime(2026, 3, 6, tzinfo=UTC),
    datetime(2026, 3, 27, tzinfo=UTC),
    datetime(2025, 10, 24, tzinfo=UTC),
    datetime(2025, 10, 31, tzinfo=UTC),
)
#: Of those whose hours pages name by letters.
ZONES = ("Etc/UTC", "America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Tokyo")
PARTS = tuple(
    ScriptedComponent(f"part{n:08}", name, group, date(2025, 1, 1 + n))
    for n, (name, group) in enumerate(
        (("API", "Platform"), ("Console & more", "Platform"), ("Chat", None))
    )
)
NAMES = {part.component_id: part.name for part in PARTS}
STORY = Story(incidents_a_month=50, maintenances_a_month=12, deleted=0.1, edited=0.2, renamed=0.2)
IMPACTS = {State.DEGRADED: Impact.MINOR, State.PARTIAL: Impact.MAJOR, State.MAJOR: Impact.CRITICAL}
HEALING = frozenset({Stage.RESOLVED, Stage.COMPLETED})


@dataclass(frozen=True, slots=True)
class World:
    """An invented page at an instant, and the incidents it then has, by their ids."""

    site: ScriptedPage
    at: datetime
    incidents: tuple[Incident, ...]

    def of(self, *kinds: Kind) -> tuple[Incident, ...]:
        """Return the incidents of some kinds."""
        return tuple(one for one in self.incidents if one.kind in kinds)


def world(seed: int, start: datetime, zone: str, days: float) -> World:
    """Return the world of a seed, some days after its start, on a page of a zone."""
    page = acme("statuspage", page_id="acmeacmeacme", zone=zone)
    site = tell(seed, page, "Acme", PARTS, start, 8, STORY)
    at = start + timedelta(days=days)
    posts = [post for post in site.posts if post.created_at <= at]
    shown = [post for post in posts if post.deleted_at is None or post.deleted_at > at]
    found = sorted((_incident(post, at) for post in shown), key=lambda one: one.incident_id)
    return World(site, at, tuple(found))


def worlds() -> st.SearchStrategy[World]:
    """Return worlds of any seed, whose days are ordinary ones and those clocks are set on."""
    return st.builds(
        world,
        st.integers(0, 2**32),
        st.sampled_from(STARTS),
        st.sampled_from(ZONES),
        st.floats(1, 12),
    )


def _incident(post: ScriptedIncident, at: datetime) -> Incident:
    told = [message for message in post.messages if message.created_at <= at]
    updates = tuple(sorted((_update(one, at) for one in told), key=lambda one: one.display_at))
    stage = Stage(told[-1].status)
    ends = [one.display_at for one in updates if one.stage in HEALING]
    over = ends[-1] if stage in CLOSED_STAGES else None
    start, end = post.scheduled or (updates[0].display_at, None)
    titles = [title for when, title in post.titles if when <= at]
    return Incident(
        incident_id=post.post_id,
        kind=Kind.MAINTENANCE if post.scheduled else Kind.INCIDENT,
        title=titles[-1],
        status=stage.value,
        stage=stage,
        impact=Impact.MAINTENANCE if post.scheduled else _worst(updates),
        created_at=post.created_at,
        started_at=start,
        monitoring_at=next((one.display_at for one in updates if _watches(one)), None),
        resolved_at=over,
        scheduled_start_at=start if post.scheduled else None,
        scheduled_end_at=end,
        component_ids=post.component_ids,
        updates=updates,
        impacts=spans(updates, post.component_ids, over),
    )


def _update(message: ScriptedUpdate, at: datetime) -> Update:
    mentions = message.mentions
    edits = [when for when, _ in message.edits if when <= at]
    return Update(
        update_id=message.message_id,
        stage=Stage(message.status),
        status=message.status,
        created_at=message.created_at,
        display_at=message.display_at or message.created_at,
        edited_at=max([message.created_at, *edits]),
        body=message.body_at(at),
        changes=None
        if mentions is None
        else tuple(Change(one.component_id, one.old, one.new) for one in mentions),
    )


def _watches(update: Update) -> bool:
    return update.stage in {Stage.MONITORING, Stage.VERIFYING}


def _worst(updates: Iterable[Update]) -> Impact:
    states = [change.new for update in updates for change in update.changes or ()]
    worst = max(states, key=lambda state: SEVERITY[state], default=State.OPERATIONAL)
    return IMPACTS.get(worst, Impact.NONE)


def states_of(update: Update, component_ids: Iterable[str]) -> dict[str, State]:
    """Return the states an update leaves components in: what is over leaves all well."""
    told = {change.component_id: change.new for change in update.changes or ()}
    healed = dict.fromkeys(component_ids, State.OPERATIONAL) if update.stage in HEALING else {}
    return {**healed, **told}


def spans(
    updates: Sequence[Update], component_ids: Iterable[str], over: datetime | None
) -> tuple[PostedImpact, ...]:
    """Return the spans in which an incident says that a component was not operational."""
    found: list[PostedImpact] = []
    for component in sorted(component_ids):
        steps = [
            (update.display_at, states[component])
            for update in updates
            if component in (states := states_of(update, component_ids))
        ]
        kept = [step for nr, step in enumerate(steps) if nr == 0 or step[1] != steps[nr - 1][1]]
        for nr, (start, state) in enumerate(kept):
            end = kept[nr + 1][0] if nr + 1 < len(kept) else over
            if state is not State.OPERATIONAL:
                found.append(PostedImpact(component, state, start, end))
    return tuple(found)


#: All that an incident and an update can say, beside what they are called by.
OF_INCIDENTS = frozenset(
    {"title", "status", "impact", "created_at", "started_at", "monitoring_at", "resolved_at"}
    | {"scheduled_start_at", "scheduled_end_at", "component_ids", "impacts", "updates"}
)
OF_UPDATES = frozenset(
    {"update_id", "stage", "created_at", "display_at", "edited_at", "body", "changes"}
)


@dataclass(frozen=True, slots=True)
class Rendering:
    """A document of an engine made of a world.

    ``says``: the incidents of the world in the words of the engine, with what it cannot say made
    what it says instead. ``updates``: the fields of updates it has. ``precision_s``: how fine it
    writes times; a shape may state a coarser one. ``losses``: what else is lost, in words.
    ``empty`` False: a document without an incident does not say whose it is.
    """

    platform: str
    shape: str
    path: str
    render: Callable[[World], bytes]
    says: Callable[[World], Iterable[Incident]]
    updates: frozenset[str] = OF_UPDATES
    precision_s: float = 0.001
    losses: tuple[str, ...] = ()
    page_id: str | None = None
    empty: bool = True

    def __str__(self) -> str:
        """Name the engine and the address, which tell renderings apart."""
        return f"{self.platform}:{self.path}"

    @property
    def carried(self) -> Shape:
        """Return the shape, which says what it carries and how fine."""
        return next(s for s in PLATFORMS[self.platform].shapes if s.name == self.shape)

    @property
    def precision(self) -> timedelta:
        """Return the coarser of what the shape states and what is written."""
        return timedelta(seconds=max(self.precision_s, self.carried.precision_s))

    def page(self, world: World) -> Page:
        """Return the page of a world as one of this engine."""
        return replace(world.site.page, platform=self.platform, page_id=self.page_id)


def cut(at: datetime | None, to: timedelta) -> datetime | None:
    """Cut an instant to a precision."""
    return at and at - (at - datetime(1970, 1, 1, tzinfo=UTC)) % to


def said(incident: Incident, rendering: Rendering) -> dict[str, object]:
    """Return what of an incident a rendering carries, as fine as it does."""
    to, carries = rendering.precision, rendering.carried.carries
    found: dict[str, object] = {"id": incident.incident_id, "kind": incident.kind}
    for name in carries & OF_INCIDENTS - {"status", "updates", "impacts", "component_ids"}:
        value = getattr(incident, name)
        found[name] = cut(value, to) if isinstance(value, datetime) else value
    if "status" in carries:
        found["stage"] = incident.stage
    if "component_ids" in carries:
        found["component_ids"] = sorted(incident.component_ids)
    if "impacts" in carries:
        found["impacts"] = sorted(
            (one.component_id, cut(one.start_at, to), cut(one.end_at, to) or "lasts", one.state)
            for one in incident.impacts or ()
        )
    if "updates" in carries:
        found["updates"] = [_part(one, rendering) for one in incident.updates]
    return found


def _part(update: Update, rendering: Rendering) -> dict[str, object]:
    values = {one.name: getattr(update, one.name) for one in fields(update)}
    return {
        name: cut(value, rendering.precision) if isinstance(value, datetime) else value
        for name, value in values.items()
        if name in rendering.updates
    }


def lost(rendering: Rendering) -> list[str]:
    """List what of a world a rendering cannot say."""
    carries = rendering.carried.carries
    missing = sorted(OF_INCIDENTS - carries)
    parts = OF_UPDATES - rendering.updates if "updates" in carries else frozenset[str]()
    seconds = rendering.precision.total_seconds()
    finer = [f"times below {seconds:g} s"] if seconds > 0.001 else []
    return [*missing, *(f"updates.{one}" for one in sorted(parts)), *finer, *rendering.losses]
