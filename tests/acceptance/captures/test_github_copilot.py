"""GitHub's feed names no component: what a ledger of it and one list says of Copilot.

And whether that makes it better than Claude Code, of which every state is known.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import METRICS, Snapshot, ask, open_snapshot
from analytics.comparison.pairwise import pairs
from tests.support.captured.feeds import needs_feeds
from tests.support.command_line import cli
from tests.support.paths import FEEDS

pytestmark = [needs_feeds, pytest.mark.captures, pytest.mark.slow]
HERE = FEEDS / "statuspage" / "github"
FEED = HERE / "series-history-atom-20220611-20251231.tar.xz"
LIST = HERE / "incidents-20260731.json"
#: Of which the feed alone tells.
YEARS = ask(providers=["github-copilot"], since="2022-06-11", until="2025-12-31")


@pytest.fixture(scope="module")
def copilot(claude: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    data = tmp_path_factory.mktemp("copilot") / "data"
    shutil.copytree(claude, data)
    brought = ["--provider", "github-copilot", "--platform", "statuspage"]
    assert cli(data, "import", FEED, *brought, "--no-publish").exit_code == 0
    assert (
        cli(data, "import", LIST, *brought, "--captured-at", "2026-07-31T06:49:58Z").exit_code == 0
    )
    return open_snapshot(data)


def answered(copilot: Snapshot, name: str) -> dict[str, Any]:
    [row] = METRICS[name](copilot, YEARS).filter(surface="code_assistant").to_dicts()
    return row


#: No component, no word of Copilot in the title: seconds open or inside the window they state.
#: Where only a feed tells of the end, which cuts minutes off, the last minute belongs to it.
TOLD_IN_TEXT = {
    "y7lb2rg4btd7": 3_060,
    "z8pt03f02ddv": 3_240,
    "btl2cjm2pzkj": 10_140,
    "49y7x9g06l4x": 9_900,
    "9n670kvk0vw9": 2_674,
    "0rkjjs2ssp7z": 11_128,
}
#: Likewise, by their titles: open for a part of their window, or made after the fact.
TOLD_LATE = {"ffh1r1w0hj6h": 2_040, "bq1m45stqm8s": 3_120, "lctp4bzd37h2": 2_160}


def test_posts_that_name_it_in_their_texts_alone_are_among_its_posts(copilot: Snapshot) -> None:
    linked = copilot.table("incident_components").filter(
        pl.col("incident_id").is_in(list(TOLD_IN_TEXT))
    )
    assert linked.height == len(TOLD_IN_TEXT)
    assert set(linked["component_id"]) == {"unattributed"}
    assert set(linked["surface"]) == {"code_assistant"}
    posts = copilot.table("incidents").filter(provider="github-copilot")
    later = posts.filter(pl.col("published_at") >= datetime(2025, 6, 1, tzinfo=UTC))
    assert (posts.height, later.height) == (104, 51)


def test_while_they_were_open_or_say_it_was_hit_its_state_is_not_known(copilot: Snapshot) -> None:
    states = copilot.table("component_states").filter(component_id="pjmpxvq2cmr2", state="unknown")
    dark = dict(
        states.group_by("incident_id").agg((pl.col("end_s") - pl.col("start_s")).sum()).iter_rows()
    )
    told = TOLD_IN_TEXT | TOLD_LATE
    assert {name: dark.get(name) for name in told} == told


def test_what_its_posts_say_of_time_before_and_after_them_may_have_been_down(
    copilot: Snapshot,
) -> None:
    asked = ask(providers=["github-copilot"], since="2025-03-01", until="2026-07-10")
    [row] = METRICS["availability"](copilot, asked).filter(surface="code_assistant").to_dicts()
    assert (row["low"], row["unknown_s"]) == (pytest.approx(0.977258, abs=1e-6), 678_360)


def test_every_post_about_it_is_counted_in_time_vouched_for(copilot: Snapshot) -> None:
    row = answered(copilot, "frequency")
    assert (row["n"], row["covered_s"]) == (88, 111_369_600)
    found = (row["value"], row["low"], row["high"])
    assert found == pytest.approx((2.048, 1.551, 2.654), abs=0.0006)


def test_while_a_post_was_open_nobody_knows_how_it_was(copilot: Snapshot) -> None:
    """Nothing says that it was ever down, and 290 hours are not known."""
    row = answered(copilot, "availability")
    assert (row["value"], row["n"], row["down_s"], row["unknown_s"]) == (1.0, 88, 0, 1_044_360)
    assert (row["low"], row["high"]) == (pytest.approx(1 - 1_044_360 / 111_369_600), 1.0)


def test_no_filter_by_severity_hides_its_posts_of_unknown_severity(copilot: Snapshot) -> None:
    asked = ask(providers=["github-copilot", "anthropic"], surface="code_assistant")
    asked = replace(asked, since=date(2025, 6, 1))
    whole = pairs(copilot, asked)
    assert whole.filter(metric="count").select("unrated", "turnable").row(0) == (35, True)
    for minimum in ("degraded", "partial", "major"):
        assert pairs(copilot, replace(asked, minimum=minimum)).equals(whole)


@pytest.mark.parametrize(
    ("rule", "p_worst"), [("incident_io", 0.06), ("statuspage", 0.00), ("major_only", 0.00)]
)
def test_what_nobody_knows_of_it_could_be_as_much_as_claude_code_was_down(
    copilot: Snapshot, rule: str, p_worst: float
) -> None:
    asked = ask(
        providers=["github-copilot", "anthropic"],
        surface="code_assistant",
        since="2025-06-01",
        rule=rule,
    )
    [row] = pairs(copilot, asked).filter(metric="downtime").to_dicts()
    assert row["p_better"] > 0.9
    assert (row["word"], row["turnable"]) == ("no clear difference", True)
    assert round(row["p_worst"], 2) == p_worst
