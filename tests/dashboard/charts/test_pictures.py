"""Every picture of every page is a chart Vega-Lite can draw of the rows it is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import altair as alt
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.outages import outages
from tests.support.pages.streamlit_pages import shown
from tests.support.snapshots import component, covered, made

VIEWS = {
    "overview": 3,
    "head_to_head": 8,
    "profile": 4,
    "surfaces": 1,
    "incidents": 1,
    "portfolio": 1,
}
START, AS_OF = "2025-12-31", "2026-07-01"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Any]]]:
    """Return the charts of each page, for two providers that were down at once on one day."""
    often, states = outages("acme", range(3, 180, 4))
    once, others = outages("globex", [7, 60])
    snapshot = made(
        tmp_path_factory.mktemp("drawn"),
        as_of=AS_OF,
        components=[component(), component(provider="globex"), component("x", surface="image")],
        coverage=[covered(START, AS_OF), covered("2026-01-02", AS_OF, provider="globex")],
        posts=[*often, *once],
        states=[*states, *others],
    )
    with pytest.MonkeyPatch.context() as patch:
        yield {view: charts(shown(view, snapshot.path, patch, win="365d")) for view in VIEWS}


def charts(app: AppTest) -> list[Any]:
    return [element.proto for element in app.get("vega_lite_chart")]


def frames(chart: Any) -> dict[str, pa.Table]:
    """Return what the browser gets: tables by name."""
    return {one.name: pa.ipc.open_stream(one.data.data).read_all() for one in chart.datasets}


@pytest.mark.parametrize(("view", "n"), VIEWS.items())
def test_a_page_has_its_pictures(drawn: dict[str, list[Any]], view: str, n: int) -> None:
    assert len(drawn[view]) == n
    assert all(chart.alt for chart in drawn[view])


@pytest.mark.parametrize("view", VIEWS)
def test_a_picture_follows_the_schema_of_vega_lite(drawn: dict[str, list[Any]], view: str) -> None:
    for chart in drawn[view]:
        alt.Chart.from_dict(json.loads(chart.spec), validate=True)


def fields(part: Any) -> Iterator[str]:
    """Every field a layer encodes."""
    if isinstance(part, dict):
        if "field" in part:
            yield part["field"]
        for inner in part.values():
            yield from fields(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from fields(inner)


@pytest.mark.parametrize("view", VIEWS)
def test_a_layer_encodes_only_columns_of_its_own_rows(
    drawn: dict[str, list[Any]], view: str
) -> None:
    for chart in drawn[view]:
        tables, layers = frames(chart), json.loads(chart.spec)["layer"]
        assert {layer["data"]["name"] for layer in layers} == tables.keys()
        for layer in layers:
            columns = tables[layer["data"]["name"]].column_names
            assert set(fields(layer["encoding"])) <= set(columns)


@pytest.mark.parametrize("view", VIEWS)
def test_an_axis_of_time_is_utc_and_says_so(drawn: dict[str, list[Any]], view: str) -> None:
    for chart in drawn[view]:
        for layer in json.loads(chart.spec)["layer"]:
            x = layer["encoding"].get("x", {})
            if x.get("type") == "temporal":
                assert x["scale"] == {"type": "utc"}
                assert "UTC" in x.get("title", "UTC")
