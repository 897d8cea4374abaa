"""Tencent Cloud: products with their present state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import ReadError, State
from tests.support.payloads.acme import acme, parse
from tests.support.payloads.golden import Golden

PAGE = acme("tencent")


def body(*products: dict[str, Any], normal: int = 1) -> bytes:
    group = {"CategoryName": "Models", "ProductList": products}
    data = {"Summary": {"NormalCount": normal}, "CategoryList": [group]}
    return json.dumps({"Response": {"RequestId": "x", "Data": data}}).encode()


MODEL = {"ProductId": "model", "ProductName": "Big model", "CurrentStatus": "NORMAL"}
GOLDEN = (Golden(PAGE, "/api/non-regional", body(MODEL)),)


def test_a_list_shorter_than_its_summary_is_not_the_whole_roster() -> None:
    assert parse(PAGE, body(MODEL)).roster
    assert not parse(PAGE, body(MODEL, normal=87)).roster


@pytest.mark.parametrize(
    ("said", "state"), [("ABNORMAL", State.MAJOR), ("NOTIFY", State.DEGRADED), ("", State.UNKNOWN)]
)
def test_a_product_has_the_state_of_its_word(said: str, state: State) -> None:
    (product,) = parse(PAGE, body({**MODEL, "CurrentStatus": said})).components
    assert (product.name, product.group, product.state) == ("Big model", "Models", state)


def test_a_page_without_products_is_not_one_on_which_all_is_well() -> None:
    with pytest.raises(ReadError, match="without products"):
        parse(PAGE, body())
