"""Everything that goes wrong with a page, and with reading it, as changes of a world.

Each fault draws when it begins and how long it lasts. A world with some of them is made by seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from ingest.models import Page
from ingest.simulation.scenario import Story, tell
from tests.support.ledgers.faulty_worlds import (
    DAY,
    DAYS,
    FEED,
    HOUR,
    LIST,
    MAINTENANCES,
    MINUTE,
    PARTS,
    ROSTER,
    ROSTERS,
    START,
    STORY,
    SUMMARY,
    Interval,
    Json,
    World,
    open_rows,
)

#: Hours between two readings: what a test has time for, and what a run does.
SPARSE, DENSE = (3, 5, 8), (1, 2, 3)
ENGINES = (
    ("statuspage", (LIST, SUMMARY, MAINTENANCES)),
    ("statuspage", (LIST, SUMMARY, MAINTENANCES)),
    ("statuspage", (LIST, ROSTER, MAINTENANCES)),
    ("statuspage", (FEED, SUMMARY)),
    ("incident_io", (LIST, ROSTER)),
)


def make(seed: int, hours: tuple[int, ...] = SPARSE) -> World:
    """Make a world with faults of its own, by its seed, read every so many hours."""
    dice = Random(seed)
    platform, paths = dice.choice(ENGINES)
    slug, zone = f"w{seed:04}", dice.choice(["Etc/UTC", "America/New_York"])
    address = f"https://status.{slug}.test"
    key = f"{slug}.{platform}.status.{slug}.test"
    page = Page(key, slug, platform, address, zone=zone)
    mute = platform == "incident_io"
    story = replace(STORY, by_hand=0.15 if not mute and dice.random() < 0.3 else 0.0)
    site = tell(seed, replace(page, page_id="p" * 12), slug, PARTS, START, DAYS, story)
    world = World(seed, replace(site, page=replace(page, page_id="p" * 12)), HOUR, paths, mute=mute)
    world.every = dice.choice(hours) * HOUR
    # One after the other, so that few seeds meet every fault; and up to two more beside it.
    chosen = [FAULTS[seed % len(FAULTS)], *dice.sample(FAULTS, dice.randint(0, 2))]
    for fault in dict.fromkeys(chosen):
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
    world.fails.append(lambda path, at: path not in ROSTERS and start <= at < end)


def roster_fails(world: World, dice: Random) -> None:
    """Let the roster fail while the lists are read."""
    start, end = _while(dice, 3, 96)
    _forget_hands(world)
    world.fails.append(lambda path, at: path in ROSTERS and start <= at < end)


def another_engine(world: World, dice: Random) -> None:
    """Let another page answer from some day on."""
    at = START + dice.uniform(6, DAYS - 2) * DAY
    parts = [replace(part, component_id=f"new{part.name}") for part in PARTS]
    page = replace(world.page, page_id="q" * 12)
    calm = Story(incidents_a_month=3, by_hand=0.0)
    world.moves = at, tell(world.seed + 1, page, page.provider, parts, START, DAYS, calm)


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


def empty_lists(world: World, dice: Random) -> None:
    """Let the lists come empty for some time, though they held posts."""
    start, end = _while(dice, 3, 60)

    def emptied(path: str, document: Json, at: datetime) -> None:
        if path == LIST and start <= at < end:
            document["incidents"] = []

    world.spoils.append(emptied)


def another_document(world: World, dice: Random) -> None:
    """Let something else answer at an address for some time, with status 200."""
    start, end = _while(dice, 3, 60)
    widget = {"ongoing_incidents": [], "scheduled_maintenances": [], "in_progress_maintenances": []}
    bodies = [
        json.dumps(widget).encode(),
        b'{"page": {"id": "pppppppppppp"}, "inci',
        b"<!doctype html><title>Attention Required!</title>",
        b'{"page": null}',
        b"[]",
    ]
    body, victim = dice.choice(bodies), dice.choice(world.paths)
    if victim in ROSTERS:
        _forget_hands(world)
    world.breaks.append(lambda path, at: body if path == victim and start <= at < end else None)


def an_unreadable_open_incident(world: World, dice: Random) -> None:
    """Let open incidents have no time that can be read, for some days."""
    start, end = _while(dice, 12, 150)

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            for row in open_rows(document):
                row["created_at"] = "soon"

    world.spoils.append(spoil)


def an_undatable_update(world: World, dice: Random) -> None:
    """Let the newest update of open incidents have no time, or one far ahead, for some days."""
    start, end = _while(dice, 12, 150)
    ahead = dice.random() < 0.5

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            time = (at + 6 * HOUR).isoformat() if ahead else None
            for row in open_rows(document):
                row["incident_updates"][0] |= {"created_at": time, "display_at": time}

    world.spoils.append(spoil)


def an_update_lost_for_good(world: World, dice: Random) -> None:
    """Let the first update of some incidents never have a time, nor what it did a name."""
    broken: Json = dice.choice([{"created_at": None, "display_at": None}, {"id": None}])

    def spoil(path: str, document: Json, at: datetime) -> None:
        for row in document.get("incidents", ()):
            if sum(row["id"].encode()) % 3 == 0:
                row["incident_updates"][-1] |= broken

    world.spoils.append(spoil)


def an_unreadable_part_of_an_update(world: World, dice: Random) -> None:
    """Let what the newest update of open incidents did to a component be unreadable."""
    start, end = _while(dice, 12, 150)
    broken = dice.choice([{"code": None}, {"new_status": "on_fire"}, {"new_status": None}])

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            for row in open_rows(document):
                for entry in row["incident_updates"][0].get("affected_components") or ():
                    entry.update(broken)

    world.spoils.append(spoil)


def updates_are_lost(world: World, dice: Random) -> None:
    """Let open incidents show no update but the newest, for some days."""
    start, end = _while(dice, 12, 150)

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            for row in open_rows(document):
                del row["incident_updates"][1:]

    world.spoils.append(spoil)


def times_without_a_zone(world: World, dice: Random) -> None:
    """Let incidents say their times without a zone, for some days."""
    start, end = _while(dice, 6, 100)

    def spoil(path: str, document: Json, at: datetime) -> None:
        if start <= at < end:
            for row in document.get("incidents", ()):
                for one in (row, *row["incident_updates"]):
                    one["created_at"] = one["created_at"] and one["created_at"][:19]

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
    victim = world.component(dice.choice(PARTS).component_id)
    broken = dice.choice([{"name": None}, {"id": None}, {"status": "on_fire"}, {"status": None}])

    def spoil(path: str, document: Json, at: datetime) -> None:
        if path in ROSTERS and start <= at < end:
            for row in document["components"]:
                if row["id"] == victim:
                    row.update(broken)

    world.spoils.append(spoil)


def a_component_leaves(world: World, dice: Random) -> None:
    """Let the roster be without a component for some time."""
    start, end = _while(dice, 3, 60)
    victim = world.component(dice.choice(PARTS).component_id)
    _forget_hands(world)

    def spoil(path: str, document: Json, at: datetime) -> None:
        if path in ROSTERS and start <= at < end:
            kept = [row for row in document["components"] if row["id"] != victim]
            document["components"] = kept

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


def deleted_later(world: World, dice: Random) -> None:
    """Let incidents be deleted days after they were over."""
    for post in world.site.posts:
        if post.deleted_at is None and dice.random() < 0.3:
            post.deleted_at = post.messages[-1].created_at + dice.uniform(1, 5) * DAY


def our_clock_ahead(world: World, dice: Random) -> None:
    """Let the clock of some runs be ahead, by hours or by a year, and be noticed."""
    start = START + dice.uniform(2, DAYS - 5) * DAY
    ahead = dice.choice([3 * HOUR, 17 * HOUR, 365 * DAY])
    world.wrong_clock = (start, start + dice.uniform(1, 3) * world.every), ahead


def their_clock_ahead(world: World, dice: Random) -> None:
    """Let the page's clock be ahead: it tells of trouble at times that are yet to come."""
    _forget_hands(world)
    world.ahead = dice.choice([9, 40, 150]) * MINUTE


def _stays(world: World, at: datetime) -> None:
    """Let what changed at an instant not change, until its component changes again.

    An update that names it later paints it, though it would have been in that state already.
    """
    for component_id, line in world.site.colours.items():
        kept = [step for step in line if step[0] != at]
        if len(kept) == len(line):
            continue
        painted = {
            message.created_at: mention.new
            for post in world.site.posts
            for message in post.messages
            for mention in message.mentions or ()
            if mention.component_id == component_id and message.created_at > at
        }
        if painted and (first := min(painted)) not in dict(kept):
            kept = sorted([*kept, (first, painted[first])])
        line[:] = kept


def _forget_hands(world: World) -> None:
    """Take back what was changed by hand: nobody could know of it."""
    for component_id, line in world.site.colours.items():
        hands = world.set_by_hand(component_id)
        line[1:] = [(at, state) for at, state in line[1:] if at not in hands]


def _each_component(world: World, spoil: Callable[[Json, datetime], None]) -> None:
    def spoil_all(path: str, document: Json, at: datetime) -> None:
        rows: list[Any] = [*document.get("components", ())]
        for key in ("incidents", "scheduled_maintenances"):
            for incident in document.get(key, ()):
                rows += incident.get("components", ())
        for row in rows:
            if isinstance(row, dict):
                spoil(row, at)

    _forget_hands(world)
    world.spoils.append(spoil_all)


FAULTS: list[Callable[[World, Random], None]] = [
    silence,
    lists_fail,
    roster_fails,
    another_engine,
    a_short_list,
    empty_lists,
    another_document,
    an_unreadable_open_incident,
    an_undatable_update,
    an_update_lost_for_good,
    an_unreadable_part_of_an_update,
    updates_are_lost,
    times_without_a_zone,
    components_without_times,
    components_ahead_of_time,
    an_unreadable_component,
    a_component_leaves,
    updates_say_nothing,
    forgotten,
    deleted_while_open,
    deleted_later,
    our_clock_ahead,
    their_clock_ahead,
]
