"""What the README says can be done can be done."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from analytics import METRICS, ask
from analytics.asking.saved_questions import read_questions
from analytics.engines import spark_metrics
from analytics.sla.contract import read_contracts
from ingest.registry import load
from ingest.simulation import demo
from statusledger import app, terminal
from statusledger.alerts import channels, delivery, watchlist
from statusledger.alerts.delivered import MOST
from tests.support.command_line import COMMANDS
from tests.support.command_line import run as outcome
from tests.support.numbered_world import released
from tests.support.paths import ROOT
from tests.support.readme import readme, release_line
from tests.support.snapshots import made, post

TEXT = readme()
TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def block(language: str, section: str = "") -> str:
    """All code in ``language``, of the whole text or below one heading."""
    text = block_of(section) if section else TEXT
    found = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert found
    return "\n".join(found)


def block_of(section: str) -> str:
    """Return what stands below one heading."""
    return TEXT.split(f"\n## {section}\n")[1].split("\n## ")[0]


def whole_lines(language: str) -> str:
    """Return the text with lines that were broken put together."""
    return re.sub(r"\\\n\s+", "", block(language))


def test_the_commands_are_those_there_are() -> None:
    told = set(re.findall(r"^\| `statusledger ([a-z ]+)` \|", TEXT, re.MULTILINE))
    assert told == COMMANDS.keys() - {"overrides", "providers"}


def test_the_metrics_are_those_there_are() -> None:
    [told] = re.findall(r"^\| `statusledger metrics` \| (.+) as table", TEXT, re.MULTILINE)
    assert re.split(", | or ", told) == list(METRICS)


def test_what_is_to_be_typed_exists() -> None:
    typed = block("sh")
    targets = set(re.findall(r"^make (\w+)", typed, re.MULTILINE))
    assert targets == {"run", "test", "bench", "soak", "sbom", "licences"} <= set(TARGETS)
    assert all((ROOT / name).exists() for name in re.findall(r"-r (\S+)", typed))
    options = {flag for p in COMMANDS["up"].params for flag in p.opts}
    assert set(re.findall(r"statusledger up (--\S+)", typed)) <= options


def test_the_exit_codes_are_those_of_the_code() -> None:
    told = TEXT.split("Exit codes:")[1].split("\n\n")[0]
    codes = (
        terminal.GOOD,
        terminal.NO,
        terminal.USAGE,
        terminal.SOME_FAILED,
        terminal.LOCKED,
        terminal.DISK,
        terminal.NOT_KNOWN,
        terminal.INTERRUPTED,
        terminal.HUNG_UP,
    )
    assert tuple(map(int, re.findall(r"\d+", told))) == codes


def test_the_python_example_asks_what_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setitem(METRICS, "availability", lambda _, question: asked.append(question))
    monkeypatch.setattr("analytics.open_snapshot", lambda _: SimpleNamespace())
    monkeypatch.setattr(spark_metrics, "measure", lambda *words: asked.append(words))
    exec(compile(block("python"), "README.md", "exec"), {})
    wanted = ask(
        providers=["anthropic"], surface="chat_web", since="2026-03-02", until="2026-03-03"
    )
    assert asked == [wanted, ("release", "durations", ask(since="2026-01-01"))]


def test_what_runs_on_spark_and_what_does_not_is_said_by_name() -> None:
    told = block_of("From one machine to a cluster")
    named = set(re.findall(r"`([a-z]+)`", told)) & METRICS.keys()
    assert named == METRICS.keys()
    refused = told.split("One provider must fit")[1]
    on_spark = {name for name in METRICS if f"`{name}`" not in refused}
    assert on_spark == {*spark_metrics.ON_SPARK}


@pytest.mark.parametrize("tool", ["DuckDB", "Polars", "pandas"])
def test_a_line_reads_a_table_of_the_release(
    tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(tmp_path, as_of="2026-01-10", posts=[post("small", "2026-01-05", "2026-01-06")])
    released(tmp_path / "release", snapshot)
    monkeypatch.chdir(tmp_path)
    found = eval(release_line(tool), {tool.lower(): import_module(tool.lower())})
    frame = found.pl() if tool == "DuckDB" else found
    assert [*frame["incident_id"]] == ["small"]


def test_the_report_example_compares_the_demos_providers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [typed] = re.findall(r"^statusledger (report .+)$", whole_lines("sh"), re.MULTILINE)
    words = typed.split()
    asked = {after for word, after in pairwise(words) if word == "--provider"}
    monkeypatch.setattr(demo, "CAST", [one for one in demo.CAST if one[0] in asked])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATUSLEDGER_DATA", str(tmp_path / "data"))
    result = outcome(*words)
    assert result.exit_code == 0
    assert result.stderr == "statusledger: this is the demo, every number is invented\n"
    document = Path(words[words.index("--out") + 1]).read_text(encoding="utf-8")
    assert re.search(r"<h1>.* on the API</h1>", document)
    assert "cannot be compared" not in document


def test_the_provider_example_is_one_that_is_collected(tmp_path: Path) -> None:
    own = tmp_path / "providers.toml"
    own.write_text(block("toml", "Add a provider"), encoding="utf-8")
    registry = load(extra=own)
    [page] = [page for page in registry.pages if page.provider == "acme"]
    assert str(page.status) == "live"
    assert f"lists {len(load().providers)} providers" in " ".join(TEXT.split())


def test_the_question_and_the_contract_can_be_read_and_name_providers_there_are() -> None:
    questions = read_questions(block("toml", "Questions of your own"))
    contracts = read_contracts(block("toml", "Dependencies, contracts and own probes"))
    named = [slug for one in questions.values() for slug in one.providers]
    named += [one.provider for one in contracts.values()]
    assert {*named} <= {one.slug for one in load().providers}
    assert f"--period contract:{' '.join(contracts)}`" in TEXT


def test_the_watch_example_is_one_that_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / watchlist.FILE).write_text(block("toml", "Watch"), encoding="utf-8")
    questions = block("toml", "Questions of your own")
    (tmp_path / "questions.toml").write_text(questions, encoding="utf-8")
    monkeypatch.setenv(watchlist.WEBHOOK, "https://hooks.example.com/x")
    simple, *others = channels.read_channels(tmp_path, load())
    assert simple.watchlist.providers
    assert simple.watchlist.surfaces
    assert [one.kind for one in others] == [channels.TEAMS, channels.SIGNED, channels.MAIL]
    team, _, managers = others
    assert team.watchlist.surfaces == managers.watchlist.surfaces == ("code_assistant",)
    assert {word for one in others for word in one.watchlist.asked} == set(watchlist.EVENTS)
    told = " ".join(block_of("Watch").split())
    for name in (watchlist.WEBHOOK, watchlist.FILE, channels.MEMORY, "watch --test team"):
        assert f"`{name}`" in told
    assert (
        ", ".join(channels.KEYS).replace(", mail", " or mail")
        == "slack, teams, discord, webhook or mail"
    )
    assert f"At most {MOST} messages a run" in told
    assert f"within {delivery.SECONDS:.0f} seconds" in told


def test_every_link_leads_to_a_file_that_is_kept() -> None:
    links = re.findall(r"\]\(([^)#\s,]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_front_door_lists_its_commands() -> None:
    listed = app.command_tree().get_help(typer.Context(app.command_tree()))
    assert all(name.split()[0] in listed for name in COMMANDS)
