"""An audit explains a figure by a peer's whole method only, and names the fewest choices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.peers.claude_statuses import troubled
from benchmarks.peers.explained import Figure, Kind, Kinds, explain, table, tally
from benchmarks.peers.exporter import Poll, all_well, remembered
from benchmarks.peers.github_archive import by_pages
from benchmarks.peers.github_statuses import Message, window
from benchmarks.peers.rules import (
    added_minutes,
    added_share,
    dated_window,
    is_about,
    merged_share,
    minutes_cut,
    minutes_up,
    percent_cut,
    share_of_polls,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def span(start_h: float, end_h: float) -> tuple[datetime, datetime]:
    return NOON + timedelta(hours=start_h), NOON + timedelta(hours=end_h)


def invented(value: float | None, digits: int = 0) -> Figure:
    """Ours is 90.4 minutes; their rule adds 30, and they round up."""

    def recompute(kinds: Kinds) -> float:
        minutes = 120.4 if Kind.RULE in kinds else 90.4
        return float(minutes_up(60 * minutes)) if Kind.PRECISION in kinds else minutes

    kinds = (Kind.RULE, Kind.PRECISION)
    return Figure("Acme", "api", "2026-05", "minutes", value, digits, kinds, recompute)


@pytest.mark.parametrize(
    ("printed", "needed"),
    [
        (90, frozenset()),
        (121, frozenset({Kind.RULE, Kind.PRECISION})),
        (95, None),
        (None, None),
    ],
)
def test_the_fewest_choices_that_give_the_figure_explain_it(
    printed: float | None, needed: Kinds | None
) -> None:
    found = explain(invented(printed))
    assert found is not None
    assert (found.ours, found.theirs, found.needed) == (90.4, 121, needed)


def test_a_part_of_their_method_that_happens_to_hit_explains_nothing() -> None:
    """Their rule without their rounding gives 120; they print 121 by both."""
    found = explain(invented(120))
    assert found is not None
    assert found.needed is None


def test_a_number_is_compared_by_the_digits_printed() -> None:
    found = tally([invented(90.4, 1), invented(90.0, 1)])
    assert (found.equal, len(found.unexplained)) == (1, 1)


def test_a_figure_without_bytes_is_counted_by_its_reason_and_not_compared() -> None:
    lost = Figure("Acme", "api", "2020-01", "minutes", 5, missing="no captures")
    found = tally([lost, invented(90), invented(121), invented(95)])
    assert explain(lost) is None
    assert (found.without_bytes, len(found.findings)) == ({"no captures": 1}, 3)
    assert (found.equal, found.explained, len(found.unexplained)) == (1, 1, 1)
    assert found.kinds == {Kind.RULE: 1, Kind.PRECISION: 1}
    assert table([("Acme", found)]).splitlines()[2:] == [
        "| Acme | 1 | 3 | 1 | 1 | 1 | 0 | 0 | 0 | 0 | 1 | 1 |",
        "| all | 1 | 3 | 1 | 1 | 1 | 0 | 0 | 0 | 0 | 1 | 1 |",
        "",
        "unexplained: 33.33 % of 3 compared",
    ]


def test_minutes_are_rounded_up_or_cut_as_a_peer_does() -> None:
    assert [minutes_up(s) for s in (0, 0.5, 59, 60, 60.1)] == [1, 1, 1, 1, 2]
    assert [minutes_cut(s) for s in (0, 59.9, 60, 119)] == [0, 0, 1, 1]
    assert [percent_cut(share) for share in (1.0, 0.99999, 0.9955)] == [100.0, 99.99, 99.55]


@pytest.mark.parametrize(
    ("title", "names", "by_words", "by_refusal"),
    [
        ("Acme Chat is down", [], True, False),
        ("Errors", ["Acme Chat"], True, True),
        ("Errors", [], False, True),
        ("Acme Chat is down", ["Acme API"], True, True),
    ],
)
def test_a_post_belongs_to_a_service_by_title_or_link(
    title: str, names: list[str], by_words: bool, by_refusal: bool
) -> None:
    assert is_about(title, names, ["acme chat"]) is by_words
    assert is_about(title, names, ["acme chat", "acme api"], ["acme chat"]) is by_refusal


def test_spans_are_merged_or_added_up() -> None:
    spans = [span(0, 2), span(1, 3), span(-30, 1)]
    assert merged_share(spans[:2], *span(0, 12)) == 0.75
    assert added_minutes(spans, NOON) == 240
    assert (added_share(240, 1), added_share(1500, 1)) == (1 - 1 / 6, 0.0)


def test_polls_give_no_share_where_there_were_none() -> None:
    assert (share_of_polls([]), share_of_polls([True, False])) == (None, 0.5)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("On May 4, 2026, between 13:00 UTC and 14:30 UTC, it was slow.", span(1, 2.5)),
        ("on May 4, 2026, from 13:00 to 14:30 UTC it was slow", span(1, 2.5)),
        ("It was slow between 23:00 UTC and 01:00 UTC, on May 4, 2026.", span(11, 13)),
        ("Between 13:00 UTC and 14:30 UTC it was slow.", None),
        ("On May 4, between 13:00 UTC and 14:30 UTC, it was slow.", None),
    ],
)
def test_a_window_counts_only_with_its_full_date(
    text: str, window: tuple[datetime, datetime] | None
) -> None:
    assert dated_window(["nothing here", text]) == window


def messages(*told: tuple[float, str, str]) -> list[Message]:
    return [Message(NOON + timedelta(hours=at), status, text) for at, status, text in told]


def test_a_window_runs_from_the_first_investigation_to_the_last_resolution() -> None:
    told = messages(
        (-1, "Update", ""), (0, "Investigating", ""), (1, "Resolved", ""), (2, "Resolved", "")
    )
    assert window(told) == span(0, 2)
    assert window(messages((-5, "Scheduled", ""), (4, "Completed", ""))) == span(-5, 4)
    assert window([]) is None


def test_a_stated_window_takes_the_place_of_the_clocks() -> None:
    text = "On May 4, 2026, between 10:00 UTC and 11:00 UTC, pages were slow."
    assert window(messages((0, "Investigating", ""), (1, "Resolved", text))) == span(-2, -1)


def test_an_end_on_another_day_lies_in_the_year_of_the_reading() -> None:
    told = messages((0, "Investigating", ""), (14, "Resolved", ""))
    assert by_pages(told, as_read=False) == 14 * 60
    assert by_pages(told, as_read=True) == 14 * 60 - 365 * 1440
    same_day = messages((0, "Investigating", ""), (3, "Resolved", ""))
    assert by_pages(same_day, as_read=True) == 180
    assert by_pages(messages((0, "Investigating", "")), as_read=True) is None


def test_a_component_that_a_post_never_mends_is_in_trouble_until_its_end() -> None:
    states = [
        (NOON, "degraded"),
        (NOON + timedelta(hours=1), "major"),
        (NOON + timedelta(hours=2), "operational"),
        (NOON + timedelta(hours=3), "maintenance"),
        (NOON + timedelta(hours=4), "partial"),
    ]
    assert list(troubled(states, NOON + timedelta(hours=6))) == [span(0, 2), span(4, 6)]


@pytest.mark.parametrize(
    ("indicator", "impacts", "states", "well"),
    [
        ("none", [], ["operational"], True),
        ("minor", [], ["operational"], False),
        ("none", [], ["under_maintenance"], False),
        ("none", ["none"], ["under_maintenance"], True),
        ("none", ["none", "minor"], ["operational"], False),
    ],
)
def test_the_exporter_takes_the_worst_of_open_posts_before_the_indicator(
    indicator: str, impacts: list[str], states: list[str], well: bool
) -> None:
    summary = {
        "status": {"indicator": indicator},
        "incidents": [{"impact": impact} for impact in impacts],
        "components": [{"status": state} for state in states],
    }
    assert all_well(summary) is well


def test_the_last_answer_stands_for_those_that_were_refused() -> None:
    first, last = {"status": "first"}, {"status": "last"}
    told = [None, first, None, None, last]
    polls = [Poll(NOON, document) for document in told]
    assert [one.document for one in remembered(polls)] == [None, first, first, first, last]
