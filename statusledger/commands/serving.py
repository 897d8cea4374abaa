"""Commands that serve: pages by ``dashboard`` and ``demo``, an agent by ``mcp``."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path

import typer

from dashboard.serve import HOST, PORT
from ingest.models import UsageError
from statusledger import options
from statusledger.demo_data import DEMO
from statusledger.terminal import GOOD, NO, progress, reported

#: Package of the protocol that agents speak; it is optional.
PROTOCOL = "mcp"


class NoProtocolError(UsageError):
    """The package for agents is missing; one line that says what to install."""


def dashboard(*, host: options.Host = HOST, port: options.Port = PORT, data: options.Data) -> None:
    """Serve the pages."""
    from analytics.snapshot import open_snapshot
    from dashboard.serve import require_free, serve

    with reported():
        if data.is_file():
            with open_snapshot(data):  # else the page would be the first to say that it is none
                pass
        require_free(host, port)
        with serve(data, host, port) as pages:
            print(f"pages at http://{host}:{port}")
            raise ended(pages)


def demo(*, host: options.Host = HOST, port: options.Port = PORT, data: options.Data) -> None:
    """Look around in an invented world.

    It is served on this machine in real formats, and collected over real HTTP.
    """
    from dashboard.serve import require_free
    from ingest.runs.data_folder import require_folder

    with reported():
        require_folder(data)
        require_free(host, port)
        show_demo(data / DEMO, host, port)


def mcp(*, demo: options.Demo = False, data: options.Data) -> None:
    """Answer an agent over standard input and output (Model Context Protocol).

    The agent starts this command itself, and ends it. Answers cite the posts they rest on. Needs
    the extra mcp.
    """
    with reported():
        if find_spec(PROTOCOL) is None:
            raise NoProtocolError(
                f"an agent is answered by the package {PROTOCOL}: pip install 'statusledger[mcp]'"
            )
        from statusledger.agents.server import serve
        from statusledger.commands.memory_bound import bounded_memory

        serve(data, demo, bounded_memory)


def show_demo(data: Path, host: str, port: int) -> None:
    """Build the invented world in its own folder and serve the pages over it."""
    from dashboard.serve import serve
    from ingest.runs.data_folder import now
    from ingest.simulation.demo import build_demo

    print("Building the demo, an invented world of five providers: about ten seconds.", flush=True)
    with progress("building the demo:") as tell:
        published = build_demo(data, now(), tell)
    print(f"invented data in {data} (snapshot {published.digest[:12]})")
    with serve(data, host, port) as pages:
        print(f"pages at http://{host}:{port}, Ctrl-C ends")
        raise ended(pages)


def ended(pages: subprocess.Popen[bytes]) -> typer.Exit:
    """Wait until nothing is served any more; raise the result."""
    return typer.Exit(NO if pages.wait() else GOOD)
