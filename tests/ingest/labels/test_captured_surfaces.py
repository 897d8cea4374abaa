"""Surfaces of the components that captured pages of AI providers show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from ingest.labels.surfaces import surface_of
from ingest.models import Capture, Component, Page
from ingest.platforms import PLATFORMS
from ingest.registry import load
from tests.support.captured.feeds import needs_feeds
from tests.support.paths import FEEDS

pytestmark = [needs_feeds, pytest.mark.captures]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
#: One roster each of the pages that can be read, by provider and platform.
ROSTERS = {
    ("anthropic", "statuspage"): "statuspage/anthropic/components-20260710.json",
    ("github-copilot", "statuspage"): "statuspage/github/summary-critical-20260731.json",
    ("cursor", "statuspage"): "statuspage/cursor/incidents-20260928-excerpt4.json",
    ("openai", "incident_io"): "incidentio/openai/compat-summary-20260929-minor.json",
    ("groq", "incident_io"): "incidentio/groq/native-structure-20260929-excerpt.json",
    ("huggingface", "better_stack"): "betterstack/huggingface/index-20260719-major.json",
    ("together", "better_stack"): "betterstack/together/index-20260904-trim2days.json",
    ("openrouter", "datadog_status"): "datadog/openrouter/config-20260915-noimages.json",
    ("xai", "xai_rss"): "xai/xai/feed-resolved.xml",
}
CLOUD_ROSTERS = {("google-cloud", "google_cloud"): "gcp/gcp/products-20260915.json"}


def shown(page: Page, path: str) -> list[Component]:
    """Read the components of ``page`` that a capture shows and that are this provider's."""
    platform, body = PLATFORMS[page.platform], (FEEDS / path).read_bytes()
    shape, where = platform.recognise(body)
    capture = Capture(page.page_key, page.base_url + where, shape, NOW, body=body)
    return [c for c in platform.parse(capture, page).components if is_ours(page, c)]


def is_ours(page: Page, component: Component) -> bool:
    if not (page.component_ids or page.component_names or page.product_ids):
        return True
    ids = {*page.component_ids, *page.product_ids}
    return component.component_id in ids or component.name in page.component_names


def unmapped(rosters: Mapping[tuple[str, str], str]) -> dict[str, float]:
    """Return the share of unmapped components by provider."""
    pages = {(page.provider, page.platform): page for page in load().pages}
    shares = {}
    for era, path in rosters.items():
        page = pages[era]
        found = [
            surface_of(page.base_url, c.component_id, c.name or "", c.group, page.category)
            for c in shown(page, path)
        ]
        shares[page.provider] = sum(basis == "unmapped" for _, basis in found) / len(found)
    return shares


def test_at_most_a_tenth_of_the_components_of_ai_pages_is_unmapped() -> None:
    shares = unmapped(ROSTERS)
    mean = sum(shares.values()) / len(shares)
    print(f"unmapped, mean over {len(shares)} pages: {mean:.3f}; {shares}")
    print("unmapped on pages of clouds:", unmapped(CLOUD_ROSTERS))
    assert mean <= 0.10
