"""Component states made of stated impacts; labels and aliases resolved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ingest.ledger import versions
from ingest.ledger.posted_values import impact_structs, posted_impacts
from ingest.ledger.sightings import INCIDENT_FIELDS, Frames, sightings
from ingest.models import (
    Capture,
    Impact,
    Incident,
    Kind,
    Parsed,
    PostedImpact,
    Stage,
    State,
    label_of,
    labelled,
)
from ingest.sources import Shape
from ingest.states.components import ids_by_label, replace_impact_labels, replace_labels
from ingest.states.spans import StatedSpan, worst_of_layers
from tests.support.ledgers.sightings import NOON

START = datetime(2026, 1, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATEST = 60


def at(minute: int) -> datetime:
    return START + minute * MINUTE


Claim = tuple[State, int, int | None, str]
moments = st.integers(0, LATEST)
claims = st.tuples(
    st.sampled_from(sorted(State)), moments, st.none() | moments, st.sampled_from("abc")
)


def worst(stated: list[StatedSpan], minute: int) -> State:
    here = [s[0] for s in stated if s[1] <= at(minute) and (s[2] is None or at(minute) < s[2])]
    order = [State.OPERATIONAL, State.MAINTENANCE, State.DEGRADED, State.UNKNOWN]
    return max(here, key=[*order, State.PARTIAL, State.MAJOR].index, default=State.OPERATIONAL)


@given(st.lists(claims, max_size=6))
def test_at_each_instant_the_worst_stated_state_counts(found: list[Claim]) -> None:
    stated = [(s, at(a), None if b is None else at(b), i) for s, a, b, i in found]
    spans = worst_of_layers(stated)
    for one, other in pairwise(spans):
        assert one.end is not None
        assert one.end <= other.start
    for minute in range(LATEST + 1):
        here = [
            s.state for s in spans if s.start <= at(minute) and (not s.end or at(minute) < s.end)
        ]
        assert (here or [State.OPERATIONAL]) == [worst(stated, minute)]


@given(st.lists(claims, max_size=6))
def test_the_order_of_posts_changes_nothing(found: list[Claim]) -> None:
    stated = [(s, at(a), None if b is None else at(b), i) for s, a, b, i in found]
    assert worst_of_layers(stated) == worst_of_layers(sorted(stated, key=repr))


def test_impacts_survive_being_flattened() -> None:
    impacts = (
        PostedImpact(labelled("File uploads | new"), State.MAJOR, at(0), None),
        PostedImpact("01ABC", State.DEGRADED, at(1), at(2)),
    )
    column = pl.Series([impact_structs(impacts)], dtype=INCIDENT_FIELDS["impacts"])
    assert set(posted_impacts(column.to_list()[0])) == set(impacts)


def test_the_order_in_which_a_page_lists_its_impacts_is_no_version() -> None:
    one = PostedImpact("a", State.MAJOR, at(0), None)
    other = PostedImpact("a", State.MAJOR, at(0), at(2))
    assert impact_structs([one, other]) == impact_structs([other, one])


def test_a_label_stands_for_the_one_component_of_that_name() -> None:
    roster = pl.DataFrame(
        {"component_id": ["a", "b", "c"], "name": ["File uploads", "Login", "Login"]}
    )
    ids = ids_by_label(roster)
    named = " ".join(map(labelled, ("File uploads", "Login")))
    assert replace_labels(named, ids) == f"a {labelled('Login')}"
    assert label_of(labelled("Login")) == "Login"
    assert label_of("01JSM5RTJWHRWDTS6Q604VEW3B") is None


def test_labels_in_stated_impacts_stand_for_components_too() -> None:
    before = (PostedImpact(labelled("File uploads"), State.MAJOR, at(0), at(1)),)
    after = (PostedImpact("a", State.MAJOR, at(0), at(1)),)
    ids = {labelled("File uploads"): "a"}
    assert replace_impact_labels(before, ids) == after
    assert replace_impact_labels(after, ids) == after


PAGE_KEY = "acme.toy.host"
SHAPES = {
    PAGE_KEY: (
        Shape("incident", frozenset({"title", "updates"})),
        Shape("legacy", frozenset({"title", "updates"})),
    )
}


def post(incident_id: str, common: str | None) -> Incident:
    return Incident(
        incident_id=incident_id,
        kind=Kind.INCIDENT,
        title=incident_id,
        status="resolved",
        stage=Stage.RESOLVED,
        impact=Impact.MINOR,
        also_known_by=common,
    )


def told(*bodies: tuple[str, list[Incident]]) -> Frames:
    readings = [
        (
            Capture(
                PAGE_KEY, "https://acme.test", shape, NOON + n * MINUTE, sha256=str(n), body=b""
            ),
            Parsed(shape, incidents=tuple(posts)),
        )
        for n, (shape, posts) in enumerate(bodies)
    ]
    return versions.fold([sightings(readings)])


def known(*bodies: tuple[str, list[Incident]]) -> list[str]:
    return versions.merge(told(*bodies), SHAPES).incidents["incident_id"].to_list()


def test_a_post_known_under_an_older_id_is_one_post() -> None:
    old, new = post("svc/20001", "1|Storage"), post("Xy7", "1|Storage")
    assert known(("legacy", [old]), ("incident", [new])) == ["Xy7"]
    assert known(("incident", [new]), ("legacy", [old])) == ["Xy7"]


def test_an_older_id_that_could_be_two_posts_stays_itself() -> None:
    old = post("svc/20001", "1|Storage")
    two = [post("Xy7", "1|Storage"), post("Zz9", "1|Storage")]
    assert known(("legacy", [old]), ("incident", two)) == ["Xy7", "Zz9", "svc/20001"]


def test_posts_without_anything_in_common_are_not_the_same() -> None:
    assert known(("legacy", [post("a", None)]), ("incident", [post("b", None)])) == ["a", "b"]
