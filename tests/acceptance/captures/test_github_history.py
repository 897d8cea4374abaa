"""Three and a half years of GitHub's Atom history, as published and fetched body by body."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ingest.ledger import versions as ledger
from ingest.ledger.ledger import Ledger
from ingest.ledger.sightings import Reading, sightings
from ingest.models import Capture, Incident, Kind, Parsed, Stage, Update
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import ATOM, GITHUB_PAGE, merged, needs_feeds, readings, series
from tests.support.ledgers.page_tables import page_tables

pytestmark = [needs_feeds, pytest.mark.captures]

#: Far longer than any real post ran (7.5 days), far shorter than a year: what lies further
#: before its entry's publication was given the wrong year.
PLAUSIBLE = timedelta(days=60)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """The series read, and what it adds up to."""

    read: Sequence[tuple[Capture, Reading]]
    ledger: Ledger
    tables: Rows

    def entries(self) -> Iterator[tuple[Capture, Incident]]:
        """Every entry of every body, in the order of time."""
        for capture, parsed in self.read:
            assert isinstance(parsed, Parsed), capture.captured_at
            for incident in parsed.incidents:
                yield capture, incident

    def told(self) -> Iterator[tuple[Capture, Incident, Update]]:
        """Every update of every entry of every body."""
        for capture, incident in self.entries():
            for update in incident.updates:
                yield capture, incident, update


@pytest.fixture(scope="module")
def history() -> History:
    read = list(readings(series(GITHUB_PAGE, ATOM), GITHUB_PAGE))
    found = merged(ledger.fold([sightings(read)]))
    return History(read, found, page_tables(found, [GITHUB_PAGE], read[-1][0].captured_at))


def test_every_body_is_read_and_no_entry_is_refused(history: History) -> None:
    assert len(history.read) == 1287
    assert all(isinstance(reading, Parsed) for _, reading in history.read)
    assert {len(r.incidents) for _, r in history.read if isinstance(r, Parsed)} == {25}
    assert history.ledger.notices.is_empty()
    polls = history.ledger.polls
    assert polls["polls"].sum() == 1287
    assert polls["rejected"].sum() == 0
    assert polls["failure"].null_count() == polls.height


def test_607_posts_are_kept_of_which_589_were_resolved_and_18_are_maintenances(
    history: History,
) -> None:
    posts = history.tables["incidents"]
    assert len(posts) == history.ledger.incidents.height == 607
    assert [p["stage"] for p in posts].count("resolved") == 589
    assert [p["kind"] for p in posts].count("maintenance") == 18
    assert {p["stage"] for p in posts if p["kind"] == "maintenance"} == {"completed"}


def test_their_last_versions_hold_3276_updates(history: History) -> None:
    assert len(history.tables["updates"]) == history.ledger.updates.height == 3276
    newest = {incident.incident_id: incident for _, incident in history.entries()}
    assert sum(len(incident.updates) for incident in newest.values()) == 3276


def test_a_feed_knows_no_impact_no_component_and_no_exact_time(history: History) -> None:
    assert {p["impact"] for p in history.tables["incidents"]} == {"unknown"}
    assert {c["component_id"] for c in history.tables["incident_components"]} == {"unattributed"}
    assert history.ledger.updates["created_at"].null_count() == 3276
    assert history.ledger.components.is_empty()


def test_one_post_alone_was_removed(history: History) -> None:
    removed = {
        p["incident_id"]: p["removed_at"]
        for p in history.tables["incidents"]
        if p["removed_at"] is not None
    }
    assert list(removed) == ["vkr22005hg0x"]
    assert removed["vkr22005hg0x"] == datetime(2025, 12, 20, 4, 33, 7, tzinfo=UTC)
    showing = [c.captured_at for c, i in history.entries() if i.incident_id == "vkr22005hg0x"]
    assert max(showing) < removed["vkr22005hg0x"]
    gone = [c.captured_at for c, _ in history.read if c.captured_at > max(showing)]
    assert gone[0] == removed["vkr22005hg0x"]


def test_posts_that_scrolled_out_of_the_feed_are_not_removed(history: History) -> None:
    last = history.read[-1][1]
    assert isinstance(last, Parsed)
    shown = {incident.incident_id for incident in last.incidents}
    scrolled = [p for p in history.tables["incidents"] if p["incident_id"] not in shown]
    assert len(scrolled) == 607 - 25
    assert sum(p["removed_at"] is not None for p in scrolled) == 1


def test_the_title_of_one_post_was_changed(history: History) -> None:
    # It was changed twice, two days apart; no other post's title ever was.
    versions = history.ledger.incident_versions.sort("incident_id", "known_from")
    before = pl.col("title").shift(1).over("incident_id")
    changed = versions.filter(before.is_not_null() & (pl.col("title") != before))
    assert changed["incident_id"].to_list() == ["t2xwk9mz56f4"] * 2
    assert [at.date().isoformat() for at in changed["known_from"]] == ["2023-02-19", "2023-02-21"]
    titles = versions.filter(pl.col("incident_id") == "t2xwk9mz56f4")["title"]
    assert titles.n_unique() == 3


def test_no_update_is_later_than_the_capture_that_shows_it(history: History) -> None:
    late = [
        (capture.captured_at, incident.incident_id, update.display_at)
        for capture, incident, update in history.told()
        if update.display_at > capture.captured_at
    ]
    assert late == []


def test_every_update_lies_between_its_neighbours_and_its_publication(history: History) -> None:
    for capture, incident in history.entries():
        where = f"{incident.incident_id} at {capture.captured_at:%Y-%m-%d}"
        assert incident.listed_at is not None, where
        times = [update.display_at for update in incident.updates]
        assert times == sorted(times), where
        assert incident.listed_at - PLAUSIBLE < times[0] <= times[-1] <= incident.listed_at, where


def test_an_entry_is_published_in_the_minute_of_its_newest_update_unless_it_is_ahead(
    history: History,
) -> None:
    """Announced work is published at the start of its window, which may be days away."""
    ahead = []
    for _, incident in history.entries():
        assert incident.listed_at is not None
        if incident.listed_at - incident.updates[-1].display_at >= MINUTE:
            ahead.append(incident)
    assert len(list(history.entries())) - len(ahead) == 32_141
    assert len(ahead) == 34
    assert {incident.kind for incident in ahead} == {Kind.MAINTENANCE}
    waiting = [incident for incident in ahead if incident.stage is Stage.SCHEDULED]
    assert len(waiting) == 33
    assert all(incident.listed_at == incident.scheduled_start_at for incident in waiting)


def test_updates_bear_the_four_years_of_the_series_and_no_other(history: History) -> None:
    shown = pl.Series([u["display_at"] for u in history.tables["updates"]])
    assert shown.min() == datetime(2022, 3, 24, 19, 11, tzinfo=UTC)
    assert shown.max() == datetime(2025, 12, 23, 10, 32, tzinfo=UTC)
    years = shown.dt.year().value_counts(sort=True)
    assert dict(years.iter_rows()) == {2025: 1112, 2023: 940, 2024: 801, 2022: 423}


def test_what_is_read_in_january_about_december_is_of_the_year_before(history: History) -> None:
    seen: dict[int, set[str]] = {}
    for capture, incident, update in history.told():
        if capture.captured_at.month == 1 and update.display_at.month == 12:
            assert update.display_at.year == capture.captured_at.year - 1
            seen.setdefault(capture.captured_at.year, set()).add(incident.incident_id)
    assert sorted(seen) == [2023, 2024, 2025]
    assert all(len(posts) > 5 for posts in seen.values())


def test_the_series_cut_in_two_adds_up_to_the_same(history: History) -> None:
    middle = len(history.read) // 2
    parts = [sightings(history.read[:middle]), sightings(history.read[middle:])]
    for order in (parts, parts[::-1]):
        again = merged(*order)
        for name in Ledger.__slots__:
            assert getattr(again, name).equals(getattr(history.ledger, name)), name


def test_a_feed_read_again_is_nothing_new(history: History) -> None:
    twice = merged(sightings(history.read), sightings(history.read[-40:]))
    for name in ("incidents", "incident_versions", "updates", "update_versions", "polls"):
        assert getattr(twice, name).equals(getattr(history.ledger, name)), name
