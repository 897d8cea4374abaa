"""Google's status dashboards: one document holds a year of incidents.

``/incidents.json`` is a bare array of posts with all their updates, sorted by begin and cut
by end: in 89 captures of five years none had ended more than 365 days before. Its horizon is
the earliest end it lists, so it claims no more than it shows. ``/products.json`` names every
product, those of five-year-old posts too.
Schema: https://status.cloud.google.com/incidents.schema.json
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ingest.models import Page, Parsed
from ingest.platforms.contract import Platform
from ingest.platforms.fields import rows_of
from ingest.platforms.forms import Form, Origin
from ingest.platforms.google import incidents as google_incidents
from ingest.platforms.incidents import oldest
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.sources import Shape, Source

MINUTES = timedelta(minutes=1)
DAY = timedelta(days=1)
POSTS, PRODUCTS = "/incidents.json", "/products.json"

WITHOUT_WORDS = frozenset(
    {
        "title",
        "impact",
        "created_at",
        "started_at",
        "resolved_at",
        "component_ids",
        "impacts",
        "updates",
    }
)
CARRIED = WITHOUT_WORDS | {"status"}
SHAPES = (
    Shape("incident", CARRIED),
    Shape("titles", CARRIED),  # products without ids: between 2021-04 and 2021-05
    Shape("legacy", WITHOUT_WORDS),  # rows without ids: before 2021-04
    Shape("roster", frozenset()),
)


def sources(page: Page) -> Sequence[Source]:
    """List the sources to poll: the incidents often, the products daily."""
    posts, products = page.base_url + POSTS, page.base_url + PRODUCTS
    return (
        Source(page.page_key, posts, "incident", 15 * MINUTES, brisk=5 * MINUTES),
        Source(page.page_key, products, "roster", 1 * DAY),
    )


def _posts(rows: list[Any], origin: Origin, notices: Notices) -> Parsed:
    incidents = google_incidents.incidents(rows, origin.page.base_url, origin.at, notices)
    products = [p for row in rows for p in google_incidents.affected(row) if _has_id(p)]
    components = google_incidents.components(products, Notices())
    return Parsed(
        _shape(rows),
        horizon=oldest(incidents),
        components=components if incidents else (),
        incidents=incidents,
    )


def _shape(rows: list[Any]) -> str:
    if rows and not any(_has_id(row) for row in rows):
        return "legacy"
    products = [product for row in rows for product in google_incidents.affected(row)]
    return "titles" if products and not any(map(_has_id, products)) else "incident"


def _has_id(row: Any) -> bool:
    return isinstance(row, dict) and "id" in row


def _roster(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    components = google_incidents.components(rows_of(data, "products"), notices)
    return Parsed("roster", roster=True, components=components)


def _lists_posts(data: Any) -> bool:
    return isinstance(data, list) and any(map(_is_post, data))


def _is_post(row: Any) -> bool:
    return isinstance(row, dict) and {"begin", "external_desc"} <= row.keys()


def _lists_products(data: Raw) -> bool:
    return any(map(_has_id, rows_of(data, "products")))


FORMS = (
    Form("incident", POSTS, _posts, fits=_lists_posts),
    Form("roster", PRODUCTS, _roster, frozenset({"products"}), fits=_lists_products),
    # Without a record in it a list does not say whose it is.
    Form("incident", None, _posts, fits=lambda data: isinstance(data, list)),
    Form("roster", None, _roster, frozenset({"products"})),
)


CLOUD, WORKSPACE = (
    Platform(name, 1, SHAPES, FORMS, sources, impact_basis="incident", explicit_window=True)
    for name in ("google_cloud", "google_workspace")
)
