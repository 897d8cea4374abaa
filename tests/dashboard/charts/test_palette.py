"""A provider looks alike on every page, and no two in one picture can be taken for each other."""

from __future__ import annotations

import json
import tomllib
from itertools import chain
from pathlib import Path

import pytest

import ingest
from dashboard.charts.palette import (
    OWN_COLOURS,
    PROVIDER_COLOURS,
    pair_scales,
    provider_colour,
    provider_scale,
)
from tests.dashboard.charts.test_pictures import charts
from tests.support.outages import outages
from tests.support.pages.streamlit_pages import shown
from tests.support.snapshots import component, covered, made

REGISTRY = tomllib.loads(Path(ingest.__file__).with_name("providers.toml").read_text("utf-8"))
#: Two that have the same colour.
ALIKE = ("acme", "brook")


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_providers_collected_by_default_have_a_colour_each() -> None:
    starters = {slug for slug, provider in REGISTRY.items() if provider.get("starter")}
    assert OWN_COLOURS.keys() == starters
    assert len({*OWN_COLOURS.values()}) == len(starters)


def test_the_colour_of_a_provider_depends_on_its_slug_alone() -> None:
    alone = [provider_scale([slug])["range"][0] for slug in REGISTRY]
    assert provider_scale(list(REGISTRY))["range"] == alone
    assert provider_scale(list(reversed(REGISTRY)))["range"] == alone[::-1]
    assert set(alone) == set(PROVIDER_COLOURS)
    assert pair_scales({slug: slug for slug in ALIKE}).colour["range"] == [
        provider_colour(slug) for slug in ALIKE
    ]


@pytest.mark.parametrize("page", ["#ffffff", "#11161d"])
def test_a_colour_is_seen_on_a_light_and_on_a_dark_page(page: str) -> None:
    assert all(contrast(colour, page) >= 3 for colour in PROVIDER_COLOURS)


def test_two_of_one_colour_differ_in_dashes_and_in_shape() -> None:
    look = pair_scales({slug: slug for slug in ALIKE})
    first, second = look.colour["range"]
    assert first == second
    for scale in (look.shape, look.dash):
        first, second = scale["range"]
        assert first != second


@pytest.mark.parametrize("view", ["overview", "head_to_head", "incidents"])
def test_two_of_one_colour_have_a_name_of_their_own_beside_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    posts, states = zip(*(outages(who, range(3, 180, 9)) for who in ALIKE), strict=True)
    snapshot = made(
        tmp_path,
        as_of="2026-07-01",
        components=[component(provider=who) for who in ALIKE],
        coverage=[covered("2025-12-31", "2026-07-01", provider=who) for who in ALIKE],
        posts=[*chain(*posts)],
        states=[*chain(*states)],
    )
    coloured = 0
    for chart in charts(shown(view, snapshot.path, monkeypatch, win="180d")):
        for layer in json.loads(chart.spec)["layer"]:
            encoding = layer["encoding"]
            domain = encoding.get("color", {}).get("scale", {}).get("domain")
            if domain in (list(ALIKE), list(ALIKE)[::-1], ["Acme", "Brook"]):
                coloured += 1
                named = encoding["y"]["type"] == "nominal" or "title" in encoding["y"]
                assert named or {"shape", "strokeDash"} & encoding.keys()
    assert coloured
