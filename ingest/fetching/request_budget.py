"""Tell what one request may do and how long it may take, known to every connection of its thread.

Kept apart from the HTTP client, which takes long to load: a run with nothing due needs none.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

_here = threading.local()


class PrivateAddressError(Exception):
    """A name led to an address that is not on the public internet."""


class RequestBudget:
    """Record of what the connections of one request may do, and how long they may take in all.

    Within its ``with`` block everything sent from this thread belongs to the request and its
    time runs; a retry waits for its turn (``again``) outside of that time.
    """

    def __init__(self, allow_private: bool, seconds: float, again: Callable[[], None]) -> None:
        """Allow ``seconds`` in all, and private addresses if asked to."""
        self.allow_private = allow_private
        self.expired = False
        self._again = again
        self._left = seconds
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Let the time run."""
        self._outer: RequestBudget | None = getattr(_here, "budget", None)
        _here.budget = self
        self._resume()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the time."""
        self._pause()
        _here.budget = self._outer

    def wait(self, sleep: Callable[[], None]) -> None:
        """Let ``sleep`` pass, then wait for a turn, without using up the time."""
        self._pause()
        sleep()
        self._again()
        self._resume()

    def _resume(self) -> None:
        self._since = time.monotonic()
        self._timer = threading.Timer(self._left, self.expire)
        self._timer.daemon = True
        self._timer.start()

    def _pause(self) -> None:
        self._timer.cancel()
        self._left = max(0.0, self._left - (time.monotonic() - self._since))

    def follow(self, line: socket.socket | None) -> None:
        """Cut ``line`` too when the time is up; at once if it already is."""
        with self._lock:
            if line is not None and line not in self._lines:
                self._lines.append(line)
        if self.expired:
            self.expire()

    def expire(self) -> None:
        """Cut every line: a blocked read returns, and the request ends as a timeout."""
        with self._lock:
            self.expired = True
            for line in self._lines:
                with suppress(OSError):  # already closed
                    socket.socket.shutdown(line, socket.SHUT_RDWR)


def current_budget() -> RequestBudget:
    """Return the budget of the request this thread is at."""
    budget: RequestBudget = _here.budget
    return budget
