"""The command line as a contract: names, options, exit codes, one line for every trouble."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import polars as pl
import pytest

from analytics import METRICS, ask, open_snapshot
from analytics.answer import SCHEMA
from analytics.sql_query import query
from ingest.archive.store import Archive
from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.files.lock import hold_lock
from ingest.runs import collecting, data_folder
from ingest.simulation import demo
from statusledger.commands import archive
from tests.support import command_line
from tests.support.command_line import (
    ACME,
    COMMANDS,
    GOOD,
    LATER,
    LISTS,
    STAMPED,
    at,
    bring,
    cli,
    only_line,
    put,
    rows,
)
from tests.support.loopback import Site, a_port, raw, reply, serve
from tests.support.payloads.statuspage import component, incident, incidents_json, update


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "providers.toml").write_text(ACME)
    return tmp_path / "data"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("published")
    (folder := place / "data").mkdir()
    (folder / "providers.toml").write_text(ACME)
    body = incidents_json(incident(components=[component("aaaa1111bbbb")]))
    assert bring(folder, put(place, STAMPED, body)).exit_code == 0
    return folder


@pytest.fixture
def stored(published: Path, data: Path) -> Path:
    return shutil.copytree(published, data, dirs_exist_ok=True)


@pytest.fixture
def sites(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, Site]]:
    """Two sites: the first one answers well, the second one nothing but 404."""
    monkeypatch.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0, seconds=5))
    with serve() as good, serve() as other:
        for path, body in LISTS.items():
            good[path] = reply(body=body)
        yield good, other


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself_and_its_options(name: str) -> None:
    result = command_line.run(*name.split(), "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert name in result.stdout
    params = [p for p in COMMANDS[name].params if p.name != "help"]
    assert [p.name for p in params if not getattr(p, "help", None)] == []
    taking = [p for p in params if not getattr(p, "is_flag", False) and p.name != "format_"]
    assert [p.name for p in taking if not p.metavar] == []


def test_the_version_is_that_of_the_package() -> None:
    result = command_line.run("--version")
    assert (result.exit_code, result.stdout) == (0, f"statusledger {data_folder.code_version()}\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("import {file} --provider acm", "acme"),
        ("import {file} --provider acme --platform instatus", "acme"),
        ("import {file} --provider acme --captured-at 0001-01-01T00:00+14:00", "--captured-at"),
        ("import {file} --provider deepinfra", "deepinfra"),
        ("collect zzzz", "statusledger providers list"),
        ("import {file}", "--provider"),
        ("collect acm", "acme"),
        ("collect --shard 5/4", "'5/4'"),
        ("collect --shard ²/4", "'²/4'"),
        ("query VALUES(1) --format xml", "parquet"),
        ("query VALUES(1) --format parquet", "--out"),
        ("publish --as-of 2026-01-11", "--out"),
        ("publish --as-of nonsense", "'nonsense'"),
        ("publish --out {file}", "exists already"),
        ("metrics availabilty", "availability"),
        ("metrics availability --rule harsh", "incident_io"),
        ("metrics availability --rule statuspage --weights 0,0.5,1", "'statuspage'"),
        ("metrics availability --rule incident_io --weights 0,0.5,1", "'incident_io'"),
        ("metrics availability --surface moon", "'moon'"),
        ("metrics availability --since soon", "2026-03-02"),
        ("metrics availability --since 2031-01-01", "after the data end at 2026-01-10 12:00 UTC"),
        ("metrics availability --since 0001-01-01 --zone Asia/Tokyo", "0001-01-01"),
        ("metrics availability --zone Mars/Base", "'Mars/Base'"),
        ("metrics budget --slo 99.9", "0.999"),
        ("metrics availability --provider acm", "did you mean acme, amp?"),
        ("metrics availability --provider zzzz", "statusledger providers list"),
        ("report --provider Acmee --out r.html", "did you mean acme?"),
        ("up --interval 5", "60"),
        ("colect", "collect"),
    ],
)
def test_a_wrong_word_is_one_line_that_helps(
    stored: Path, tmp_path: Path, words: str, told: str
) -> None:
    result = cli(stored, *words.format(file=put(tmp_path, LATER)).split())
    assert result.exit_code == 2
    assert told in only_line(result)
    assert len(command_line.archived(stored)) == 1


def test_nothing_but_the_line_reaches_a_shell(data: Path, tmp_path: Path) -> None:
    path = put(tmp_path, STAMPED, b"this is no feed")
    words = ["import", str(path), "--provider", "acme", "--data", str(data)]
    line = [sys.executable, "-m", "statusledger", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"statusledger: {path}: not_json: ")
    assert done.stderr.count("\n") == 1


def test_a_good_run_is_published(data: Path, sites: tuple[Site, Site]) -> None:
    at(data, acme=sites[0].url)
    result = cli(data, "collect", "acme")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "acme.statuspage.pppp1111qqqq: 4 captures, good" in result.stdout
    assert rows(data, "incidents", "incident_id") == [("iiii1111jjjj",)]
    assert rows(data, "runs", "captures", "failures") == [(4, 0)]


def test_what_an_earlier_run_left_unpublished_is_published_when_nothing_is_due(
    data: Path, sites: tuple[Site, Site]
) -> None:
    at(data, acme=sites[0].url)
    assert cli(data, "collect", "acme", "--no-publish").exit_code == 0
    result = cli(data, "collect", "acme")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "0 captures" in result.stdout
    assert rows(data, "incidents", "incident_id") == [("iiii1111jjjj",)]
    assert "published" not in cli(data, "collect", "acme").stdout


def test_one_page_in_trouble_is_not_the_end_of_another(
    data: Path, sites: tuple[Site, Site]
) -> None:
    at(data, acme=sites[0].url, globex="http://127.0.0.1:1")
    result = cli(data, "collect", "acme", "globex", "--json")
    pages = {page["page_key"]: page for page in map(json.loads, result.stdout.splitlines())}
    assert result.exit_code == 3
    assert pages["acme.statuspage.pppp1111qqqq"]["failures"] == {}
    assert pages["globex.statuspage.pppp1111qqqq"]["failures"] == {"refused": 3}
    for page in pages.values():
        assert page.keys() == {"page_key", "captures", "failures", "message"}
    assert rows(data, "incidents", "provider") == [("acme",)]


@pytest.mark.parametrize("trouble", ["unreachable", "not found", "down", "cut off"])
def test_a_run_that_brings_nothing_says_so(
    data: Path, sites: tuple[Site, Site], trouble: str
) -> None:
    half = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{")
    replies = {"not found": reply(404), "down": reply(500), "cut off": half}
    for path in LISTS:
        sites[1][path] = replies.get(trouble, half)
    at(data, acme=sites[1].url if trouble in replies else "http://127.0.0.1:1")
    result = cli(data, "collect", "acme")
    assert only_line(result).startswith("nothing could be collected")
    assert result.exit_code == 1
    assert cli(data, "verify").exit_code == 0


def test_a_dropped_connection_is_truncated_and_costs_only_that_list(
    data: Path, sites: tuple[Site, Site]
) -> None:
    site = sites[0]
    half = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD[:200])
    site["/api/v2/incidents.json"] = raw(half)
    site["/api/v2/summary.json"] = reply(body=b'{"page": null}')
    at(data, acme=site.url)
    result = cli(data, "collect", "acme", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["failures"] == {"truncated": 1, "shape_changed": 1}
    assert b'{"page": null}' in [body for _, body in command_line.archived(data)]
    assert cli(data, "verify").exit_code == 0


def test_an_interrupted_run_says_130(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collecting, "collect_now", Mock(side_effect=KeyboardInterrupt))
    result = cli(data, "collect", "acme")
    assert (result.exit_code, only_line(result)) == (130, "interrupted")


def test_a_second_collector_gives_way(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (collecting, archive):
        monkeypatch.setattr(module, "hold_lock", partial(hold_lock, timeout=0.0))
    with hold_lock(stored):
        for words in (["collect", "acme"], ["compact"]):
            result = cli(stored, *words)
            assert result.exit_code == 4
            assert "collect.lock" in only_line(result)


def test_a_damaged_archive_file_is_named(stored: Path) -> None:
    [path] = Archive(stored / "archive").files()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    result = cli(stored, "verify")
    assert result.exit_code == 1
    assert str(path) in only_line(result)
    path.write_bytes(whole)
    assert cli(stored, "verify").stdout == "1 file, 0 problems\n"


def test_replay_and_compact_change_nothing_that_is_said(stored: Path, tmp_path: Path) -> None:
    bring(stored, put(tmp_path, LATER))
    before = command_line.digest(stored)
    for words in (["compact"], ["replay"], ["replay", "--no-publish"], ["publish"]):
        assert cli(stored, *words).exit_code == 0
    assert command_line.digest(stored) == before
    assert len(Archive(stored / "archive").files()) == 1
    assert len(command_line.archived(stored)) == 2


def test_what_was_known_then_is_written_aside(stored: Path, tmp_path: Path) -> None:
    bring(stored, put(tmp_path, LATER, incidents_json(incident(), incident("newer"))))
    out = tmp_path / "then.duckdb"
    then = "2026-01-10T18:00:00Z"
    assert cli(stored, "publish", "--as-of", then, "--out", out).exit_code == 0
    ids = "SELECT incident_id FROM incidents ORDER BY 1"
    assert query(out, ids)["incident_id"].to_list() == ["iiii1111jjjj"]
    asked = cli(stored, "query", ids, "--as-of", then, "--format", "csv")
    assert asked.stdout == "incident_id\niiii1111jjjj\n"
    assert len(rows(stored, "incidents", "incident_id")) == 2


def test_the_past_needs_the_archive(stored: Path) -> None:
    shutil.rmtree(stored / "archive")
    result = cli(stored, "query", "VALUES(1)", "--as-of", "2026-01-01")
    assert result.exit_code == 2
    assert "archive" in only_line(result)


def test_rows_are_printed_or_written_in_four_forms(stored: Path, tmp_path: Path) -> None:
    sql = "SELECT incident_id AS id, update_count AS n FROM incidents"
    out = {form: tmp_path / f"rows.{form}" for form in ("csv", "json", "parquet", "table")}
    for form, path in out.items():
        written = cli(stored, "query", sql, "--format", form, "--out", path)
        assert (written.exit_code, written.stdout) == (0, "")
        if form != "parquet":
            printed = cli(stored, "query", sql, "--format", form).stdout
            assert printed == path.read_text(encoding="utf-8")
    assert out["csv"].read_text() == "id,n\niiii1111jjjj,2\n"
    assert json.loads(out["json"].read_text()) == [{"id": "iiii1111jjjj", "n": 2}]
    assert pl.read_parquet(out["parquet"]).rows() == [("iiii1111jjjj", 2)]
    assert "iiii1111jjjj" in out["table"].read_text()


REFUSED = """DELETE FROM incidents
SELECT 1; SELECT 2
COPY meta TO 'x.csv'
SELECT * FROM read_text('/etc/hostname')
SELECT nothing FROM incidents
SELEC 1
SELECT INTERVAL 1 MONTH""".splitlines()


@pytest.mark.parametrize("sql", [*REFUSED, ""])
def test_a_refused_statement_is_one_line(stored: Path, sql: str) -> None:
    result = cli(stored, "query", sql)
    assert result.exit_code == 2
    assert only_line(result)


@pytest.mark.parametrize("value", ["{'a': 1}", "[[1]]", "'x'::BLOB"])
def test_a_value_without_a_form_in_csv_is_one_line(stored: Path, value: str) -> None:
    result = cli(stored, "query", f"SELECT {value} AS v", "--format", "csv")
    assert result.exit_code == 2
    assert "csv" in only_line(result).lower()


#: Metrics whose rows have columns of their own behind those of every answer.
WIDER = {"verdict", "forecast", "portfolio", "patterns", "sla", "renewal", "concentration"}


@pytest.mark.parametrize("name", METRICS)
def test_an_answer_has_the_columns_of_every_answer_and_is_pythons(stored: Path, name: str) -> None:
    result = cli(stored, "metrics", name, "--provider", "acme", "--format", "json")
    assert (result.exit_code, result.stderr) == (0, "")
    answers = json.loads(result.stdout)
    with open_snapshot(stored) as snapshot:
        told = METRICS[name](snapshot, ask(providers=["acme"]))
    assert answers == json.loads(told.write_json())
    assert answers
    for row in answers:
        assert list(row)[: len(SCHEMA)] == list(SCHEMA)
        assert list(row) == list(SCHEMA) or name in WIDER
        assert row["provider"] == "acme"
        # Contracts are told month by month.
        assert row["window_end"][:10] == "2026-01-10" or name == "sla"
        assert row["minimum"] is None
        assert row["slo"] == (0.999 if name == "budget" else None)


@pytest.mark.parametrize("name", METRICS)
def test_a_row_names_the_least_state_asked_for(stored: Path, name: str) -> None:
    asked = cli(stored, "metrics", name, "--minimum", "partial", "--format", "json")
    answers = json.loads(asked.stdout)
    named = {(row["minimum"], row["classes"]) for row in answers}
    # What is said of maintenances hangs neither on the classes asked for nor on a state, no
    # comparison on a state (it would hide what is unknown), and states are weighed as they are.
    by_states = {"ranking", "availability", "budget", *WIDER}
    partly = {"patterns", "renewal"}  # some of their rows are made of states, others of posts
    least = None if name in by_states - partly else "partial"
    if name in partly:
        named -= {(None, "outage,degradation")}
    assert named - {(None, "maintenance")} == {(least, "outage,degradation")}


@pytest.mark.parametrize("command", ["metrics availability", "report --provider acme"])
def test_a_window_before_the_data_is_answered_with_from_when_they_reach(
    stored: Path, tmp_path: Path, command: str
) -> None:
    window = ["--since", "2020-01-01", "--until", "2020-02-01"]
    result = cli(stored, *command.split(), *window, "--out", tmp_path / "out.html")
    assert result.exit_code == 0
    assert "the data begin at 2026-01-05 11:30 UTC" in only_line(result)


def test_health_is_a_no_when_a_source_is_stale(stored: Path, tmp_path: Path) -> None:
    stale = cli(stored, "health", "--format", "json")
    assert (stale.exit_code, [row["state"] for row in json.loads(stale.stdout)]) == (1, ["stale"])
    bring(stored, put(tmp_path, "page"), "--captured-at", datetime.now(UTC).isoformat())
    fresh = cli(stored, "health", "--format", "json")
    assert (fresh.exit_code, [row["state"] for row in json.loads(fresh.stdout)]) == (0, ["fresh"])


def test_health_names_a_source_of_which_an_open_record_was_refused(
    data: Path, tmp_path: Path
) -> None:
    broken = incident("openopenopen", [update("u1", "investigating", "2026-01-10T11:00:00Z")])
    body = incidents_json(incident(), {**broken, "created_at": "soon"})
    bring(data, put(tmp_path, "page", body), "--captured-at", datetime.now(UTC).isoformat())
    told = cli(data, "health", "--format", "json")
    [row] = json.loads(told.stdout)
    assert (row["state"], row["rejected"], row["partial"]) == ("partial", 1, True)


def test_providers_are_listed_with_our_own(data: Path) -> None:
    listed = json.loads(cli(data, "providers", "list", "--format", "json").stdout)
    [acme] = [row for row in listed if row["provider"] == "acme"]
    assert (acme["status"], acme["starter"]) == ("live", False)
    assert "anthropic" in {row["provider"] for row in listed if row["starter"]}
    for form in ("table", "csv"):
        assert acme["page"] in cli(data, "providers", "list", "--format", form).stdout


def test_the_demo_is_marked_as_invented(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "MONTHS", 2)
    pages = nullcontext(SimpleNamespace(wait=lambda: 0))
    monkeypatch.setattr("dashboard.serve.serve", lambda *_: pages)
    result = cli(data, "demo", "--port", a_port())
    assert (result.exit_code, result.stderr) == (0, "")
    assert "invented data" in result.stdout
    with open_snapshot(data / "demo") as snapshot:
        assert len(set(snapshot.table("incidents")["provider"])) == len(demo.CAST)
        assert snapshot.simulated
    assert not (data / "archive").exists()
