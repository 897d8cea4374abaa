"""``import FILE --as probe``: one's own probes, beside what was posted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import ACME, cli, holding, only_line
from tests.support.snapshots import covered, made, post

PROBES = """at,target,ok,latency_ms
2026-03-05T09:55:00Z,eu,true,90
2026-03-05T09:56:00Z,eu,false,
2026-03-05T10:20:00Z,eu,false,
2026-03-05T11:30:00Z,eu,true,95
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hour = "2026-03-05 10:00:01", "2026-03-05 11:00:01"
    snapshot = made(
        tmp_path / "made",
        as_of="2026-03-10",
        coverage=[covered("2025-12-01", "2026-03-10")],
        posts=[post("p", *hour)],
    )
    folder = holding(tmp_path / "data", snapshot.path)
    (folder / "providers.toml").write_text(ACME, encoding="utf-8")
    (folder / "probes.csv").write_text(PROBES, encoding="utf-8")
    return folder


WHOSE = ("--as", "probe", "--provider", "acme", "--surface", "api_inference")


def test_probes_are_taken_once_and_asked_for_as_a_metric(data: Path) -> None:
    result = cli(data, "import", data / "probes.csv", *WHOSE)
    assert (result.exit_code, result.stdout) == (
        0,
        "4 probes taken, 0 known already, 0 refused\n",
    )
    again = cli(data, "import", data / "probes.csv", *WHOSE)
    assert again.stdout == "0 probes taken, 4 known already, 0 refused\n"
    asked = ["metrics", "detection", "--provider", "acme", "--format", "json"]
    lead, unposted = json.loads(cli(data, *asked).stdout)
    assert (lead["n"], lead["value"]) == (1, None)
    assert (unposted["n"], unposted["value"], unposted["basis"]) == (2, 0.5, "probe")


def test_the_snapshot_stays_as_it_was(data: Path) -> None:
    before = sorted(path.name for path in (data / "snapshots").iterdir())
    cli(data, "import", data / "probes.csv", *WHOSE)
    assert sorted(path.name for path in (data / "snapshots").iterdir()) == before
    assert not (data / "archive").exists()


def test_refused_rows_are_named_and_the_others_are_taken(data: Path) -> None:
    (data / "probes.csv").write_text(f"{PROBES}soon,eu,true,\n", encoding="utf-8")
    result = cli(data, "import", data / "probes.csv", *WHOSE)
    assert result.exit_code == 3
    assert "probes.csv:6: at 'soon' is no time" in only_line(result)
    assert result.stdout == "4 probes taken, 0 known already, 1 refused\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--as probe --provider acme", "needs PATH, --provider SLUG and --surface NAME"),
        ("--as logs --provider acme", "only probe"),
        ("--as probe --provider nobody --surface api_inference", "no provider 'nobody'"),
        ("--as probe --provider acme --surface api-inference", "is not one of api_inference, "),
    ],
)
def test_what_is_missing_is_said_in_one_line(data: Path, words: str, told: str) -> None:
    result = cli(data, "import", data / "probes.csv", *words.split())
    assert result.exit_code == 2
    assert told in only_line(result)
