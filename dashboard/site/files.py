"""All files of the site, from a snapshot and the questions that a user saved."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from analytics.directory import captured_providers, provider_names
from analytics.downtime.regions import in_region
from analytics.metrics.availability import availability
from analytics.question import Question
from analytics.read_models.gate import surface_gates
from analytics.read_models.incident_events import incident_events
from analytics.snapshot import Snapshot
from analytics.wording.grammar import AS_POSTED
from dashboard.shown_text import SIMULATED
from dashboard.site.badge import badge
from dashboard.site.event_feed import FeedHead, atom, event_entries, json_feed, post_entries
from dashboard.site.index_page import IndexFile, index_page, index_question
from dashboard.site.league_file import SCHEMA_NAME, league_file, league_schema
from dashboard.site.maintenance_calendar import maintenance_calendar
from dashboard.site.metrics_file import metrics_file
from ingest.models import State, UsageError

#: The question that is always there: about every provider that was read.
EVERYTHING = "everything"
#: Newest events of a feed; a reader that comes by once a week misses none.
MOST_EVENTS = 200
MANIFEST = "site.json"
FORMAT_VERSION = 2


class SiteQuestion(NamedTuple):
    """Hold a question, and the region asked about; None: the mean over regions."""

    question: Question
    region: str | None = None


class SameFileError(UsageError):
    """Two saved questions would be written to one place; one line."""


def site_key(
    snapshot: Snapshot, questions: Mapping[str, SiteQuestion], release: str | None
) -> dict[str, Any]:
    """Return what the files depend on: where it is equal, they are."""
    return {
        "format": FORMAT_VERSION,
        "snapshot_hash": snapshot.digest,
        "as_of": snapshot.as_of.isoformat(),
        "simulated": snapshot.simulated,
        "method_version": snapshot.method_version,
        "code_version": snapshot.code_version,
        "questions": {name: repr(one) for name, one in questions.items()},
        "release": release,
    }


def site_files(
    snapshot: Snapshot, questions: Mapping[str, SiteQuestion], release: str | None
) -> dict[str, bytes]:
    """Write every file of the site, by its path inside it.

    Args:
        snapshot: What was captured.
        questions: By name; the one about everything is added.
        release: Where the Parquet release lies, seen from the index; None: not beside it.

    Raises:
        SameFileError: Two questions have names that make the same file name.
        UsageError: A question has a surface, region or window that the snapshot does not have.
    """
    names = provider_names(snapshot)
    asked = {EVERYTHING: SiteQuestion(Question()), **questions}
    folders = folders_of([EVERYTHING, *questions])
    gates = [
        one
        for slug in sorted(captured_providers(snapshot))
        for one in surface_gates(snapshot, slug, State.OPERATIONAL, snapshot.as_of)
    ]
    badges = {
        (one.provider, one.surface or ""): (f"badges/{one.provider}-{one.surface}.svg", one)
        for one in gates
    }
    files = {
        place: badge(one, names.get(one.provider, one.provider), snapshot.simulated)
        for place, one in badges.values()
    }
    index = []
    for name, (question, region) in asked.items():
        try:
            part = snapshot if region is None else in_region(snapshot, region)
            measured = availability(part, question)
        except UsageError as error:
            raise type(error)(f"question {name!r}: {error}") from None
        if name == EVERYTHING:
            files["metrics.prom"] = metrics_file(snapshot, gates, measured)
        its = {
            "events.atom": "events (Atom)",
            "events.json": "events (JSON Feed)",
            "posts.atom": "posts (Atom)",
            "maintenance.ics": "maintenance (calendar)",
            "league.json": "league (JSON)",
        }
        folder = folders[name]
        written = _question_files(part, name, question, names)
        written["league.json"] = league_file(part, name, question, measured)
        files |= {f"{folder}/{file}": content for file, content in written.items()}
        links = [IndexFile(f"{folder}/{file}", label) for file, label in its.items()]
        # A badge is about every region: it would stand beside the numbers of one.
        its_badges = badges if region is None else {}
        index.append(index_question(part, name, question, measured, names, its_badges, links))
    files[SCHEMA_NAME] = league_schema()
    files["index.html"] = index_page(snapshot, index, release)
    key = site_key(snapshot, questions, release)
    listed = {**key, "files": sorted([*files, MANIFEST])}
    files[MANIFEST] = (json.dumps(listed, indent=1, sort_keys=True) + "\n").encode()
    return files


def folders_of(questions: Collection[str]) -> dict[str, str]:
    """Name the folder of each question.

    Raises:
        SameFileError: Two names make the same.

    >>> folders_of(["My vendors"])
    {'My vendors': 'my-vendors'}
    """
    folders: dict[str, str] = {}
    for name in questions:
        folder = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "question"
        if folder in folders.values() or folder == "badges":
            raise SameFileError(f"question {name!r} would be written to {folder}/: rename it")
        folders[name] = folder
    return folders


def _question_files(
    snapshot: Snapshot, name: str, question: Question, names: Mapping[str, str]
) -> dict[str, bytes]:
    note = f"{AS_POSTED} {SIMULATED}" if snapshot.simulated else AS_POSTED
    events = incident_events(snapshot, question, MOST_EVENTS)
    pages = dict(snapshot.table("pages").select("page_key", "base_url").iter_rows())
    told = event_entries(events[:MOST_EVENTS], names, pages, note)
    # Of a post that is older than the newest events the record still has the beginning.
    recent = len({(one.page_key, one.incident_id) for one in events[:MOST_EVENTS]})
    posts = post_entries(events, names, pages, note)[:recent]
    as_of, invented = snapshot.as_of, snapshot.simulated
    event_head = FeedHead(f"events/{name}", f"Incident events: {name}", as_of, invented)
    post_head = FeedHead(f"posts/{name}", f"Incidents: {name}", as_of, invented)
    return {
        "events.atom": atom(event_head, told),
        "events.json": json_feed(event_head, told),
        "posts.atom": atom(post_head, posts),
        "maintenance.ics": maintenance_calendar(snapshot, names, question),
    }
