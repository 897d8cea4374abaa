"""TODO."""

from __future__ import annotations

from pathlib import Path

from tests.support.captured.feeds import FULL
from tests.support.command_line import cli


def bring(data: Path, path: Path) -> str:
    words = ["--captured-at", "2026-07-09T07:58:17Z"] if path == FULL else []
    result = cli(data, "import", path, "--provider", "anthropic", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout
