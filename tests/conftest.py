"""Share among modules a site, an archive, one browser, and data built once in a run."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.simulation.demo import build_demo
from tests.support.captured import paper
from tests.support.captured.claude import bring
from tests.support.captured.feeds import FULL
from tests.support.command_line import ACME, GLOBEX
from tests.support.loopback import Site, serve
from tests.support.pages.chromium import CHROMIUM, FLAGS, served
from tests.support.soaking import SOAK

# No test depends on how fast this machine is at the moment.
settings.register_profile("everyday", deadline=None, max_examples=30)
settings.register_profile("soak", deadline=None, max_examples=300)
settings.load_profile("soak" if SOAK else "everyday")
#: Folders whose tests share a browser, or a session of Spark: each goes to one worker as a whole.
SHARED = ("tests/acceptance/browser/", "tests/analytics/engines/")
#: Linux's disk of memory, used where it has this much room: a real one makes each test wait until
#: files are flushed that no test reads after a power cut.
MEMORY, ROOM = Path("/dev/shm"), 8 * 2**30
if (
    MEMORY.is_dir()
    and shutil.disk_usage(MEMORY).free >= ROOM
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
Built = Callable[[str, Callable[[Path], object]], Path]


class ModuleByModule(LoadScopeScheduling):
    """Whole modules to a worker, and to one of them all that share what is slow to start."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return next((folder for folder in SHARED if module.startswith(folder)), module)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ModuleByModule:
    """Build what the tests of a module share once, and begin with what takes longest."""
    config.option.loadscopereorder = False
    return ModuleByModule(config, log)


def pytest_collection_finish() -> None:
    """Take what was collected out of each later search for garbage: all of it stays."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Leave nothing of a run that went well: its folders may take gigabytes of memory."""
    if exitstatus == 0 and "PYTEST_XDIST_WORKER" not in os.environ:
        base = session.config._tmp_path_factory.getbasetemp()
        if base.is_relative_to(MEMORY):
            shutil.rmtree(base)


#: What was taken out is given back when pytest is through with its own searches, so that the
#: interpreter can clear it as it ends.
atexit.register(gc.unfreeze)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Folders built once in a run, by the worker that asks first: to be read, or copied."""
    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "built"
    root.mkdir(exist_ok=True)

    def folder(name: str, build: Callable[[Path], object]) -> Path:
        done = root / f"{name}.done"
        with FileLock(root / f"{name}.lock"):
            if not done.exists():
                build(root / name)
                done.touch()
        return root / name

    return folder


@pytest.fixture(scope="session")
def claude(built: Built) -> Path:
    """Claude's whole history, imported from one payload and published."""
    return built("claude", lambda data: bring(data, FULL))


@pytest.fixture(scope="session")
def posted(built: Built) -> Path:
    """Return the posts of the paper's three providers, imported and published."""
    return built("paper", paper.publish)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("demo") / "data"
    build_demo(data, datetime.now(UTC))
    yield from served(data)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    fetcher = Fetcher(spacing=0, seconds=5)
    yield fetcher
    fetcher.close()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder that knows two invented providers."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "providers.toml").write_text(ACME + GLOBEX)
    return folder
