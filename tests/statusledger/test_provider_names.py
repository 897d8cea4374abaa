"""A provider may be called by its name; of one without data a command says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import cli
from tests.support.snapshots import covered, made, page_row, provider_row


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Acme is collected; of Bolt and of its page the registry only says what is the matter."""
    return made(
        tmp_path_factory.mktemp("known"),
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31")],
        providers=[provider_row("acme"), provider_row("bolt", note="Asks for a browser.")],
        pages=[page_row("acme"), page_row("bolt", status="blocked")],
    ).path


@pytest.mark.parametrize("called", ["acme", "ACME", "Acme", " acme "])
def test_any_way_of_writing_a_name_asks_the_same(known: Path, called: str) -> None:
    asked = cli(known, "metrics", "coverage", "--provider", called, "--format", "csv")
    assert asked.exit_code == 0
    assert (
        asked.stdout
        == cli(known, "metrics", "coverage", "--provider", "acme", "--format", "csv").stdout
    )


@pytest.mark.parametrize("words", [("metrics", "coverage"), ("report", "--out", "r.html")])
def test_of_a_provider_without_data_a_command_says_why(
    known: Path, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = cli(known, *words, "--provider", "Bolt")
    assert asked.exit_code == 1
    assert asked.stdout == ""
    assert "Nothing is collected of Bolt. Its page: it turns programs away." in asked.stderr
    assert "Asks for a browser." in asked.stderr


def test_beside_one_with_data_it_is_only_said(known: Path) -> None:
    both = ("--provider", "acme", "--provider", "bolt", "--format", "csv")
    asked = cli(known, "metrics", "coverage", *both)
    assert asked.exit_code == 0
    assert asked.stderr.startswith("statusledger: Nothing is collected of Bolt.")
    assert "acme,api_inference" in asked.stdout
