"""The question of a document in words, and the command that asks it again."""

from __future__ import annotations

import shlex
from datetime import datetime, timedelta

from analytics import METRICS, Question, Snapshot
from analytics.directory import provider_names
from analytics.evidence.provenance import left_unrated
from analytics.question import UTC_ZONE, combine_of
from analytics.rules import CUSTOM, HEADLINE, INCIDENT_OPEN, weights_of
from analytics.scope import ALL_SURFACES
from analytics.wording.comparison import unrated_sentence
from analytics.wording.grammar import BASIS, join_words
from analytics.wording.numbers import BLANK, format_surface, format_tenths
from analytics.wording.question import describe_region
from analytics.wording.verdict import short_name
from dashboard.document.answers import Answers
from dashboard.document.value_text import moment_text
from ingest.models import State, time_zone, zone_rules

FILE = "report.html"
#: More providers than this are not named in a title.
NAMED = 3


def document_title(answers: Answers) -> str:
    """Write the title: which providers, on which surface."""
    asked, names = answers.question, _names(answers)
    plain = asked.surface is None and asked.combine is None
    whom = join_words(names) if len(names) <= NAMED else f"{len(names)} providers"
    return f"Reliability as posted: {whom}, {'by surface' if plain else surface_asked(asked)}"


def question_sentence(answers: Answers) -> str:
    """Write the question in words."""
    names = _names(answers)
    first, last = (
        local_day(answers, answers.start),
        local_day(answers, answers.end - timedelta(seconds=1)),
    )
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return (
        f"How reliable {'was' if len(names) == 1 else 'were'} {join_words(names)} on "
        f"{surface_asked(answers.question)} {when}, going by what their own status pages say?"
    )


def question_facts(answers: Answers) -> list[tuple[str, str]]:
    """List what every number of the document rests on, as terms and their meaning."""
    question, snapshot = answers.question, answers.snapshot
    days = format_tenths((answers.end - answers.start).total_seconds() / 86_400)
    found = [
        ("Surface", surface_asked(question)),
        ("Region", describe_region(snapshot, question)),
        (
            "Window",
            f"{moment_text(answers.start)} up to, not including, {moment_text(answers.end)}: "
            f"{days} days; days and months begin in {question.zone}",
        ),
        ("Rule", rule_text(question)),
        ("Beside it", rule_text(Question(rule=answers.beside))),
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
        ("Data up to", f"{moment_text(snapshot.as_of)}, the newest capture used"),
        ("Snapshot", snapshot.digest),
        ("Method, code", f"method version {snapshot.method_version}, code {snapshot.code_version}"),
        ("Days", f"by the rules of time zones of {zone_rules()}"),
    ]


COMBINED = {
    "any": "down while any of them is",
    "all": "down while all of them are",
    "mean": "the mean of them",
}


def rule_text(question: Question) -> str:
    """Write a rule with its weights."""
    if question.rule == INCIDENT_OPEN:
        return f"{INCIDENT_OPEN}: down while any post that names the component is open"
    weights = weights_of(question.rule, question.weights)
    words = ", ".join(f"{state} {weights[state]:g}" for state in WEIGHED)
    return f"{question.rule}: {words}"


WEIGHED = (State.DEGRADED, State.PARTIAL, State.MAJOR)


def surface_asked(question: Question) -> str:
    """Write the surface of a question in words."""
    if question.surface is not None:
        return format_surface(question.surface)
    return "all surfaces together" if question.combine else "each surface by itself"


def describe_basis(snapshot: Snapshot, question: Question) -> str:
    """Write what the availabilities rest on: once where it is the same of all."""
    names = provider_names(snapshot)
    rows = METRICS["availability"](snapshot, question).select("provider", "basis").iter_rows()
    bases = [(short_name(names.get(who, who)), BASIS[basis]) for who, basis in rows]
    kinds = {basis for _, basis in bases}
    if len(kinds) < 2:
        return "".join(kinds) or BLANK
    return "; ".join(f"{name}: {basis}" for name, basis in bases)


def name_surface(name: str) -> str:
    """Write the surface of an answer in words."""
    return "all surfaces together" if name == ALL_SURFACES else format_surface(name)


def surface_heading(name: str) -> str:
    """Write the surface of an answer as a heading or the start of a sentence.

    >>> surface_heading("chat_web"), surface_heading("api_inference")
    ('Chat web', 'API inference')
    """
    words = name_surface(name)
    return words[:1].upper() + words[1:]


def report_command(answers: Answers) -> str:
    """Write the command that makes this document again from the same archive."""
    return command_text(answers.snapshot, answers.question)


def command_text(snapshot: Snapshot, question: Question) -> str:
    """Write the command that makes brief and appendix again from the same archive."""
    words = ["statusledger", "report", "--appendix"]
    for provider in question.providers:
        words += ["--provider", provider]
    given = {
        "--surface": question.surface,
        "--region": snapshot.region,
        "--since": question.since,
        "--until": question.until,
        "--zone": question.zone if question.zone != UTC_ZONE else None,
        "--rule": question.rule if question.rule not in (HEADLINE, CUSTOM) else None,
        "--weights": ",".join(map(repr, question.weights)) if question.weights else None,
        "--classes": _unless_plain(question, "classes"),
        "--unit": _unless_plain(question, "unit"),
        "--combine": question.combine,
        "--minimum": question.minimum,
        "--as-of": snapshot.as_of.isoformat(),
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


def caption_tail(answers: Answers, *, ruled: bool = True, classed: bool = True) -> str:
    """Write the end of a table's caption: rule, classes and window of its numbers."""
    words = [f"rule {answers.question.named_rule}"] if ruled else []
    if classed:
        words.append(f"posts of class {join_words(answers.question.classes)}")
    words.append(f"{moment_text(answers.start)} to {moment_text(answers.end)}")
    return "; ".join(words)


def local_day(answers: Answers, at: datetime) -> str:
    """Write the day of an instant in the zone asked for."""
    local = at.astimezone(time_zone(answers.question.zone))
    return f"{local.day} {local:%B %Y}"


def _names(answers: Answers) -> list[str]:
    return [answers.names[provider] for provider in answers.question.providers]
