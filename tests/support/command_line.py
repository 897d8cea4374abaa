"""A data folder of two invented providers, and commands run on it in this process."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from analytics import open_snapshot
from ingest.archive.store import Archive
from statusledger import app
from tests.support.payloads.statuspage import about_page, incident, incidents_json

ACME = """
[acme]
name = "Acme"
category = "model-lab"

[acme.pages.statuspage]
base_url = "https://status.acme.test"
page_id = "pppp1111qqqq"
feed = "complete"
confidence = "high"
"""


STAMPED = "2026-01-10T12-00-00Z.json"


LATER = "2026-01-11T12-00-00Z.json"


GOOD = incidents_json(incident())


GLOBEX = ACME.replace("acme", "globex").replace("pppp1111", "gggg1111")


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str


def run(*words: object) -> Result:
    """Run a command line; an exception that escapes it fails the test."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
        app.main([*map(str, words)])
    return Result(int(left.value.code or 0), out.getvalue(), err.getvalue())


def cli(data: Path, *words: object) -> Result:
    """Run a command on a data folder."""
    return run(*words, "--data", data)


def bring(data: Path, *words: object, provider: str = "acme") -> Result:
    return cli(data, "import", *words, "--provider", provider)


def only_line(result: Result) -> str:
    [line] = result.stderr.splitlines()
    assert line.startswith("statusledger: ")
    return line.removeprefix("statusledger: ")


def holding(folder: Path, snapshot: Path) -> Path:
    """Make a data folder whose current snapshot is this one, without an archive."""
    snapshots = folder / "snapshots"
    snapshots.mkdir(parents=True)
    shutil.copy(snapshot, snapshots / "one.duckdb")
    (snapshots / "CURRENT").write_text("one.duckdb")
    return folder


def put(folder: Path, name: str, body: bytes = GOOD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path


def rows(data: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    with open_snapshot(data) as snapshot:
        return sorted(snapshot.table(table).select(columns).rows(), key=repr)


def digest(data: Path) -> str:
    with open_snapshot(data) as snapshot:
        return snapshot.digest


def archived(data: Path) -> list[tuple[datetime, bytes | None]]:
    archive = Archive(data / "archive")
    found = archive.metadata().select("captured_at", "file", "sha256").sort("captured_at").rows()
    return [(at, archive.body(file, sha256)) for at, file, sha256 in found]


def ids(data: Path) -> list[str]:
    return [name for (name,) in rows(data, "incidents", "incident_id")]


def everything_of(data: Path, provider: str) -> list[list[tuple[Any, ...]]]:
    with open_snapshot(data) as snapshot:
        tables = [snapshot.table(t) for t in ("incidents", "updates", "coverage", "captures")]
    return [table.filter(provider=provider).rows() for table in tables]


NOTHING = json.dumps({"page": about_page(), "components": [], "scheduled_maintenances": []})


LISTS = {
    "/api/v2/incidents.json": GOOD,
    "/api/v2/summary.json": NOTHING.encode(),
    "/api/v2/scheduled-maintenances.json": NOTHING.encode(),
}


def at(data: Path, **addresses: str) -> None:
    tables = [
        f"{ACME}allow_private = true\n".replace("acme", slug, 2).replace(
            "https://status.acme.test", address
        )
        for slug, address in addresses.items()
    ]
    (data / "providers.toml").write_text("".join(tables))


def below(command: Any, *words: str) -> dict[str, Any]:
    """Every command below ``command``, by the words that call it."""
    found = {" ".join(words): command} if words else {}
    for name, inner in getattr(command, "commands", {}).items():
        found |= below(inner, *words, name)
    return found


COMMANDS = below(app.command_tree())
