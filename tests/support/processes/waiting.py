"""Wait for another process, as long as it may take on a busy machine."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 120


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)
