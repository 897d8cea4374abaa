"""The demo answers a person who has nothing yet, and nobody else unasked."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from ingest.runs import data_folder
from ingest.simulation import demo
from statusledger import app
from tests.support.command_line import ACME, STAMPED, at, bring, cli, only_line, put

COUNT = "SELECT count(*) AS n FROM incidents"
NOTHING = "no data of your own yet; --demo reads the invented world"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small demo once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "MONTHS", 1)
        patch.setattr(demo, "CAST", demo.CAST[:1])
        place = tmp_path_factory.mktemp("world") / "demo"
        demo.build_demo(place, data_folder.now())
    return place


@pytest.fixture
def nothing(tmp_path: Path) -> Path:
    """Name a data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def beside(nothing: Path, world: Path) -> Path:
    """Make a data folder that holds the demo, and nothing of its own."""
    shutil.copytree(world, nothing / "demo")
    return nothing


class Terminal(io.StringIO):
    """Standard output that a person reads."""

    def isatty(self) -> bool:
        """Say that it is a terminal."""
        return True


def typed(data: Path, *words: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a command whose output is a terminal; return what it shows."""
    monkeypatch.setattr("sys.stdout", shown := Terminal())
    with pytest.raises(SystemExit) as left:
        app.main([*words, "--data", str(data)])
    assert not left.value.code
    return shown.getvalue()


def test_a_person_at_a_terminal_is_shown_the_demo_and_told_so_in_one_line(
    beside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = typed(beside, "query", COUNT, monkeypatch=monkeypatch)
    assert "simulated: True" in shown
    [line] = capsys.readouterr().err.splitlines()
    assert line == (
        "statusledger: no data of your own yet; this is the demo, every number is invented"
    )
    assert "northwind-ai" in typed(beside, "metrics", "coverage", monkeypatch=monkeypatch)


def test_the_demo_is_built_when_there_is_none(
    nothing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "MONTHS", 1)
    monkeypatch.setattr(demo, "CAST", demo.CAST[:1])
    assert "simulated: True" in typed(nothing, "query", COUNT, monkeypatch=monkeypatch)
    assert [path.name for path in nothing.iterdir()] == ["demo"]


@pytest.mark.parametrize(
    "words",
    [
        ["query", COUNT],
        ["query", COUNT, "--format", "csv"],
        ["metrics", "coverage"],
        ["metrics", "coverage", "--out", "rows.csv", "--format", "csv"],
        ["metrics", "coverage", "--as-of", "2026-01-01"],
        ["report", "--provider", "northwind-ai", "--out", "brief.html"],
        ["health"],
        ["publish"],
    ],
)
def test_the_demo_never_answers_a_pipe_a_job_or_a_file(
    beside: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    result = cli(beside, *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert only_line(result).startswith(NOTHING)


@pytest.mark.parametrize("words", [["--format", "json"], ["--out", "rows.txt"]])
def test_nor_does_it_answer_in_a_form_for_programs_at_a_terminal(
    beside: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdout", Terminal())
    with pytest.raises(SystemExit) as left:
        app.main(["query", COUNT, *words, "--data", str(beside)])
    assert left.value.code == 1
    assert NOTHING in capsys.readouterr().err


def test_every_row_of_the_demo_says_that_it_is_invented(beside: Path, tmp_path: Path) -> None:
    for words in (["query", COUNT], ["metrics", "coverage"], ["health"]):
        result = cli(beside, *words, "--demo", "--format", "json")
        assert result.stderr.splitlines()[0].endswith("every number is invented")
        rows = json.loads(result.stdout)
        assert rows
        assert {row["simulated"] for row in rows} == {True}
    out = tmp_path / "brief.html"
    assert cli(beside, "report", "--provider", "northwind-ai", "--demo", "--out", out).stdout
    assert "Simulated data." in out.read_text(encoding="utf-8")
    assert cli(beside, "publish", "--demo").exit_code == 0


def test_days_of_a_contract_are_those_of_the_demos_contract(beside: Path) -> None:
    (beside / "contracts.toml").write_text("[northwind-api]", encoding="utf-8")
    asked = ["metrics", "coverage", "--period", "contract:northwind-api", "--demo"]
    result = cli(beside, *asked)
    assert result.exit_code == 0
    assert "period contract:northwind-api: " in result.stderr


def test_a_folder_with_an_archive_of_its_own_is_never_mixed_with_the_demo(
    beside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (beside / "providers.toml").write_text(ACME)
    assert bring(beside, put(tmp_path, STAMPED)).exit_code == 0
    assert "simulated" not in typed(beside, "query", COUNT, monkeypatch=monkeypatch)


def test_collecting_and_replaying_never_look_at_the_demo(beside: Path) -> None:
    told = only_line(cli(beside, "replay"))
    assert told.startswith("no captures in")
    at(beside, acme="http://127.0.0.1:1")
    assert only_line(cli(beside, "collect", "acme")).startswith("nothing could be collected")
    assert list((beside / "archive").rglob("*.parquet"))
