"""Those who use one data folder at once: a writer, and readers of pages and of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from typing import Any

from analytics import Snapshot
from analytics.snapshot import open_current, open_file
from analytics.sql_query import query
from ingest.fetching.fetcher import Fetcher
from ingest.runs import collecting, data_folder, publishing

DASHBOARDS, QUERIES = 8, 2
A_ROUND = timedelta(hours=2)
#: What the rows of each table hang on.
PARENTS: Mapping[str, str] = {
    "components": "pages",
    "incidents": "pages",
    "captures": "pages",
    "updates": "incidents",
    "transitions": "incidents",
    "versions": "incidents",
    "incident_components": "incidents",
    "component_states": "components",
    "coverage": "components",
}
KEYS: Mapping[str, list[str]] = {
    "pages": ["page_key"],
    "components": ["page_key", "component_id"],
    "incidents": ["page_key", "incident_id"],
}
#: The same in one statement, as far as it goes.
MIXED = """
SELECT
    (SELECT value::TIMESTAMPTZ FROM meta WHERE key = 'as_of') AS as_of,
    (SELECT max(last_at) FROM captures) AS newest,
    (SELECT count(*) FROM updates u ANTI JOIN incidents i USING (page_key, incident_id)) AS orphans
"""


def write(data: Path, clock: Any, rounds: Any, stop: Event, told: Connection) -> None:
    """Round after round, each ``A_ROUND`` later, until ``stop``; tells what was captured."""

    def now() -> datetime:
        return datetime.fromtimestamp(clock.value, UTC)

    data_folder.now = now
    registry, fetcher, captures = data_folder.registry_of(data), Fetcher(spacing=0), 0
    while not stop.is_set():
        done = collecting.collect_now(data, registry.pages, fetcher, now)
        captures += sum(one.captures for one in done)
        publishing.publish_after(data, registry, now(), captures, 0)
        rounds.value += 1
        clock.value += A_ROUND.total_seconds()
    told.send(captures)


def read(data: Path, stop: Event, told: Connection) -> None:
    """Look at pages and ask until ``stop``; tells how many there were, and what went wrong."""
    seen = Counter[str]()
    # Sessions of a dashboard share what is open, and the last few stay so.
    opened = lru_cache(maxsize=3)(open_file)

    def page(dice: Random) -> datetime:
        snapshot = open_current(data, opened)
        _check(snapshot, dice, pause=lambda: stop.wait(dice.uniform(0, 0.05)))
        seen["pages"] += 1
        return snapshot.as_of

    def slow_page(dice: Random) -> datetime:
        """One that is still being read when its file has long been removed."""
        snapshot = open_current(data, open_file)
        while snapshot.path.exists() and not stop.is_set():
            stop.wait(0.05)
        _check(snapshot, dice, pause=lambda: None)
        seen["pages of a removed file"] += not snapshot.path.exists()
        return snapshot.as_of

    def question(_: Random) -> datetime:
        [row] = query(data, MIXED).to_dicts()
        assert row["as_of"] == row["newest"]
        assert row["orphans"] == 0
        seen["queries"] += 1
        as_of: datetime = row["as_of"]
        return as_of

    def keep(look: Callable[[Random], datetime], number: int) -> None:
        dice, last = Random(number), datetime.min.replace(tzinfo=UTC)
        while not stop.is_set():
            as_of = look(dice)
            assert last <= as_of, "the current snapshot became an older one"
            last = as_of

    looks = [slow_page, *[page] * (DASHBOARDS - 1), *[question] * QUERIES]
    with ThreadPoolExecutor(len(looks)) as pool:
        readers = [pool.submit(keep, look, number) for number, look in enumerate(looks)]
    wrong = [repr(error) for one in readers if (error := one.exception()) is not None]
    told.send((dict(seen), wrong))


def _check(snapshot: Snapshot, dice: Random, pause: Callable[[], object]) -> None:
    """Read the tables one by one, in any order; all must tell of the same moment."""
    for child in dice.sample(sorted(PARENTS), len(PARENTS)):
        pause()
        keys = KEYS[PARENTS[child]]
        orphans = snapshot.table(child).join(snapshot.table(PARENTS[child]), keys, "anti")
        assert orphans.is_empty(), f"{child} without {PARENTS[child]}"
    assert snapshot.table("captures")["last_at"].max() == snapshot.as_of
    assert snapshot.meta["run_id"] in snapshot.table("runs")["run_id"]
