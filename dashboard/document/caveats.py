"""Caveats about the numbers of a document, from what is known of their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from analytics.answer import WHOLE
from analytics.comparison.sensitivity import AS_ASKED, EVERY_CLASS
from analytics.page_doubts import quiet_providers, refused_records
from analytics.wording.comparison import exclusion_reason
from analytics.wording.numbers import format_count
from dashboard.document.answers import Answers, rows_by
from dashboard.document.cells import Row
from dashboard.document.question_text import name_surface
from dashboard.document.value_text import coverage_text, exact_text, moment_text
from dashboard.shown_text import to_line

#: Pairs above which some differences must be expected by chance.
MANY_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Caveat:
    """A caveat in a few words, in full, and where it applies (empty: everywhere)."""

    head: str
    text: str
    where: tuple[str, ...] = ()


GENERAL = (
    Caveat(
        "Self-reported",
        "Everything here is what providers published about themselves, not what was measured. "
        "A provider that posts less looks better.",
    ),
    Caveat(
        "Not your service, not your contract",
        "A status page speaks of all customers at once. This is neither your own error rate nor "
        "a statement about any service level agreement.",
    ),
)
RECONSTRUCTED = Caveat(
    "Reconstructed",
    "This is the past as later captures show it, not as it was known then.",
)


@dataclass(frozen=True, slots=True)
class Check:
    """A caveat and the function that finds where it applies."""

    head: str
    text: str
    where: Callable[[Answers], Iterator[str]]


def find_caveats(answers: Answers) -> list[Caveat]:
    """List the caveats of these providers, surfaces and window, general ones first."""
    return [*GENERAL, *_special(answers)]


def _special(answers: Answers) -> Iterator[Caveat]:
    """Yield the caveats that hold for these answers."""
    if answers.snapshot.reconstructed:
        yield RECONSTRUCTED
    for check in CHECKS:
        if found := tuple(check.where(answers)):
            yield Caveat(check.head, check.text, found)
    pairs = len(list(combinations(answers.question.providers, 2))) * len(answers.surfaces)
    if pairs > MANY_PAIRS:
        yield Caveat(
            "Many comparisons",
            f"{pairs} pairs are compared. Among so many some differences arise by chance.",
        )


def _places(answers: Answers) -> Iterator[tuple[str, str, str]]:
    """Yield every provider with each surface it has, and both together in words."""
    for name in answers.surfaces:
        for provider in answers.providers_on(name):
            yield provider, name, f"{answers.names[provider]}, {name_surface(name)}"


def _covered(answers: Answers) -> Iterator[tuple[str, Row]]:
    for provider, name, where in _places(answers):
        row = answers.measure(provider, name, "coverage")
        if row is not None:
            yield where, row


def _dark(answers: Answers) -> Iterator[str]:
    yield from (where for where, row in _covered(answers) if not row["covered_s"])
    known = {provider for provider, _, _ in _places(answers)}
    yield from (answers.names[p] for p in answers.question.providers if p not in known)


def _partly_covered(answers: Answers) -> Iterator[str]:
    for where, row in _covered(answers):
        if row["covered_s"] and row["coverage"] < WHOLE:
            yield f"{where}: {coverage_text(row)} of the window"


def _sources(answers: Answers) -> Iterator[tuple[str, Row]]:
    """Yield each provider's name with what is known of its page as a whole."""
    for provider in answers.question.providers:
        for row in answers.provenance.filter(provider=provider).head(1).to_dicts():
            yield answers.names[provider], row


def _captured_late(answers: Answers) -> Iterator[str]:
    for name, row in _sources(answers):
        first = row["first_captured_at"]
        if first is not None and first > answers.start:
            yield f"{name}: first captured {moment_text(first)}"


def _not_compared(answers: Answers) -> Iterator[str]:
    if len(answers.question.providers) < 2:
        return
    eligibility = rows_by(answers.eligibility, "provider", "surface")
    for provider, name, where in _places(answers):
        row = eligibility.get((provider, name))
        if row and row["days"] and (why := exclusion_reason(row)):
            yield f"{where}: {why}"


def _kinds(answers: Answers) -> Iterator[str]:
    if answers.provenance["source_class"].n_unique() > 1:
        yield from (f"{name}: {row['source_class']}" for name, row in _sources(answers))


def _incident_level(answers: Answers) -> Iterator[str]:
    for provider, name, where in _places(answers):
        source = answers.source(provider, name)
        if source and "incident" in source["bases"]:
            yield where


def _without_impact(answers: Answers) -> Iterator[str]:
    for provider, name, where in _places(answers):
        source = answers.source(provider, name)
        if source and source["without_impact"]:
            yield f"{where}: {source['without_impact']} of {format_count(source['posts'], 'post')}"


def _never_down(answers: Answers) -> Iterator[str]:
    for provider, name, where in _places(answers):
        row, source = (
            answers.measure(provider, name, "availability"),
            answers.source(provider, name),
        )
        if row and source and row["value"] is not None and not row["down_s"] and source["posts"]:
            yield f"{where}: {format_count(source['posts'], 'post')}"


def _unknown(answers: Answers) -> Iterator[str]:
    for provider, name, where in _places(answers):
        if seconds := answers.unknown_s(provider, name):
            yield f"{where}: {exact_text(seconds)}"


def _left_out(answers: Answers) -> Iterator[str]:
    frequency = answers.classes.filter(metric="frequency")
    rates = rows_by(frequency, "chosen", "provider", "surface")
    for provider, name, where in _places(answers):
        asked, every = (rates.get((chosen, provider, name)) for chosen in (AS_ASKED, EVERY_CLASS))
        more = (every["n"] or 0) - (asked["n"] or 0) if asked and every else 0
        if more > 0:
            yield f"{where}: {more} more"


def _unmapped(answers: Answers) -> Iterator[str]:
    for name, row in _sources(answers):
        if row["unmapped"]:
            yield f"{name}: {row['unmapped']} of {format_count(row['components'], 'component')}"


def _unattributed(answers: Answers) -> Iterator[str]:
    for name, row in _sources(answers):
        if row["unattributed"]:
            yield f"{name}: {row['unattributed']} of {format_count(row['provider_posts'], 'post')}"


def _breaks(answers: Answers) -> Iterator[str]:
    for row in answers.breaks.iter_rows(named=True):
        note = f", {to_line(row['note'])}" if row["note"] else ""
        when = moment_text(row["at"])
        yield f"{answers.names[row['provider']]}, {when}: {row['kind']}{note}"


def _refused(answers: Answers) -> Iterator[str]:
    refused = refused_records(answers.snapshot)
    for provider in answers.question.providers:
        if provider in refused:
            yield f"{answers.names[provider]}: {format_count(refused[provider], 'record')}"


def _quiet(answers: Answers) -> Iterator[str]:
    quiet = quiet_providers(answers.snapshot)
    for provider in answers.question.providers:
        if provider in quiet:
            yield f"{answers.names[provider]}: {quiet[provider]}"


#: Caveats that hold only where something is found, in the order of the document.
CHECKS = (
    Check(
        "No coverage",
        "No capture covers these in the window. That is unknown: neither up nor down.",
        _dark,
    ),
    Check(
        "Coverage is not whole",
        "Numbers over a provider's own coverage may be about other times than those of another "
        "provider. Compare only numbers over common time.",
        _partly_covered,
    ),
    Check(
        "History before the first capture",
        "Earlier posts are known only as the page showed them at its first capture. Edits and "
        "removals made before that cannot be seen.",
        _captured_late,
    ),
    Check(
        "Not compared",
        "A longer window may allow it.",
        _not_compared,
    ),
    Check(
        "Posted differently",
        "Monitors post small events that people would not post. So counts of the two kinds are "
        "not compared.",
        _kinds,
    ),
    Check(
        "Incident level only",
        "The source shows whole posts, not component states. The time a post is open counts as "
        "time down, and the posted impact as its severity. Do not compare such an availability "
        "with one from component states.",
        _incident_level,
    ),
    Check(
        "No impact stated",
        "Posts that do not state an impact. Where nothing else gives the severity, that time "
        "is unknown and left out, although it is a time of trouble.",
        _without_impact,
    ),
    Check(
        "Posts, but never down",
        "None of the posts put a component down under this rule. A full availability may then "
        "only mean that the page does not say.",
        _never_down,
    ),
    Check(
        "Unknown time",
        "Covered, but the state of at least one component is not known. Time in which no state "
        "is known is left out of availability. Where some states are known, they alone decide. "
        "The scorecard gives bounds for what the unknown could hide.",
        _unknown,
    ),
    Check(
        "Records that could not be read",
        "Parts of what these pages posted are in no number. While one of them was open, the states "
        "are unknown.",
        _refused,
    ),
    Check(
        "A page that posts nothing any more",
        "It still answers, and has been silent for far longer than usual. Quiet may not mean well.",
        _quiet,
    ),
    Check(
        "Posts of other classes",
        "Left out because of their class. Sensitivity shows what these posts would change.",
        _left_out,
    ),
    Check(
        "Components without a surface",
        "These components count under the surface other.",
        _unmapped,
    ),
    Check(
        "Posts that name no component",
        "Such a post counts on the surface its title names. On a page shared with other "
        "products a keyword in its text may name the surface; else it is other. On a surface "
        "without a known component it counts only in the numbers of all surfaces together. "
        "Where the page shows components it adds no downtime; on a shared page the states are "
        "unknown while it is open. "
        "Counted over all surfaces and the whole window, covered or not.",
        _unattributed,
    ),
    Check(
        "Breaks in the series",
        "At a break the source changed. Do not compare a series across it.",
        _breaks,
    ),
)
