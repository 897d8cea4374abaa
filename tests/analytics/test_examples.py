"""Every example in a docstring comes out as written."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from tests.support.command_line import holding
from tests.support.paths import ROOT
from tests.support.snapshots import covered, made, post, state

FILES = sorted(
    path.relative_to(ROOT)
    for room in ("ingest", "analytics", "dashboard")
    for path in (ROOT / room).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder ``data`` to open, with half an hour of trouble in a month."""
    hour = "2026-01-05 10:00", "2026-01-05 10:30"
    snapshot = made(
        tmp_path,
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31")],
        states=[state("partial", *hour, post="p1")],
        posts=[post("p1", *hour)],
    )
    holding(tmp_path / "data", snapshot.path)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("file", FILES, ids=str)
def test_the_examples_of_a_module_come_out_as_written(file: Path) -> None:
    name = ".".join(file.with_suffix("").parts).removesuffix(".__init__")
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert (failed, tried > 0) == (0, True)
