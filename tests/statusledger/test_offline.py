"""Without a network: told as what it is, kept as what it is, and no reason to show nothing."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from analytics import open_snapshot
from ingest.runs import data_folder, page_selection
from ingest.simulation import demo
from tests.support.command_line import ACME, STAMPED, bring, cli, only_line, put
from tests.support.loopback import a_port

KEY = "acme.statuspage.pppp1111qqqq"
#: A starter at an address where nobody listens.
NOBODY = ACME.replace("https://status.acme.test", "http://127.0.0.1:1").replace(
    'category = "model-lab"', 'category = "model-lab"\nstarter = true'
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a data folder that knows one provider, which cannot be reached."""
    monkeypatch.setattr(page_selection, "getproxies", dict)
    data = tmp_path / "data"
    data.mkdir()
    (data / data_folder.SIMULATED).touch()
    (data / "providers.toml").write_text(f"{NOBODY}allow_private = true\n")
    return data


def test_a_host_that_cannot_be_reached_is_told_as_that_and_so_is_the_run_after(data: Path) -> None:
    first = cli(data, "collect")
    assert first.exit_code == 1
    assert only_line(first).startswith("nothing could be collected")
    assert f"{KEY}: 4 captures, 3 refused\n" in first.stdout
    again = cli(data, "collect")
    assert again.stdout == f"{KEY}: 0 captures, nothing due, failed when last due: refused\n"


def test_a_host_that_cannot_be_reached_is_a_failure_in_health(data: Path) -> None:
    cli(data, "collect")
    told = cli(data, "health", "--format", "json")
    assert told.exit_code == 1
    assert {(row["state"], row["failure"]) for row in json.loads(told.stdout)} == {
        ("never", "refused")
    }
    with open_snapshot(data) as snapshot:
        assert set(snapshot.table("runs")["failures"]) == {1}


def test_the_demo_is_shown_until_something_was_captured(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    pages = nullcontext(SimpleNamespace(wait=lambda *_: 0, poll=lambda: 0))
    monkeypatch.setattr("dashboard.serve.serve", lambda place, *_: shown.append(place) or pages)
    monkeypatch.setattr(demo, "MONTHS", 1)
    monkeypatch.setattr(demo, "CAST", demo.CAST[:1])
    cli(data, "collect")
    for _ in range(2):
        result = cli(data, "up", "--demo-if-offline", "--port", a_port())
        assert (result.exit_code, result.stderr) == (0, "")
        assert "Building the demo, an invented world" in result.stdout
        assert "about ten seconds" in result.stdout
    assert only_line(cli(data, "up", "--port", a_port())).startswith("no network and nothing")
    bring(data, put(tmp_path, STAMPED))
    begun = cli(data, "up", "--demo-if-offline", "--port", port := a_port())
    assert begun.exit_code == 0
    assert f"Collecting 1 status page into {data}, for as long as this runs." in begun.stdout
    assert f"http://127.0.0.1:{port}: something is there after the first page" in begun.stdout
    assert f"reading page 1 of 1, {KEY}\n" in begun.stdout
    assert shown == [data / "demo", data / "demo", data]
