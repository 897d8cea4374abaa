"""The command asks Spark the same and prints the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import Snapshot
from analytics.engines.spark_release import Release
from tests.support.command_line import run

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")


def test_the_command_prints_what_it_prints_on_one_machine(
    world: Snapshot, release: Release, folder: Path
) -> None:
    words = ("metrics", "durations", "--period", "2026-02")
    words += ("--provider", "Acme", "--surface", "console")
    here = run(*words, "--data", world.path)
    there = run(*words, "--engine", "spark", "--data", folder)
    assert (there.exit_code, there.stdout) == (here.exit_code, here.stdout)
    assert "simulated" in there.stdout
    assert there.stderr == here.stderr
