"""Starting the pages: Streamlit in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APP = Path(__file__).with_name("app.py")
HOST, PORT = "127.0.0.1", 8501


@contextmanager
def serve(data: Path, host: str = HOST, port: int = PORT) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the pages over ``data``, which is only read, for the length of the block.

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
