"""Killed anywhere, a command loses nothing, breaks nothing, and the next run completes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import polars as pl
import pytest

from analytics import open_snapshot
from analytics.sql_query import query
from ingest.archive.store import IDENTITY, Archive, Batch
from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.runs import collecting, data_folder
from ingest.simulation.demo import Hands, registry_toml
from ingest.simulation.ground_truth import ScriptedPage
from ingest.simulation.server import serving
from ingest.simulation.statuspage_pages import render
from ingest.snapshot.pointer import KEPT
from tests.support.command_line import cli, digest
from tests.support.processes.doomed import CAPTURES, Doomed
from tests.support.processes.doomed_pages import START, derived_anew, site
from tests.support.soaking import SOAK

COMMANDS = ("collect", "import", "replay", "publish", "compact")
#: Those that find an empty folder the first time.
BEGIN = ("collect", "import")
#: Of each command; so many more in ``make soak``.
KILLS = 40 if SOAK else 2
INCIDENTS = "/api/v2/incidents.json"


@dataclass
class Scene:
    """A data folder that collects an invented world, at whatever time it is."""

    data: Path
    hands: Hands
    sites: list[ScriptedPage]
    dice: Random
    usual: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Steps and seconds of a command that was let live."""

    def later(self) -> None:
        """Let some time pass: minutes, or a day and more, so that days and months end."""
        self.hands.at += timedelta(hours=self.dice.uniform(0.2, 30))

    @property
    def archive(self) -> Archive:
        return Archive(self.data / "archive")

    def captured(self) -> set[tuple[object, ...]]:
        return set(self.archive.metadata().select(IDENTITY).rows())


@pytest.fixture
def scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Scene]:
    """Two providers, one whose lists are read and one whose feed leads to each incident."""
    hands = Hands(START + timedelta(days=8))
    sites = [site(1, "acme", forbids_api=False), site(2, "globex", forbids_api=True)]
    data = tmp_path / "data"
    data.mkdir()
    (data / data_folder.SIMULATED).touch()
    monkeypatch.setattr(data_folder, "now", hands)
    monkeypatch.setattr(collecting, "collect_now", partial(collecting.collect_now, clock=hands))
    monkeypatch.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0))
    monkeypatch.setattr(Batch, "CAPTURES", CAPTURES)
    with serving(sites, hands) as pages:
        (data / "providers.toml").write_text(registry_toml(sites, pages))
        yield Scene(data, hands, sites, Random(request.node.name))


def words(scene: Scene, command: str) -> list[str]:
    """Return what is typed; for an import, what the first page said in the hours before."""
    if command != "import":
        return [command]
    folder = scene.data.with_name("payloads")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for hours in range(12):
        at = scene.hands.at - timedelta(hours=hours, minutes=1)
        found = render(scene.sites[0], INCIDENTS, {}, at)
        assert found is not None
        (folder / f"{at:%Y-%m-%dT%H-%M-%SZ}.json").write_bytes(found[1])
    return [command, str(folder), "--provider", "acme"]


def kill(scene: Scene, given: Sequence[str], *, timed: bool) -> None:
    """Kill a run of ``given``: at a step that changes the disk, or at any moment."""
    spare = scene.data.with_name("spare")
    shutil.copytree(scene.data, spare)
    steps, seconds = scene.usual.get(given[0], (60, 1.0))
    while True:
        last = 0 if timed else scene.dice.randint(1, steps)
        before = scene.dice.random() < 0.5
        began = time.monotonic()
        doomed = Doomed([*given, "--data", str(scene.data)], scene.hands.at, last, before=before)
        if timed:
            time.sleep(scene.dice.uniform(0, seconds))
            doomed.kill()
        if doomed.died():
            break
        # It was faster. Again from the same start, knowing how long it takes.
        steps, seconds = doomed.steps, min(time.monotonic() - began, seconds / 2)
        scene.usual[given[0]] = steps, seconds
        shutil.rmtree(scene.data)
        shutil.copytree(spare, scene.data)
    shutil.rmtree(spare)


def drafts(scene: Scene) -> list[Path]:
    return [path for path in scene.data.rglob(".*") if path.is_file()]


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_a_killed_run_harms_nothing_and_the_next_one_completes(scene: Scene, command: str) -> None:
    for number in range(KILLS):
        if number > 0 or command not in BEGIN:
            assert cli(scene.data, "collect").exit_code == 0
            scene.later()
        given, held = words(scene, command), scene.captured()
        kill(scene, given, timed=number % 2 == 1)

        assert scene.archive.verify() == []
        assert held <= (kept := scene.captured())
        if held:
            assert query(scene.data, "SELECT count(*) AS n FROM incidents")["n"][0] > 0
        for memo in (scene.data / "derived").rglob("*.parquet"):
            pl.read_parquet(memo)
        for path in (scene.data / "snapshots").glob("*.duckdb"):
            with open_snapshot(path) as snapshot:
                assert snapshot.as_of <= scene.hands.at

        assert cli(scene.data, *given).exit_code == 0
        assert scene.archive.verify() == []
        assert kept <= scene.captured()
        assert digest(scene.data) == derived_anew(scene.data, scene.hands.at)
        scene.later()

    for path in drafts(scene):
        os.utime(path, (START.timestamp(), START.timestamp()))
    assert cli(scene.data, "collect").exit_code == 0
    assert drafts(scene) == []
    assert len(list((scene.data / "snapshots").glob("*.duckdb"))) <= KEPT
