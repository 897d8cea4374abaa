"""Real captures, where this machine has them: never copied, read in place."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.ledger import ledger, versions
from ingest.ledger.sightings import Frames, Reading, sightings
from ingest.models import Capture, Page
from ingest.platforms import PLATFORMS
from ingest.registry import load
from ingest.runs.payload_import import captured_at
from ingest.validation.records import SoundIncidents
from tests.support.ledgers.read_captures import read_capture
from tests.support.paths import FEEDS

STATUSPAGE = FEEDS / "statuspage"
ANTHROPIC = STATUSPAGE / "anthropic"
GITHUB = STATUSPAGE / "github"
GCP = FEEDS / "gcp" / "gcp"

FULL = ANTHROPIC / "incidents-full-20260709.jsonl"
FULL_AT = datetime(2026, 7, 9, 7, 58, 17, tzinfo=UTC)
HOURLY = ANTHROPIC / "series-incidents-json-20260414-20260710.tar.xz"
ATOM = GITHUB / "series-history-atom-20220611-20251231.tar.xz"
GOOGLE = GCP / "series-incidents-json-202011-202507.tar.xz"

needs_feeds = pytest.mark.skipif(
    not FEEDS.exists(),
    reason="no captures here: set STATUSLEDGER_FEEDS to a folder of captured feeds to run this",
)

CLAUDE = Page(
    page_key="anthropic.statuspage.tymt9n04zgry",
    provider="anthropic",
    platform="statuspage",
    base_url="https://status.claude.com",
    page_id="tymt9n04zgry",
    alternates=("https://status.anthropic.com",),
)
GITHUB_PAGE = Page(
    page_key="github.statuspage.kctbh9vrtdwd",
    provider="github",
    platform="statuspage",
    base_url="https://www.githubstatus.com",
    page_id="kctbh9vrtdwd",
    alternates=("https://githubstatus.com",),
)
[GOOGLE_CLOUD] = [page for page in load().pages if page.provider == "google-cloud"]
SHAPES = {
    page.page_key: PLATFORMS[page.platform].shapes for page in (CLAUDE, GITHUB_PAGE, GOOGLE_CLOUD)
}


def capture(page: Page, body: bytes, at: datetime) -> Capture:
    """``body`` as if it had been imported for ``page``."""
    shape, path = PLATFORMS[page.platform].recognise(body)
    sha256 = hashlib.sha256(body).hexdigest()
    return Capture(page.page_key, page.base_url + path, shape, at, sha256=sha256, body=body)


def series(page: Page, path: Path) -> Iterator[Capture]:
    with tarfile.open(path) as members:
        for member in members:
            opened = members.extractfile(member)
            at = captured_at(member.name)
            assert opened is not None
            assert at is not None
            yield capture(page, opened.read(), at)


def full_history() -> list[Capture]:
    return [capture(CLAUDE, FULL.read_bytes(), FULL_AT)]


def readings(captures: Iterable[Capture], page: Page) -> Iterator[tuple[Capture, Reading]]:
    sound = SoundIncidents()
    for one in captures:
        yield one, read_capture(one, {page.page_key: page}, PLATFORMS, sound)


def folded(captures: Iterable[Capture], page: Page) -> Frames:
    return versions.fold([sightings(readings(captures, page))])


def merged(*parts: Frames) -> ledger.Ledger:
    return versions.merge(versions.fold(parts), SHAPES)


def posted_history() -> dict[str, list[dict[str, Any]]]:
    """Months of each component, unwrapped from the collector's own file."""
    wrapped = json.loads((ANTHROPIC / "uptime-history-20260710.json").read_text())
    return {code: one["months"] for code, one in wrapped["components"].items()}
