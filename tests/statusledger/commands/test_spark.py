"""``metrics --engine spark`` without Spark: each thing that is missing is said in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.engines import spark_session
from tests.support.command_line import run
from tests.support.numbered_world import numbered_world, released


def asked(data: Path, name: str, *words: str) -> tuple[int, str]:
    result = run("metrics", name, "--engine", "spark", "--data", data, *words)
    assert result.stdout == ""
    return result.exit_code, result.stderr


def test_a_folder_without_a_release_says_what_writes_one(tmp_path: Path) -> None:
    code, line = asked(tmp_path, "durations")
    assert code == 2
    assert line == (
        f"statusledger: {tmp_path} is no release: `statusledger publish --parquet DIR` writes one\n"
    )


@pytest.mark.parametrize("name", ["ranking", "verdict", "portfolio", "forecast", "sla"])
def test_what_looks_at_several_providers_is_refused(tmp_path: Path, name: str) -> None:
    code, line = asked(tmp_path, name)
    assert code == 2
    assert line.startswith(f"statusledger: {name} looks at several providers at once, or at files")
    assert line.count("\n") == 1


def test_options_that_need_more_than_a_release_are_refused(tmp_path: Path) -> None:
    words = ("--region", "us", "--business", "8-18", "--cost", "3,1", "--as-of", "2026")
    code, line = asked(tmp_path, "patterns", *words)
    assert code == 2
    assert line == (
        "statusledger: --engine spark asks a release as it is: leave out "
        "--region, --as-of, --business, --cost\n"
    )
    code, line = asked(tmp_path, "portfolio", "--fallback", "globex")
    assert (code, line.rpartition(" ")[2]) == (2, "--fallback\n")


def test_where_pyspark_or_java_is_missing_a_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = released(tmp_path / "release", numbered_world(tmp_path))
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    lacking = "statusledger: Spark needs the package pyspark: pip install 'pyspark>=4.0,<5'\n"
    assert asked(folder, "coverage") == (2, lacking)
    monkeypatch.setattr(spark_session, "find_spec", lambda name: name)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    code, line = asked(folder, "coverage")
    assert code == 2
    assert line.startswith("statusledger: Spark needs Java 17 or newer: install it")
