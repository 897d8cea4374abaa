"""CURRENT is safe to lose: a damaged one is replaced, and nothing outside is opened."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.runs import publishing
from ingest.snapshot.pointer import CURRENT, current, snapshot_name
from tests.support.captured.cases import CASES, needs_cases
from tests.support.command_line import ACME, GLOBEX, cli, only_line
from tests.support.ledgers.sightings import bodies

DAMAGED = {
    "empty": b"",
    "blank": b" \n\n",
    "not UTF-8": b"\xff\xfe",
    "leads elsewhere": b"../../../../etc/hostname",
    "leads to the file beside": b"../statusledger.duckdb",
    "an absolute path": b"/etc/hostname",
    "far too long": b"x" * 5000,
    "a name after ours that is not there": b"zzz.duckdb",
    "a newer name that is not there": b"20990101T000000Z-abcdabcd.duckdb",
    "itself": b"CURRENT",
    "a folder": b".",
    "NUL": b"20260101T000000Z-abcdabcd\0.duckdb",
}
COUNT = "SELECT count(*) AS n FROM incidents"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    (folder / "providers.toml").write_text(ACME + GLOBEX)
    Archive(folder / "archive").append(bodies())
    assert cli(folder, "publish").exit_code == 0
    return folder


@pytest.fixture
def stored(published: Path, data: Path) -> Path:
    return shutil.copytree(published, data, dirs_exist_ok=True)


@pytest.mark.parametrize("damage", DAMAGED)
def test_readers_use_the_newest_snapshot_there(stored: Path, damage: str) -> None:
    good = cli(stored, "query", COUNT, "--format", "csv")
    (stored / "snapshots" / CURRENT).write_bytes(DAMAGED[damage])
    again = cli(stored, "query", COUNT, "--format", "csv")
    assert (again.exit_code, again.stdout) == (0, good.stdout)
    assert cli(stored, "health").exit_code == cli(stored, "health").exit_code
    assert current(stored / "snapshots") is None
    assert publishing.behind(stored)


@pytest.mark.parametrize("damage", DAMAGED)
def test_the_next_publication_replaces_it_and_says_so(
    stored: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    (stored / "snapshots" / CURRENT).write_bytes(DAMAGED[damage])
    result = cli(stored, "publish")
    assert result.exit_code == 0
    named = (stored / "snapshots" / CURRENT).read_text().strip()
    assert result.stdout.startswith(f"published {named} ")
    assert current(stored / "snapshots") == stored / "snapshots" / named
    assert [line.endswith("named no snapshot: replaced") for line in caplog.messages] == [True]
    assert cli(stored, "query", COUNT).exit_code == 0


def test_without_any_snapshot_a_damaged_pointer_is_one_line(stored: Path) -> None:
    for path in (stored / "snapshots").glob("*.duckdb"):
        path.unlink()
    for damage in DAMAGED.values():
        (stored / "snapshots" / CURRENT).write_bytes(damage)
        result = cli(stored, "query", COUNT)
        assert result.exit_code == 1
        assert "no snapshot in" in only_line(result)


def test_a_pointer_that_is_a_folder_is_replaced(stored: Path) -> None:
    pointer = stored / "snapshots" / CURRENT
    pointer.unlink()
    pointer.mkdir()
    assert cli(stored, "query", COUNT).exit_code == 0
    assert cli(stored, "publish").exit_code == 0
    assert pointer.is_file()


def test_a_link_out_of_the_folder_is_not_followed(stored: Path, tmp_path: Path) -> None:
    snapshots = stored / "snapshots"
    outside = tmp_path / "outside.duckdb"
    outside.write_bytes(b"not a snapshot")
    link = snapshots / snapshot_name(datetime(2026, 8, 1, tzinfo=UTC), "abcdabcd")
    link.symlink_to(outside)
    (snapshots / CURRENT).write_text(link.name)
    assert cli(stored, "query", COUNT).exit_code == 0
    assert cli(stored, "publish").exit_code == 0
    named = current(snapshots)
    assert named is not None
    assert named != link


def test_a_newer_file_that_is_no_snapshot_is_not_taken_for_one_that_knows_more(
    stored: Path, caplog: pytest.LogCaptureFixture
) -> None:
    snapshots = stored / "snapshots"
    broken = snapshots / snapshot_name(datetime(2026, 8, 1, tzinfo=UTC), "abcdabcd")
    broken.write_bytes(b"not a snapshot")
    (snapshots / CURRENT).write_text(broken.name)
    assert cli(stored, "publish").exit_code == 0
    assert current(snapshots) != broken
    assert cli(stored, "query", COUNT).exit_code == 0
    assert any("cannot be read" in line for line in caplog.messages)


def test_a_snapshot_of_a_time_yet_to_come_knows_nothing(stored: Path) -> None:
    snapshots = stored / "snapshots"
    ahead = snapshots / snapshot_name(datetime.now(UTC) + timedelta(days=365), "abcdabcd")
    named = current(snapshots)
    assert named is not None
    ahead.write_bytes(named.read_bytes())
    (snapshots / CURRENT).write_text(ahead.name)
    assert cli(stored, "publish").stdout.startswith("published ")
    assert current(snapshots) not in (None, ahead)


@needs_cases
def test_the_case_of_record_ends_well(data: Path) -> None:
    case = CASES / "rel-rejected-open-post"
    (data / "providers.toml").write_text((case / "providers.toml").read_text())
    words = (case / "payloads", "--provider", "acme", "--platform", "statuspage")
    assert cli(data, "import", *words).exit_code in (0, 3)
    for damage in DAMAGED.values():
        (data / "snapshots" / CURRENT).write_bytes(damage)
        for command in ("health", "query", "publish", "query"):
            more = (COUNT,) if command == "query" else ()
            result = cli(data, command, *more)
            assert result.exit_code == 0 or command == "health"
            assert "Traceback" not in result.stderr
