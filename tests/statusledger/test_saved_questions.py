"""``--question`` and ``--period``: a question is written once, and a job needs no dates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics import open_snapshot
from analytics.asking.saved_questions import SavedQuestion
from ingest.models import UnansweredError
from statusledger.saved_question import as_question
from tests.support.command_line import ACME, cli, holding, only_line
from tests.support.pages.documents import half_a_year


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = holding(tmp_path / "data", half_a_year(tmp_path / "made").path)
    text = '[mine]\nproviders = ["Acme"]\nwindow = "2026-03"\nrule = "strict"\n'
    (folder / "questions.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_saved_question_is_asked_and_its_period_printed_as_dates(data: Path) -> None:
    result = cli(data, "metrics", "availability", "--question", "mine", "--format", "json")
    assert result.stderr == (
        "statusledger: period 2026-03: 2026-03-01 up to, not including, 2026-04-01\n"
    )
    [row] = json.loads(result.stdout)
    assert (row["provider"], row["rule"], row["window_start"][:10]) == (
        "acme",
        "strict",
        "2026-03-01",
    )


def test_an_option_goes_before_what_was_saved(data: Path) -> None:
    more = ["--provider", "globex", "--since", "2026-05-01", "--rule", "statuspage"]
    asked = ["metrics", "availability", "--question", "mine", *more]
    [row] = json.loads(cli(data, *asked, "--format", "json").stdout)
    assert (row["provider"], row["rule"], row["window_start"][:10]) == (
        "globex",
        "statuspage",
        "2026-05-01",
    )


def test_a_report_needs_providers_from_somewhere(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "brief.html"
    assert cli(data, "report", "--question", "mine", "--out", out).exit_code == 0
    assert "Acme alone" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--question theirs", "one of mine"),
        ("--period last-year", "90d, 2026-10"),
        ("--period 30d --since 2026-01-01", "leave out --since"),
    ],
)
def test_what_cannot_be_asked_is_one_line(data: Path, words: str, told: str) -> None:
    result = cli(data, "metrics", "coverage", *words.split())
    assert result.exit_code == 2
    assert told in only_line(result)


def test_a_saved_region_is_asked_about_unless_another_is(data: Path) -> None:
    (data / "questions.toml").write_text('[mine]\nregion = "mars"\n', encoding="utf-8")
    asked = ["metrics", "coverage", "--question", "mine"]
    assert "'mars'" in only_line(cli(data, *asked))
    assert "'moon'" in only_line(cli(data, *asked, "--region", "moon"))


def test_a_saved_region_is_that_of_a_report_too(data: Path, tmp_path: Path) -> None:
    text = '[mine]\nproviders = ["acme"]\nregion = "mars"\n'
    (data / "questions.toml").write_text(text, encoding="utf-8")
    asked = ["report", "--question", "mine", "--out", tmp_path / "brief.html"]
    assert "'mars'" in only_line(cli(data, *asked))
    assert cli(data, *asked, "--region", "moon").exit_code == 2
    assert not (tmp_path / "brief.html").exists()


def test_nobody_is_asked_about_for_a_provider_that_the_registry_got_later(data: Path) -> None:
    (data / "providers.toml").write_text(ACME.replace("acme", "initech"), encoding="utf-8")
    with open_snapshot(data) as snapshot:
        with pytest.raises(UnansweredError, match="Acme"):
            as_question(snapshot, SavedQuestion(providers=("initech",)), data)
        both = as_question(snapshot, SavedQuestion(providers=("initech", "acme")), data)
        everybody = as_question(snapshot, SavedQuestion(), data)
    assert (both.providers, everybody.providers) == (("acme",), ())


def test_a_saved_minimum_counts_unless_another_is_asked_for(data: Path) -> None:
    (data / "questions.toml").write_text('[bad]\nminimum = "major"\n', encoding="utf-8")
    asked = ["metrics", "frequency", "--question", "bad", "--format", "json"]
    for words, wanted in ((), "major"), (("--minimum", "partial"), "partial"):
        rows = json.loads(cli(data, *asked, *words).stdout)
        assert {row["minimum"] for row in rows} == {wanted}
    with open_snapshot(data) as snapshot:
        assert as_question(snapshot, SavedQuestion(minimum="major"), data).minimum == "major"
