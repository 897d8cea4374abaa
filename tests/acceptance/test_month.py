"""A month in fast-forward, with everything that goes wrong in a month.

Two invented pages are collected over real HTTP every four hours. At the end the ledger holds
what happened wherever that could be seen, and coverage shows the rest as holes.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from analytics import open_snapshot
from analytics.snapshot import Snapshot
from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.incidents.timing import whole_seconds
from ingest.intervals import clip, difference, total, union
from ingest.models import Page, State
from ingest.registry import load
from ingest.runs import collecting, publishing
from ingest.simulation.demo import Hands, registry_toml
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage, truth
from ingest.simulation.scenario import Story, tell
from ingest.simulation.server import Trouble, serving

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: From one collection to the next, and from one publication to the next.
ROUND, PUBLICATION = 4 * HOUR, 5 * DAY
START = datetime(2026, 2, 20, tzinfo=UTC)
#: The clocks of New York go forward in between, on 8 March.
END = START + 30 * DAY
PARTS = [
    ScriptedComponent(f"id{name}", name, None, date(2026, 2, 1))
    for name in ("API", "Chat", "Console")
]
PAGE = Page("acme.statuspage.p", "acme", "statuspage", "http://127.0.0.1", "p")
EVERYTHING = Story(
    incidents_a_month=25,
    maintenances_a_month=4,
    overlap=0.4,
    reopened=0.2,
    backdated=0.3,
    retroactive=0.2,
    edited=0.3,
    renamed=0.2,
    deleted=0.4,
    leftovers=0.0,
    by_hand=0.0,
)
OUT_FROM, OUT_UNTIL = START + 6 * DAY, START + 8 * DAY
STORM_FROM, STORM_UNTIL = START + 12 * DAY, START + 12 * DAY + 9 * HOUR
DROPS_FROM, DROPS_UNTIL = START + 16 * DAY, START + 16 * DAY + 12 * HOUR
BUSY_OUT_FROM, BUSY_OUT_UNTIL = START + 5 * DAY, START + 22 * DAY


def sites() -> list[ScriptedPage]:
    """One page with all kinds of trouble, and a busy one whose list forgets while it is away."""
    calm = tell(3, replace(PAGE, zone="America/New_York"), "Acme", PARTS, START, 32, EVERYTHING)
    calm.skew = timedelta(minutes=3)
    away = replace(PAGE, page_key="globex.statuspage.q", provider="globex", page_id="q")
    story = replace(EVERYTHING, incidents_a_month=150, deleted=0.0, overlap=0.1)
    busy = tell(4, away, "Globex", PARTS, START, 32, story)
    busy.without = ("/history.json", "/history.atom", "/history.rss")
    return [calm, busy]


@dataclass
class Script:
    """What goes wrong when, and how often it was asked for."""

    storm: int = 0

    def __call__(self, site: ScriptedPage, path: str, at: datetime) -> Trouble | None:
        if site.page.provider == "globex":
            return Trouble(503) if BUSY_OUT_FROM <= at < BUSY_OUT_UNTIL else None
        if OUT_FROM <= at < OUT_UNTIL:
            return Trouble(503)
        if STORM_FROM <= at < STORM_UNTIL:
            self.storm += 1
            return Trouble(429, {"Retry-After": "10800"})
        if DROPS_FROM <= at < DROPS_UNTIL and path.endswith("summary.json"):
            return Trouble()
        return None


@dataclass(frozen=True)
class Month:
    """What the month left behind."""

    data: Path
    sites: list[ScriptedPage]
    script: Script


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Month:
    data = tmp_path_factory.mktemp("month")
    hands, script, made = Hands(START), Script(), sites()
    with serving(made, hands, script) as pages, closing(Fetcher(spacing=0)) as fetcher:
        (data / "providers.toml").write_text(registry_toml(made, pages))
        registry = load(path=data / "providers.toml")
        while hands.at <= END:
            collecting.collect_now(data, registry.pages, fetcher, hands)
            if (hands.at - START) % PUBLICATION == timedelta(0):
                publishing.publish_after(data, registry, hands.at, 0, 0)
            hands.at += ROUND
    publishing.publish_after(data, registry, END, 0, 0)
    return Month(data, made, script)


@pytest.fixture
def snapshot(month: Month) -> Snapshot:
    return open_snapshot(month.data)


Spans = list[tuple[int, int]]


#: Of a month of some trouble each day, what may stay unknown of a component.
UNKNOWN_S = 12 * 3600


def covered(snapshot: Snapshot, provider: str, component: str) -> Spans:
    rows = snapshot.table("coverage").filter(provider=provider, component_id=component)
    return union(rows.select("start_s", "end_s").iter_rows())


def measured(snapshot: Snapshot, provider: str, component: str, state: State) -> Spans:
    rows = snapshot.table("component_states").filter(
        provider=provider, component_id=component, state=str(state)
    )
    as_of = whole_seconds(snapshot.as_of)
    return union((a, as_of if b is None else b) for a, b in rows.select("start_s", "end_s").rows())


def true_spans(site: ScriptedPage, component: str, state: State, as_of: datetime) -> Spans:
    return union(
        (whole_seconds(b.start), whole_seconds(b.end or as_of))
        for b in truth(site, as_of)
        if b.component_id == component and b.state is state
    )


def inside(spans: Spans, view: Spans) -> Spans:
    return [part for start, end in view for part in clip(spans, start, end)]


@pytest.mark.parametrize("number", [0, 1], ids=["calm", "busy"])
def test_wherever_it_could_be_seen_the_ledger_holds_what_happened(
    month: Month, snapshot: Snapshot, number: int
) -> None:
    site = month.sites[number]
    compared = 0
    for part in PARTS:
        # A provider whose clock is minutes off dates some changes after the capture that shows
        # them: when those began is not known, and nothing is claimed for that time.
        unknown = measured(snapshot, site.page.provider, part.component_id, State.UNKNOWN)
        assert total(unknown) <= UNKNOWN_S
        skew = int(site.skew.total_seconds())
        unclear = [(start - skew, end + skew) for start, end in unknown]
        view = difference(covered(snapshot, site.page.provider, part.component_id), unclear)
        for state in (State.DEGRADED, State.PARTIAL, State.MAJOR, State.MAINTENANCE):
            ours = measured(snapshot, site.page.provider, part.component_id, state)
            theirs = true_spans(site, part.component_id, state, snapshot.as_of)
            assert inside(ours, view) == inside(theirs, view), (part, state)
            compared += len(theirs)
    assert compared > 50


def test_a_list_that_reaches_back_over_the_trouble_leaves_no_hole(snapshot: Snapshot) -> None:
    for part in PARTS:
        [(start, end)] = covered(snapshot, "acme", part.component_id)
        assert start <= whole_seconds(START)
        assert end == whole_seconds(snapshot.as_of)


def test_what_left_the_list_unseen_is_a_hole_and_nothing_else_is(
    month: Month, snapshot: Snapshot
) -> None:
    first_back = snapshot.table("captures").filter(
        pl.col("provider") == "globex",
        pl.col("url").str.ends_with("/incidents.json"),
        pl.col("failure").is_null(),
        pl.col("first_at") >= BUSY_OUT_UNTIL,
    )
    horizon = first_back.sort("first_at")["horizon_at"][0]
    assert horizon > BUSY_OUT_FROM + 2 * DAY
    last_good = BUSY_OUT_FROM - ROUND
    for part in PARTS:
        before, after = covered(snapshot, "globex", part.component_id)
        assert before[1] == whole_seconds(last_good)
        assert after == (whole_seconds(horizon), whole_seconds(snapshot.as_of))


def test_every_post_that_a_capture_showed_is_kept_and_the_deleted_are_marked(
    month: Month, snapshot: Snapshot
) -> None:
    calm = month.sites[0]
    rows = snapshot.table("incidents").filter(provider="acme")
    removed = set(rows.filter(pl.col("removed_at").is_not_null())["incident_id"])
    kept = set(rows["incident_id"])
    shown = {p.post_id for p in calm.posts if p.created_at <= END and not p.deleted_at}
    assert shown <= kept
    gone = {p.post_id for p in calm.posts if p.deleted_at and p.deleted_at < END - DAY}
    assert gone & kept <= removed
    assert removed <= {p.post_id for p in calm.posts if p.deleted_at}
    assert len(removed) >= 2


def test_edits_made_while_we_were_looking_are_revisions(month: Month, snapshot: Snapshot) -> None:
    revised = set(snapshot.table("revisions").filter(provider="acme", field="body")["update_id"])
    edits = {
        message.message_id: when
        for post in month.sites[0].posts
        for message in post.messages
        for when, _ in message.edits
        if post.deleted_at is None
    }
    blind = ((OUT_FROM - ROUND, OUT_UNTIL), (STORM_FROM - ROUND, STORM_UNTIL + 3 * HOUR))
    seen = {
        update
        for update, when in edits.items()
        if when < END - ROUND and not any(start <= when <= end for start, end in blind)
    }
    assert seen <= revised <= edits.keys()
    assert len(seen) > 3


def test_a_storm_of_429_is_answered_with_patience(month: Month) -> None:
    """Nine hours of "come back in three" are three visits of one request, not forty."""
    assert month.script.storm <= 4


def test_failures_are_captures_too_and_cost_nobody_else(month: Month) -> None:
    failures = (
        Archive(month.data / "archive")
        .metadata()
        .filter(pl.col("failure").is_not_null())
        .group_by("page_key")
        .agg(pl.col("failure").unique().sort())
        .sort("page_key")
    )
    found = dict(failures.iter_rows())
    assert found["acme.statuspage.p"] == ["http_404_410", "http_429", "http_5xx", "reset", "robots"]
    assert found["globex.statuspage.q"] == ["http_404_410", "http_5xx", "robots"]


def test_the_archive_alone_gives_the_same_snapshot(
    month: Month, snapshot: Snapshot, tmp_path: Path
) -> None:
    shutil.copytree(month.data / "archive", tmp_path / "archive")
    shutil.copy(month.data / "providers.toml", tmp_path)
    registry = load(path=tmp_path / "providers.toml")
    assert publishing.publish_after(tmp_path, registry, END, 0, 0).digest == snapshot.digest
