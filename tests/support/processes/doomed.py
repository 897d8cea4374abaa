"""A command line in a process of its own, to be killed at any step that changes the disk."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from functools import partial
from io import StringIO
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any

from ingest.archive.store import Batch
from ingest.fetching import fetcher
from ingest.fetching.fetcher import Fetcher
from ingest.runs import collecting, data_folder
from statusledger import app

# Forked from a process that has imported all a command needs and done nothing yet: importing it
# anew for each kill would take longer than all the rest.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "statusledger.app",
        "statusledger.alerts.around_publishing",
        "ingest.runs.continuous",
        "ingest.runs.importing",
        "ingest.fetching.connections",
        "ingest.release.parquet_release",
        "analytics.sql_query",
        "pyarrow.parquet",
    ]
)
STEPS = ("fsync", "link", "mkdir", "rename", "replace", "unlink")
#: Files of a few captures each, so that a kill falls between two of them.
CAPTURES = 4
PATIENT_S = 120


class Doomed:
    """Run ``words`` at the time ``now``, to be killed on the way.

    It kills itself before or after its step ``last``, counted from 1, unless it ends earlier;
    what it was about to flush is lost.
    """

    def __init__(
        self, words: Sequence[str], now: datetime, last: int = 0, *, before: bool = False
    ) -> None:
        self._begun: Event = PROCESSES.Event()
        self._steps: Any = PROCESSES.Value("i", 0, lock=False)
        told = (tuple(words), now, last, before, self._begun, self._steps)
        self._process: BaseProcess = PROCESSES.Process(target=_live, args=told)
        self._process.start()
        assert self._begun.wait(PATIENT_S)

    @property
    def steps(self) -> int:
        """How many steps it has begun."""
        return int(self._steps.value)

    def kill(self) -> None:
        """Kill it now, whatever it is doing, if it has not ended."""
        if self._process.is_alive():
            self._process.kill()

    def died(self) -> bool:
        """Whether it was killed in the end; otherwise it has ended well."""
        self._process.join(PATIENT_S)
        assert self._process.exitcode in (0, -signal.SIGKILL)
        return self._process.exitcode != 0


def _tear(handle: int) -> None:
    """Lose half of a file that was not flushed yet, as when the power goes.

    One with a second name was flushed under its first.
    """
    about = os.fstat(handle)
    if stat.S_ISREG(about.st_mode) and about.st_nlink == 1:
        os.ftruncate(handle, about.st_size // 2)


def _live(
    words: Sequence[str], now: datetime, last: int, before: bool, begun: Event, steps: Any
) -> None:
    def counted(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            steps.value += 1
            doomed = steps.value == last
            if doomed and before:
                if name == "fsync":
                    _tear(*args)
                os.kill(os.getpid(), signal.SIGKILL)
            result = call(*args, **options)
            if doomed:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return step

    for name in STEPS:
        setattr(os, name, counted(name, getattr(os, name)))
    Batch.CAPTURES = CAPTURES
    data_folder.now = lambda: now
    collecting.collect_now = partial(collecting.collect_now, clock=data_folder.now)
    fetcher.Fetcher = partial(Fetcher, spacing=0)
    begun.set()
    with redirect_stdout(StringIO()):
        app.main(words)
