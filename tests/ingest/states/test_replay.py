"""Component state replay: METHODOLOGY, "Component state replay", rule by rule."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.incidents.incident import StateMention
from ingest.models import State
from ingest.states.observations import Observation
from ingest.states.replay import replay
from ingest.states.spans import Span, spans_during

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
UP, DEGRADED, PARTIAL, MAJOR, UNKNOWN = (
    State.OPERATIONAL,
    State.DEGRADED,
    State.PARTIAL,
    State.MAJOR,
    State.UNKNOWN,
)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def said(
    minutes: float, old: State, new: State, post: str = "a", resolves: bool = False
) -> StateMention:
    return StateMention(at(minutes), post, f"{post}{minutes:06}", old, new, resolves)


def resolved(minutes: float, post: str = "a") -> StateMention:
    return StateMention(at(minutes), post, f"{post}{minutes:06}", None, None, resolves=True)


def seen(
    state: State, since: float | None, first: float, last: float | None = None, **more: Any
) -> Observation:
    """Return what captures from minute ``first`` to ``last`` showed, every minute."""
    until = first if last is None else last
    polls, minute = int(until - first) + 1, timedelta(minutes=1 if until > first else 0)
    dated = None if since is None else at(since)
    return Observation(state, dated, at(first), at(until), polls, minute, **more)


def spans(
    *evidence: StateMention | Observation,
) -> list[tuple[State, float, float | None, str | None]]:
    words = [e for e in evidence if isinstance(e, StateMention)]
    observations = [e for e in evidence if isinstance(e, Observation)]

    def minutes(instant: datetime | None) -> float | None:
        return None if instant is None else (instant - NOON).total_seconds() / 60

    return [
        (s.state, minutes(s.start) or 0.0, minutes(s.end), s.incident_id)
        for s in replay(words, observations)
    ]


def test_a_transition_down_and_back_is_one_span() -> None:
    assert spans(said(0, UP, PARTIAL), said(30, PARTIAL, UP, resolves=True)) == [
        (PARTIAL, 0, 30, "a")
    ]


def test_an_outage_without_an_end_lasts() -> None:
    assert spans(said(0, UP, MAJOR)) == [(MAJOR, 0, None, "a")]


def test_the_last_write_wins_across_posts() -> None:
    assert spans(
        said(0, UP, PARTIAL, "a"), said(10, PARTIAL, DEGRADED, "b"), said(20, DEGRADED, UP, "b")
    ) == [(PARTIAL, 0, 10, "a"), (DEGRADED, 10, 20, "b")]


def test_resolving_resets_a_component_it_does_not_mention() -> None:
    assert spans(said(0, UP, PARTIAL), resolved(30)) == [(PARTIAL, 0, 30, "a")]


def test_resolving_shows_that_a_component_was_well_by_then() -> None:
    assert spans(seen(UP, None, 0), resolved(30), seen(DEGRADED, None, 90)) == [
        (UNKNOWN, 30, 90, None),
        (DEGRADED, 90, None, None),
    ]


def test_resolving_does_not_end_a_colour_that_the_page_dates_later() -> None:
    """A page whose clock is ahead: its update is over before the colour came that is shown."""
    assert spans(seen(PARTIAL, 90, 0, 20), resolved(30), seen(UP, 150, 60)) == [
        (PARTIAL, 0, 20, None),
        (UNKNOWN, 20, 60, None),
    ]


def test_resolving_ends_a_colour_without_a_time() -> None:
    assert spans(seen(PARTIAL, None, 0, 20), resolved(30), seen(UP, None, 60)) == [
        (PARTIAL, 0, 30, None)
    ]


def test_a_component_another_open_post_holds_is_not_reset() -> None:
    assert spans(
        said(0, UP, PARTIAL, "a"),
        said(10, PARTIAL, MAJOR, "b"),
        resolved(20, "a"),
        said(40, MAJOR, UP, "b", resolves=True),
    ) == [(PARTIAL, 0, 10, "a"), (MAJOR, 10, 40, "b")]


def test_a_state_left_behind_by_a_resolving_update_is_unknown() -> None:
    assert spans(
        said(0, UP, PARTIAL), said(30, PARTIAL, PARTIAL, resolves=True), said(90, UP, MAJOR, "b")
    ) == [(PARTIAL, 0, 30, "a"), (UNKNOWN, 30, 90, "a"), (MAJOR, 90, None, "b")]


def test_a_leftover_stays_unknown_while_captures_still_show_the_old_colour() -> None:
    assert spans(
        said(0, UP, PARTIAL),
        said(30, PARTIAL, PARTIAL, resolves=True),
        seen(PARTIAL, 35, 36, 60),
        seen(UP, 70, 71, 80),
    ) == [(PARTIAL, 0, 30, "a"), (UNKNOWN, 30, 70, "a")]


def test_a_missed_recovery_is_unknown_from_the_last_evidence_on() -> None:
    assert spans(said(0, UP, PARTIAL), said(60, UP, MAJOR, "b")) == [
        (UNKNOWN, 0, 60, "a"),
        (MAJOR, 60, None, "b"),
    ]


def test_a_capture_is_evidence_up_to_when_it_was_made() -> None:
    assert spans(said(0, UP, PARTIAL), seen(PARTIAL, 0, 1, 20), said(60, UP, MAJOR, "b")) == [
        (PARTIAL, 0, 20, "a"),
        (UNKNOWN, 20, 60, "a"),
        (MAJOR, 60, None, "b"),
    ]


def test_a_change_made_by_hand_shows_in_captures_only() -> None:
    assert spans(seen(DEGRADED, 5, 6, 20), seen(UP, 25, 26, 40)) == [(DEGRADED, 5, 25, None)]


def test_a_post_that_confirms_what_a_capture_saw_first_owns_the_span() -> None:
    assert spans(seen(PARTIAL, 0, 1, 20), said(2, UP, PARTIAL), resolved(30)) == [
        (PARTIAL, 0, 30, "a")
    ]


def test_a_capture_that_shows_what_is_held_changes_nothing_before_it() -> None:
    assert spans(said(2, UP, PARTIAL), seen(PARTIAL, 1, 10), resolved(30)) == [
        (PARTIAL, 2, 30, "a")
    ]


def test_a_time_of_change_that_moves_while_the_state_is_the_same_changes_nothing() -> None:
    """A page moves it for a new description as well."""
    assert spans(seen(UP, -500, 0, 10), seen(UP, 40, 50)) == []


def test_evidence_of_the_same_instant_is_taken_captures_first() -> None:
    assert spans(seen(PARTIAL, 0, 0), said(0, PARTIAL, UP)) == []


STATES = st.sampled_from([UP, DEGRADED, PARTIAL, MAJOR])
WORDS = st.builds(
    lambda minute, post, old, new, resolves: StateMention(
        at(minute), post, f"{post}{minute}", old, new, resolves
    ),
    st.integers(0, 500),
    st.sampled_from("abc"),
    STATES,
    st.none() | STATES,
    st.booleans(),
)
OBSERVATIONS = st.builds(
    lambda state, since, first, more, polls, share, url, roster: Observation(
        state,
        None if since is None else at(since),
        at(first),
        at(first + more),
        polls if more else 1,
        timedelta(minutes=more) / (polls - 1) * share,
        url,
        roster,
    ),
    STATES | st.just(UNKNOWN),
    st.none() | st.integers(0, 560),
    st.integers(0, 500),
    st.integers(0, 60),
    st.integers(2, 5),
    st.floats(1, 1.5),
    st.sampled_from(["list", "roster"]),
    st.booleans(),
)
EVIDENCE = st.tuples(
    st.lists(WORDS, max_size=12, unique_by=lambda w: (w.at, w.incident_id)),
    st.lists(OBSERVATIONS, max_size=6, unique_by=lambda o: (o.first_at, o.url)),
)


@given(EVIDENCE, st.randoms())
def test_replay_does_not_depend_on_the_order_evidence_arrives_in(
    evidence: tuple[list[StateMention], list[Observation]], random: Random
) -> None:
    words, observations = evidence
    shuffled = sorted(words, key=lambda _: random.random())
    assert replay(words, observations) == replay(shuffled, observations[::-1])


@given(EVIDENCE)
def test_spans_are_ordered_disjoint_and_never_operational(
    evidence: tuple[list[StateMention], list[Observation]],
) -> None:
    found = replay(*evidence, last_evidence={"a": at(90)}, ends=at(400), begins=at(-10))
    assert all(span.state is not UP for span in found)
    assert all(span.end is None or span.start < span.end for span in found)
    for before, after in itertools.pairwise(found):
        assert before.end is not None
        assert before.end <= after.start


@given(EVIDENCE, st.integers(0, 500), st.integers(1, 200))
def test_during_gives_exactly_the_spans_that_meet_a_window(
    evidence: tuple[list[StateMention], list[Observation]], start: int, length: int
) -> None:
    found = replay(*evidence)
    window = at(start), at(start + length)
    meeting = [s for s in found if s.start < window[1] and (s.end is None or s.end > window[0])]
    assert list(spans_during(found, *window)) == meeting


def test_during_of_nothing_is_nothing() -> None:
    assert list(spans_during([], NOON, at(1))) == []
    assert list(spans_during([Span(MAJOR, NOON, None, None)], at(5), at(6))) != []
