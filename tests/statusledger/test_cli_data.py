"""Folders that are none, are missing or hold nothing: one line, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import ACME, STAMPED, bring, cli, only_line, put
from tests.support.loopback import a_port

READING = ("query 1", "health", "metrics coverage", "report --provider acme --out {file}.html")
ARCHIVE = ("compact", "replay", "verify", "publish")
WRITING = (
    "collect anthropic",
    "import {file} --provider anthropic",
    "providers list",
    "publish",
    "replay",
    "demo --port {port}",
    "up --port {port}",
)


def words(command: str, file: Path) -> list[str]:
    return command.format(file=file, port=a_port()).split()


@pytest.mark.parametrize("command", WRITING)
def test_a_file_where_the_data_folder_should_be_is_told_as_one(
    tmp_path: Path, command: str
) -> None:
    file = put(tmp_path, STAMPED)
    result = cli(file, *words(command, file))
    assert result.exit_code == 5
    assert only_line(result) == f"{file}: a file, not a data folder"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("command", ["compact", "verify"])
def test_a_file_holds_nothing_to_check(tmp_path: Path, command: str) -> None:
    file = put(tmp_path, STAMPED)
    result = cli(file, command)
    assert result.exit_code == 1
    assert only_line(result) == f"{file}: a file, not a data folder"


@pytest.mark.parametrize("command", [*READING, "dashboard --port {port}"])
def test_a_file_that_is_no_snapshot_cannot_be_asked(tmp_path: Path, command: str) -> None:
    file = put(tmp_path, STAMPED)
    result = cli(file, *words(command, file))
    assert result.exit_code == 1
    assert f"{file} is not a snapshot" in only_line(result)


@pytest.mark.parametrize("command", ["collect anthropic", "import {file} --provider anthropic"])
def test_a_folder_below_a_file_is_one_line(tmp_path: Path, command: str) -> None:
    file = put(tmp_path, STAMPED)
    result = cli(file / "below", *words(command, file))
    assert result.exit_code == 5
    assert str(file) in only_line(result)


@pytest.mark.parametrize("command", [*READING, *ARCHIVE])
def test_before_anything_was_captured_the_answer_is_no(tmp_path: Path, command: str) -> None:
    result = cli(tmp_path / "data", *words(command, tmp_path / "out"))
    assert result.exit_code == 1
    assert "`statusledger " in only_line(result)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ARCHIVE)
def test_an_archive_without_captures_is_nothing_to_work_on(tmp_path: Path, command: str) -> None:
    (tmp_path / "archive").mkdir()
    result = cli(tmp_path, command)
    assert result.exit_code == 1
    assert f"no captures in {tmp_path / 'archive'}" in only_line(result)


@pytest.mark.parametrize(
    "command",
    [
        "publish --out {file}",
        "publish --as-of 2026-01-11 --out {file}",
        "publish --parquet {file}",
        "query VALUES(1) --out {file}",
        "query VALUES(1) --format parquet --out {file}",
        "metrics coverage --format csv --out {file}",
        "report --provider acme --out {file}.html",
        "providers list --out {file}",
    ],
)
def test_no_command_makes_the_folder_it_is_told_to_write_into(tmp_path: Path, command: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "providers.toml").write_text(ACME)
    bring(data, put(tmp_path / "in", STAMPED))
    target = tmp_path / "no" / "where" / "out"
    result = cli(data, *words(command, target))
    assert result.exit_code == 5
    line = only_line(result)
    assert line.startswith(str(target))
    assert line.endswith(": its folder is missing")
    assert not (tmp_path / "no").exists()
