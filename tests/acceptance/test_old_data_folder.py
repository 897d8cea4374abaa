"""A data folder that an older version wrote opens after this one, and one can be restored."""

from __future__ import annotations

import shutil
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.runs import data_folder, publishing
from ingest.simulation.demo import Hands
from statusledger.alerts.around_publishing import alerts_after
from tests.support.command_line import cli
from tests.support.ledgers.captures import capture
from tests.support.loopback import Site
from tests.support.payloads.statuspage import component, incident, incidents_json, update
from tests.support.webhooks import clock, heads, hook, texts

__all__ = ["clock", "hook"]

PACKED = Path(__file__).parent / "old_data_folder" / "e8e0bf9.tar.xz"
PAGE = "acme.statuspage.pppp1111qqqq"
LIST = "https://status.acme.test/api/v2/incidents.json"
OPENED = update("u3", "identified", "2026-01-10T11:50:00.000Z")
RESOLVED = update("u4", "resolved", "2026-01-10T12:06:00.000Z")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
    return folder


def publish(data: Path, clock: Hands) -> str:
    registry = data_folder.registry_of(data)
    with alerts_after(data, registry, clock, wait=True):
        return publishing.publish_after(data, registry, clock.at, 0, 0).digest


def test_its_archive_is_whole(old: Path) -> None:
    result = cli(old, "verify")
    assert (result.exit_code, result.stdout) == (0, "5 files, 0 problems\n")


def test_its_snapshot_answers_before_anything_is_derived_again(old: Path) -> None:
    result = cli(old, "query", "SELECT count(*) AS n FROM incidents", "--format", "csv")
    assert (result.exit_code, result.stdout) == (0, "n\n3\n")


def test_the_rows_of_its_user_are_read(old: Path) -> None:
    assert cli(old, "publish").exit_code == 0
    asked = "SELECT page_key FROM pages WHERE provider IN ('acme', 'globex') ORDER BY 1"
    pages = cli(old, "query", asked, "--format", "csv").stdout.split()[1:]
    assert pages == [PAGE, "globex.incident_io.01KE0000000000000000000PPP"]
    counted = "SELECT count(*) AS n FROM incidents"
    assert cli(old, "query", counted, "--format", "csv").stdout == "n\n3\n"


def test_one_line_says_what_is_derived_again(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert cli(old, "publish").exit_code == 0
    assert caplog.messages == ["5 archive files read again: their pages or parsers changed"]
    assert cli(old, "publish").exit_code == 0
    assert len(caplog.messages) == 1


def test_nothing_is_sent_twice_and_what_ends_is_sent_once(
    old: Path, hook: Site, clock: Hands
) -> None:
    publish(old, clock)
    assert texts(hook) == []
    clock.at += timedelta(minutes=6)
    part = [component("aaaa1111bbbb")]
    over = incident("oooo2222pppp", [OPENED, RESOLVED], name="Slow answers", components=part)
    Archive(old / "archive").append([capture(clock.at, incidents_json(over), LIST, PAGE)])
    publish(old, clock)
    publish(old, clock)
    assert heads(hook) == ["Resolved at Acme (invented) (API inference): Slow answers"]


def test_archive_and_tables_alone_restore_the_same_snapshot(
    old: Path, tmp_path: Path, clock: Hands
) -> None:
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copytree(old / "archive", restored / "archive")
    for table in old.glob("*.toml"):
        shutil.copy(table, restored)
    assert publish(restored, clock) == publish(old, clock)


def test_its_numbers_wait_until_they_are_derived_again(old: Path) -> None:
    asked = ("metrics", "availability", "--provider", "acme")
    refused = cli(old, *asked)
    assert refused.exit_code == 1
    [line] = refused.stderr.splitlines()
    assert line.endswith(
        "was written by another version: `statusledger publish` derives it again from the archive"
    )
    assert cli(old, "publish").exit_code == 0
    assert cli(old, *asked).exit_code == 0
