"""Commands as services: when stopped nothing is lost or left running; nobody else is called."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from ingest.archive.store import Archive
from ingest.runs import data_folder
from tests.support.command_line import STAMPED, at, bring, cli, only_line, put
from tests.support.loopback import a_port, drip, serve
from tests.support.paths import ROOT
from tests.support.processes.waiting import PATIENCE_S, wait_for

#: The front door without the second between requests that other people's hosts are owed.
HURRIED = """
import functools, sys
from ingest.fetching import fetcher
from statusledger import app
fetcher.Fetcher = functools.partial(fetcher.Fetcher, spacing=0)
app.main(sys.argv[1:])
"""


@contextmanager
def started(data: Path, *words: object, **surroundings: str) -> Iterator[subprocess.Popen[str]]:
    """Make a command in a process of its own, which the test outlives."""
    line = [sys.executable, "-c", HURRIED, *map(str, words), "--data", str(data)]
    root, env = ROOT, {**os.environ, **surroundings}
    with subprocess.Popen(line, cwd=root, env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def stopped(process: subprocess.Popen[str]) -> str:
    """Return the last line of a process that was sent SIGTERM and ended as interrupted."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    return said.splitlines()[-1]


def serving(port: int) -> bool:
    try:
        urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
    except OSError:
        return False
    return True


def come_up(process: subprocess.Popen[str], port: int) -> None:
    wait_for(lambda: serving(port) or process.poll() is not None)
    assert process.returncode is None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder that knows its own providers only, so that nobody else is asked."""
    (tmp_path / data_folder.SIMULATED).touch()
    return tmp_path


def test_a_run_that_is_stopped_keeps_what_was_captured(data: Path) -> None:
    with serve() as quick, serve() as slow:
        slow["/robots.txt"] = drip(slow, b"", b"")
        at(data, acme=quick.url, globex=slow.url)
        with started(data, "collect", "acme", "globex") as process:
            wait_for(lambda: len(quick.asked) > 1 and len(slow.asked) > 0)
            assert stopped(process) == "statusledger: interrupted"
    kept = Archive(data / "archive").metadata()
    assert set(kept["page_key"]) == {"acme.statuspage.pppp1111qqqq"}


@pytest.mark.parametrize("command", ["dashboard", "up"])
def test_pages_that_are_stopped_are_served_no_more(data: Path, command: str) -> None:
    at(data, acme="https://status.acme.test")
    bring(data, put(data / "in", STAMPED))
    port = a_port()
    with started(data, command, "--port", port) as process:
        come_up(process, port)
        stopped(process)
    assert not serving(port)


@pytest.mark.parametrize("command", ["dashboard", "demo", "up", "up --demo-if-offline"])
def test_a_taken_port_is_told_before_anything_is_built_or_collected(
    data: Path, command: str
) -> None:
    at(data)
    before = sorted(data.rglob("*"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = cli(data, *command.split(), "--port", port)
    assert result.exit_code == 1
    assert f"port {port} of 127.0.0.1 is taken" in only_line(result)
    assert "--port N" in result.stderr
    assert sorted(data.rglob("*")) == before


@pytest.mark.parametrize("command", ["dashboard", "demo", "up"])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--port 99999", "less than or equal to 65535"),
        ("--port 0", "greater than or equal to 1"),
        ("--port web", "integer"),
        ("--host 203.0.113.7", "'203.0.113.7'"),
        ("--host no.such.host.invalid", "'no.such.host.invalid'"),
        (f"--host {'a' * 70}.test", "--host"),
    ],
)
def test_an_address_that_cannot_be_served_on_is_wrong_usage(
    data: Path, command: str, options: str, told: str
) -> None:
    at(data)
    result = cli(data, command, "--port", a_port(), *options.split())
    assert result.exit_code == 2
    assert told in only_line(result)


def test_pages_shown_to_others_ask_nobody_for_our_own_address(data: Path) -> None:
    port = a_port()
    with serve() as stranger:
        words = ["dashboard", "--host", "0.0.0.0", "--port", port]
        with started(data, *words, http_proxy=stranger.url, https_proxy=stranger.url) as process:
            come_up(process, port)
            stopped(process)
        assert stranger.asked == []
