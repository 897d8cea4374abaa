"""A case played as its EXPECT.md says: imported by the command, and asked by the command."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import Result, cli
from tests.support.paths import CASES

#: The page of a case that brings no registry of its own.
REGISTRY = """
[acme]
name = "Acme"
category = "model-lab"

[acme.pages.{platform}]
base_url = "https://status.acme.test"
feed = "complete"
confidence = "high"
"""


@dataclass(frozen=True)
class Case:
    """A case: its folder, its page, its inputs, and when they were captured.

    ``inputs``: a pattern in its folder; ``at``: None where the names of the inputs say it.
    ``more``: lines of the registry's page, where the case brings no registry.
    """

    folder: str
    platform: str = "statuspage"
    inputs: str = "payloads"
    at: str | None = None
    provider: str = "acme"
    more: str = ""

    def play(self, data: Path) -> PlayedCase:
        """Import it into a new data folder."""
        data.mkdir()
        source = CASES / self.folder
        if (source / "providers.toml").exists():
            shutil.copy(source / "providers.toml", data)
        elif self.provider == "acme":
            text = REGISTRY.format(platform=self.platform) + self.more
            (data / "providers.toml").write_text(text)
        return PlayedCase(data, self.import_into(data))

    def import_into(self, data: Path) -> Result:
        """Import it into a data folder."""
        inputs = sorted((CASES / self.folder).glob(self.inputs))
        words: list[object] = [*inputs, "--provider", self.provider, "--platform", self.platform]
        words += ["--captured-at", self.at] if self.at else []
        return cli(data, "import", *words)


@dataclass(frozen=True)
class PlayedCase:
    """A case in a data folder, and what the import said."""

    data: Path
    imported: Result


#: Cases of which more than one module states something.
AWS = Case("aws-rss-told-once", "aws_health", "*.rss", "2026-09-05T08:00:00Z", "aws-bedrock")
AZURE = Case("azure-rss-active", "azure", "feed.xml", "2026-09-15T04:10:00Z", "azure-openai")
XAI = Case("xai-one-outage-many-items", "xai_rss", "feed.xml", "2026-09-04T17:00:00Z", "xai")

Asked = Callable[[PlayedCase], Any]
Play = Callable[[Case], PlayedCase]
#: What is right, of which case, by which question, and its answer.
Statement = tuple[str, Case, Asked, Any]
WINDOWS = "select impact_start_at, impact_end_at, impact_start_basis from incidents order by "
TIMES = "select incident_id, started_at, resolved_at, duration_quality from incidents order by "


def named(right: Sequence[Statement]) -> list[Any]:
    """Return the parameters of a test, each called by its case and its sentence."""
    return [pytest.param(*rest, id=f"{rest[0].folder}: {says}") for says, *rest in right]


def the_import(played: PlayedCase) -> Any:
    """Return the exit code of the import and what it said on standard error."""
    return played.imported.exit_code, played.imported.stderr


def query(sql: str) -> Asked:
    """Ask for rows: texts as ``query --format csv`` prints them, times without their zeros."""

    def asked(played: PlayedCase) -> Any:
        result = cli(played.data, "query", sql, "--format", "csv")
        assert (result.exit_code, result.stderr) == (0, "")
        [_, *rows] = csv.reader(io.StringIO(result.stdout))
        return [tuple(map(_short, row)) for row in rows]

    return asked


def availability(since: str, until: str, surface: str | None = None, *more: str) -> Asked:
    """Ask for value, seconds down, covered and unknown, posts and status of the one row."""

    def asked(played: PlayedCase) -> Any:
        words = ["--since", since, "--until", until, *(["--surface", surface] if surface else [])]
        made = ["metrics", "availability", "--provider", "acme", *words, *more]
        result = cli(played.data, *made, "--format", "json")
        assert result.exit_code == 0, result.stderr
        [row] = json.loads(result.stdout)
        value = None if row["value"] is None else round(row["value"], 6)
        counts = (row[name] for name in ("down_s", "covered_s", "unknown_s", "n"))
        return (value, *counts, row["status"])

    return asked


def _short(cell: str) -> str:
    """Shorten an instant: 2026-01-10T12:01:00.000000+0000 is 2026-01-10 12:01."""
    day, _, clock = cell.removesuffix(".000000+0000").partition("T")
    if len(day) != len("2026-01-10") or not clock:
        return cell
    return f"{day} {clock.removesuffix(':00') if clock.count(':') == 2 else clock}"
