"""Killed anywhere, a command loses nothing, breaks nothing, and the next run completes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import polars as pl
import pytest

import statusledger
from analytics import open_snapshot
from analytics.query import query
from ingest import run
from ingest.archive import IDENTITY, Archive, Batch
from ingest.demo import Hands, registry_toml
from ingest.fetch import Fetcher
from ingest.models import Page
from ingest.publish import KEPT
from ingest.world.server import serving
from ingest.world.statuspage import render
from ingest.world.story import Story, tell
from ingest.world.truth import Site
from tests.doomed import CAPTURES, Doomed
from tests.test_import import cli, digest
from tests.test_world import PARTS

COMMANDS = ("collect", "import", "replay", "publish", "compact")
#: Those that find an empty folder the first time.
BEGIN = ("collect", "import")
#: Of each command; so many more in ``make soak``.
KILLS = 40 if os.environ.get("STATUSLEDGER_SOAK") else 4
START = datetime(2026, 2, 20, tzinfo=UTC)
DAYS = 400
INCIDENTS = "/api/v2/incidents.json"


@dataclass
class Scene:
    """A data folder that collects an invented world, at whatever time it is."""

    data: Path
    hands: Hands
    sites: list[Site]
    dice: Random
    usual: dict[str, tuple[int, float]] = field(default_factory=dict)
    """Steps and seconds of a command that was let live."""

    def later(self) -> None:
        """Some time passes: minutes, or a day and more, so that days and months end."""
        self.hands.at += timedelta(hours=self.dice.uniform(0.2, 30))

    @property
    def archive(self) -> Archive:
        return Archive(self.data / "archive")

    def captured(self) -> set[tuple[object, ...]]:
        return set(self.archive.metadata().select(IDENTITY).rows())


def site(seed: int, slug: str, *, forbids_api: bool) -> Site:
    page = Page(f"{slug}.statuspage.{slug}", slug, "statuspage", "http://127.0.0.1", slug)
    story = Story(incidents_a_month=15, edited=0.3, deleted=0.1)
    made = tell(seed, page, slug.title(), PARTS, START, DAYS, story)
    made.forbids_api = forbids_api
    return made


@pytest.fixture
def scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Scene]:
    """Two providers, one whose lists are read and one whose feed leads to each incident."""
    hands = Hands(START + timedelta(days=8))
    sites = [site(1, "acme", forbids_api=False), site(2, "globex", forbids_api=True)]
    data = tmp_path / "data"
    data.mkdir()
    (data / run.SIMULATED).touch()
    monkeypatch.setattr(run, "now", hands)
    monkeypatch.setattr(run, "collect_now", partial(run.collect_now, clock=hands))
    monkeypatch.setattr(statusledger, "Fetcher", partial(Fetcher, spacing=0))
    monkeypatch.setattr(Batch, "CAPTURES", CAPTURES)
    with serving(sites, hands) as pages:
        (data / "providers.toml").write_text(registry_toml(sites, pages))
        yield Scene(data, hands, sites, Random(request.node.name))


def words(scene: Scene, command: str) -> list[str]:
    """What is typed; for an import, what the first page said in the hours before."""
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


def derived_anew(data: Path, now: datetime) -> str:
    """Hash of the snapshot another folder makes of the same captures."""
    other = data.with_name("other")
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(data / "archive", other / "archive")
    for name in ("providers.toml", run.SIMULATED):
        shutil.copy(data / name, other / name)
    return run.publish_after(other, run.registry_of(other), now, 0, 0).digest


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
        kill(scene, given, timed=number % 4 == 3)

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
