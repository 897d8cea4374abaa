"""A provider may be called by its name; of one without data a command says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import ACME, cli, holding, only_line
from tests.support.snapshots import component, covered, made, page_row, provider_row


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


def test_a_provider_that_is_new_in_ones_own_registry_is_not_unknown(
    known: Path, tmp_path: Path
) -> None:
    data = holding(tmp_path / "data", known)
    (data / "providers.toml").write_text(ACME.replace("acme", "newco").replace("Acme", "Newco AI"))
    for words in (["metrics", "coverage"], ["report", "--out", tmp_path / "r.html"]):
        asked = cli(data, *words, "--provider", "Newco AI")
        assert asked.exit_code == 1
        assert only_line(asked).startswith("Nothing is collected of Newco AI.")
        assert only_line(asked).endswith("To collect it: statusledger collect newco.")
    both = cli(data, "metrics", "coverage", "--provider", "acme", "--provider", "newco")
    assert (both.exit_code, "acme" in both.stdout) == (0, True)
    gate = cli(data, "gate", "--provider", "newco")
    assert gate.exit_code == 6
    assert gate.stdout.startswith("newco not known: Nothing is collected of Newco AI.")


def test_of_one_without_the_surface_asked_about_a_command_says_where_it_has_data(
    known: Path,
) -> None:
    more = covered("2025-06-01", "2026-01-31", provider="bolt", of="chat", surface="chat_web")
    snapshot = made(
        known.parent,
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31"), more],
        components=[component("chat", provider="bolt", surface="chat_web")],
    )
    asked = ["--provider", "acme", "--provider", "bolt", "--surface", "chat_web"]
    told = cli(snapshot.path, "metrics", "coverage", *asked, "--format", "csv")
    assert told.exit_code == 0
    assert only_line(told) == "of Acme nothing is covered on surface chat_web, but on api_inference"


def test_an_empty_result_names_the_provider_of_which_nothing_is_collected(known: Path) -> None:
    empty = cli(known, "query", "SELECT * FROM incidents WHERE provider = 'bolt'")
    assert empty.exit_code == 0
    assert only_line(empty).startswith("Nothing is collected of Bolt.")
    other = cli(known, "query", "SELECT * FROM incidents WHERE provider = 'acme'")
    assert (other.exit_code, other.stderr) == (0, "")
