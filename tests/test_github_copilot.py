"""GitHub's feed names no component: what a ledger of it and one list says of Copilot.

And whether that makes it better than Claude Code, of which every state is known.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analytics import METRICS, Snapshot, ask, open_snapshot
from analytics.pairs import pairs
from tests.feeds import FEEDS, FULL, needs_feeds
from tests.test_claude_snapshot import bring
from tests.test_import import cli

pytestmark = [needs_feeds, pytest.mark.captures, pytest.mark.slow]
HERE = FEEDS / "statuspage" / "github"
FEED = HERE / "series-history-atom-20220611-20251231.tar.xz"
LIST = HERE / "incidents-20260731.json"
#: Of which the feed alone tells.
YEARS = ask(providers=["github-copilot"], since="2022-06-11", until="2025-12-31")


@pytest.fixture(scope="module")
def copilot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    data = tmp_path_factory.mktemp("copilot")
    bring(data, FULL)
    brought = ["--provider", "github-copilot", "--platform", "statuspage"]
    assert cli(data, "import", FEED, *brought, "--no-publish").exit_code == 0
    assert (
        cli(data, "import", LIST, *brought, "--captured-at", "2026-07-31T06:49:58Z").exit_code == 0
    )
    return open_snapshot(data)


def answered(copilot: Snapshot, name: str) -> dict[str, Any]:
    [row] = METRICS[name](copilot, YEARS).filter(surface="code_assistant").to_dicts()
    return row


def test_every_post_about_it_is_counted_in_time_vouched_for(copilot: Snapshot) -> None:
    row = answered(copilot, "frequency")
    assert (row["n"], row["covered_s"]) == (54, 111_369_600)
    found = (row["value"], row["low"], row["high"])
    assert found == pytest.approx((1.257, 0.901, 1.706), abs=0.0006)


def test_while_a_post_was_open_nobody_knows_how_it_was(copilot: Snapshot) -> None:
    """Nothing says that it was ever down, and 117 hours are not known."""
    row = answered(copilot, "availability")
    assert (row["value"], row["n"], row["down_s"], row["unknown_s"]) == (1.0, 54, 0, 422_700)
    assert (row["low"], row["high"]) == (pytest.approx(1 - 422_700 / 111_369_600), 1.0)


def test_no_filter_by_severity_hides_its_posts_of_unknown_severity(copilot: Snapshot) -> None:
    asked = ask(providers=["github-copilot", "anthropic"], surface="code_assistant")
    asked = replace(asked, since=date(2025, 6, 1))
    whole = pairs(copilot, asked)
    assert whole.filter(metric="count").select("unrated", "turnable").row(0) == (19, True)
    for minimum in ("degraded", "partial", "major"):
        assert pairs(copilot, replace(asked, minimum=minimum)).equals(whole)


@pytest.mark.parametrize(
    ("rule", "p_worst"), [("incident_io", 0.54), ("statuspage", 0.17), ("major_only", 0.00)]
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
