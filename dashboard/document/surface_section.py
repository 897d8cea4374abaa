"""Everything that sets the providers beside each other on one surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from analytics.comparison.ranking import DOWNTIME
from analytics.wording.comparison import not_compared
from analytics.wording.grammar import join_words
from analytics.wording.head_to_head import verdict
from analytics.wording.numbers import format_count, format_surface
from dashboard.document.answers import Answers
from dashboard.document.cells import Table
from dashboard.document.comparison import glance_table, measure_table, pair_table
from dashboard.document.sensitivity import class_table, counting_table, rule_table, survival_lines

APART = " Their component states are not made of the same kind of evidence: see the caveats."


@dataclass(frozen=True, slots=True)
class SurfaceSection:
    """All providers on one surface. Tables that would say nothing are None.

    ``verdict_lines``: of whom, and what may be said.
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
    """What can be said of the providers on this surface, and whether it survives."""
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
    """On which surfaces two providers are compared at all: what a hurried reader must know."""
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
    """Of each pair of those compared, then of each provider that is not; alone, nothing."""
    names, rows = answers.names, answers.eligibility.filter(surface=surface).to_dicts()
    why = {row["provider"]: not_compared(row) for row in rows}
    found = []
    for one, other in combinations([provider for provider in why if why[provider] is None], 2):
        pair = answers.pairs.filter(surface=surface, provider=one, other=other)
        if told := verdict(pair, names, mark=""):
            bases = [_bases(answers, provider, surface) for provider in (one, other)]
            known = pair.filter(metric=DOWNTIME)["word"].item() is not None
            aside = APART if known and all(bases) and bases[0] != bases[1] else ""
            found.append((f"{names[one]} and {names[other]}", told + aside))
    left = [(names[p], told) for p, told in why.items() if told]
    if not found and len(rows) > 1:
        reasons = "; ".join(f"{name}: {told}" for name, told in left)
        since = answers.comparable_since.get(surface)
        advice = f" A window from {since} on is long enough (--since {since})." if since else ""
        return [("Nobody is compared", f"{reasons}.{advice}")]
    return [*found, *((name, f"Compared with nobody: {told}.") for name, told in left)]


def _bases(answers: Answers, provider: str, surface: str) -> list[str]:
    """What the provider's component states are made of; empty where it never had any."""
    source = answers.source(provider, surface)
    return source["bases"] if source else []
