"""A reader that goes away, as ``head`` does: the command ends without a word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import ACME, STAMPED, bring, put


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder that the commands below only read."""
    folder = tmp_path_factory.mktemp("stored")
    (folder / "providers.toml").write_text(ACME)
    assert bring(folder, put(folder / "in", STAMPED)).exit_code == 0
    return folder


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
