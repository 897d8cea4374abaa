"""A terminal shows percent and durations; ``--raw``, other forms and files keep the numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import cli
from tests.support.snapshots import covered, made, post, state


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a month with an outage of a day and a half."""
    span = "2026-01-05 00:00", "2026-01-06 12:00"
    return made(
        tmp_path_factory.mktemp("raw"),
        as_of="2026-01-31",
        coverage=[covered("2026-01-01", "2026-01-31")],
        posts=[post("p1", *span)],
        states=[state("major", *span, post="p1")],
    ).path


def test_people_read_percent_and_durations(known: Path) -> None:
    told = cli(known, "metrics", "availability", "--since", "2026-01-01").stdout
    assert "value: 95.000 %" in told
    assert "down: 1 d 12 h" in told


@pytest.mark.parametrize("form", [("--raw",), ("--format", "json"), ("--format", "csv")])
def test_programs_read_fractions_and_seconds(known: Path, form: tuple[str, ...]) -> None:
    told = cli(known, "metrics", "availability", "--since", "2026-01-01", *form).stdout
    assert "0.95" in told
    assert "129600" in told
    assert "%" not in told


def test_a_file_keeps_the_numbers(known: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.txt"
    assert cli(known, "metrics", "availability", "--out", out).exit_code == 0
    assert "down_s: 129600" in out.read_text(encoding="utf-8")
