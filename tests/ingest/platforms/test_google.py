"""Google's status dashboards: a payload of each shape, read as it was meant."""

from __future__ import annotations

from ingest.models import PostedImpact, State
from ingest.platforms import PLATFORMS
from tests.support.payloads.golden import Golden, read
from tests.support.payloads.google import (
    BEGIN,
    END,
    PAGE,
    STORE,
    incident,
    legacy,
    posts,
    product,
    products,
)

GOLDEN = tuple(
    Golden(PAGE, path, body)
    for path, body in (
        ("/incidents.json", posts(incident())),
        ("/incidents.json", posts(incident(products=[product(None)]))),
        ("/incidents.json", posts(legacy())),
        ("/products.json", products(product())),
    )
)


def test_an_outage_is_read_with_one_impact_for_each_product() -> None:
    (outage,) = read(PLATFORMS["google_cloud"], GOLDEN[0]).incidents
    assert outage.impacts == (PostedImpact(STORE, State.PARTIAL, BEGIN, END),)
