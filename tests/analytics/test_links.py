"""Links to the pages: what they ask for is shown, or the page says what is shown instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.pages.streamlit_pages import HOSTILE, opened, words
from tests.support.snapshots import ACME, covered, made, post, provider_row

BOLT, COIL = "bolt", "coil"


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Acme and Bolt collected, Coil only known of."""
    return made(
        tmp_path_factory.mktemp("three"),
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31", provider=who) for who in (ACME, BOLT)],
        posts=[post("p1", "2026-01-05", "2026-01-06")],
        providers=[provider_row(who) for who in (ACME, BOLT, COIL)],
    ).path


@pytest.fixture(autouse=True)
def served(three: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATUSLEDGER_DATA", str(three))


def complaints(app: AppTest) -> list[str]:
    return [str(one.value) for one in app.warning]


@pytest.mark.parametrize(
    ("params", "window"),
    [
        ({"since": "2026-01-01", "until": "2026-01-11"}, "1 Jan 2026 to 11 Jan 2026"),
        ({"since": "2026-01-01"}, "1 Jan 2026 to 31 Jan 2026"),
        ({"until": "2025-12-31"}, "2 Oct 2025 to 31 Dec 2025"),
        ({"win": "custom", "since": "2025-09-01"}, "1 Sep 2025 to 31 Jan 2026"),
        ({"since": "2010-05-01"}, "1 May 2010 to 31 Jan 2026"),
    ],
)
def test_days_in_a_link_are_a_window_of_their_own(params: dict[str, Any], window: str) -> None:
    app = opened("overview", **params)
    assert window in words(app)
    assert complaints(app) == []


def test_a_window_chosen_later_is_not_taken_back_for_the_days_of_the_link() -> None:
    app = opened("overview", since="2026-01-10")
    app.button_group(key="win").set_value("30d").run()
    assert "1 Jan 2026 to 31 Jan 2026, rule" in words(app)
    app.button_group(key="win").set_value("365d").run()
    assert "31 Jan 2025 to 31 Jan 2026, rule" in words(app)


def test_weights_in_a_link_are_a_rule_of_their_own() -> None:
    app = opened("overview", partial="0.30")
    assert "rule custom 0,0.3,1." in words(app)
    assert complaints(app) == []


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ({"rule": "nonsense"}, "rule 'nonsense', which does not exist: shown is incident_io"),
        ({"win": "7d"}, "window '7d', which does not exist: shown is 90d"),
        ({"surface": "tv"}, "surface 'tv', which no provider here has: shown is any"),
        ({"minimum": "bad"}, "minimum state 'bad', which does not exist: shown is any"),
        ({"zone": "Mars"}, "time zone 'Mars', which does not exist: shown is Etc/UTC"),
        (
            {"classes": ["outage", "bad"]},
            "class 'bad', which does not exist: shown is outage",
        ),
        (
            {"classes": "bad"},
            "class 'bad', which does not exist: shown are outage and degradation",
        ),
        ({"p": ["x1", BOLT]}, "provider 'x1', which the registry does not know: shown is Bolt"),
        ({"p": COIL}, "provider 'coil', of which nothing is collected: shown are Acme and Bolt"),
        (
            {"rule": "custom", "partial": "7"},
            "weight of partial '7', which is no number from 0 to 1: shown is 1",
        ),
        (
            {"rule": "custom", "major": "all"},
            "weight of major 'all', which is no number from 0 to 1: shown is 1",
        ),
        (
            {"rule": "strict", "major": "0.5"},
            "weight of major '0.5', which goes with rule custom: shown is strict",
        ),
        (
            {"win": "custom", "since": "2026-99-01"},
            "since '2026-99-01', which is no day from 2000-01-01 to 2026-02-01: "
            "shown is 2025-11-02",
        ),
        (
            {"since": "2026-01-02", "until": "2031-01-01"},
            "until '2031-01-01', which is no day from 2000-01-01 to 2026-02-01: "
            "shown is 2026-02-01",
        ),
        (
            {"win": "30d", "since": "2026-01-02"},
            "since '2026-01-02', which goes with window custom: shown is 30d",
        ),
    ],
)
def test_what_a_link_asks_for_in_vain_is_told_with_what_is_shown(
    params: dict[str, Any], told: str
) -> None:
    def bare(text: str) -> str:
        return text.replace("\\", "")

    assert [bare(one) for one in complaints(opened("overview", **params))] == [
        f"The link asked for {told}."
    ]


@pytest.mark.parametrize(
    ("view", "params", "told"),
    [
        ("profile", {"of": "x1"}, "provider 'x1', which the registry does not know: shown is Acme"),
        (
            "head_to_head",
            {"b": "x1"},
            "provider 'x1', which the registry does not know: shown is Bolt",
        ),
        (
            "incidents",
            {"class": "x1"},
            "class 'x1', which does not exist: shown are outage and degradation",
        ),
        ("incidents", {"impact": "x1"}, "impact 'x1', which does not exist: shown is any"),
    ],
)
def test_pickers_of_one_page_tell_it_too(view: str, params: dict[str, Any], told: str) -> None:
    assert complaints(opened(view, **params)) == [f"The link asked for {told}."]


def test_it_is_told_until_something_else_is_chosen() -> None:
    app = opened("overview", rule="nonsense", win="7d")
    assert len(complaints(app)) == 2
    app.selectbox(key="rule").set_value("strict").run()
    [left] = complaints(app)
    assert "window" in left


def test_what_a_link_says_is_shown_as_it_is_and_never_obeyed() -> None:
    [told] = complaints(opened("overview", rule=HOSTILE))
    assert "<script>" not in told
    assert "[x](" not in told
    assert "**" not in told.replace("\\*\\*", "")


def test_of_many_only_a_few_are_repeated_and_none_at_length() -> None:
    [told] = complaints(opened("overview", p=[f"{n}{'x' * 999}" for n in range(50)]))
    assert "and 47 others" in told
    assert len(told) < 600


def test_an_ordinary_link_is_met_without_a_word() -> None:
    app = opened(
        "overview",
        p=[BOLT],
        win="30d",
        surface="api_inference",
        rule="strict",
        minimum="major",
        classes=["outage"],
        zone="Europe/Paris",
    )
    assert complaints(app) == []
    assert app.multiselect(key="p").value == [BOLT]
    assert app.selectbox(key="zone").value == "Europe/Paris"


def test_what_is_set_out_of_sight_is_told_under_the_bar() -> None:
    app = opened("overview", minimum="major", classes=["outage"], zone="Europe/Paris")
    said = [one.value for one in app.caption if one.value.startswith("Set under Change")]
    assert said == [
        "Set under Change: only posts that reached major or worse; classes outage; "
        "days of Europe/Paris."
    ]
    assert not [one for one in opened("overview").caption if "Set under Change" in one.value]


def test_providers_are_read_by_name_and_kept_by_slug() -> None:
    app = opened("surfaces", p=[BOLT, ACME])
    assert app.multiselect(key="p").options == ["Acme", "Bolt"]
    assert app.query_params["p"] == [BOLT, ACME]
    app.multiselect(key="p").set_value([ACME, BOLT]).run()
    assert "p" not in app.query_params
    app = opened("head_to_head", p=[BOLT, ACME])
    assert app.query_params["p"] == [BOLT, ACME]
    assert app.selectbox(key="a").value == BOLT
    app.selectbox(key="b").set_value(COIL).run()
    assert app.query_params["b"] == COIL


def test_a_page_offers_only_the_filters_that_act_on_it() -> None:
    everything = {"p", "win", "surface", "rule", "minimum", "classes", "zone"}
    idle = {
        "overview": set(),
        "head_to_head": {"p"},
        "profile": set(),
        "surfaces": {"surface"},
        "incidents": {"rule", "classes"},
        "health": everything,
        "methodology": everything,
    }
    for view, left_out in idle.items():
        app = opened(view)
        drawn = {box.key for box in (*app.selectbox, *app.multiselect, *app.button_group)}
        assert drawn & everything == everything - left_out, view


def test_a_filter_that_a_page_does_not_draw_is_kept_for_those_that_do() -> None:
    app = opened("incidents", rule="strict")
    assert complaints(app) == []
    app.switch_page("views/profile.py").run()
    assert app.selectbox(key="rule").value == "strict"


def test_a_facet_keeps_the_bare_word_though_it_shows_how_many() -> None:
    app = opened("incidents", **{"class": "notice"})
    assert app.multiselect(key="class").value == ["notice"]
    assert "notice (0)" in app.multiselect(key="class").options
    app.multiselect(key="class").set_value(["outage"]).run()
    assert app.query_params["class"] == "outage"


@pytest.mark.parametrize("called", ["bolt", "Bolt", "BOLT"])
def test_a_link_may_call_a_provider_by_its_name(called: str) -> None:
    app = opened("overview", p=called)
    assert app.multiselect(key="p").value == [BOLT]
    assert complaints(app) == []
    page = opened("profile", of=called)
    assert page.title[0].value == "Bolt"
    assert complaints(page) == []


def test_a_name_without_data_is_told_with_the_reason() -> None:
    [told] = complaints(opened("overview", p="Coil"))
    assert "provider 'Coil', of which nothing is collected" in told
