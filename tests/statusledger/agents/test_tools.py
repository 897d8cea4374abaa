"""What an agent is told is what the project's own functions give, and bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from analytics import METRICS, ask
from analytics.portfolio.failover import Plan
from analytics.portfolio.rows import portfolio
from statusledger.agents import numbers
from statusledger.agents.answers import MOST, MOST_ROWS
from statusledger.agents.pinned_snapshot import PinnedSnapshots
from statusledger.agents.server import agent_server
from statusledger.agents.sql_rows import LONGEST_TEXT, QueryProcess
from statusledger.commands.memory_bound import bounded_memory
from tests.support.command_line import STAMPED, bring, cli, only_line, put
from tests.support.ledgers.code_assistants import (
    CLAUDE,
    CODE,
    END,
    GLOBEX,
    OPENAI,
    YEAR,
    numbers_of,
    told_rows,
    year,
)
from tests.support.ledgers.late_posts import capture_twice
from tests.support.payloads.statuspage import incident, incidents_json, update
from tests.support.snapshots import at, covered, made, post, state

LAST_YEAR = {"surface": CODE, "since": YEAR, "until": END}


@cache
def server() -> tuple[PinnedSnapshots, MCPServer[Any]]:
    """Make the server once: what its tools take and give is described anew each time."""
    snapshots = PinnedSnapshots(Path(), demo=False)
    return snapshots, agent_server(snapshots, QueryProcess(bounded_memory))


def call(data: Path, name: str, **arguments: Any) -> dict[str, Any]:
    """Call a tool in this process."""
    snapshots, made_once = server()
    snapshots.data = data
    # A thread of its own: in that of the tests a browser's loop may run.
    with ThreadPoolExecutor(1) as thread:
        found: Any = thread.submit(anyio.run, made_once.call_tool, name, arguments).result()
    answer: dict[str, Any] = found.structured_content
    return answer


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with year(tmp_path_factory.mktemp("year")) as snapshot:
        yield snapshot.path


def test_a_second_vendor_is_that_of_the_portfolio(ledger: Path, tmp_path: Path) -> None:
    found = call(ledger, "second_vendor", provider="claude", candidates=["openai"], **LAST_YEAR)
    with year(tmp_path) as snapshot:
        asked = ask(providers=[CLAUDE, OPENAI], **LAST_YEAR)
        source = METRICS["concentration"](snapshot, asked).filter(provider=CLAUDE)
        plan = portfolio(snapshot, asked, Plan(CLAUDE, (OPENAI,), (300,)))
    [row] = found["numbers"]
    assert row["meaning"].startswith("Best second source")
    assert numbers_of(found) == told_rows(source)
    assert (row["others"], row["alternatives"], row["n"]) == (OPENAI, "yes", 7)
    saved = plan.filter(plan["metric"].str.starts_with("failover"))
    assert numbers_of(found, "failover") == told_rows(saved)
    assert {one["provider"] for one in found["posts"]} == {CLAUDE, OPENAI}


def test_a_failover_that_cannot_be_judged_says_why(ledger: Path) -> None:
    week = {**LAST_YEAR, "until": "2025-01-08"}
    found = call(ledger, "second_vendor", provider="claude", candidates=["openai"], **week)
    assert {(one["provider"], one["value"], one["catch"]) for one in found["failover"]} == {
        (CLAUDE, None, "too few days"),
        (OPENAI, None, "too few days"),
    }


def test_the_unknown_is_null_and_never_up(ledger: Path) -> None:
    found = call(ledger, "availability", providers=["Claude", "globex"], **LAST_YEAR)
    known, unknown = found["numbers"]
    assert known["value"] < 1
    assert (unknown["provider"], unknown["value"], unknown["coverage"]) == (GLOBEX, None, 0.0)
    now = call(ledger, "what_happened", providers=["Claude", "globex"], surface=CODE)["now"]
    assert [(one["provider"], one["passage"], one["state"]) for one in now] == [
        (CLAUDE, "not known", None),
        (GLOBEX, "not known", None),
    ]


def test_what_happened_quotes_the_providers_words_newest_first(ledger: Path) -> None:
    found = call(ledger, "what_happened", providers=["OpenAI"], **LAST_YEAR)
    assert [one["key"].rpartition("/")[2] for one in found["posts"][:2]] == ["hostile", "openai-8"]
    assert found["posts"][1]["updates"][0]["body_text"] == "resolved"
    assert found["now"] == []
    assert [row["n"] for row in found["numbers"]] == [10]


def test_the_most_hostile_ledger_gives_bounded_answers(tmp_path: Path) -> None:
    rows = {
        "posts": [
            post(f"p{n}", at("2025-03-01") + timedelta(hours=9 * n), title="\U0001f4a5\x1b" * 4000)
            for n in range(60)
        ],
        "states": [state("unknown", "2025-03-01", "2025-04-01")],
        "coverage": [covered(YEAR, END)],
    }
    with made(tmp_path, as_of=END, **rows) as snapshot:
        place = snapshot.path
    for name in ("availability", "how_long", "what_happened"):
        found = call(place, name, providers=["acme"], since=YEAR)
        assert len(json.dumps(found).encode()) < 250_000
        assert len(found["posts"]) == MOST["posts"]
        assert len(found["posts"]) + found["posts_left_out"] == 60
        assert {len(one["title"]) for one in found["posts"]} == {LONGEST_TEXT}
        assert len(found["numbers"]) <= MOST_ROWS


def test_a_minimum_state_cuts_posts_only_where_it_cuts_the_number(ledger: Path) -> None:
    asked = {"providers": ["Claude"], "minimum": "major", **LAST_YEAR}
    found = call(ledger, "availability", **asked)
    assert [row["minimum"] for row in found["numbers"]] == [None]
    del asked["minimum"]
    assert found["posts"] == call(ledger, "availability", **asked)["posts"]
    with pytest.raises(ToolError, match="no argument 'minimum'"):
        call(ledger, "compare", providers=["Claude", "OpenAI"], minimum="major")


def test_what_the_numbers_do_not_show_is_noted(tmp_path: Path) -> None:
    """Incidents that a minimum leaves out unjudged, and what was set by hand."""
    unrated = post("p1", "2025-03-01", max_impact="unknown")
    by_hand = post("p2", "2025-03-05", flags=["overridden"])
    with made(
        tmp_path, as_of=END, posts=[unrated, by_hand], coverage=[covered(YEAR, END)]
    ) as snapshot:
        place = snapshot.path
    notes = call(place, "how_long", providers=["acme"], since=YEAR, minimum="major")["notes"]
    assert "overrides.toml sets 1 post here" in notes
    assert notes[-1].startswith("Left out, because their severity is unknown: 1 of 2 posts of ")
    states = call(place, "availability", providers=["acme"], since=YEAR, minimum="major")["notes"]
    assert states == notes[:-1]


def test_what_was_said_at_a_moment_is_what_had_been_written_by_then(data: Path) -> None:
    said = [
        update("u1", "investigating", "2026-01-05T10:00:00Z", "We look into errors."),
        update("u2", "resolved", "2026-01-05T12:00:00Z", "It is over."),
    ]
    body = incidents_json(incident(incident_updates=said))
    assert bring(data, put(data, STAMPED, body)).exit_code == 0
    found = call(data, "what_did_they_say_at", providers=["acme"], at="2026-01-05T13:00:00+02:00")
    assert found["as_of"] == "2026-01-05T11:00:00Z"
    assert found["reconstructed"] is True
    assert "edited since" in found["notes"][-1]
    [one] = found["posts"]
    assert (one["stage"], one["update_text"]) == ("investigating", "We look into errors.")
    after = {"providers": ["acme"], "at": "2026-01-10T13:00:00Z", "known": "then"}
    found = call(data, "what_did_they_say_at", **after)
    assert (found["reconstructed"], found["as_of"]) == (False, "2026-01-10T12:00:00Z")
    assert found["posts"] == []
    assert [one["kind"] for one in found["events"]] == ["resolved", "opened"]
    with pytest.raises(ToolError, match="nothing was captured by 2026-01-05"):
        call(
            data,
            "what_did_they_say_at",
            providers=["acme"],
            at="2026-01-05T11:00:00Z",
            known="then",
        )


def test_what_had_happened_last_is_not_what_captures_showed_last(data: Path) -> None:
    """Old posts that a later capture adds, or corrects, do not push newer ones out."""
    capture_twice(data, days=30, first=30)
    found = call(
        data, "what_did_they_say_at", providers=["acme"], at="2026-01-30T12:00:00Z", known="now"
    )
    assert {one["kind"] for one in found["events"]} == {"opened", "resolved"}
    assert [one["incident_id"] for one in found["events"][::2]] == [
        f"post{day:02}" for day in range(30, 20, -1)
    ]
    assert (len(found["events"]), found["events_left_out"]) == (MOST["events"], 40)


def test_a_second_vendor_for_one_of_whom_nothing_is_collected_is_not_that_of_another(
    ledger: Path,
) -> None:
    with pytest.raises(ToolError, match="no provider 'nobody'"):
        call(ledger, "second_vendor", provider="nobody", candidates=["openai"], surface=CODE)


def test_a_moment_needs_the_archive(ledger: Path) -> None:
    with pytest.raises(ToolError, match="at needs the archive, and "):
        call(ledger, "what_did_they_say_at", providers=["Claude"], at="2025-05-01T00:00:00Z")


def test_an_empty_folder_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="no data of your own yet; --demo reads"):
        call(tmp_path, "availability", providers=["Claude"])


def test_a_tool_that_wants_to_end_the_program_ends_its_call(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(*_: object) -> None:
        raise SystemExit(2)

    monkeypatch.setattr(numbers, "asked_question", leave)
    with pytest.raises(ToolError, match="the call ended with 2"):
        call(ledger, "availability", providers=["Claude"])


def test_without_the_extra_one_line_says_what_to_install(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("statusledger.commands.serving.find_spec", lambda _: None)
    result = cli(data, "mcp")
    assert result.exit_code == 2
    assert only_line(result).endswith("pip install 'statusledger[mcp]'")
