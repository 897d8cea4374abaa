"""What reaches a terminal: strangers' words, and nothing in them that a terminal obeys."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.fetching.page_visit import PageRun
from ingest.runs.continuous import line_of
from ingest.safe_text import excerpt, strip_control
from statusledger.options import Format
from statusledger.output import rendered, show
from statusledger.terminal import fail
from tests.support.command_line import ACME, LISTS, STAMPED, at, bring, cli, put
from tests.support.loopback import reply, serve
from tests.support.payloads.statuspage import component, incident, incidents_json, update

#: A colour, a title, a link, a bell, C1 controls, bidi overrides, line ends, NUL.
HARM = "\x1b[31m\x1b]0;x\x07\x1b]8;;http://evil\x1b\\\x9b2J\x85\u202egnp\u2066\u2028\n\r\0\x7f"
EVIL = f"Down{HARM}now"
FRAME = pl.DataFrame({f"title{HARM}": [EVIL, "Up"], "also": [[EVIL], ["x"]]})


def obeyed(text: str) -> list[str]:
    """Return what a terminal would act upon, line ends aside."""
    return [c for c in text if not c.isprintable() and c != "\n"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "providers.toml").write_text(ACME)
    return folder


@pytest.fixture
def stored(data: Path, tmp_path: Path) -> Path:
    said = [update("u", EVIL, "2026-01-05T10:00:00Z", body=EVIL)]
    parts = [component("aaaa1111bbbb", name=EVIL)]
    odd = incident(updates=said, name=EVIL, shortlink=f"https://{HARM}", components=parts)
    assert bring(data, put(tmp_path, STAMPED, incidents_json(odd))).exit_code == 0
    return data


@pytest.mark.parametrize("form", ["table", "json"])
def test_no_command_prints_what_a_terminal_obeys(stored: Path, form: str) -> None:
    for told, *words in (
        ("Down", "query", "SELECT title, url, title || '!' FROM incidents"),
        ("Down", "query", "SELECT body_text, status FROM updates"),
        ("Down", "query", "SELECT name, [name] AS names FROM components"),
        ("word we know", "query", "SELECT * FROM warnings"),
        ("acme", "metrics", "availability"),
        ("acme", "metrics", "frequency"),
        ("acme", "health"),
    ):
        result = cli(stored, *words, "--format", form)
        assert obeyed(result.stdout + result.stderr) == []
        assert told in result.stdout, result.stderr


def test_json_is_escaped_and_says_the_same() -> None:
    text = rendered(FRAME, Format.JSON)
    assert obeyed(text) == []
    assert json.loads(text)[0] == {f"title{HARM}": EVIL, "also": [EVIL]}


def test_csv_is_whole_in_a_pipe_and_tame_on_a_terminal(tmp_path: Path) -> None:
    terminal, pipe, file = Terminal(), io.StringIO(), tmp_path / "rows.csv"
    for out in (terminal, pipe):
        with redirect_stdout(out):
            show(FRAME, Format.CSV, None)
    show(FRAME, Format.CSV, file)
    assert obeyed(terminal.getvalue()) == []
    [names, first, _] = csv.reader(io.StringIO(pipe.getvalue(), newline=""))
    assert (names, first) == ([f"title{HARM}", "also"], [EVIL, EVIL])
    assert file.read_bytes().decode() == pipe.getvalue()


def test_a_refusal_is_one_line_whatever_was_asked(data: Path, tmp_path: Path) -> None:
    path = put(tmp_path, f"2026-01-10T12-00-00Z-{HARM.replace('/', '').replace(chr(0), '')}", b"x")
    for words in (
        ["import", path, "--provider", "acme"],
        ["import", "missing\x1b[2J", "--provider", "acme"],
        ["query", f"SELECT '{EVIL}'::INT".replace("\0", "")],
        ["metrics", "\x1b[2J"],
        ["collect", "\x1b[2J"],
        ["verify"],
    ):
        result = cli(data, *words)
        assert obeyed(result.stdout + result.stderr) == []
        assert result.stderr.count("\n") <= 1


def test_what_a_round_says_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run = PageRun("acme", 1, 0, Counter({"reset": 1}), f"ValueError: {EVIL}")
    for as_json in (True, False):
        assert line_of(run, as_json).isprintable()
    assert json.loads(line_of(run, as_json=True))["message"] == f"ValueError: {EVIL}"
    fail(EVIL, 1)
    assert obeyed(capsys.readouterr().err) == []


def test_a_page_full_of_harm_is_collected_in_silence(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0, seconds=5))
    said = [update("u", "resolved", "2026-01-05T10:00:00Z", body="https://evil.example/" + HARM)]
    with serve() as site:
        for path, body in LISTS.items():
            site[path] = reply(body=body)
        site["/api/v2/incidents.json"] = reply(body=incidents_json(incident(EVIL, said)))
        at(data, acme=site.url)
        result = cli(data, "collect", "acme")
    assert (result.exit_code, result.stderr) == (3, "")
    assert obeyed(result.stdout) == []


def test_what_is_logged_is_one_line(stored: Path) -> None:
    bad = stored / "archive" / "2026-01" / "20260110T120000Z-\x1b[2J\n.parquet"
    bad.write_bytes(b"no Parquet")
    line = [sys.executable, "-m", "statusledger", "publish", "--data", str(stored)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert obeyed(done.stdout + done.stderr) == []
    assert done.stderr.startswith(f"statusledger: {strip_control(str(bad))}: unreadable, skipped")
    assert done.stderr.count("\n") == len(set(done.stderr.splitlines()))


def test_an_excerpt_ends_and_is_plain() -> None:
    assert excerpt("Errors") == "Errors"
    assert excerpt("E" * 10**6, 10) == "EEEEEEEEE…"
    assert excerpt(EVIL).isprintable()
