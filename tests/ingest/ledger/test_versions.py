"""Sightings to versions: what counts as a change, and what a coarse form may say."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ingest.ledger import versions as ledger
from ingest.ledger.ledger import Ledger
from ingest.ledger.sightings import sightings
from tests.support.captured.feeds import readings
from tests.support.ledgers.sightings import NOON, SHAPES, bodies, merged, parts, seen, tables
from tests.support.payloads.statuspage import (
    PAGE,
    atom,
    atom_entry,
    component,
    incident,
    incidents_json,
    paragraph,
    update,
)


def test_a_changed_title_is_a_version_and_an_unchanged_one_is_not() -> None:
    found = merged(
        seen(incidents_json(incident()), 0),
        seen(incidents_json(incident()), 5),
        seen(incidents_json(incident(name="Errors everywhere")), 10),
        seen(incidents_json(incident()), 15),
    )
    versions = found.incident_versions
    assert versions["title"].to_list() == [
        "Elevated errors",
        "Errors everywhere",
        "Elevated errors",
    ]
    assert versions["known_from"].to_list() == [NOON + timedelta(minutes=m) for m in (0, 10, 15)]
    assert versions["known_until"].to_list() == [
        NOON + timedelta(minutes=10),
        NOON + timedelta(minutes=15),
        None,
    ]


def test_the_edit_stamp_and_component_colours_make_no_version() -> None:
    calm = incident(components=[component("aaaa1111bbbb")])
    busy = incident(
        components=[component("aaaa1111bbbb", "major_outage", updated_at="2026-01-09T00:00:00Z")],
        updated_at="2026-01-09T00:00:00Z",
    )
    assert (
        merged(
            seen(incidents_json(calm), 0), seen(incidents_json(busy), 5)
        ).incident_versions.height
        == 1
    )


def test_an_edited_body_is_a_version_of_its_update_only() -> None:
    edited = incident(
        updates=[
            update("u1", "investigating", "2026-01-05T10:00:00.050Z"),
            update("u2", "resolved", "2026-01-05T11:30:00.100Z", body="Rewritten."),
        ]
    )
    found = merged(seen(incidents_json(incident()), 0), seen(incidents_json(edited), 5))
    assert found.incident_versions.height == 1
    assert found.update_versions.height == 3
    assert found.updates.filter(pl.col("update_id") == "u2")["body"].to_list() == ["Rewritten."]


def test_an_update_that_vanishes_stays_in_the_versions_and_leaves_the_post() -> None:
    short = incident(updates=[update("u1", "investigating", "2026-01-05T10:00:00.050Z")])
    found = merged(seen(incidents_json(incident()), 0), seen(incidents_json(short), 5))
    assert found.updates["update_id"].to_list() == ["u1"]
    gone = found.update_versions.filter(pl.col("update_id") == "u2")
    assert gone["known_until"].to_list() == [NOON + timedelta(minutes=5)]


FEED = atom(
    atom_entry(
        "iiii1111jjjj",
        "2026-01-05T11:30:00Z",
        paragraph("Jan", " 5", "11:30", "Resolved", "Fixed.")
        + paragraph("Jan", " 5", "10:00", "Investigating", "Looking."),
        title="Elevated errors (feed)",
    )
)


@pytest.mark.parametrize("feed_minute", [-5, 5])
def test_a_feed_never_overrides_or_versions_what_the_exact_form_says(feed_minute: float) -> None:
    found = merged(seen(incidents_json(incident()), 0), seen(FEED, feed_minute))
    assert found.incidents["title"].to_list() == ["Elevated errors"]
    assert found.incidents["impact"].to_list() == ["major"]
    assert found.incident_versions.height == 1


def test_an_exact_update_absorbs_the_feeds_update_of_its_minute_and_stage() -> None:
    found = merged(seen(incidents_json(incident()), 0), seen(FEED, 5))
    assert found.updates["update_id"].to_list() == ["u1", "u2"]
    assert found.updates["created_at"].null_count() == 0


def test_a_feeds_newer_update_is_kept_and_moves_the_stage() -> None:
    open_post = incident(updates=[update("u1", "investigating", "2026-01-05T10:00:00.050Z")])
    rows = tables(seen(incidents_json(open_post), 0), seen(FEED, 5))
    (post,) = rows["incidents"]
    assert post["stage"] == "resolved"
    assert post["resolved_at"] == datetime(2026, 1, 5, 11, 30, tzinfo=UTC)


def test_a_post_only_the_feed_shows_has_an_unknown_impact() -> None:
    (post,) = tables(seen(FEED))["incidents"]
    assert (post["impact"], post["max_impact"]) == ("unknown", "unknown")


@pytest.mark.parametrize("seed", range(8))
def test_the_order_and_the_cutting_of_captures_do_not_matter(seed: int) -> None:
    shuffler = random.Random(seed)
    captures = bodies()
    shuffler.shuffle(captures)
    cut = shuffler.randint(1, 4)
    split = [parts(captures[:cut]), parts(captures[cut:])]
    together, apart = merged(*bodies()), ledger.merge(ledger.fold(split), SHAPES)
    for name in Ledger.__slots__:
        if name != "polls":
            assert getattr(together, name).equals(getattr(apart, name)), name


def test_folding_again_changes_nothing() -> None:
    once = parts(bodies())
    twice = ledger.fold([once])
    for name, frame in once.items():
        assert frame.equals(twice[name]), name


def test_importing_the_same_captures_again_changes_nothing() -> None:
    once, twice = merged(*bodies()), merged(*bodies(), *bodies())
    assert once.incident_versions.equals(twice.incident_versions)
    assert once.polls.equals(twice.polls)


def test_what_was_known_then_leaves_out_later_captures() -> None:
    raw = sightings(readings(sorted(bodies(), key=lambda c: (c.url, c.captured_at)), PAGE))
    cut = ledger.fold([ledger.up_to(raw, NOON + timedelta(minutes=12))])
    found = ledger.merge(ledger.fold([cut]), SHAPES)
    assert found.incidents["status"].to_list() == ["investigating"]
    assert found.updates["update_id"].to_list() == ["u1"]
    assert found.components["seen_until_at"].max() == NOON + timedelta(minutes=11)


def test_the_state_comes_out_right_whichever_address_told_it() -> None:
    rows = tables(*bodies())
    (span,) = rows["component_states"]
    assert span["state"] == "major"
    assert span["start_at"] == datetime(2026, 1, 10, 11, 0, tzinfo=UTC)
    assert span["end_at"] == datetime(2026, 1, 10, 12, 20, tzinfo=UTC)
    assert span["incident_id"] == "iiii1111jjjj"
