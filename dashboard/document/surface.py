"""Everything that sets the providers beside each other on one surface."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from analytics.ground import not_compared
from analytics.verdict import verdict
from dashboard.document.comparison import at_a_glance, head_to_head, matrix
from dashboard.document.numbers import Numbers
from dashboard.document.parts import Table
from dashboard.document.sensitivity import every_rule, other_classes, survival, ways_of_counting

APART = " Their component states are not made of the same kind of evidence: see the caveats."


@dataclass(frozen=True, slots=True)
class Surface:
    """All providers on one surface. Tables that would say nothing are None.

    ``verdicts``: of whom, and what may be said.
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


def on_one_surface(numbers: Numbers, name: str) -> Surface:
    """What can be said of the providers on this surface, and whether it survives."""
    return Surface(
        name=name,
        verdicts=verdicts(numbers, name),
        glance=at_a_glance(numbers, name),
        matrix=matrix(numbers, name),
        pairs=head_to_head(numbers, name),
        survival=survival(numbers, name),
        ways=ways_of_counting(numbers, name),
        rules=every_rule(numbers, name),
        classes=other_classes(numbers, name),
    )


def verdicts(numbers: Numbers, surface: str) -> list[tuple[str, str]]:
    """Of each pair of those compared, then of each provider that is not; alone, nothing."""
    names, rows = numbers.names, numbers.ground.filter(surface=surface).to_dicts()
    why = {row["provider"]: not_compared(row) for row in rows}
    found = []
    for one, other in combinations([provider for provider in why if why[provider] is None], 2):
        pair = numbers.pairs.filter(surface=surface, provider=one, other=other)
        if told := verdict(pair, names, mark=""):
            bases = [_bases(numbers, provider, surface) for provider in (one, other)]
            aside = APART if all(bases) and bases[0] != bases[1] else ""
            found.append((f"{names[one]} and {names[other]}", told + aside))
    if len(rows) > 1:
        left = [(names[p], f"Compared with nobody: {told}.") for p, told in why.items() if told]
        found += left
    return found


def _bases(numbers: Numbers, provider: str, surface: str) -> list[str]:
    """What the provider's component states are made of; empty where it never had any."""
    source = numbers.source(provider, surface)
    return source["bases"] if source else []
