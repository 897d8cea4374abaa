"""What reaches a terminal: strangers' words, and nothing in them that a terminal obeys."""

from __future__ import annotations

import csv
import io
import json
import shutil
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
from statusledger.output import MOST_ON_TERMINAL, MOST_SHOWN, SLICE, printed, show
from statusledger.terminal import fail
from tests.support.captured.cases import CASES, needs_cases
from tests.support.command_line import ACME, LISTS, STAMPED, at, bring, cli, only_line, put
from tests.support.loopback import reply, serve
from tests.support.payloads.statuspage import component, incident, incidents_json, update

#: A colour, a title, a link, a bell, C1 controls, bidi overrides, line ends, NUL.
HARM = "\x1b[31m\x1b]0;x\x07\x1b]8;;http://evil\x1b\\\x9b2J\x85\u202egnp\u2066\u2028\n\r\0\x7f"
EVIL = f"Down{HARM}now"
FRAME = pl.DataFrame({f"title{HARM}": [EVIL, "Up"], "also": [[EVIL], ["x"]]})


def rendered(frame: pl.DataFrame, form: Format) -> str:
    """Print a frame into one text."""
    return "".join(printed(frame, form))


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


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("published")
    (folder := place / "data").mkdir()
    (folder / "providers.toml").write_text(ACME)
    said = [update("u", EVIL, "2026-01-05T10:00:00Z", body=EVIL)]
    parts = [component("aaaa1111bbbb", name=EVIL)]
    odd = incident(updates=said, name=EVIL, shortlink=f"https://{HARM}", components=parts)
    assert bring(folder, put(place, STAMPED, incidents_json(odd))).exit_code == 0
    return folder


@pytest.fixture
def stored(published: Path, data: Path) -> Path:
    return shutil.copytree(published, data, dirs_exist_ok=True)


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


@pytest.mark.parametrize(
    "value",
    [
        "'infinity'::TIMESTAMP",
        "'-infinity'::TIMESTAMPTZ",
        "'infinity'::DATE",
        "'290000-01-01'::TIMESTAMP",
        "'0044-03-15 (BC)'::DATE",
        "['infinity'::TIMESTAMP]",
        "{'a': 'infinity'::DATE}",
        "map {'a': 'infinity'::TIMESTAMP}",
        "'infinity'::TIMESTAMP_MS",
    ],
)
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_an_end_that_python_lacks_is_refused_by_name(stored: Path, value: str, form: str) -> None:
    out = stored / "out"
    for more in ((), ("--out", out)):
        result = cli(stored, "query", f"SELECT {value} AS until", "--format", form, *more)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "'until'" in only_line(result)
        assert "cast it to text" in only_line(result)
    assert not out.exists()
    text = cli(stored, "query", f"SELECT ({value})::VARCHAR AS until", "--format", form)
    assert text.exit_code == 0


@needs_cases
def test_an_open_end_written_as_infinity_is_refused_by_name(data: Path) -> None:
    case = CASES / "disc-query-infinity"
    (data / "providers.toml").write_text((case / "providers.toml").read_text())
    words = ("--provider", "acme", "--platform", "statuspage")
    more = ("--captured-at", "2026-10-01T12:00:00Z")
    assert cli(data, "import", case / "incidents.json", *words, *more).exit_code == 0
    until = "coalesce(resolved_at, 'infinity')"
    sql = "SELECT incident_id, {} AS until FROM incidents ORDER BY 1"
    for form in ("table", "csv", "json"):
        result = cli(data, "query", sql.format(until), "--format", form)
        assert result.exit_code == 2
        assert "'until'" in only_line(result)
    good = cli(data, "query", sql.format(f"cast({until} AS varchar)"), "--format", "csv")
    assert good.stdout.count("infinity") == 1
    out = data / "rows.parquet"
    assert cli(data, "query", sql.format(until), "--format", "parquet", "--out", out).exit_code == 0


RUN = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1"]


def test_csv_cells_that_a_spreadsheet_would_run_are_text(tmp_path: Path) -> None:
    odd = pl.DataFrame({"t": [*RUN, "a=1", None], "n": [-1.5] * 8, "=h": [["=1", "x"]] * 8})
    [names, *lines] = csv.reader(io.StringIO(rendered(odd, Format.CSV), newline=""))
    assert names == ["t", "n", "'=h"]
    assert [line[0] for line in lines] == [*(f"'{cell}" for cell in RUN), "a=1", ""]
    assert {line[1] for line in lines} == {"-1.5"}
    assert {line[2] for line in lines} == {"'=1 x"}
    assert json.loads(rendered(odd, Format.JSON))[0]["t"] == "=1+1"
    show(odd, Format.PARQUET, tmp_path / "rows.parquet")
    assert pl.read_parquet(tmp_path / "rows.parquet").equals(odd)


@needs_cases
def test_titles_that_a_spreadsheet_would_run_are_text(data: Path, tmp_path: Path) -> None:
    case = CASES / "rel-csv-formula"
    (data / "providers.toml").write_text((case / "providers.toml").read_text())
    words = ("--provider", "acme", "--platform", "statuspage")
    assert cli(data, "import", case / "payloads", *words).exit_code == 0
    out = tmp_path / "t.csv"
    sql = "SELECT title FROM incidents"
    assert cli(data, "query", sql, "--format", "csv", "--out", out).exit_code == 0
    cells = [line[0] for line in csv.reader(io.StringIO(out.read_text(), newline=""))][1:]
    assert len(cells) == 6
    assert all(cell[0] not in "=+-@\t\r" for cell in cells)
    exact = json.loads(cli(data, "query", sql, "--format", "json").stdout)
    assert sum(row["title"][0] in "=+-@\t" for row in exact) == 5


def test_a_table_shows_so_many_rows_and_counts_the_rest() -> None:
    text = rendered(pl.DataFrame({"n": range(MOST_SHOWN + 7), "same": "x"}), Format.TABLE)
    assert text.splitlines()[-1] == f"{MOST_SHOWN + 7} rows, of which 7 are left out here"
    assert str(MOST_SHOWN - 1) in text
    whole = rendered(pl.DataFrame({"n": range(3)}), Format.TABLE)
    assert whole.splitlines()[-1] == "3 rows"


def test_a_terminal_shows_no_more_than_it_is_read_for_and_says_how_to_get_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    show(pl.DataFrame({"n": range(MOST_ON_TERMINAL + 7)}), Format.TABLE, None)
    last = terminal.getvalue().splitlines()[-1]
    assert last.startswith(f"{MOST_ON_TERMINAL + 7} rows, of which 7 are left out here: --format")


def test_rows_too_wide_to_stand_side_by_side_are_blocks_of_lines() -> None:
    wide = pl.DataFrame({f"column_{n}": ["a long text", None, "b"] for n in range(40)})
    lines = rendered(wide.with_columns(few=pl.Series(["x", "y", "z"])), Format.TABLE).splitlines()
    assert lines[:2] == ["-- 1", "column_0   a long text"]
    assert lines[41:44] == ["few        x", "-- 2", "few        y"]
    narrow = rendered(wide.select("column_0", "column_1"), Format.TABLE)
    assert "--" not in narrow.splitlines()[0]


@pytest.mark.parametrize("form", [Format.CSV, Format.JSON])
def test_what_is_printed_piece_by_piece_is_one_text(form: Format) -> None:
    rows = pl.DataFrame({"n": range(2 * SLICE + 3), "t": "a"})
    text = rendered(rows, form)
    if form is Format.JSON:
        assert json.loads(text) == rows.to_dicts()
    else:
        assert text + "\n" == rows.write_csv()
    assert rendered(rows.clear(), form) == ("[]" if form is Format.JSON else "n,t")


def test_bytes_have_no_form_in_json(stored: Path) -> None:
    result = cli(stored, "query", "SELECT {'b': 'a'::BLOB} AS c", "--format", "json")
    assert result.exit_code == 2
    assert "'c'" in only_line(result)


@pytest.mark.skipif(
    sys.platform != "linux", reason="memory is bounded on Linux alone: run it there"
)
@pytest.mark.parametrize(
    "sql", ["SELECT * FROM range(400000000)", "SELECT repeat('x', 100000) FROM range(100000)"]
)
def test_a_query_stays_within_its_memory_and_says_why(stored: Path, sql: str) -> None:
    line = [sys.executable, "-m", "statusledger", "query", sql, "--data", str(stored)]
    out = ["--format", "csv", "--out", str(stored / "rows.csv")]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *line, *out], capture_output=True, text=True
    )
    code, peak = done.stdout.split()
    assert int(code) == 1
    assert int(peak) < 1_500_000
    assert done.stderr.count("\n") == 1
    assert "MB" in done.stderr or "rows" in done.stderr


#: Prints the exit code of a command and the kilobytes it took.
MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
