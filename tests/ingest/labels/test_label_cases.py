"""Small inputs with the right value: what labels do to posts, windows and numbers."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from analytics import METRICS, Snapshot, ask, open_snapshot
from tests.support.captured.cases import needs_cases
from tests.support.command_line import cli
from tests.support.paths import CASES

pytestmark = needs_cases


def opened(folder: Path, case: str) -> Snapshot:
    """Import a case with its registry and open what was published."""
    folder.mkdir()
    shutil.copy(CASES / case / "providers.toml", folder)
    [payload] = (CASES / case).glob("*.json")
    words = ["--provider", "acme", "--platform", "statuspage"]
    result = cli(folder, "import", payload, *words, "--captured-at", "2026-10-01T12:00:00Z")
    assert (result.exit_code, result.stderr) == (0, "")
    return open_snapshot(folder)


def columns(snapshot: Snapshot, *names: str) -> dict[str, Sequence[object]]:
    rows = snapshot.table("incidents").sort("incident_id")
    return {row["incident_id"]: tuple(row[name] for name in names) for row in rows.to_dicts()}


def test_a_word_in_a_title_deletes_no_outage(tmp_path: Path) -> None:
    snapshot = opened(tmp_path / "d", "class-words")
    classes = {name: found for name, (found,) in columns(snapshot, "class").items()}
    outages = [f"clswords000{n}" for n in range(8)]
    assert classes == {
        **dict.fromkeys(outages, "outage"),
        "clswords0008": "degradation",
        "clscontrol01": "billing_console",
        "clscontrol02": "notice",
        "clscontrol03": "notice",
        "clscontrol04": "maintenance",
    }
    asked = ask(providers=["acme"], surface="api_inference", since="2026-09-01", until="2026-10-01")
    answer = METRICS["availability"](snapshot, asked)
    assert answer["n"].item() == 8
    assert answer["value"].item() == 1 - 7 * 7200 / 2_592_000


def test_every_class_of_a_case_carries_its_reason(tmp_path: Path) -> None:
    found = columns(opened(tmp_path / "d", "class-words"), "class_reason")
    assert found["clswords0004"] == ("it moved a component to major",)
    assert found["clscontrol03"] == ("its title says “Retirement” and nothing is said to fail",)


def test_two_clocks_that_are_not_the_impact_are_no_window(tmp_path: Path) -> None:
    found = columns(
        opened(tmp_path / "d", "stated-windows"),
        "impact_start_at",
        "impact_end_at",
        "impact_start_basis",
    )

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 9, day, hour, minute, tzinfo=UTC)

    assert found == {
        "winshared001": (at(3, 10), at(3, 12), "transition"),
        "winshared002": (at(5, 10), at(5, 12), "transition"),
        "winshared003": (at(7, 10), at(7, 12), "transition"),
        "winshared004": (at(9, 8, 4), at(9, 8, 45), "stated"),
        "winshared005": (at(14, 10), at(14, 12), "stated"),
    }
