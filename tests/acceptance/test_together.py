"""One collector, one started by mistake, and a crowd of readers: nobody waits, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from ingest.archive.store import IDENTITY, Archive
from ingest.files.lock import hold_lock
from ingest.runs import collecting, data_folder
from ingest.simulation.demo import registry_toml
from ingest.simulation.server import serving
from ingest.snapshot.pointer import KEPT
from tests.support.command_line import cli, digest, only_line
from tests.support.pages.streamlit_pages import VIEWS, shown
from tests.support.processes.crowd import read, write
from tests.support.processes.doomed import PROCESSES
from tests.support.processes.doomed_pages import START, derived_anew, site
from tests.support.soaking import SOAK

#: How long it goes on at least, however fast the rounds are; longer in ``make soak``.
SECONDS = 60 if SOAK else 2
#: So many that every file a reader begins with is removed while it reads.
ROUNDS = 4 * KEPT
PATIENT_S = 120


@dataclass
class Doorman:
    """The clock of the pages' servers: the writer's, and nobody gets in while it is shut."""

    clock: Any
    open_: threading.Event = field(default_factory=threading.Event)
    waiting: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> datetime:
        self.waiting.set()
        assert self.open_.wait(PATIENT_S)
        return datetime.fromtimestamp(self.clock.value, UTC)


@pytest.fixture
def doorman() -> Doorman:
    begin = START + timedelta(days=25)
    return Doorman(PROCESSES.Value("d", begin.timestamp(), lock=False))


@pytest.fixture
def data(tmp_path: Path, doorman: Doorman) -> Iterator[Path]:
    sites = [site(1, "acme", forbids_api=False), site(2, "globex", forbids_api=True)]
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / data_folder.SIMULATED).touch()
    with serving(sites, doorman) as pages:
        (folder / "providers.toml").write_text(registry_toml(sites, pages))
        yield folder


class Crowd:
    """Processes that work on a folder until they are told to stop."""

    def __init__(self) -> None:
        self.stop = PROCESSES.Event()
        self._at_work: list[tuple[Any, Any]] = []

    def start(self, work: Callable[..., None], *given: object) -> None:
        ours, theirs = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=work, args=(*given, self.stop, theirs))
        process.start()
        theirs.close()
        self._at_work.append((process, ours))

    def at_work(self) -> bool:
        return all(process.is_alive() for process, _ in self._at_work)

    def done(self) -> list[Any]:
        """Return what each of them tells in the end, in the order they were started."""
        self.stop.set()
        assert all(ours.poll(PATIENT_S) for _, ours in self._at_work)
        return [ours.recv() for _, ours in self._at_work]

    def leave(self) -> None:
        self.stop.set()
        for process, _ in self._at_work:
            process.join(PATIENT_S)
            if process.is_alive():
                process.kill()


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    together = Crowd()
    yield together
    together.leave()


@pytest.mark.slow
def test_a_crowd_reads_while_one_writes(
    data: Path, doorman: Doorman, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = PROCESSES.Value("i", 0, lock=False)
    crowd.start(write, data, doorman.clock, rounds)
    assert doorman.waiting.wait(PATIENT_S)

    # The writer is at a page's door now, and holds the lock.
    monkeypatch.setattr(collecting, "hold_lock", partial(hold_lock, timeout=0.1))
    second = cli(data, "collect")
    assert second.exit_code == 4
    assert "collect.lock" in only_line(second)
    doorman.open_.set()

    wait_for(lambda: rounds.value > 0)
    crowd.start(read, data)
    archive, captured, views = Archive(data / "archive"), set[tuple[Any, ...]](), cycle(VIEWS)
    end = time.monotonic() + SECONDS
    while (left := end - time.monotonic()) > 0 or rounds.value < ROUNDS:
        assert left > -PATIENT_S
        assert crowd.at_work()
        shown(next(views), data, monkeypatch)
        held, captured = captured, set(archive.metadata().select(IDENTITY).rows())
        assert held <= captured
        assert archive.verify() == []
    taken, (seen, wrong) = crowd.done()

    assert wrong == []
    assert min(seen["pages"], seen["pages of a removed file"], seen["queries"]) > 0
    assert archive.metadata().height == taken
    assert digest(data) == derived_anew(data, doorman())


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
