"""A command loads only what it works with: names of metrics need no statistics."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.runs import publishing
from tests.support.command_line import LISTS, at, cli
from tests.support.loopback import reply, serve
from tests.support.paths import ROOT

#: Libraries that take a command longer to load than its own work takes.
HEAVY = "altair bs4 duckdb jinja2 narwhals numpy polars pyarrow requests rich scipy streamlit"
PROGRAM = """
import sys
from statusledger.app import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0, end.code
print(*sorted(set(HEAVY) & set(sys.modules)), file=sys.stderr)
"""


def loaded(*words: str) -> list[str]:
    """Run one command in a new interpreter; list the heavy libraries it loaded."""
    program = PROGRAM.replace("HEAVY", repr(HEAVY.split()))
    done = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.split()


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("metrics", "--help"), ()])
def test_help_loads_no_library_of_numbers(words: tuple[str, ...]) -> None:
    assert loaded(*words) == []


def test_listing_the_registry_loads_no_statistics_and_no_pages(tmp_path: Path) -> None:
    words = ("providers", "list", "--format", "csv", "--data", str(tmp_path))
    assert not {"scipy", "streamlit", "duckdb", "altair"} & set(loaded(*words))


def test_a_run_with_nothing_due_loads_no_engine_of_data_and_no_client(data: Path) -> None:
    with serve() as site:
        for path, body in LISTS.items():
            site[path] = reply(body=body)
        at(data, acme=site.url)
        assert cli(data, "collect", "acme").exit_code == 0
    assert not publishing.behind(data)
    assert loaded("collect", "acme", "--data", str(data)) == []


def test_the_site_is_written_without_statistics_and_ends_in_silence(
    data: Path, tmp_path: Path
) -> None:
    with serve() as site:
        for path, body in LISTS.items():
            site[path] = reply(body=body)
        at(data, acme=site.url)
        assert cli(data, "collect", "acme").exit_code == 0
    words = ("publish", "--site", str(tmp_path / "site"), "--data", str(data))
    # PyArrow reads the archive.
    assert loaded(*words) == "duckdb jinja2 narwhals numpy polars pyarrow".split()
