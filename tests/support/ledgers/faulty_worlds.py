"""Invented pages played back with everything that goes wrong, and what was true on them.

A world is told by the simulation; a fault spoils what it answers for a while. What is
measured of it must never be better than what was true.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from ingest.intervals import union
from ingest.models import CLOCK_SKEW, Capture, FetchFailure, Page, State
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage
from ingest.simulation.scenario import Story
from ingest.simulation.statuspage_pages import render
from tests.support.ledgers import incident_io_answers

Interval = tuple[datetime, datetime]
Json = dict[str, Any]

START = datetime(2026, 2, 26, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: Long enough for an incident of the first days to be forgotten.
DAYS = 20
#: All addresses of a page are read within this time.
LONGEST_RUN = 2 * MINUTE
END = START + DAYS * DAY
PARTS = [
    ScriptedComponent(f"id{name}", name, None, date(2026, 2, 1))
    for name in ("API", "Console", "Chat")
]
#: The surface of each component, on which nothing else is measured.
SURFACES = {"idAPI": "api_inference", "idConsole": "console", "idChat": "chat_web"}
LIST, SUMMARY, ROSTER = (f"/api/v2/{name}.json" for name in ("incidents", "summary", "components"))
MAINTENANCES, FEED = "/api/v2/scheduled-maintenances.json", "/history.atom"
#: What shows the components.
ROSTERS = (SUMMARY, ROSTER)
#: What counts as down under the headline rule.
DOWN = frozenset({State.PARTIAL, State.MAJOR})
STORY = Story(
    incidents_a_month=16,
    maintenances_a_month=3,
    overlap=0.4,
    reopened=0.3,
    backdated=0.2,
    edited=0.3,
    by_hand=0.0,
)


@dataclass(slots=True)
class World:
    """A page, how often it is read, and the faults that befall it.

    ``spoils`` change an answer, given its path, its document and when; ``breaks`` replace its
    body; ``fails`` says whether a request brings nothing. ``moves``: from when on another page
    answers, and which. ``mute``: updates do not say what they did to components.
    ``wrong_clock``: when our clock was ahead, and by how much; ``ahead``: how far that of the
    page is.
    """

    seed: int
    site: ScriptedPage
    every: timedelta
    paths: Sequence[str]
    spoils: list[Callable[[str, Json, datetime], None]] = field(default_factory=list)
    breaks: list[Callable[[str, datetime], bytes | None]] = field(default_factory=list)
    fails: list[Callable[[str, datetime], bool]] = field(default_factory=list)
    moves: tuple[datetime, ScriptedPage] | None = None
    names: list[str] = field(default_factory=list)
    mute: bool = False
    wrong_clock: tuple[Interval, timedelta] | None = None
    ahead: timedelta = timedelta(0)

    @property
    def page(self) -> Page:
        """The page that is read."""
        return self.site.page

    @property
    def registry(self) -> str:
        """Return its table of the registry, which knows no page id, as most do not."""
        page = self.page
        zone = f'zone = "{page.zone}"'
        return (
            f'[{page.provider}]\nname = "{page.provider}"\ncategory = "model-lab"\n'
            f'[{page.provider}.pages.{page.platform}]\nbase_url = "{page.base_url}"\n'
            f'{zone}\nfeed = "complete"\nconfidence = "high"\n'
        )

    def captures(self) -> Iterator[Capture]:
        """Yield what reading the page brought, by address and time."""
        moments = [START + n * self.every for n in range(int((END - START) / self.every) + 1)]
        for number, path in enumerate(self.paths):
            for at in moments:
                yield from self._read(path, at + number * timedelta(seconds=7))
        if FEED in self.paths:
            yield from self._details(moments)

    def _read(self, path: str, at: datetime) -> Iterator[Capture]:
        page, url = self.page, self.page.base_url + path
        shape = {SUMMARY: "roster", ROSTER: "roster", FEED: "feed"}.get(path, "incident")
        dated, headers = self._dated(at)
        if any(fails(path, at) for fails in self.fails):
            failure = FetchFailure.HTTP_5XX
            yield Capture(page.page_key, url, shape, dated, 0, 503, failure, headers)
            return
        body = self._answer(path, at)
        if body is not None:
            sha256 = hashlib.sha256(body).hexdigest()
            yield Capture(
                page.page_key, url, shape, dated, 0, 200, None, headers, sha256=sha256, body=body
            )

    def _answer(self, path: str, at: datetime) -> bytes | None:
        """Return what the page answers at an instant, spoiled."""
        for breaks in self.breaks:
            if (broken := breaks(path, at)) is not None:
                return broken
        at += self.ahead
        site = self.moves[1] if self.moves and at >= self.moves[0] else self.site
        answer = render(site, path, {}, at)
        if answer is None or path == FEED:
            return answer and answer[1]
        document = json.loads(answer[1])
        if self.page.platform == "incident_io":
            document = incident_io_answers.translated(document)
        for spoil in self.spoils:
            spoil(path, document, at)
        return json.dumps(document).encode()

    def _dated(self, at: datetime) -> tuple[datetime, dict[str, str]]:
        """Return when our clock says it is, and the mark of a run that noticed."""
        if self.wrong_clock is None:
            return at, {}
        (start, end), ahead = self.wrong_clock
        if not start <= at < end:
            return at, {}
        return at + ahead, {CLOCK_SKEW: str(int(ahead.total_seconds()))}

    def _details(self, moments: Sequence[datetime]) -> Iterator[Capture]:
        """Yield the details of each incident whenever a feed shows it changed, as a run does."""
        for post in self.site.posts:
            path = f"/incidents/{post.post_id}.json"
            for before, at in pairwise([START - DAY, *moments]):
                changed = any(before < m.created_at <= at for m in post.messages)
                open_now = post.created_at <= at < post.messages[-1].created_at
                if changed or open_now:
                    yield from self._read(path, at + timedelta(seconds=60))

    def component(self, component_id: str) -> str:
        """Return a component's id as its page has it."""
        known = incident_io_answers.component_ulid
        return known(component_id) if self.page.platform == "incident_io" else component_id

    def truly_down(self, component_id: str) -> list[Interval]:
        """Return when the page itself showed a component down, and somebody could know of it.

        Where updates do not say what they did, that are the colours which a capture met. Where
        the clock of the page is ahead, it was down by that clock and by the true one.
        """
        unmet = self.without_evidence(component_id)
        spans = [span for span in self._shown_down(component_id) if span not in unmet]
        if self.mute:
            read = self._rosters_read()
            spans = [(a, b) for a, b in spans if any(a <= at + self.ahead < b for at in read)]
        return union((a, b - self.ahead) for a, b in spans)

    def without_evidence(self, component_id: str) -> list[Interval]:
        """Return when a component was down and nothing that says so can have been read.

        It was set by hand and set back by hand, no update names the change, and no run fell
        in between. What is left is a time of change that moved while the state is the same:
        that something was changed, not what; a page moves it for a new description as well.
        """
        hands = self.set_by_hand(component_id)
        runs = [START + n * self.every for n in range(int((END - START) / self.every) + 1)]
        return [
            (a, b)
            for a, b in self._shown_down(component_id)
            if hands.issuperset({a, b}) and not any(a - LONGEST_RUN <= at < b for at in runs)
        ]

    def _shown_down(self, component_id: str) -> list[Interval]:
        line = [*self.site.colours[component_id], (END, State.OPERATIONAL)]
        return [(a, min(b, END)) for (a, state), (b, _) in pairwise(line) if state in DOWN]

    def set_by_hand(self, component_id: str) -> set[datetime]:
        """Return when the state of a component was changed without any update that does it."""
        told = {
            message.created_at
            for post in self.site.posts
            for message in post.messages
            if component_id in {mention.component_id for mention in message.mentions or ()}
            or (component_id in post.component_ids and message.status in {"resolved", "completed"})
        }
        return {at for at, _ in self.site.colours[component_id][1:]} - told

    def _rosters_read(self) -> list[datetime]:
        """Return when a roster was captured that can be read."""
        (path,) = (path for path in self.paths if path in ROSTERS)
        number = list(self.paths).index(path)
        read = []
        for step in range(int((END - START) / self.every) + 1):
            at = START + step * self.every + number * timedelta(seconds=7)
            failed = any(fails(path, at) for fails in self.fails)
            broken = any(breaks(path, at) is not None for breaks in self.breaks)
            if not (failed or broken):
                read.append(at)
        return read


def seconds(spans: Sequence[Interval]) -> float:
    """Return the length of disjoint spans."""
    return sum((end - start).total_seconds() for start, end in spans)


def open_rows(document: Json) -> Iterator[Json]:
    """Yield the incidents of a document that are not over."""
    for row in document.get("incidents", ()):
        if row["status"] not in {"resolved", "completed", "postmortem"}:
            yield row
