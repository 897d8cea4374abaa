"""The sections of a document that compare providers on one surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from analytics.comparison.ranking import DOWNTIME
from analytics.wording.comparison import exclusion_reason
from analytics.wording.grammar import join_words
from analytics.wording.head_to_head import verdict_sentence
from analytics.wording.numbers import format_count, format_surface
from dashboard.document.answers import Answers
from dashboard.document.cells import Table
from dashboard.document.comparison import glance_table, measure_table, pair_table
from dashboard.document.sensitivity import class_table, counting_table, rule_table, survival_lines

APART = " The component states of the two rest on different kinds of evidence: see the caveats."


@dataclass(frozen=True, slots=True)
class SurfaceSection:
    """All providers on one surface. Tables without a row to show are None.

    ``verdicts``: of which providers, and the verdict in words.
    """

    name: str
    verdicts: list[tuple[str, str]]
    glance: Table
    matrix: Table
    pairs: Table | None
    survival: list[str]
    ways: Table | None
    rules: Table | None
    classes: Table | None


def surface_section(answers: Answers, name: str) -> SurfaceSection:
    """Build all sections about one surface."""
    return SurfaceSection(
        name=name,
        verdicts=verdict_lines(answers, name),
        glance=glance_table(answers, name),
        matrix=measure_table(answers, name),
        pairs=pair_table(answers, name),
        survival=survival_lines(answers, name),
        ways=counting_table(answers, name),
        rules=rule_table(answers, name),
        classes=class_table(answers, name),
    )


def opening_sentence(surfaces: Sequence[SurfaceSection]) -> str:
    """Say on which surfaces two providers are compared at all, for a hurried reader."""
    compared = [format_surface(one.name) for one in surfaces if one.pairs is not None]
    if not compared:
        return (
            "Nothing can be compared here; each surface says why. What each provider did by itself "
            "follows."
        )
    if len(compared) == len(surfaces):
        return f"Compared on {join_words(compared)}, over the time the providers have in common."
    rest = format_count(len(surfaces) - len(compared), "other surface")
    return (
        f"Compared on {join_words(compared)}, over the time the providers have in common. On "
        f"{rest} no two of them can be compared; there each stands by itself."
    )


def verdict_lines(answers: Answers, surface: str) -> list[tuple[str, str]]:
    """List the verdict of each compared pair, then each provider that is not compared.

    Empty for a provider alone.
    """
    names, rows = answers.names, answers.eligibility.filter(surface=surface).to_dicts()
    why = {row["provider"]: exclusion_reason(row) for row in rows}
    found = []
    for one, other in combinations([provider for provider in why if why[provider] is None], 2):
        pair = answers.pairs.filter(surface=surface, provider=one, other=other)
        if words := verdict_sentence(pair, names, mark=""):
            bases = [_bases(answers, provider, surface) for provider in (one, other)]
            known = pair.filter(metric=DOWNTIME)["word"].item() is not None
            aside = APART if known and all(bases) and bases[0] != bases[1] else ""
            found.append((f"{names[one]} and {names[other]}", words + aside))
    left = [(names[p], words) for p, words in why.items() if words]
    if not found and len(rows) > 1:
        reasons = "; ".join(f"{name}: {words}" for name, words in left)
        since = answers.comparable_since.get(surface)
        advice = f" A window from {since} on is long enough (--since {since})." if since else ""
        return [("No comparison", f"{reasons}.{advice}")]
    return [*found, *((name, f"Not compared: {words}.") for name, words in left)]


def _bases(answers: Answers, provider: str, surface: str) -> list[str]:
    """List what a provider's component states are made of; empty without states."""
    source = answers.source(provider, surface)
    return source["bases"] if source else []
