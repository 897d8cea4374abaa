"""Give an incident its class by evidence first, by its words after that.

What an incident did to components beats a word in its title: plans, policies and maintenance are
named inside outages too. The exception is the true notice, a text that as a whole tells of a
decision and says of nothing that it fails. The rules are data, ``ingest/classes.toml``;
METHODOLOGY, "Incident classes".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ingest.labels.stated_failures import FailureWords, class_rules, failure_words
from ingest.labels.surfaces import surface_of_title
from ingest.models import SEVERITY, Impact, Kind, State

CLASSES = (
    "outage",
    "degradation",
    "billing_console",
    "notice",
    "maintenance",
    "data_security",
    "monitor",
)
#: Surfaces on which a billing matter may have moved components.
BILLING_SURFACES = frozenset({"billing", "console"})
DEGRADED, PARTIAL = SEVERITY[State.DEGRADED], SEVERITY[State.PARTIAL]
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
#: A longer text is no message, and nothing of it is read beyond this.
LONGEST_TEXT = 100_000
#: A shorter sentence only closes an incident ("Resolved.") and announces nothing.
SHORTEST_STATEMENT = 4
#: Impacts by which an incident without component states may be a bare announcement.
SILENT_IMPACTS = frozenset({Impact.NONE, Impact.UNKNOWN})


@dataclass(frozen=True, slots=True)
class IncidentEvidence:
    """Hold what an incident's class is decided by.

    Attributes:
        page_key: Key of the page, under which overrides are listed.
        incident_id: The page's own id of the incident.
        title: Title of the incident.
        messages: Its messages, oldest first, without markup.
        kind: Its kind.
        impact: The provider's own word for how bad it was.
        status: The page's own word for where it stands.
        measured: Whether it is no post, but an outage that the page's own monitor measured.
        worst_state: Worst state it gave any component; None where it gave none.
        moved: Surfaces of the components it moved to degraded or worse.
        category: Category of the provider; empty where it is not known.
    """

    page_key: str
    incident_id: str
    title: str
    messages: Sequence[str] = ()
    kind: Kind = Kind.INCIDENT
    impact: Impact = Impact.UNKNOWN
    status: str = ""
    measured: bool = False
    worst_state: State | None = None
    moved: frozenset[str] = frozenset()
    category: str = ""

    @property
    def severity(self) -> int:
        """Return the place of the worst state on the state scale; 0 where there is none."""
        return SEVERITY.get(self.worst_state, 0) if self.worst_state else 0


@dataclass(frozen=True, slots=True)
class IncidentClass:
    """Hold a class, a short code of what gave it (its basis), and the reason in words."""

    name: str
    basis: str
    reason: str


def incident_class(incident: IncidentEvidence) -> IncidentClass:
    """Return the class of an incident with the reason why."""
    table = _table()
    override = table.overrides.get(incident.page_key, {}).get(incident.incident_id)
    if override is not None:
        return IncidentClass(override, "override", "listed by hand")
    if incident.measured:
        return IncidentClass("monitor", "measured", "the page's own monitor measured it")
    if incident.status.lower() in table.statuses:
        given = table.statuses[incident.status.lower()]
        return IncidentClass(given, "status", f"the page calls it “{incident.status}”")
    if incident.kind == Kind.MAINTENANCE:
        return IncidentClass("maintenance", "kind", "the page lists it as maintenance")
    text = _IncidentText(incident)
    planned = incident.severity < DEGRADED or not text.failure(table.failing)
    if incident.impact == Impact.MAINTENANCE and planned:
        return IncidentClass("maintenance", "kind", "its posted impact is maintenance")
    for rule in table.rules:
        found = rule.find(incident, text)
        if found:
            return IncidentClass(rule.gives, rule.name, found)
    if incident.worst_state == State.MAINTENANCE:
        return IncidentClass("maintenance", "states", "it moved components to maintenance only")
    return _billing(incident) or _announcement(incident, text) or _by_states(incident)


class _IncidentText:
    """Read title and messages of an incident, each thing that is asked of them once."""

    def __init__(self, incident: IncidentEvidence) -> None:
        """Keep the title, and of the messages the first ``LONGEST_TEXT`` letters."""
        self.title = incident.title
        self.messages = "\n".join(incident.messages)[:LONGEST_TEXT]
        self._failures: dict[FailureWords, str | None] = {}

    @cached_property
    def sentences(self) -> list[str]:
        """Return the sentences of the messages."""
        return SENTENCE.split(self.messages)

    @cached_property
    def lowered(self) -> str:
        """Return the messages in small letters."""
        return self.messages.lower()

    def failure(self, failing: FailureWords) -> str | None:
        """Return the first words of title or messages that say something fails."""
        if failing not in self._failures:
            found = self.title_failure(failing) or failing.find(self.messages)
            self._failures[failing] = found
        return self._failures[failing]

    def title_failure(self, failing: FailureWords) -> str | None:
        """Return the first words of the title that say something fails."""
        found = failing.title.search(self.title)
        return failing.find(self.title) or (found[0] if found else None)


def _billing(incident: IncidentEvidence) -> IncidentClass | None:
    """Return billing_console where words and what was moved agree.

    A provider that sells payments fails its customers when they fail.
    """
    table = _table()
    found = table.billing.search(incident.title)
    if found is None or not incident.moved <= BILLING_SURFACES:
        return None
    if any(_fails_too(item, incident.category) for item in table.beside.split(incident.title)):
        return None
    if not incident.moved and surface_of_title(incident.title, incident.category)[0] == "payments":
        return None
    moved = "all it moved is billing or console" if incident.moved else "it moved no component"
    return IncidentClass("billing_console", "billing", f"its title says “{found[0]}” and {moved}")


def _fails_too(item: str, category: str) -> bool:
    """Tell whether an item of a title names another thing that fails."""
    table = _table()
    if table.billing.search(item):
        return False
    if surface_of_title(item, category)[0] != "other":
        return True
    failing = table.failing.find(item) or table.failing.title.search(item)
    return bool(failing) and len(item.split()) >= SHORTEST_STATEMENT


def _announcement(incident: IncidentEvidence, text: _IncidentText) -> IncidentClass | None:
    """Return notice where neither words nor states say that anything fails."""
    if incident.severity or incident.impact not in SILENT_IMPACTS:
        return None
    failing = _table().failing
    told = any(len(sentence.split()) >= SHORTEST_STATEMENT for sentence in text.sentences)
    if not told or failing.find(f"{text.title}\n{text.messages}", weak=True):
        return None
    return IncidentClass("notice", "announcement", "it says of nothing that it fails")


def _by_states(incident: IncidentEvidence) -> IncidentClass:
    """Return outage or degradation by the worst state, else by the posted impact."""
    if incident.severity >= DEGRADED:
        name = "outage" if incident.severity >= PARTIAL else "degradation"
        return IncidentClass(name, "default", f"it moved a component to {incident.worst_state}")
    down = incident.impact in {Impact.MAJOR, Impact.CRITICAL}
    reason = f"it moved no component, and its posted impact is {incident.impact}"
    return IncidentClass("outage" if down else "degradation", "default", reason)


@dataclass(frozen=True, slots=True)
class _Rule:
    """Hold a rule of the table: words, and what may not stand against them."""

    name: str
    gives: str
    about: str
    tag: re.Pattern[str] | None
    title: re.Pattern[str] | None
    text: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    needs: tuple[str, ...]
    withdraws: bool
    unmoved: bool
    asks_title: bool
    may: bool
    failing: FailureWords

    def find(self, incident: IncidentEvidence, text: _IncidentText) -> str | None:
        """Return the reason for which the rule holds; None where it does not."""
        if self.unmoved and (incident.severity or incident.impact not in SILENT_IMPACTS):
            return None
        if self.unless is not None and self.unless.search(text.title):
            return None
        if self.withdraws:
            return self._withdrawn(text)
        spared = self.asks_title and incident.severity < DEGRADED
        if text.title_failure(self.failing) if spared else text.failure(self.failing):
            return None
        found = self.title.search(text.title) if self.title else None
        told = self._tell(text)
        if found and (told or not self._worked_on(incident, text)):
            return f"its title says “{found[0].strip()}” and nothing is said to fail"
        if self.text and told and self.text.search(told):
            return f"a message tells of {self.about} and nothing is said to fail"
        return None

    def _tell(self, text: _IncidentText) -> str | None:
        """Return the first sentence of the messages that tells what the rule is about.

        Planned work is named in outages too, so it takes words of its own.
        """
        patterns = [p for p in (self.text, self.title) if p and (p is self.text or not self.may)]
        return next((s for p in patterns for s in text.sentences if p.search(s)), None)

    def _worked_on(self, incident: IncidentEvidence, text: _IncidentText) -> bool:
        """Tell whether somebody looks into a moved component: no decision needs it."""
        worked = self.failing.work.search(text.messages)
        return incident.severity >= DEGRADED and worked is not None

    def _withdrawn(self, text: _IncidentText) -> str | None:
        """Return the words that withdraw the incident, where no later ones take that back."""
        tag = self.tag.search(text.title) if self.tag else None
        if tag:
            return f"its title begins with “{tag[0].strip(' [](-:')}”"
        found = self.title.search(text.title) if self.title else None
        told: list[int] = []
        if self.text and any(words in text.lowered for words in self.needs):
            told = [n for n, s in enumerate(text.sentences) if self.text.search(s)]
        if not told and not found:
            return None
        later = text.sentences[told[-1] + 1 :] if told else text.sentences
        if any(self.failing.find(sentence) for sentence in later):
            return None
        if told:
            return f"a message tells of {self.about}"
        return f"its title says “{found[0].strip()}”" if found else None


@dataclass(frozen=True, slots=True)
class _Table:
    rules: tuple[_Rule, ...]
    billing: re.Pattern[str]
    beside: re.Pattern[str]
    statuses: Mapping[str, str]
    failing: FailureWords
    overrides: Mapping[str, Mapping[str, str]]


@cache
def _table() -> _Table:
    rows = class_rules()
    return _Table(
        rules=tuple(map(_rule, rows["rules"])),
        billing=_compiled(rows["billing"]["title"]),
        beside=_compiled(rows["billing"]["beside"]),
        statuses=rows["statuses"],
        failing=failure_words(),
        overrides=rows.get("overrides", {}),
    )


def _rule(row: Mapping[str, Any]) -> _Rule:
    return _Rule(
        name=row["name"],
        gives=row["class"],
        about=row["about"],
        tag=_compiled(row["tag"]) if "tag" in row else None,
        title=_compiled(row["title"]) if "title" in row else None,
        text=_compiled(row["text"]) if "text" in row else None,
        unless=_compiled(row["unless"]) if "unless" in row else None,
        needs=tuple(row.get("needs", ())),
        withdraws=row.get("withdraws", False),
        unmoved=row.get("moved") == "none",
        asks_title=row.get("asks") == "title",
        may=row.get("may", False),
        failing=failure_words(possible=not row.get("may", False)),
    )


def _compiled(patterns: str | list[str]) -> re.Pattern[str]:
    """Compile a pattern, or several of which any may be found."""
    pattern = patterns if isinstance(patterns, str) else "|".join(patterns)
    return re.compile(pattern, re.IGNORECASE)
