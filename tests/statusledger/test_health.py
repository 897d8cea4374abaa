"""``health`` says what is wrong with whole pages, and no when numbers cannot be trusted."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.models import CLOCK_SKEW
from ingest.runs import data_folder
from ingest.snapshot import guarded_tables
from tests.support.captured.cases import CASES, needs_cases
from tests.support.command_line import cli
from tests.support.ledgers.sightings import NOON, seen
from tests.support.paths import ROOT
from tests.support.payloads.statuspage import incident, incidents_json

DAY = timedelta(days=1)
LISTED = seen(incidents_json(incident("one")))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Hold our clock, which a test may set."""
    at = [NOON + timedelta(minutes=1)]
    monkeypatch.setattr(data_folder, "now", lambda: at[0])
    return at


def test_a_fresh_page_is_well(data: Path, clock: list[datetime]) -> None:
    Archive(data / "archive").append([LISTED])
    assert cli(data, "publish").exit_code == 0
    result = cli(data, "health")
    assert (result.exit_code, result.stderr) == (0, "")


def test_captures_dated_ahead_are_named_and_make_it_say_no(
    data: Path, clock: list[datetime]
) -> None:
    Archive(data / "archive").append([LISTED, replace(LISTED, captured_at=NOON + 365 * DAY)])
    assert cli(data, "publish").exit_code == 0
    result = cli(data, "health")
    assert result.exit_code == 1
    assert "clock: a capture is dated 2027-01-10 12:00 UTC, left out" in result.stderr


def test_a_snapshot_ahead_of_the_reader_is_named(data: Path, clock: list[datetime]) -> None:
    Archive(data / "archive").append([LISTED])
    assert cli(data, "publish").exit_code == 0
    clock[0] = NOON - DAY
    result = cli(data, "health")
    assert result.exit_code == 1
    assert "the newest capture is dated 2026-01-10 12:00 UTC, which is yet to come" in result.stderr


def test_captures_of_a_clock_the_servers_doubt_are_named_until_better_ones_come(
    data: Path, clock: list[datetime]
) -> None:
    archive = Archive(data / "archive")
    archive.append([replace(LISTED, headers={CLOCK_SKEW: "3600"})])
    assert cli(data, "publish").exit_code == 0
    assert "clock: captured by a clock" in cli(data, "health").stderr
    archive.append([seen(incidents_json(incident("two"), incident("one")), minute=0.5)])
    assert cli(data, "publish").exit_code == 0
    assert cli(data, "health").stderr == ""


def test_a_page_that_cannot_be_worked_out_is_named_and_stops_no_publication(
    data: Path, clock: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    Archive(data / "archive").append([LISTED])
    assert cli(data, "publish").exit_code == 0

    def broken(*_: object, **__: object) -> object:
        raise ValueError("a bug of ours")

    monkeypatch.setattr(guarded_tables, "page_rows", broken)
    result = cli(data, "publish")
    assert result.exit_code == 3
    assert "could not be worked out, its rows stay as they were" in result.stderr
    health = cli(data, "health")
    assert health.exit_code == 1
    assert "derivation: " in health.stderr


@needs_cases
def test_a_clock_that_once_was_a_year_ahead_proves_nothing(data: Path) -> None:
    case = CASES / "rel-clock-once-ahead"
    (data / "providers.toml").write_text((case / "providers.toml").read_text())
    make = (
        (case / "make.py")
        .read_text()
        .replace("ingest.archive import", "ingest.archive.store import")
    )
    subprocess.run([sys.executable, "-c", make, str(data)], cwd=ROOT, check=True)
    assert cli(data, "publish").exit_code == 0
    health = cli(data, "health")
    assert health.exit_code == 1
    assert "clock: a capture is dated " in health.stderr
    asked = cli(data, "query", "SELECT value FROM meta WHERE key = 'as_of'", "--format", "csv")
    assert datetime.fromisoformat(asked.stdout.split()[1]) < datetime.now(UTC)
    covered = cli(data, "query", "SELECT max(end_at) AS e FROM coverage", "--format", "json")
    assert str(datetime.now(UTC).year + 1) not in covered.stdout
