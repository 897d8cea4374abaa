"""One run at a time collects, one publishes, and none of them waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from analytics import open_snapshot
from ingest.archive.store import Archive
from ingest.files.lock import PUBLISHING, LockHeldError, hold_lock
from ingest.runs import data_folder, publishing
from tests.support.command_line import ACME, GOOD, STAMPED, archived, bring, cli, only_line, put
from tests.support.ledgers.sightings import NOON, bodies


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "providers.toml").write_text(ACME)
    return folder


def test_only_one_run_collects_into_a_folder_at_a_time(data: Path) -> None:
    with (
        hold_lock(data),
        pytest.raises(LockHeldError, match=r"collect\.lock"),
        hold_lock(data, timeout=0),
    ):
        raise AssertionError("two runs at once")
    with hold_lock(data, timeout=0):
        pass


def test_publishing_waits_for_no_collector(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    with hold_lock(data):
        assert publishing.publish_after(data, data_folder.registry_of(data), NOON, 0, 0).current


def test_a_run_that_may_not_publish_keeps_what_it_took_and_says_so(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "hold_lock", partial(hold_lock, timeout=0.0))
    with hold_lock(data, PUBLISHING):
        result = bring(data, put(tmp_path, STAMPED))
    assert result.exit_code == 4
    assert "publish.lock" in only_line(result)
    assert [body for _, body in archived(data)] == [GOOD]
    assert cli(data, "publish").exit_code == 0


def test_publications_at_once_come_one_after_another(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    registry, together = data_folder.registry_of(data), threading.Barrier(4)

    def publication(_: int) -> str:
        together.wait()
        return publishing.publish_after(data, registry, NOON, 0, 0).path.name

    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(publication, range(4)))
    with open_snapshot(data) as snapshot:
        assert snapshot.path.name in names
        runs = set(snapshot.table("runs")["run_id"])
    assert {name.removesuffix(".duckdb").split("-")[1] for name in names} == runs
