"""A real Chromium, and the pages served to it over loopback."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from dashboard.serve import serve
from tests.support.loopback import a_port

CHROMIUM = os.environ.get("STATUSLEDGER_CHROMIUM") or shutil.which("chromium")
#: For every module that drives it.
CHROMIUM_MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None,
        reason="no Chromium: install Debian's chromium, or name one in STATUSLEDGER_CHROMIUM",
    ),
]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A page lives too briefly to earn back what optimising its scripts costs.
    "--js-flags=--no-opt",
)
#: For a page to open, which may be the first of its server; and for all that follows.
PATIENT_MS, DEFAULT_MS = 60_000, 15_000


def served(data: Path) -> Iterator[str]:
    """Return the address of the pages over ``data``, once they answer."""
    port = a_port()
    address = f"http://127.0.0.1:{port}"
    with serve(data, port=port):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urlopen(f"{address}/_stcore/health", timeout=5).close()
                break
            except (URLError, ConnectionError):
                time.sleep(0.1)
        yield address


def ready(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("· method version")).to_be_visible(timeout=PATIENT_MS)
    still = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(still).to_have_count(1, timeout=PATIENT_MS)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENT_MS)


def choose(page: Page, picker: Locator, name: str) -> None:
    """Choose an option: a list that closed because the page was drawn anew is opened again."""
    option = page.get_by_role("option", name=name)
    for _ in range(5):
        picker.click()
        with suppress(TimeoutError):
            option.click(timeout=4_000)
            return
    raise AssertionError(f"no option {name!r}")
