"""Five years of Google Cloud's posts, as listed month by month and, in June 2025, hour by hour."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from analytics import open_snapshot
from ingest.ledger import versions
from ingest.ledger.ledger import Ledger
from ingest.ledger.sightings import Reading, sightings
from ingest.models import Capture, Incident, Parsed, label_of
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import (
    GCP,
    GOOGLE,
    GOOGLE_CLOUD,
    capture,
    merged,
    needs_feeds,
    readings,
    series,
)
from tests.support.command_line import cli, digest
from tests.support.instants import utc
from tests.support.ledgers.page_tables import page_tables
from tests.support.soaking import SOAK

pytestmark = [needs_feeds, pytest.mark.captures, pytest.mark.slow]

A_YEAR = timedelta(days=365)
#: Posts open in the last list of March 2023; the next is of March 2024.
LEFT_OPEN = ("Cjw6iVXNzcGCMekNFmNm", "RvZMCy8b8FPZq6nF2m5C")
JUNE_2025 = "ow5i3PPK96RduMcb1SsW"


@dataclass(frozen=True, slots=True, repr=False)
class History:
    """The series read, and what it adds up to."""

    read: Sequence[tuple[Capture, Reading]]
    ledger: Ledger
    tables: Rows

    def bodies(self) -> Iterator[tuple[Capture, Parsed]]:
        for one, parsed in self.read:
            assert isinstance(parsed, Parsed), one.captured_at
            yield one, parsed

    def listed(self, *shapes: str) -> Iterator[Incident]:
        """Every post of every body in one of ``shapes``."""
        for _, parsed in self.bodies():
            if parsed.shape in shapes:
                yield from parsed.incidents


@pytest.fixture(scope="module")
def history() -> History:
    read = list(readings(series(GOOGLE_CLOUD, GOOGLE), GOOGLE_CLOUD))
    found = merged(versions.fold([sightings(read)]))
    return History(read, found, page_tables(found, [GOOGLE_CLOUD], read[-1][0].captured_at))


def test_every_body_is_read_and_no_word_is_unknown(history: History) -> None:
    shapes = Counter(parsed.shape for _, parsed in history.bodies())
    assert shapes == {"legacy": 5, "titles": 1, "incident": 83}
    assert history.ledger.notices.is_empty()


def test_1021_posts_are_kept_956_by_id_and_65_that_never_got_one(history: History) -> None:
    ids = [post["incident_id"] for post in history.tables["incidents"]]
    assert len(ids) == 1021
    assert sum("/" in incident_id for incident_id in ids) == 65


def test_132_posts_of_the_old_form_are_known_by_what_they_share_with_one_later_id(
    history: History,
) -> None:
    later: defaultdict[str | None, set[str]] = defaultdict(set)
    for post in history.listed("titles", "incident"):
        later[post.also_known_by].add(post.incident_id)
    old: defaultdict[str | None, set[str]] = defaultdict(set)
    for post in history.listed("legacy"):
        old[post.also_known_by].add(post.incident_id)
    assert None not in old
    assert Counter(len(ids) for ids in old.values()) == {1: 197}
    assert Counter(len(later[key]) for key in old if key in later) == {1: 132}


def test_an_old_row_tells_the_same_as_the_row_that_got_an_id(history: History) -> None:
    """Its updates had no words; those Google gave them later are the ones we had read."""
    old = {post.also_known_by: post for post in history.listed("legacy")}
    both = [
        (old[post.also_known_by], post)
        for post in history.listed("titles")
        if post.also_known_by in old
    ]
    assert len(both) == 132
    for before, after in both:
        for field in ("title", "stage", "impact", "created_at", "started_at", "resolved_at"):
            assert getattr(before, field) == getattr(after, field), after.incident_id
        assert [(u.update_id, u.stage, u.body) for u in before.updates] == [
            (u.update_id, u.stage, u.body) for u in after.updates
        ]
        assert [(i.state, i.start_at, i.end_at) for i in before.impacts or ()] == [
            (i.state, i.start_at, i.end_at) for i in (after.impacts or ())[:1]
        ]


def test_no_post_was_removed_although_the_list_shrinks(history: History) -> None:
    assert {post["removed_at"] for post in history.tables["incidents"]} == {None}
    last = history.read[-1][1]
    assert isinstance(last, Parsed)
    assert len(last.incidents) == 92


def test_the_list_is_cut_at_a_year_after_the_end(history: History) -> None:
    ages = [
        one.captured_at - (post.resolved_at or one.captured_at)
        for one, parsed in history.bodies()
        for post in parsed.incidents
    ]
    assert A_YEAR - timedelta(hours=1) < max(ages) <= A_YEAR
    for one, parsed in history.bodies():
        ends = [post.resolved_at for post in parsed.incidents if post.resolved_at is not None]
        assert parsed.horizon == min(ends), one.captured_at


def test_all_but_two_posts_end_and_only_two_without_a_word_of_it(history: History) -> None:
    bases = Counter(post["end_basis"] for post in history.tables["incidents"])
    assert bases == {"display_at": 1017, "resolved_at": 2, "none": 2}
    by_id = {post["incident_id"]: post for post in history.tables["incidents"]}
    newest = {post.incident_id: post for post in history.listed("titles", "incident")}
    for incident_id, post in newest.items():
        assert by_id[incident_id]["resolved_at"] == post.resolved_at
        assert by_id[incident_id]["started_at"] == post.started_at


def test_posts_that_ended_between_two_lists_a_year_apart_are_unknown_not_down(
    history: History,
) -> None:
    (last,) = {c.captured_at for c, _ in history.bodies() if f"{c.captured_at:%Y%m}" == "202303"}
    (first,) = {p.horizon for c, p in history.bodies() if f"{c.captured_at:%Y%m}" == "202403"}
    spans = [s for s in history.tables["component_states"] if s["incident_id"] in LEFT_OPEN]
    assert {(s["state"], s["end_at"]) for s in spans} == {("degraded", last), ("unknown", first)}
    assert all(s["end_at"] is not None for s in history.tables["component_states"])


def test_every_service_of_the_old_form_is_one_of_todays_products(history: History) -> None:
    services = {c for post in history.listed("legacy") for c in post.component_ids}
    assert len(services) == 33
    assert all(label_of(service) for service in services)
    known = {component["component_id"] for component in history.tables["components"]}
    assert len(known) == 155
    assert not services & known
    body = (GCP / "products-20260915.json").read_bytes()
    ((_, roster),) = readings([capture(GOOGLE_CLOUD, body, utc(2026, 9, 15))], GOOGLE_CLOUD)
    assert isinstance(roster, Parsed)
    assert roster.roster
    assert len(roster.components) == 212
    assert known < {component.component_id for component in roster.components}


def test_the_outage_of_june_2025_was_first_said_to_have_begun_an_hour_later(
    history: History,
) -> None:
    (post,) = [p for p in history.tables["incidents"] if p["incident_id"] == JUNE_2025]
    begins = [
        version["started_at"]
        for version in history.tables["versions"]
        if version["incident_id"] == JUNE_2025 and version["update_id"] is None
    ]
    assert begins[0] == utc(2025, 6, 12, 19)
    assert set(begins[1:]) == {post["started_at"]} == {utc(2025, 6, 12, 17, 51)}
    assert (post["impact"], post["stage"], post["flags"]) == ("critical", "resolved", [])
    spans = [s for s in history.tables["component_states"] if s["incident_id"] == JUNE_2025]
    assert {(s["state"], s["start_at"], s["end_at"]) for s in spans} == {
        ("major", post["started_at"], post["resolved_at"])
    }


# ---- through the front door ----

SERIES = (GOOGLE, None)
EARLIER = (GCP / "incidents-20201107T014415Z.json", None)
AMONG_THEM = (GCP / "incidents-20250614T063937Z.json", None)
LATER = (GCP / "incidents-20260731.json", "2026-07-31T00:14:24Z")
EVERYTHING = (SERIES, EARLIER, AMONG_THEM, LATER)


def bring(data: Path, path: Path, captured_at: str | None, *options: str) -> str:
    words = ["--captured-at", captured_at] if captured_at else []
    result = cli(data, "import", path, "--provider", "google-cloud", *words, *options)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def counted(data: Path) -> tuple[int, int, int]:
    """Count the posts, those without an id, and those removed."""
    with open_snapshot(data) as snapshot:
        posts = snapshot.table("incidents")
    old = posts["incident_id"].str.contains("/").sum()
    return posts.height, old, posts["removed_at"].is_not_null().sum()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("google")
    bring(data, *SERIES)
    assert counted(data) == (1021, 65, 0)
    bring_all(data, EVERYTHING[1:])
    return data


def bring_all(data: Path, some: Sequence[tuple[Path, str | None]]) -> None:
    """Import some files after each other, and publish what all of them say."""
    for one in some[:-1]:
        bring(data, *one, "--no-publish")
    bring(data, *some[-1])


def test_earlier_and_later_lists_add_what_they_hold_and_nothing_twice(imported: Path) -> None:
    assert counted(imported) == (1035, 77, 0)


def test_importing_again_adds_nothing(imported: Path) -> None:
    before = digest(imported)
    assert "0 captures taken, 89 known already" in bring(imported, *SERIES)
    assert "0 captures taken, 1 known already" in bring(imported, *AMONG_THEM)
    assert digest(imported) == before


@pytest.mark.skipif(not SOAK, reason="all captures again: `make soak` runs it")
def test_either_order_gives_the_same_snapshot(imported: Path, tmp_path: Path) -> None:
    bring_all(tmp_path, EVERYTHING[::-1])
    assert digest(tmp_path) == digest(imported)
