"""The invented world: what we measure of it is what happened in it, and it looks real."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests

from ingest.archive.store import Archive
from ingest.fetching.fetcher import Fetcher
from ingest.ledger import memo, versions
from ingest.ledger.sightings import sightings
from ingest.models import Capture, Parsed, State
from ingest.platforms import PLATFORMS
from ingest.runs import collecting
from ingest.simulation.demo import Hands
from ingest.simulation.ground_truth import (
    ScriptedIncident,
    ScriptedPage,
    ScriptedUpdate,
    truth,
)
from ingest.simulation.scenario import Story, tell
from ingest.simulation.server import serving
from ingest.simulation.statuspage_pages import render
from ingest.snapshot.tables import Rows
from tests.support.captured.feeds import (
    ANTHROPIC,
    GITHUB,
    STATUSPAGE,
    capture,
    needs_feeds,
    readings,
)
from tests.support.ledgers.page_tables import page_tables
from tests.support.ledgers.worlds import PAGE, PARTS, Spans, ours, spans
from tests.support.soaking import SOAK

START = datetime(2026, 2, 26, tzinfo=UTC)
END = START + timedelta(days=21)
#: Clocks went forward in New York, in the middle of it all.
CHANGE = datetime(2026, 3, 8, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
INCIDENTS, SUMMARY = "/api/v2/incidents.json", "/api/v2/summary.json"
MAINTENANCES = "/api/v2/scheduled-maintenances.json"
OFTEN = [START + n * HOUR for n in range(0, 21 * 24 + 1, 2)]
POLLED = {INCIDENTS: OFTEN, MAINTENANCES: OFTEN[::6], SUMMARY: OFTEN}
BUSY = Story(
    incidents_a_month=12,
    maintenances_a_month=4,
    overlap=0.4,
    reopened=0.3,
    backdated=0.3,
    edited=0.3,
    deleted=0.5,
)
#: Colours left behind by resolving updates, where hardly any is changed by hand: a colour
#: painted over a leftover is not told from it.
UNTIDY = replace(BUSY, leftovers=0.15, by_hand=0.001)
WORLDS, BLOCK = 100, 5
#: So many of them are measured.
MEASURED = WORLDS if SOAK else 40


def world(seed: int) -> ScriptedPage:
    zone = "America/New_York" if seed % 2 else "Etc/UTC"
    page, story = replace(PAGE, zone=zone), BUSY if seed % 5 else UNTIDY
    return tell(seed, page, "Acme", PARTS, START, 21, story)


def shown(site: ScriptedPage, path: str, at: datetime = END) -> bytes:
    found = render(site, path, {}, at)
    assert found is not None, path
    return found[1]


def polled(
    site: ScriptedPage, path: str, spoil: Callable[[bytes], bytes], *, validators: bool
) -> Iterator[Capture]:
    """Capture a path from beginning to end, again and again.

    What did not change is delivered again, or told by a 304 where the server has validators.
    """
    changes, last = site.changes(), None
    for at in POLLED[path]:
        if last is None or bisect_right(changes, last.captured_at) < bisect_right(changes, at):
            last = capture(site.page, spoil(shown(site, path, at)), at)
            yield last
            continue
        last = replace(last, captured_at=at)
        yield replace(last, http_status=304, body=None) if validators else last


def measured(
    site: ScriptedPage, spoil: Callable[[bytes], bytes] = bytes, *, validators: bool = False
) -> Rows:
    """Return the snapshot's tables of a world captured from beginning to end."""
    captures = (one for path in POLLED for one in polled(site, path, spoil, validators=validators))
    folded = versions.fold([sightings(readings(captures, site.page))])
    shapes = {site.page.page_key: PLATFORMS["statuspage"].shapes}
    return page_tables(versions.merge(folded, shapes), [site.page], END)


def theirs(site: ScriptedPage) -> Spans:
    return spans([b.component_id, b.state, b.start, b.end] for b in truth(site, END))


@pytest.mark.parametrize("first", range(0, MEASURED, BLOCK))
def test_the_states_we_measure_are_the_states_there_were(first: int) -> None:
    for seed in range(first, first + BLOCK):
        rows = measured(site := world(seed), validators=seed % 4 > 1)
        for part in PARTS:
            known = [c for c in rows["coverage"] if c["component_id"] == part.component_id]
            assert any(c["start_at"] <= START and c["end_at"] == END for c in known), part
        assert ours(rows) == theirs(site), seed


def test_an_update_that_is_never_shown_and_that_no_capture_sees_is_missed() -> None:
    """The comparison can fail: one update less, and we measure something else."""
    site = world(1)
    unseen = next(m for post in site.posts for m in post.messages if _between_captures(site, m))

    def without(body: bytes) -> bytes:
        document = json.loads(body)
        for post in (*document.get("incidents", ()), *document.get("scheduled_maintenances", ())):
            told = post["incident_updates"]
            post["incident_updates"] = [u for u in told if u["id"] != unseen.message_id]
        return json.dumps(document).encode()

    assert ours(measured(site, without)) != theirs(site)


def _between_captures(site: ScriptedPage, message: ScriptedUpdate) -> bool:
    """Whether ``message`` changed a colour that changed again before it was captured."""
    for mention in message.mentions or ():
        ends = [at for at, _ in site.colours[mention.component_id] if at > message.created_at]
        if mention.old is not mention.new and ends:
            return not any(message.created_at <= at < ends[0] for at in OFTEN)
    return False


@pytest.mark.parametrize("first", range(0, 10, BLOCK))
def test_every_edit_is_a_revision_and_every_deletion_a_removal(first: int) -> None:
    for seed in range(first, first + BLOCK):
        rows = measured(site := world(seed))
        gone = {p.post_id for p in site.posts if p.deleted_at and p.deleted_at <= END - 4 * HOUR}
        assert {i["incident_id"] for i in rows["incidents"] if i["removed_at"]} == gone, seed
        # Maintenances are read too seldom to be sure of what was there before the edit.
        lasting = {p.post_id: p for p in site.posts if not (p.deleted_at or p.scheduled)}
        told = [m for p in lasting.values() for m in p.messages]
        edited = {m.message_id for m in told if any(at <= END for at, _ in m.edits)}
        updates = [u for u in rows["updates"] if u["incident_id"] in lasting]
        assert {u["update_id"] for u in updates if u["revision_count"]} == edited, seed


@pytest.mark.parametrize("path", POLLED)
def test_a_page_shows_the_same_between_its_changes(path: str) -> None:
    site = world(5)
    drawn = [shown(site, path, at) for at in POLLED[path]]
    told = [one.body for one in polled(site, path, bytes, validators=False)]
    assert told == drawn
    assert len(set(drawn)) < len(drawn) / 2


def features(site: ScriptedPage) -> Iterator[str]:
    """Return what happened in a world before its end."""
    posts = [p for p in site.posts if p.created_at <= END]
    for post in posts:
        told = [m for m in post.messages if m.created_at <= END]
        statuses = " ".join(m.status for m in told)
        if re.search("resolved.* investigating", statuses):
            yield "reopened"
        if told[0].display_at and told[0].created_at - told[0].display_at > HOUR:
            yield "backdated" if post.component_ids else "retroactive"
        if "in_progress" in statuses:
            yield "maintenance"
        if any(at <= END for m in told for at, _ in m.edits):
            yield "edited"
    if any(_overlap(*two) for two in combinations([p for p in posts if not p.scheduled], 2)):
        yield "overlap"
    bad = truth(site, END)
    if any(b.state is State.UNKNOWN for b in bad):
        yield "leftover"
    if site.page.zone != "Etc/UTC" and {b.start < CHANGE for b in bad} == {True, False}:
        yield "over the change of clocks"


def _overlap(one: ScriptedIncident, other: ScriptedIncident) -> bool:
    """Whether two posts were open at once and shared a component."""
    ends = [max(m.created_at for m in p.messages if m.status == "resolved") for p in (one, other)]
    shared = set(one.component_ids) & set(other.component_ids)
    return bool(shared) and max(one.created_at, other.created_at) < min(ends)


def test_the_hundred_worlds_hold_everything_operators_do() -> None:
    found = Counter(what for seed in range(WORLDS) for what in set(features(world(seed))))
    assert found["over the change of clocks"] == WORLDS // 2
    for what in ("reopened", "backdated", "overlap", "maintenance", "edited", "retroactive"):
        assert found[what] > WORLDS // 2, what
    assert found["leftover"] > WORLDS // 10


def keys(rows: Iterable[dict[str, Any]]) -> set[frozenset[str]]:
    return {frozenset(row) for row in rows}


def forms(document: dict[str, Any], name: str) -> dict[str, set[frozenset[str]]]:
    """Return the keys of everything inside a list of posts, by what it is."""
    posts = document[name]
    updates = [update for post in posts for update in post["incident_updates"]]
    return {
        "document": {frozenset(document), frozenset(document["page"])},
        "post": keys(posts),
        "update": keys(updates),
        "mention": keys(m for update in updates for m in update["affected_components"] or ()),
        "component": keys(component for post in posts for component in post["components"]),
    }


@needs_feeds
@pytest.mark.captures
@pytest.mark.parametrize(
    "path",
    [ANTHROPIC / "incidents-2026-07-10T23-55-34Z.json", GITHUB / "incidents-20260731.json"],
    ids=lambda path: path.parent.name,
)
def test_incidents_are_written_as_real_ones_are(path: Path) -> None:
    real, rendered = json.loads(path.read_bytes()), json.loads(shown(world(2), INCIDENTS))
    assert forms(rendered, "incidents") == forms(real, "incidents")
    stamps = re.findall(r'"\w+_at": "([^"]*)"', json.dumps([rendered, real]))
    assert {re.sub(r"\d", "9", stamp) for stamp in stamps} == {"9999-99-99T99:99:99.999Z"}


@needs_feeds
@pytest.mark.captures
def test_a_summary_and_maintenances_have_the_keys_of_real_ones() -> None:
    real = json.loads((STATUSPAGE / "cloudflare" / "summary-20260729-major.json").read_bytes())
    rendered = json.loads(shown(world(2), SUMMARY))
    assert rendered.keys() == real.keys()
    assert rendered["status"].keys() == real["status"].keys()
    # Group headers list their children, so there are two kinds of rows.
    assert keys(rendered["components"]) == keys(real["components"])
    (planned,) = keys(real["scheduled_maintenances"])
    maintenances = json.loads(shown(world(2), MAINTENANCES))["scheduled_maintenances"]
    assert maintenances
    assert all(planned <= maintenance.keys() for maintenance in maintenances)


SMALL = re.compile(
    r"<p><small>[A-Z][a-z]{2} <var data-var='date'>[ \d]\d</var>, "
    r"<var data-var='time'>\d\d:\d\d</var> [A-Z]{3}</small><br><strong>[A-Z][a-z ]+</strong> - "
)


@needs_feeds
@pytest.mark.captures
def test_a_feed_has_the_elements_and_paragraphs_of_a_real_one() -> None:
    elements = []
    real = (GITHUB / "history-20251231T044348Z.atom").read_bytes()
    for feed in (real, shown(world(1), "/history.atom")):
        entries = ElementTree.fromstring(feed).findall("{*}entry")
        elements.append({tuple((e.tag, *sorted(e.attrib)) for e in entry) for entry in entries})
        for content in (entry.findtext("{*}content", "") for entry in entries):
            assert len(SMALL.findall(content)) == content.count("<small>") > 0
    assert elements[0] == elements[1]


def test_minutes_of_a_feed_are_those_of_the_exact_form_over_the_change_of_clocks() -> None:
    site = world(1)

    def minutes(path: str) -> set[tuple[str, datetime]]:
        ((_, parsed),) = readings([capture(site.page, shown(site, path), END)], site.page)
        assert isinstance(parsed, Parsed)
        told = {(i.incident_id, u.display_at) for i in parsed.incidents for u in i.updates}
        return {(post, at.replace(second=0, microsecond=0)) for post, at in told}

    exact = minutes(INCIDENTS) | minutes(MAINTENANCES)
    assert minutes("/history.atom") == minutes("/history.rss") == exact
    assert {at < CHANGE for _, at in exact} == {True, False}


@pytest.mark.parametrize("path", [INCIDENTS, MAINTENANCES, SUMMARY, "/history.atom"])
def test_the_same_seed_tells_the_same_bytes(path: str) -> None:
    assert shown(world(7), path) == shown(world(7), path) != shown(world(9), path)


def test_pages_are_served_as_they_are_rendered_and_not_sent_twice() -> None:
    clock = Hands(CHANGE)
    with serving([site := world(3)], clock) as [page]:
        url = page.base_url + INCIDENTS
        first = requests.get(url, timeout=5)
        known = {"If-None-Match": first.headers["ETag"]}
        again = requests.get(url, headers=known, timeout=5)
        clock.at = END
        later = requests.get(url, headers=known, timeout=5)
        assert (first.status_code, first.content) == (200, shown(site, INCIDENTS, CHANGE))
        assert (again.status_code, again.content) == (304, b"")
        assert (later.status_code, later.content) == (200, shown(site, INCIDENTS))
        assert requests.get(f"{page.base_url}/other", timeout=5).status_code == 404


@pytest.mark.parametrize("forbidden", [False, True])
def test_collected_over_http_posts_tell_the_states_with_the_api_or_without(
    forbidden: bool, tmp_path: Path
) -> None:
    site = world(5)
    site.forbids_api = forbidden
    with serving([site], Hands(END)) as [page], closing(Fetcher(spacing=0)) as fetcher:
        collecting.collect_now(tmp_path, [page], fetcher, Hands(END))
    archive = Archive(tmp_path / "archive")
    fetched = [c.url for path in archive.files() for c in archive.read(path) if c.body is not None]
    assert (f"{page.base_url}/robots.txt" in fetched) is forbidden
    assert (f"{page.base_url}/history.atom" in fetched) is forbidden
    assert any("/api/" in url for url in fetched) is not forbidden
    found = memo.derive_ledger(archive, tmp_path / "derived", {page.page_key: page}, PLATFORMS)
    assert ours(page_tables(found, [page], END)) == theirs(site)
