"""Invented pages played back with everything that goes wrong, and what was true on them.

A world is told by the simulation; a fault spoils what it answers for a while. What is
measured of it must never be better than what was true.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

from ingest.intervals import difference, intersection, union
from ingest.ledger import versions
from ingest.ledger.memo import read_capture
from ingest.ledger.sightings import sightings
from ingest.models import Capture, FetchFailure, Page, State
from ingest.platforms import PLATFORMS
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage
from ingest.simulation.scenario import Story, tell
from ingest.simulation.statuspage_pages import render
from ingest.snapshot.tables import Rows, page_tables
from ingest.validation.captures import doubt_empty

Interval = tuple[datetime, datetime]
Json = dict[str, Any]

START = datetime(2026, 2, 26, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = 24
END = START + DAYS * DAY
PARTS = [
    ScriptedComponent(f"id{name}", name, None, date(2026, 2, 1))
    for name in ("API", "Console", "Chat")
]
PAGE = Page("acme.statuspage.host", "acme", "statuspage", "https://status.acme.test")
LIST, SUMMARY = "/api/v2/incidents.json", "/api/v2/summary.json"
MAINTENANCES, FEED = "/api/v2/scheduled-maintenances.json", "/history.atom"
#: What counts as down under the headline rule.
DOWN = frozenset({State.PARTIAL, State.MAJOR})
STORY = Story(
    incidents_a_month=14,
    maintenances_a_month=3,
    overlap=0.4,
    reopened=0.3,
    backdated=0.2,
    edited=0.3,
    by_hand=0.0,
)


@dataclass(slots=True)
class World:
    """A page, how often it is read, and the faults that befall it.

    ``spoils`` change an answer, given its path, its document and when; ``fails`` says whether
    a request brings nothing. ``moves``: from when on another page answers, and which.
    ``mute``: updates do not say what they did to components.
    """

    seed: int
    site: ScriptedPage
    every: timedelta
    paths: Sequence[str]
    page: Page = PAGE
    spoils: list[Callable[[str, Json, datetime], None]] = field(default_factory=list)
    fails: list[Callable[[str, datetime], bool]] = field(default_factory=list)
    moves: tuple[datetime, ScriptedPage] | None = None
    names: list[str] = field(default_factory=list)
    mute: bool = False

    def captures(self) -> Iterator[Capture]:
        """Yield what reading the page brought, by address and time."""
        moments = [START + n * self.every for n in range(int((END - START) / self.every) + 1)]
        for number, path in enumerate(self.paths):
            for at in moments:
                yield from self._read(path, at + number * timedelta(seconds=7))
        if FEED in self.paths:
            yield from self._details(moments)

    def _read(self, path: str, at: datetime) -> Iterator[Capture]:
        url = self.page.base_url + path
        shape = {SUMMARY: "roster", FEED: "feed"}.get(path, "incident")
        if any(fails(path, at) for fails in self.fails):
            failure = FetchFailure.HTTP_5XX
            yield Capture(self.page.page_key, url, shape, at, http_status=503, failure=failure)
            return
        site = self.moves[1] if self.moves and at >= self.moves[0] else self.site
        answer = render(site, path, {}, at)
        if answer is None:
            return
        body = answer[1]
        if self.spoils and path != FEED:
            document = json.loads(body)
            for spoil in self.spoils:
                spoil(path, document, at)
            body = json.dumps(document).encode()
        sha256 = hashlib.sha256(body).hexdigest()
        yield Capture(self.page.page_key, url, shape, at, 0, 200, sha256=sha256, body=body)

    def _details(self, moments: Sequence[datetime]) -> Iterator[Capture]:
        """Yield the details of each incident whenever a feed shows it changed, as a run does."""
        for post in self.site.posts:
            path = f"/incidents/{post.post_id}.json"
            for before, at in pairwise([START - DAY, *moments]):
                changed = any(before < m.created_at <= at for m in post.messages)
                open_now = post.created_at <= at < post.messages[-1].created_at
                if changed or open_now:
                    yield from self._read(path, at + timedelta(seconds=60))

    def measured(self) -> Rows:
        """Return the snapshot's rows of what was captured."""
        pages = {self.page.page_key: self.page}
        readings = [(c, read_capture(c, pages, PLATFORMS)) for c in self.captures()]
        folded = versions.fold([sightings(readings)])
        ledger = versions.merge(folded, {self.page.page_key: PLATFORMS["statuspage"].shapes})
        believed = replace(ledger, polls=doubt_empty(ledger.polls))
        return page_tables(believed, [self.page], END)

    def truly_down(self, component_id: str) -> list[Interval]:
        """Return when the page itself showed a component down, and somebody could know of it.

        Where updates do not say what they did, that are the colours which a capture met.
        """
        line = [*self.site.colours[component_id], (END, State.OPERATIONAL)]
        spans = [(a, min(b, END)) for (a, state), (b, _) in pairwise(line) if state in DOWN]
        if self.mute:
            read = [c.captured_at for c in self.captures() if c.body and c.url.endswith(SUMMARY)]
            spans = [(a, b) for a, b in spans if any(a <= at < b for at in read)]
        return union(spans)


@dataclass(frozen=True)
class Measured:
    """What is measured of one component: covered, down and unknown time."""

    covered: list[Interval]
    down: list[Interval]
    unknown: list[Interval]

    @property
    def up(self) -> list[Interval]:
        """Return when it counts as up."""
        return difference(difference(self.covered, self.down), self.unknown)


def measure(rows: Rows, component_id: str) -> Measured:
    """Read off the rows what is measured of a component."""
    covered = union(
        (row["start_at"], row["end_at"])
        for row in rows["coverage"]
        if row["component_id"] == component_id
    )
    states = [
        (row["state"], (row["start_at"], row["end_at"] or END))
        for row in rows["component_states"]
        if row["component_id"] == component_id
    ]
    down = union(span for state, span in states if state in DOWN)
    unknown = difference(union(span for state, span in states if state == State.UNKNOWN), down)
    return Measured(covered, intersection(down, covered), intersection(unknown, covered))


def seconds(spans: Sequence[Interval]) -> float:
    return sum((end - start).total_seconds() for start, end in spans)


def false_green(world: World, rows: Rows) -> dict[str, list[Interval]]:
    """Return when each component counts as up while its page showed it down."""
    found = {
        part.component_id: intersection(
            measure(rows, part.component_id).up, world.truly_down(part.component_id)
        )
        for part in PARTS
    }
    return {component: spans for component, spans in found.items() if spans}


def open_rows(document: Json) -> Iterator[Json]:
    """Yield the incidents of a document that are not over."""
    for row in document.get("incidents", ()):
        if row["status"] not in {"resolved", "completed", "postmortem"}:
            yield row


def make(seed: int) -> World:
    """Make a world with faults of its own, by its seed."""
    dice = Random(seed)
    story = replace(STORY, by_hand=0.15 if dice.random() < 0.3 else 0.0)
    zone = dice.choice(["Etc/UTC", "America/New_York"])
    page = replace(PAGE, zone=zone)
    site = tell(seed, replace(page, page_id="p"), "Acme", PARTS, START, DAYS, story)
    feed = dice.random() < 0.2
    paths = [FEED, SUMMARY] if feed else [LIST, SUMMARY, MAINTENANCES]
    world = World(seed, site, dice.choice([1, 2, 3]) * HOUR, paths, page)
    faults = dice.sample(FAULTS, dice.randint(1, 3))
    for fault in faults:
        fault(world, dice)
        world.names.append(fault.__name__)
    return world


def _while(dice: Random, shortest: float, longest: float) -> Interval:
    """Draw a stretch of time, of so many hours, that begins after the first days."""
    start = START + dice.uniform(2, DAYS - 3) * DAY
    return start, start + dice.uniform(shortest, longest) * HOUR


def silence(world: World, dice: Random) -> None:
    """Let every request fail for hours to days, where nothing is changed by hand meanwhile."""
    start, end = _while(dice, 3, 120)
    _forget_hands(world)
    world.fails.append(lambda path, at: start <= at < end)


def lists_fail(world: World, dice: Random) -> None:
    """Let the lists fail while the roster is read."""
    start, end = _while(dice, 3, 96)
    world.fails.append(lambda path, at: path != SUMMARY and start <= at < end)


def roster_fails(world: World, dice: Random) -> None:
    """Let the roster fail while the lists are read."""
    start, end = _while(dice, 3, 96)
    _forget_hands(world)
    world.fails.append(lambda path, at: path == SUMMARY and start <= at < end)


def another_engine(world: World, dice: Random) -> None:
    """Let another page answer from some day on."""
    at = START + dice.uniform(6, DAYS - 2) * DAY
    parts = [replace(p, component_id=f"new{p.name}") for p in PARTS]
    page = replace(world.page, page_id="q")
    calm = Story(incidents_a_month=3, by_hand=0.0)
    world.moves = at, tell(world.seed + 1, page, "Acme", parts, START, DAYS, calm)


def a_short_list(world: World, dice: Random) -> None:
    """Let the lists show the newest few rows only."""
    rows = dice.randint(4, 12)
    days = dice.uniform(4, 9) * DAY

    def cut(path: str, document: Json, at: datetime) -> None:
        if path == LIST:
            kept = document["incidents"][:rows]
            newest = {row["id"] for row in document["incidents"] if _moved(row) >= at - days}
            document["incidents"] = [row for row in kept if row["id"] in newest]

    world.spoils.append(cut)


def _moved(row: Json) -> datetime:
    stamps = (u["display_at"] or u["created_at"] for u in row["incident_updates"])
    return max(map(datetime.fromisoformat, filter(None, stamps)), default=START)


def an_unreadable_open_incident(world: World, dice: Random) -> None:
    """Let open incidents have no time that can be read, for some days."""
    start, end = _while(dice, 12, 150)

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            for row in open_rows(document):
                row["created_at"] = "soon"

    world.spoils.append(spoil)


def an_undatable_update(world: World, dice: Random) -> None:
    """Let the newest update of open incidents have no time, for some days."""
    start, end = _while(dice, 12, 150)

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            for row in open_rows(document):
                row["incident_updates"][0] |= {"created_at": None, "display_at": None}

    world.spoils.append(spoil)


def components_without_times(world: World, dice: Random) -> None:
    """Let components not say since when they have their colour."""
    time = dice.choice([None, "2026-02-01T00:00:00.000Z"])
    _each_component(world, lambda row, at: row.update(updated_at=time))


def components_ahead_of_time(world: World, dice: Random) -> None:
    """Let components date their colour hours ahead."""

    def ahead(row: Json, at: datetime) -> None:
        row["updated_at"] = (at + 6 * HOUR).isoformat()

    _each_component(world, ahead)


def an_unreadable_component(world: World, dice: Random) -> None:
    """Let the roster's row of a component be unreadable, or without a name, for some days."""
    start, end = _while(dice, 6, 120)
    victim = dice.choice(PARTS).component_id
    broken = dice.choice([{"name": None}, {"id": None}, {"status": "on_fire"}, {"status": None}])

    def spoil(path: str, document: Json, at: datetime) -> None:
        if path == SUMMARY and start <= at < end:
            for row in document["components"]:
                if row["id"] == victim:
                    row.update(broken)

    world.spoils.append(spoil)


def updates_say_nothing(world: World, dice: Random) -> None:
    """Let updates not say what they did to components: only the captures show it."""
    if FEED in world.paths:
        return
    _forget_hands(world)
    world.mute = True

    def spoil(path: str, document: Json, at: datetime) -> None:
        for key in ("incidents", "scheduled_maintenances"):
            for row in document.get(key, ()):
                for update in row["incident_updates"]:
                    update["affected_components"] = None

    world.spoils.append(spoil)


def forgotten(world: World, dice: Random) -> None:
    """Let an incident stay open without a word, while the page goes on showing its colours."""
    for post in world.site.posts:
        last = post.messages[-1]
        early = last.created_at < START + 4 * DAY
        if early and last.status == "resolved" and len(post.messages) > 1 and not post.scheduled:
            _stays(world, post.messages[-1].created_at)
            del post.messages[-1]
            return


def deleted_while_open(world: World, dice: Random) -> None:
    """Let an open incident be deleted, hours before the page is well again."""
    for post in world.site.posts:
        last = post.messages[-1]
        long = last.created_at - post.messages[-2:][0].created_at > 3 * world.every
        if last.status == "resolved" and long:
            before = post.messages[-2].created_at
            post.deleted_at = before + (last.created_at - before) * 0.8
            return


def _stays(world: World, at: datetime) -> None:
    """Let what changed at an instant not change, until its component changes again."""
    for line in world.site.colours.values():
        line[:] = [step for step in line if step[0] != at]


def _forget_hands(world: World) -> None:
    """Take back what was changed by hand: nobody could know of it."""
    mentioned = {
        (mention.component_id, message.created_at)
        for post in world.site.posts
        for message in post.messages
        for mention in message.mentions or ()
    }
    ends = {
        (component_id, message.created_at)
        for post in world.site.posts
        for component_id in post.component_ids
        for message in post.messages
        if message.status in {"resolved", "completed"}
    }
    for component_id, line in world.site.colours.items():
        line[1:] = [(at, state) for at, state in line[1:] if (component_id, at) in mentioned | ends]


def _each_component(world: World, spoil: Callable[[Json, datetime], None]) -> None:
    def spoil_all(path: str, document: Json, at: datetime) -> None:
        rows = [*document.get("components", ())]
        for key in ("incidents", "scheduled_maintenances"):
            for incident in document.get(key, ()):
                rows += incident.get("components", ())
        for row in rows:
            if isinstance(row, dict):
                spoil(row, at)

    world.spoils.append(spoil_all)


FAULTS: list[Callable[[World, Random], None]] = [
    silence,
    lists_fail,
    roster_fails,
    another_engine,
    a_short_list,
    an_unreadable_open_incident,
    an_undatable_update,
    components_without_times,
    components_ahead_of_time,
    an_unreadable_component,
    updates_say_nothing,
    forgotten,
    deleted_while_open,
]
