"""A region in the address of a page: only what lies there, and what is of no region."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from tests.support.command_line import holding
from tests.support.outages import AS_OF, START, outages
from tests.support.pages.streamlit_pages import shown, words
from tests.support.snapshots import component, covered, made, state

DAY, NEXT = "2026-01-05", "2026-01-06"
US, EU = "us-east-1", "eu-west-1"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an API in two regions, of which one was down."""
    return made(
        tmp_path_factory.mktemp("cloud"),
        as_of=NEXT,
        components=[component(name, region=name) for name in (US, EU)],
        states=[state("major", f"{DAY} 06:00", f"{DAY} 12:00", of=US)],
        coverage=[covered(DAY, NEXT, of=name) for name in (US, EU)],
    ).path


def test_a_region_is_named_on_every_page(cloud: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for view in ("overview", "profile"):
        told = words(shown(view, cloud, monkeypatch, region=EU))
        assert f"Region {EU} only" in told.replace("\\", "")


def test_a_region_that_nobody_is_in_is_refused_in_words(
    cloud: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("overview", cloud, monkeypatch, region="the moon")).replace("\\", "")
    assert "no component is in region 'the moon'" in told
    assert "All regions are shown" in told


def picker(app: AppTest) -> Selectbox:
    [found] = [one for one in app.selectbox if one.label == "Region"]
    return found


def test_a_region_is_picked_under_change_and_goes_into_the_address(
    cloud: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("overview", cloud, monkeypatch)
    assert picker(app).options == ["the mean over regions", EU, US]
    picker(app).select(EU).run()
    assert app.query_params["region"] == EU
    assert f"Region {EU} only" in words(app).replace("\\", "")
    app.switch_page("views/profile.py").run()
    assert f"Region {EU} only" in words(app).replace("\\", "")
    picker(app).select("the mean over regions").run()
    assert "region" not in app.query_params
    assert "only, with what is of no region" not in words(app)


def test_a_saved_question_brings_its_region_or_takes_the_chosen_one_away(
    cloud: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = holding(tmp_path / "data", cloud)
    saved = f'[there]\nregion = "{EU}"\n[everywhere]\nproviders = ["acme"]\n'
    (data / "questions.toml").write_text(saved, encoding="utf-8")
    app = shown("overview", data, monkeypatch)
    app.button(key="saved-there").click().run()
    assert app.query_params["region"] == EU
    assert f"Region {EU} only" in words(app).replace("\\", "")
    app.button(key="saved-everywhere").click().run()
    assert "region" not in app.query_params
    assert "only, with what is of no region" not in words(app)


def test_where_nothing_lies_in_a_region_there_is_no_picker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = made(tmp_path, as_of=NEXT, coverage=[covered(DAY, NEXT)]).path
    app = shown("overview", plain, monkeypatch)
    assert [one.label for one in app.selectbox if one.label == "Region"] == []


def test_a_surface_of_no_region_has_no_picker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [component(US, region=US), component("chat", surface="chat_web")]
    both = [covered(DAY, NEXT, of=name) for name in (US, "chat")]
    path = made(tmp_path, as_of=NEXT, components=parts, coverage=both).path
    labels = [
        [one.label for one in shown("overview", path, monkeypatch, surface=name).selectbox]
        for name in ("api_inference", "chat_web")
    ]
    assert ["Region" in mine for mine in labels] == [True, False]


def test_regions_against_the_whole_product_are_one_link_away_from_a_comparison(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, states = outages("few", range(10, 90, 10))
    many, others = outages("many", range(10, 110))
    parts = [component(provider="few", region=US), component("eu", provider="few", region=EU)]
    path = made(
        tmp_path,
        as_of=AS_OF,
        components=[*parts, component(provider="many")],
        coverage=[covered(START, AS_OF, provider=who) for who in ("few", "many")],
        posts=[*few, *many],
        states=[*states, *others],
    ).path
    for view in ("overview", "head_to_head"):
        app = shown(view, path, monkeypatch, surface="api_inference", win="all")
        told = words(app).replace("\\", "")
        assert f"Ask about {US} alone." in told
        [link] = [one for one in app.get("page_link") if one.proto.label == "Ask that instead"]
        assert f"region={US}" in link.proto.query_string
        there = words(shown(view, path, monkeypatch, surface="api_inference", win="all", region=US))
        assert f"was down less than Many on the API in {US}" in there.replace("\\", "")
