"""What several modules share: a site, an archive, and one browser with a demo to show it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.simulation.demo import build_demo
from tests.support.command_line import ACME, GLOBEX
from tests.support.loopback import Site, serve
from tests.support.pages.chromium import CHROMIUM, FLAGS, served

# No test depends on how fast this machine is at the moment.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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
    """A data folder that knows two invented providers."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "providers.toml").write_text(ACME + GLOBEX)
    return folder
