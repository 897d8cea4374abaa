"""Nothing is told twice, nothing is forgotten, and nobody is flooded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusledger.alerts import delivered
from statusledger.alerts.delivered import MOST, PATIENCE, DeliveryLog, News

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
BEGUN = DeliveryLog(begun=True)


def note(
    key: str, *, fresh: bool = True, kind: str = "new incident", simulated: bool = False
) -> News:
    return News(key, kind, fresh, f"text of {key}", data={"simulated": simulated})


def notes(*keys: str) -> list[News]:
    return [note(key) for key in keys]


def keys(messages: Iterable[delivered.Delivery]) -> list[tuple[str, ...]]:
    return [message.keys for message in messages]


def test_the_first_look_passes_over_what_is_not_fresh() -> None:
    found = [note("open"), note("over", fresh=False)]
    known = delivered.observe(DeliveryLog(), found)
    assert keys(delivered.pending(known, found)) == [("open",)]
    known = delivered.observe(BEGUN, found)
    assert keys(delivered.pending(known, found)) == [("open",), ("over",)]


def test_what_ended_and_came_back_is_told_again() -> None:
    known = delivered.mark_delivered(delivered.observe(BEGUN, notes("a", "b")), ["a", "b"])
    known = delivered.observe(known, notes("b"))
    assert known.keys == {"b"}
    known = delivered.observe(known, notes("a", "b"))
    assert keys(delivered.pending(known, notes("a", "b"))) == [("a",)]


def test_what_cannot_be_told_for_a_day_is_given_up() -> None:
    known = delivered.mark_failed(BEGUN, ["a"], NOON)
    known = delivered.mark_failed(known, ["a", "b"], NOON + timedelta(hours=1))
    assert delivered.expire(known, NOON + PATIENCE - timedelta(seconds=1)) == (known, 0)
    after, lost = delivered.expire(known, NOON + PATIENCE)
    assert (lost, after.keys, set(after.waiting)) == (1, {"a"}, {"b"})


def test_each_pause_is_half_of_the_time_since_the_first_failure_and_an_hour_at_most() -> None:
    known = delivered.mark_failed(BEGUN, ["a"], NOON)
    minutes = [0, 5, 20, 600]
    pauses = [delivered.backoff(known, NOON + timedelta(minutes=one)) for one in minutes]
    assert [pause / timedelta(minutes=1) for pause in pauses] == [0, 2.5, 10, 60]
    assert delivered.backoff(BEGUN, NOON) == timedelta(0)


def test_what_is_over_before_it_could_be_told_waits_no_longer() -> None:
    known = delivered.mark_failed(BEGUN, ["a", "b"], NOON)
    assert set(delivered.observe(known, notes("b")).waiting) == {"b"}


def test_a_count_of_invented_events_says_so() -> None:
    found = [note(f"{n:03}", simulated=True) for n in range(60)]
    assert delivered.pending(BEGUN, found)[-1].text.startswith("Simulated data: And 40 more. ")
    [digest] = delivered.pending_digest(BEGUN, found)
    assert digest.text.startswith("Simulated data: Digest: 60 events\n")


def test_many_messages_are_twenty_and_one_line_for_the_rest() -> None:
    found = [*notes(*(f"{n:03}" for n in range(25))), note("s", kind="stale source")]
    said = delivered.pending(BEGUN, found)
    assert len(said) == MOST + 1
    assert said[-1].text == "And 6 more. new incident: 5, stale source: 1."
    assert delivered.pending(delivered.mark_delivered(BEGUN, said[-1].keys), found) == said[:-1]
    assert len(delivered.pending(BEGUN, found[:MOST])) == MOST


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcdefgh")), st.booleans())))
def test_each_piece_of_news_is_told_once_for_as_long_as_it_holds(
    rounds: list[tuple[set[str], bool]],
) -> None:
    known, owed, at = BEGUN, set[str](), NOON
    for present, works in rounds:
        found = notes(*sorted(present))
        before = known.keys & present
        known = delivered.observe(known, found)
        said = {key for message in delivered.pending(known, found) for key in message.keys}
        assert said == present - before
        assert owed & present <= said
        known = (
            delivered.mark_delivered(known, said)
            if works
            else delivered.mark_failed(known, said, at)
        )
        owed = set() if works else said
        at += timedelta(minutes=5)
        assert known.keys | set(known.waiting) == present
        assert not known.keys & set(known.waiting)


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "watch.json"
    assert delivered.load(path) == DeliveryLog()
    known = DeliveryLog(True, frozenset({"a", "ä"}), {"b": NOON}, NOON + timedelta(hours=1))
    delivered.save(path, known)
    assert delivered.load(path) == known
    assert [left.name for left in tmp_path.iterdir()] == ["watch.json"]


@pytest.mark.parametrize("damaged", ["", "[]", "{}", '{"told": 1, "rests_until": null}', "\0"])
def test_a_damaged_memory_is_none(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "watch.json"
    path.write_text(damaged)
    assert delivered.load(path) == DeliveryLog()
