"""The Overview opens where most providers can be compared, over the longest window."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import Snapshot
from analytics.read_models.first_question import TRIED, FirstQuestion, first_question
from tests.support.snapshots import component, covered, made

AS_OF = "2026-07-01"
STARTS = {365: "2025-06-20", 180: "2025-12-20", 90: "2026-03-20", 30: "2026-05-20"}
#: A provider's surfaces, each with the days it is covered for, up to the end.
World = dict[str, dict[str, int]]


def world(folder: Path, told: World) -> Snapshot:
    spans = [(who, of, days) for who, its in told.items() for of, days in its.items()]
    return made(
        folder,
        as_of=AS_OF,
        components=[component(of, provider=who, surface=of) for who, of, _ in spans],
        coverage=[covered(STARTS[days], AS_OF, of=of, provider=who) for who, of, days in spans],
    )


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ({who: {"chat_web": 365, "api_inference": 180} for who in "abc"}, (365, "chat_web")),
        ({who: {"chat_web": 365, "api_inference": 365} for who in "abc"}, (365, "api_inference")),
        (
            {
                "a": {"chat_web": 365, "api_inference": 180},
                "b": {"chat_web": 365, "api_inference": 180},
                "c": {"api_inference": 180},
            },
            (180, "api_inference"),
        ),
        (
            {
                **{who: {"chat_web": 365} for who in "abcd"},
                **{who: {"api_inference": 365} for who in "efg"},
            },
            (365, "chat_web"),
        ),
        ({"a": {"chat_web": 365}, "b": {"chat_web": 90}}, (90, "chat_web")),
        ({"a": {"console": 365, "compute": 365}, "b": {"compute": 365}}, (365, "compute")),
        ({"a": {"chat_web": 365}}, (365, "chat_web")),
    ],
)
def test_most_providers_over_the_longest_window_win_then_the_order_of_surfaces(
    tmp_path: Path, told: World, first: tuple[int, str]
) -> None:
    assert first_question(world(tmp_path, told), list(told)) == FirstQuestion(*first)


def test_a_link_may_have_chosen_window_or_surface(tmp_path: Path) -> None:
    told = {who: {"chat_web": 365, "api_inference": 180} for who in "abc"}
    snapshot = world(tmp_path, told)
    assert first_question(snapshot, "abc", (90,)) == FirstQuestion(90, "api_inference")
    chosen = first_question(snapshot, "abc", TRIED, "api_inference")
    assert chosen == FirstQuestion(180, "api_inference")


def test_without_coverage_there_is_none(tmp_path: Path) -> None:
    assert first_question(made(tmp_path, as_of=AS_OF, components=[component()]), ["acme"]) is None
