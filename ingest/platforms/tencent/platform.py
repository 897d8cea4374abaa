"""Tencent Cloud's page of products that have no region: each with its present state.

A region that does not exist has an empty list, which is not one on which all is well. What
an event looks like was not seen yet, so only states are read.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ingest.models import Component, Parsed, ReadError, ReadFailure, State
from ingest.platforms.contract import Platform, polled
from ingest.platforms.fields import objects, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import by_key, read_components
from ingest.platforms.words import word
from ingest.sources import Shape

PRODUCTS = "/api/non-regional"
STATES = {"NORMAL": State.OPERATIONAL, "NOTIFY": State.DEGRADED, "ABNORMAL": State.MAJOR}
SOURCES = polled((PRODUCTS, "products", 15))


def _products(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    said = data["Response"]["Data"]
    components = tuple(
        one
        for group in objects(rows_of(said, "CategoryList"))
        for one in read_components(
            group.get("ProductList") or (), partial(_product, group), notices, by_key("ProductId")
        )
    )
    if not components and not notices.rejects:
        raise ReadError(ReadFailure.SHAPE_CHANGED, "a page without products")
    summary = said.get("Summary") or {}
    counts = (summary.get(f"{one}Count") for one in ("Normal", "Notify", "Abnormal"))
    whole = sum(n for n in counts if isinstance(n, int)) == len(components)
    return Parsed("products", roster=whole, components=components)


def _product(group: Raw, row: Raw, notices: Notices) -> Component:
    product_id = text(row, "ProductId")
    return Component(
        product_id,
        text(row, "ProductName"),
        group=optional_text(group, "CategoryName"),
        state=word(STATES, row.get("CurrentStatus"), State.UNKNOWN, product_id, notices),
    )


def _has_products(data: Any) -> bool:
    return "CategoryList" in data["Response"]["Data"]


FORMS = (Form("products", PRODUCTS, _products, frozenset({"Response"}), fits=_has_products),)

PLATFORM = Platform(
    "tencent", 1, (Shape("products", frozenset()),), FORMS, SOURCES, present=frozenset({"products"})
)
