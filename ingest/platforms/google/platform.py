"""Google's status dashboards, Cloud and Workspace: one document holds a year of posts.

``/incidents.json`` is a bare array of posts with all their updates, sorted by begin and cut
by end: in 89 captures of five years none had ended more than 365 days before. Its horizon is
the earliest end it lists, so it claims no more than it shows. ``/products.json`` names every
product, those of five-year-old posts too.
Schema: https://status.cloud.google.com/incidents.schema.json
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson

from ingest.models import (
    MISREADINGS,
    Capture,
    Notice,
    Page,
    Parsed,
    ReadError,
    ReadFailure,
    Shape,
    Source,
)
from ingest.platforms.contract import Platform
from ingest.platforms.google import incidents as google_incidents

if TYPE_CHECKING:
    from ingest.archive.page_history import Memory

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
    """The posts, often; the products, daily."""
    posts, products = page.base_url + POSTS, page.base_url + PRODUCTS
    return (
        Source(page.page_key, posts, "incident", 15 * MINUTES, brisk=5 * MINUTES),
        Source(page.page_key, products, "roster", 1 * DAY),
    )


def follow(parsed: Parsed, source: Source, page: Page, memory: Memory) -> Sequence[Source]:
    """Nothing: a post stands in the list with all that was said."""
    return ()


def parse(capture: Capture, page: Page) -> Parsed:
    """Everything one body says. Raises ``ReadError`` only."""
    if capture.body is None:
        raise ReadError(ReadFailure.EMPTY, "no body")
    try:
        return _document(_json(capture.body), capture, page)
    except MISREADINGS as error:
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"{type(error).__name__}: {error}") from error


def _document(data: Any, capture: Capture, page: Page) -> Parsed:
    match data:
        case list(rows):
            return _posts(rows, capture, page)
        case {"products": list(products)}:
            return _roster(products)
    kind = type(data).__name__
    message = f"a {kind} that is neither a list of posts nor one of products"
    raise ReadError(ReadFailure.SHAPE_CHANGED, message)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        try:
            body.decode("utf-8")
        except UnicodeDecodeError as undecodable:
            where = f"not UTF-8 at byte {undecodable.start}"
            raise ReadError(ReadFailure.BAD_ENCODING, where) from undecodable
        raise ReadError(ReadFailure.NOT_JSON, str(error)) from error


def _posts(rows: list[Any], capture: Capture, page: Page) -> Parsed:
    incidents, notices = google_incidents.incidents(rows, page.base_url, capture.captured_at)
    products = [p for row in rows for p in google_incidents.affected(row) if _has_id(p)]
    components, remarks = google_incidents.components(products)
    rejects = _rejects((*notices, *remarks))
    if rows and not incidents:
        raise ReadError(ReadFailure.PARSE, f"no record is readable; first: {rejects[0].reason}")
    return Parsed(
        shape=_shape(rows),
        horizon=min((i.listed_at for i in incidents if i.listed_at is not None), default=None),
        components=components,
        incidents=incidents,
        rejects=rejects,
        warnings=tuple(notice for notice in notices if notice.kind != "rejected"),
    )


def _shape(rows: list[Any]) -> str:
    if rows and not any(_has_id(row) for row in rows):
        return "legacy"
    products = [product for row in rows for product in google_incidents.affected(row)]
    return "titles" if products and not any(map(_has_id, products)) else "incident"


def _has_id(row: Any) -> bool:
    return isinstance(row, dict) and "id" in row


def _roster(products: list[Any]) -> Parsed:
    components, notices = google_incidents.components(products)
    if products and not components:
        raise ReadError(ReadFailure.PARSE, f"no product is readable; first: {notices[0].reason}")
    return Parsed("roster", roster=True, components=components, rejects=_rejects(notices))


def _rejects(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    return tuple(notice for notice in notices if notice.kind == "rejected")


def recognise(body: bytes) -> tuple[str, str]:
    """Shape and path of an imported body. Raises ``ReadError`` when it is none of ours."""
    match _json(body):
        case [{"begin": _, "external_desc": _}, *_]:
            return "incident", POSTS
        case {"products": [{"id": _, "title": _}, *_]}:
            return "roster", PRODUCTS
    raise ReadError(ReadFailure.SHAPE_CHANGED, "this is no payload of a Google status dashboard")


def _platform(name: str) -> Platform:
    return Platform(
        name=name,
        version=1,
        shapes=SHAPES,
        sources=sources,
        parse=parse,
        follow=follow,
        recognise=recognise,
        impact_basis="incident",
        explicit_window=True,
    )


CLOUD = _platform("google_cloud")
WORKSPACE = _platform("google_workspace")
