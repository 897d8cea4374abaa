"""A reader that goes away, as ``head`` does: the command ends without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ACME, STAMPED, bring, put


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    (tmp_path / "providers.toml").write_text(ACME)
    assert bring(tmp_path, put(tmp_path / "in", STAMPED)).exit_code == 0
    return tmp_path


@pytest.mark.skipif(os.name == "nt", reason="Windows tells a writer otherwise: run it on POSIX")
@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("verify",),
        ("health",),
        ("query", "SELECT * FROM range(100000)", "--format", "csv"),
        ("metrics", "coverage"),
    ],
    ids=lambda words: words[0].strip("-"),
)
def test_output_nobody_reads_ends_a_command_quietly(stored: Path, words: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "statusledger", *words],
        env={**os.environ, "STATUSLEDGER_DATA": str(stored)},
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
