"""What was asked, of what, and how to ask it again."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics import Question
from analytics.evidence.provenance import left_unrated
from analytics.question import UTC_ZONE, combine_of
from analytics.rules import CUSTOM, HEADLINE, INCIDENT_OPEN, weights_of
from analytics.scope import ALL_SURFACES
from analytics.wording.comparison import unrated_sentence
from analytics.wording.numbers import tenths
from dashboard import format as said
from dashboard.document.answers import Numbers
from dashboard.document.value_text import moment
from ingest.models import State

FILE = "report.html"
#: More providers than this are not named in a title.
NAMED = 3


def title(numbers: Numbers) -> str:
    """Whom and what the document is about."""
    asked, names = numbers.question, _names(numbers)
    plain = asked.surface is None and asked.combine is None
    whom = enumerated(names) if len(names) <= NAMED else f"{len(names)} providers"
    return f"Reliability as posted: {whom}, {'by surface' if plain else on(asked)}"


def sentence(numbers: Numbers) -> str:
    """The question in words."""
    names = _names(numbers)
    first, last = day(numbers, numbers.start), day(numbers, numbers.end - timedelta(seconds=1))
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return (
        f"How reliable {'was' if len(names) == 1 else 'were'} {enumerated(names)} on "
        f"{on(numbers.question)} {when}, going by what their own status pages say?"
    )


def facts(numbers: Numbers) -> list[tuple[str, str]]:
    """What every number of the document rests on, as terms and their meaning."""
    question, snapshot = numbers.question, numbers.snapshot
    days = tenths((numbers.end - numbers.start).total_seconds() / 86_400)
    found = [
        ("Surface", on(question)),
        (
            "Window",
            f"{moment(numbers.start)} up to, not including, {moment(numbers.end)}: {days} days; "
            f"days and months begin in {question.zone}",
        ),
        ("Rule", rule(question)),
        ("Beside it", rule(Question(rule=numbers.beside))),
        ("Classes of posts", ", ".join(question.classes)),
        ("Counted", question.unit),
    ]
    if question.minimum:
        left_out = left_unrated(snapshot, question), snapshot.table("providers")
        states = "An availability by states rests on them all."
        least = f"{question.minimum} or worse. {states} {unrated_sentence(*left_out)}".strip()
        found.append(("Only posts that reached", least))
    return [
        *found,
        ("Several components of a surface", COMBINED[combine_of(question)]),
        ("Data up to", f"{moment(snapshot.as_of)}, the newest capture used"),
        ("Snapshot", snapshot.digest),
        ("Method, code", f"method version {snapshot.method_version}, code {snapshot.code_version}"),
    ]


COMBINED = {
    "any": "down while any of them is",
    "all": "down while all of them are",
    "mean": "the mean of them",
}


def rule(question: Question) -> str:
    """A rule with its weights."""
    if question.rule == INCIDENT_OPEN:
        return f"{INCIDENT_OPEN}: down while any post that names the component is open"
    weights = weights_of(question.rule, question.weights)
    told = ", ".join(f"{state} {weights[state]:g}" for state in WEIGHED)
    return f"{question.rule}: {told}"


WEIGHED = (State.DEGRADED, State.PARTIAL, State.MAJOR)


def on(question: Question) -> str:
    """The surface in words."""
    if question.surface is not None:
        return said.surface(question.surface)
    return "all surfaces together" if question.combine else "each surface by itself"


def surface(name: str) -> str:
    """A surface of an answer in words."""
    return "all surfaces together" if name == ALL_SURFACES else said.surface(name)


def heading(name: str) -> str:
    """A surface of an answer as a heading or at the start of a sentence.

    >>> heading("chat_web"), heading("api_inference")
    ('Chat web', 'API inference')
    """
    words = surface(name)
    return words[:1].upper() + words[1:]


def command(numbers: Numbers) -> str:
    """The command that makes this document again from the same archive."""
    question = numbers.question
    words = ["statusledger", "report"]
    for provider in question.providers:
        words += ["--provider", provider]
    given = {
        "--surface": question.surface,
        "--since": question.since,
        "--until": question.until,
        "--zone": question.zone if question.zone != UTC_ZONE else None,
        "--rule": question.rule if question.rule not in (HEADLINE, CUSTOM) else None,
        "--weights": ",".join(map(repr, question.weights)) if question.weights else None,
        "--classes": _unless_plain(question, "classes"),
        "--unit": _unless_plain(question, "unit"),
        "--combine": question.combine,
        "--minimum": question.minimum,
        "--as-of": numbers.snapshot.as_of.isoformat(),
        "--out": FILE,
    }
    for option, value in given.items():
        if value is not None:
            words += [option, str(value)]
    return shlex.join(words)


def _unless_plain(question: Question, field: str) -> str | None:
    value = getattr(question, field)
    if value == getattr(Question(), field):
        return None
    return value if isinstance(value, str) else ",".join(value)


def carried(numbers: Numbers, *, ruled: bool = True, classed: bool = True) -> str:
    """What goes into the caption of a table: rule, classes and window of its numbers."""
    told = [f"rule {numbers.question.named_rule}"] if ruled else []
    if classed:
        told.append(f"posts of class {enumerated(numbers.question.classes)}")
    told.append(f"{moment(numbers.start)} to {moment(numbers.end)}")
    return "; ".join(told)


def day(numbers: Numbers, at: datetime) -> str:
    """The day of an instant in the zone asked for, in words."""
    local = at.astimezone(ZoneInfo(numbers.question.zone))
    return f"{local.day} {local:%B %Y}"


def enumerated(things: tuple[str, ...] | list[str]) -> str:
    """Things as a list in a sentence.

    >>> enumerated(["a"]), enumerated(["a", "b"]), enumerated(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(things[:-1]), *things[-1:]]))


def _names(numbers: Numbers) -> list[str]:
    return [numbers.names[provider] for provider in numbers.question.providers]
