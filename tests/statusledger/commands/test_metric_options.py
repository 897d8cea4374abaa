"""Test options that belong to one metric only: each wrong word is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.snapshots import covered, made, state

BOTH = ("acme", "bolt")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hour = "2026-03-05 10:00", "2026-03-05 11:00"
    return made(
        tmp_path_factory.mktemp("two"),
        as_of="2026-06-30",
        coverage=[covered("2026-01-01", "2026-06-30", provider=p) for p in BOTH],
        states=[state("major", *hour, provider="acme")],
    ).path


def ask(data: Path, *more: str) -> tuple[int, str, str]:
    found = run("metrics", *more, "--since", "2026-01-01", "--format", "json", "--data", str(data))
    return found.exit_code, found.stdout, found.stderr


def test_primary_and_fallbacks_are_named_as_providers_are(data: Path) -> None:
    code, out, _ = ask(
        data, "portfolio", "--primary", "Acme", "--fallback", "BOLT", "--delay", "5m"
    )
    [saved] = [row for row in json.loads(out) if row["metric"] == "failover_saved"]
    assert code == 0
    assert (saved["provider"], saved["others"], saved["delay_s"]) == ("acme", "bolt", 300)
    assert saved["value"] == 55 * 60


def test_business_hours_and_costs_are_ones_own(data: Path) -> None:
    """Acme was down on a Thursday from 10 to 11 in UTC."""
    own = ["--provider", "acme", "--business", "10-12", "--cost", "1000,200"]
    _, out, _ = ask(data, "patterns", *own)
    costs = {row["metric"]: row["value"] for row in json.loads(out)}
    assert (costs["business_downtime"], costs["downtime_cost"]) == (3600, 1000)
    _, out, _ = ask(data, "patterns", *own, "--zone", "Asia/Kolkata")
    costs = {row["metric"]: row["value"] for row in json.loads(out)}
    assert (costs["business_downtime"], costs["downtime_cost"]) == (0, 200)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("availability --primary acme", "go with `metrics portfolio`"),
        ("frequency --delay 5m", "go with `metrics portfolio`"),
        ("portfolio --primary acme", "takes a primary and at least one fallback"),
        ("portfolio --fallback acme", "takes a primary and at least one fallback"),
        ("portfolio --delay soon", "is not a time such as 90s, 5m or 1h"),
        ("portfolio --primary acme --fallback acme", "stands twice"),
        ("portfolio --cost 1,2", "go with `metrics patterns`"),
        ("patterns --cost cheap", "is not two amounts an hour, such as 1000,200"),
        ("patterns --cost 1,-2", "is not two amounts an hour"),
        ("patterns --business 17-9", "are not two of one day, as in 9-17"),
        ("portfolio --provider acme --primary acme --fallback bolt", "is not among the providers"),
    ],
)
def test_a_wrong_option_is_one_line(data: Path, more: str, told: str) -> None:
    code, _, error = ask(data, *more.split())
    assert code == 2
    assert told in error
    assert len(error.splitlines()) == 1
