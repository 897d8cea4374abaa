"""Nothing is measured as better than it was, whatever goes wrong with a page or its reading.

Invented pages are played back with the faults of real ones, archived, published and asked. Each
component has a surface of its own, so its availability is held to when its page showed it down.
What cannot be known is left out, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics import METRICS, Snapshot, ask, open_snapshot
from analytics.question import CLASSES
from ingest.archive.store import Archive
from ingest.intervals import difference, intersection, union
from ingest.models import State
from ingest.runs import data_folder
from tests.support.command_line import cli
from tests.support.ledgers.faults import DENSE, FAULTS, SPARSE, make
from tests.support.ledgers.faulty_worlds import (
    DOWN,
    END,
    START,
    SURFACES,
    Interval,
    World,
    seconds,
)
from tests.support.soaking import SOAK

SEEDS, TOGETHER = (300, 20) if SOAK else (20, 20)
HOURS = (*DENSE, *SPARSE) if SOAK else SPARSE
WINDOW = {"since": f"{START:%Y-%m-%d}", "until": f"{END:%Y-%m-%d}"}


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_nothing_is_measured_as_better_than_it_was(
    first: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "now", lambda: END)
    worlds = [make(seed, HOURS) for seed in range(first, first + TOGETHER)]
    publish(tmp_path / "data", worlds)
    with open_snapshot(tmp_path / "data") as snapshot:
        assert [*up_while_down(snapshot, worlds), *above_the_truth(snapshot, worlds)] == []


def test_every_fault_befalls_some_page() -> None:
    met = {name for seed in range(SEEDS) for name in make(seed).names}
    assert met == {fault.__name__ for fault in FAULTS}


def test_what_left_no_evidence_is_rare(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a component set by hand and set back between two runs nothing tells that it was down."""
    worlds = [make(seed, HOURS) for seed in range(SEEDS)]
    parts = [(world, component_id) for world in worlds for component_id in SURFACES]
    unmet = [span for world, one in parts for span in world.without_evidence(one)]
    known = [span for world, one in parts for span in world.truly_down(one)]
    with capsys.disabled():
        print(
            f"\n{SEEDS} seeds: left out as no evidence exists: {len(unmet)} spans, "
            f"{seconds(unmet) / 3600:.1f} h; held to: {len(known)} spans, "
            f"{seconds(known) / 3600:.0f} h"
        )
    assert len(unmet) <= len(known) / 100


def publish(data: Path, worlds: list[World]) -> None:
    """Archive what reading the pages brought, and publish it by the command."""
    data.mkdir()
    (data / "providers.toml").write_text("\n".join(world.registry for world in worlds))
    for world in worlds:
        Archive(data / "archive").append(list(world.captures()))
    result = cli(data, "publish")
    assert result.exit_code == 0, result.stderr


def up_while_down(snapshot: Snapshot, worlds: list[World]) -> Iterator[str]:
    """Yield which components count as up at instants at which their page showed them down."""
    for world in worlds:
        for component_id in SURFACES:
            covered, states = measured(snapshot, world, component_id)
            up = difference(covered, union(span for _, span in states))
            green = intersection(up, world.truly_down(component_id))
            if green:
                when = ", ".join(f"{a:%d %b %H:%M} to {b:%d %b %H:%M}" for a, b in green)
                yield f"{named(world, component_id)}: up while down, {when}"


def above_the_truth(snapshot: Snapshot, worlds: list[World]) -> Iterator[str]:
    """Yield availabilities above the true one even if all that is unknown was down."""
    answer = METRICS["availability"](snapshot, ask(**WINDOW, classes=CLASSES))
    for world in worlds:
        for component_id, surface in SURFACES.items():
            row = answer.filter(provider=world.page.provider, surface=surface).to_dicts()
            if not row or row[0]["value"] is None:
                continue
            least = row[0]["value"] if row[0]["low"] is None else row[0]["low"]
            covered, _ = measured(snapshot, world, component_id)
            down = intersection(world.truly_down(component_id), covered)
            # Both ends of a span are floored to seconds.
            true = 1 - (seconds(down) - 2 * len(down)) / row[0]["covered_s"]
            if least > true:
                yield f"{named(world, component_id)}: at least {least:.6f}, but was {true:.6f}"


def measured(
    snapshot: Snapshot, world: World, component_id: str
) -> tuple[list[Interval], list[tuple[State, Interval]]]:
    """Return when a component is covered, and when it counts as down or its state is unknown."""
    its = {"page_key": world.page.page_key, "component_id": world.component(component_id)}
    covered = snapshot.table("coverage").filter(**its).select("start_at", "end_at").rows()
    states = snapshot.table("component_states").filter(**its)
    rows = states.select("state", "start_at", "end_at").rows()
    counting = {*DOWN, State.UNKNOWN}
    found = [(State(s), (a, b or snapshot.as_of)) for s, a, b in rows if s in counting]
    return intersection(covered, [(START, END)]), found


def named(world: World, component_id: str) -> str:
    return f"seed {world.seed} {world.page.platform} {component_id} {', '.join(world.names)}"
