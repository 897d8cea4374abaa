"""Start the pages: Streamlit in a process of its own."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.models import UnansweredError, UsageError

APP = Path(__file__).with_name("app.py")
HOST, PORT = "127.0.0.1", 8501


class BadAddressError(UsageError):
    """``--host`` names no address of this machine; one line that says what to write."""


class PortTakenError(UnansweredError):
    """Another program serves on the port; one line that says what to do."""


def require_free(host: str, port: int) -> None:
    """Check that the pages can be served at ``host`` and ``port``.

    Raises:
        BadAddressError: ``host`` is no address of this machine.
        PortTakenError: Another program serves there.
        OSError: The system refuses the port.
    """
    wrong = BadAddressError(
        f"--host {host!r} is no address of this machine; write one such as {HOST}"
    )
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise wrong from None
    able = [_can_listen(family, address) for family, _, _, _, address in found]
    if not any(able):
        raise wrong


def _can_listen(family: int, address: tuple[object, ...]) -> bool:
    host, port, *_ = address
    try:
        socket.create_server(address, family=family).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(
                f"port {port} of {host} is taken, perhaps by pages served already: "
                "choose another with `--port N`"
            ) from None
        if error.errno == errno.EACCES:
            raise PermissionError(error.errno, os.strerror(error.errno), f"port {port}") from None
        return False
    return True


@contextmanager
def serve(data: Path, host: str = HOST, port: int = PORT) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the pages over ``data``, which is only read, while the block runs.

    There is no login.
    """
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(APP)),
        f"--server.address={host}",
        f"--server.port={port}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--browser.gatherUsageStats=false",
        # For its greeting it would ask a stranger for the address we are seen from.
        "--logger.hideWelcomeMessage=true",
        # A link with days opens the window of one's own, which its widget does not start with.
        "--global.disableWidgetStateDuplicationWarning=true",
    ]
    # The settings file is found from the working folder, the packages from the path.
    root = APP.parents[1]
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    surroundings = {**os.environ, "STATUSLEDGER_DATA": str(data.resolve()), "PYTHONPATH": path}
    pages = subprocess.Popen(command, cwd=APP.parent, env=surroundings)
    try:
        yield pages
    finally:
        pages.terminate()
        pages.wait()
