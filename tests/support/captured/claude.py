"""Claude's captures, imported as somebody types it."""

from __future__ import annotations

from pathlib import Path

from tests.support.captured.feeds import FULL
from tests.support.command_line import cli


def bring(data: Path, path: Path, *options: str) -> str:
    """Import a file of captures for Claude's page and return what the command printed."""
    words = ["--captured-at", "2026-07-09T07:58:17Z"] if path == FULL else []
    result = cli(data, "import", path, "--provider", "anthropic", *words, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout
