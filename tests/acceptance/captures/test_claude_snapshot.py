"""The Claude captures through the front door: imported, published, asked."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from analytics import METRICS, ask, open_snapshot
from analytics.metrics.stages import gaps, updates
from analytics.question import CLASSES
from analytics.scope import epoch
from analytics.wording.numbers import format_percent
from tests.support.captured.claude import bring
from tests.support.captured.feeds import ANTHROPIC, FULL, HOURLY, needs_feeds
from tests.support.command_line import cli, digest

pytestmark = [needs_feeds, pytest.mark.captures, pytest.mark.slow]


@pytest.fixture(scope="module")
def both(claude: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("both") / "data"
    shutil.copytree(claude, data)
    bring(data, HOURLY)
    return data


def test_either_order_and_the_archive_alone_give_the_same_snapshot(
    both: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    bring(other, HOURLY, "--no-publish")
    bring(other, FULL)
    assert digest(other) == digest(both)
    alone = tmp_path / "alone"
    shutil.copytree(both / "archive", alone / "archive")
    assert cli(alone, "publish").exit_code == 0
    assert digest(alone) == digest(both)
    assert cli(both, "replay").exit_code == 0
    assert digest(alone) == digest(both)


def test_importing_the_series_again_adds_nothing(both: Path) -> None:
    before = digest(both)
    assert "0 captures taken, 634 known already" in bring(both, HOURLY)
    assert digest(both) == before
    with open_snapshot(both) as snapshot:
        assert snapshot.table("incidents").height == 844


@pytest.mark.parametrize(
    ("rule", "shown", "down_s"),
    [
        ("statuspage", "96.542 %", 2987.7),
        ("incident_io", "88.473 %", 9_959),
        ("incident_open", "64.847 %", 30_372),
    ],
)
def test_chat_on_the_second_of_march(both: Path, rule: str, shown: str, down_s: float) -> None:
    day = ask(
        providers=["anthropic"],
        surface="chat_web",
        since="2026-03-02",
        until="2026-03-03",
        rule=rule,
    )
    with open_snapshot(both) as snapshot:
        [row] = METRICS["availability"](snapshot, day).to_dicts()
    assert format_percent(row["value"]) == shown
    assert row["down_s"] == pytest.approx(down_s)
    assert (row["n"], row["coverage"], row["status"]) == (5, 1.0, "ok")


def test_habits_of_a_page_over_three_years(both: Path) -> None:
    """4 % of updates backdated, 3 % edited, 8 % of posts after the fact, no post-mortem of 298."""
    window = {"since": "2023-03-17", "until": "2026-07-10"}
    question = ask(providers=["anthropic"], combine="any", classes=CLASSES, **window)
    with open_snapshot(both) as snapshot:
        rows = METRICS["transparency"](snapshot, question).to_dicts()
    found = {row["metric"]: row for row in rows}
    shares = ("updates_backdated", "updates_edit_stamped", "retrospective", "post_mortem")
    assert [round(100 * found[name]["value"]) for name in shares] == [4, 3, 8, 0]
    assert 290 <= found["post_mortem"]["n"] <= 298
    assert 15 * 60 <= found["acknowledgement_lag_median"]["value"] <= 25 * 60


def test_silences_on_the_second_of_march(both: Path) -> None:
    with open_snapshot(both) as snapshot:
        found = snapshot.table("incidents").filter(incident_id="0ghc53zpsfmt")
        between = gaps(found, updates(snapshot, found), epoch(snapshot.as_of))
    assert (between["seconds"][0], between["seconds"].max()) == (1011, 4784)


def test_a_notice_left_open_holds_what_another_post_left_behind(both: Path) -> None:
    """On 18 June the page posted 3,120 s of chat and its post was over after 2,272 s.

    The post left the component partial while a notice had called it degraded and was open:
    held by another post (METHODOLOGY, "Component state replay"), it counts as down until a
    capture shows it operational, as the page itself showed it. Without captures in between it
    is unknown.
    """
    day = ask(providers=["anthropic"], surface="chat_web", since="2026-06-18", until="2026-06-19")
    with open_snapshot(both) as snapshot:
        [row] = METRICS["availability"](snapshot, day).to_dicts()
        opened = snapshot.table("incidents").filter(pl.col("incident_id") == "s9w82lp9dcn9")
    assert (row["down_s"], row["unknown_s"]) == (39_932, 0)
    assert opened["open_seconds"].item() == 1_622_142


def test_of_two_maintenances_one_was_announced_a_day_ahead_and_none_overran(
    claude: Path, tmp_path: Path
) -> None:
    """The page closed one by itself, 21 seconds after its scheduled end."""
    data = tmp_path / "data"
    shutil.copytree(claude, data)
    planned = ANTHROPIC / "scheduled-maintenances-20260915.json"
    words = ("--provider", "anthropic", "--captured-at", "2026-09-15T00:00:00Z")
    assert cli(data, "import", planned, *words).exit_code == 0
    with open_snapshot(data) as snapshot:
        rows = METRICS["transparency"](snapshot, ask(since="2024-01-01", combine="any")).to_dicts()
    found = {row["metric"]: (row["value"], row["n"]) for row in rows}
    assert found["maintenance_unannounced"] == (0.5, 2)
    assert found["maintenance_overrun"] == (0.0, 2)
