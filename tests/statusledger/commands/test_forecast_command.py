"""The command ``metrics forecast``: open incidents, one of them, and how good past ones were."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.command_line import cli
from tests.support.snapshots import covered, made, post, source

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make 120 ended incidents, a day apart, and one that has been open for an hour."""
    past = [
        post(f"p{n}", begun, begun + timedelta(minutes=20 + 10 * (n % 12)))
        for n in range(120)
        for begun in [NOW - timedelta(days=121 - n)]
    ]
    return made(
        tmp_path_factory.mktemp("open"),
        as_of=NOW,
        coverage=[covered("2025-01-01", NOW)],
        posts=[*past, post("now", NOW - timedelta(hours=1))],
        captures=source("https://acme.test", NOW),
    ).path


def test_people_read_durations_clock_times_and_shares(known: Path) -> None:
    told = cli(known, "metrics", "forecast", "--provider", "acme").stdout
    for line in (
        "incident_id: now",
        "elapsed: 1 h",
        "value: 40 min",
        "median_at: 2026-06-30 12:40:00Z",
        "rule: conditional Kaplan-Meier",
        "history: pooled",
    ):
        assert line in told
    assert "ends_within_60_min: 85.7 %" in told


def test_an_incident_is_asked_for_by_its_id(known: Path) -> None:
    result = cli(known, "metrics", "forecast", "--incident", "now", "--format", "json")
    [row] = json.loads(result.stdout)
    assert (row["incident_id"], row["n"], row["value"]) == ("now", 70, 2400.0)


def test_an_incident_that_is_over_is_one_line(known: Path) -> None:
    result = cli(known, "metrics", "forecast", "--incident", "p0")
    assert result.exit_code == 1
    assert result.stderr.startswith("statusledger: incident p0 ended at 2026-03-01T12:20:00Z")
    assert result.stderr.count("\n") == 1


def test_the_past_is_scored_by_landmark_and_method(known: Path) -> None:
    told = cli(known, "metrics", "forecast", "--backtest").stdout
    assert "coverage_80" in told
    for method in ("forecast", "plain", "shifted", "memoryless"):
        assert method in told
    rows = json.loads(cli(known, "metrics", "forecast", "--backtest", "--format", "json").stdout)
    assert {row["landmark_s"] for row in rows} == {0, 900, 1800, 3600}
    assert {row["n"] for row in rows if row["landmark_s"] == 0} == {115 - 50}


@pytest.mark.parametrize(
    "words",
    [
        ("availability", "--backtest"),
        ("availability", "--incident", "now"),
        ("forecast", "--backtest", "--incident", "now"),
    ],
)
def test_options_that_do_not_go_together_are_refused(known: Path, words: tuple[str, ...]) -> None:
    result = cli(known, "metrics", *words)
    assert result.exit_code == 2
    assert "--incident and --backtest" in result.stderr
