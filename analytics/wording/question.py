"""A question in words: what was asked, as a line above the answer."""

from __future__ import annotations

from analytics.question import Question
from analytics.rules import CUSTOM, INCIDENT_OPEN
from analytics.snapshot import Snapshot
from analytics.wording.grammar import capitalise
from analytics.wording.numbers import format_count, format_surface

#: Each rule by what it means.
RULE_WORDS = {
    "incident_io": "partial outages count fully",
    "statuspage": "partial outages count 30 %",
    "instatus": "partial outages count 30 %",
    "major_only": "partial outages do not count",
    "strict": "degraded time counts too",
    INCIDENT_OPEN: "all time with an open post counts",
}
#: Surfaces as what is chosen; any other by its name.
CHOSEN = {
    "api_inference": "API",
    "chat_web": "Chat",
    "code_assistant": "Code assistants",
    "auth": "Sign-in",
}
EVERY_SURFACE = "Every surface"


def format_choice(surface: str | None) -> str:
    """Write a surface as what is chosen.

    >>> format_choice("code_assistant"), format_choice("fine_tuning"), format_choice(None)
    ('Code assistants', 'Fine tuning', 'Every surface')
    """
    if surface is None:
        return EVERY_SURFACE
    return CHOSEN.get(surface, capitalise(format_surface(surface)))


def describe_rule(question: Question) -> str:
    """Say what counts as down, with the name of the rule.

    >>> describe_rule(Question())
    'partial outages count fully (incident_io)'
    """
    if question.rule == CUSTOM and question.weights is not None:
        parts = zip(("degraded", "partial", "major"), question.weights, strict=True)
        weights = ", ".join(f"{state} {weight:.0%}" for state, weight in parts)
        return f"{weights} (custom)"
    return f"{RULE_WORDS[question.rule]} ({question.rule})"


def describe_region(snapshot: Snapshot, question: Question) -> str:
    """Write which regions numbers are about."""
    if snapshot.region is not None:
        return f"{snapshot.region} alone, with what is of no region"
    if question.combine is not None:
        return "all, combined as asked"
    return "all; a surface in several is the mean over them"


def describe_providers(question: Question) -> str:
    """Count the providers that are asked about.

    >>> describe_providers(Question(providers=("acme", "bolt")))
    '2 providers'
    """
    n = len(question.providers)
    return format_count(n, "provider") if n else "every provider"
