"""Explain a published figure: which of a peer's choices turn our number into theirs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

Value = float | None


class Kind(StrEnum):
    """Name the kind of difference between a figure of a peer and ours."""

    RULE = "rule"
    WINDOW = "window"
    COVERAGE = "coverage"
    CLASS = "class"
    LOST = "lost history"
    PRECISION = "precision"


Kinds = frozenset[Kind]
#: Works out a figure when the choices of these kinds are the peer's and the others are ours.
Recompute = Callable[[Kinds], Value]


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold a figure as a peer printed it, and how to work it out again.

    ``recompute`` None: no bytes of ours cover it; ``missing`` says why. ``kinds``: the choices in
    which the peer's method differs from ours, for this figure.
    """

    peer: str
    about: str
    window: str
    metric: str
    value: Value
    digits: int = 0
    kinds: tuple[Kind, ...] = ()
    recompute: Recompute | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold a figure beside what its bytes give by our choices and by all of the peer's.

    ``needed``: the fewest kinds that turn ours into theirs; empty where ours is theirs; None
    where the peer's own method does not give it.
    """

    figure: Figure
    ours: Value
    theirs: Value
    needed: Kinds | None


def agrees(computed: Value, printed: Value, digits: int) -> bool:
    """Tell whether a number, rounded as it is printed, is the one printed.

    >>> agrees(57.36, 57, 0), agrees(28.1, 29, 0), agrees(None, None, 0)
    (True, False, True)
    """
    if computed is None or printed is None:
        return computed is printed
    return abs(computed - printed) <= float(0.5 / 10**digits) + 1e-9


def explain(figure: Figure) -> Finding | None:
    """Find the fewest choices that turn our number into the one printed.

    Only the peer's whole method explains: where all of its choices together miss the figure, no
    part of them that happens to hit it does. None: there are no bytes of ours.
    """
    if figure.recompute is None:
        return None
    ours, theirs = figure.recompute(frozenset()), figure.recompute(frozenset(figure.kinds))
    needed: Kinds | None = None
    if agrees(ours, figure.value, figure.digits):
        needed = frozenset()
    elif agrees(theirs, figure.value, figure.digits):
        needed = next(
            kinds
            for size in range(1, len(figure.kinds) + 1)
            for kinds in map(frozenset, combinations(figure.kinds, size))
            if agrees(figure.recompute(kinds), figure.value, figure.digits)
        )
    return Finding(figure, ours, theirs, needed)


@dataclass(frozen=True, slots=True)
class Tally:
    """Count a peer's figures: findings, and how many lack bytes of ours, by reason."""

    without_bytes: Counter[str]
    findings: tuple[Finding, ...]

    @property
    def equal(self) -> int:
        """Count the figures that are ours, too."""
        return sum(one.needed == frozenset() for one in self.findings)

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        """Return the findings that the peer's own method does not give."""
        return tuple(one for one in self.findings if one.needed is None)

    @property
    def explained(self) -> int:
        """Count the figures that differ from ours by the peer's choices."""
        return sum(bool(one.needed) for one in self.findings)

    @property
    def kinds(self) -> Counter[Kind]:
        """Count the explained figures by kind; one that took two counts under both."""
        return Counter(kind for one in self.findings for kind in one.needed or ())


def tally(figures: Iterable[Figure]) -> Tally:
    """Explain figures one by one, and count what came of them."""
    without: Counter[str] = Counter()
    findings = []
    for figure in figures:
        found = explain(figure)
        if found is None:
            without[figure.missing] += 1
        else:
            findings.append(found)
    return Tally(without, tuple(findings))


def shown(value: Value, digits: int) -> str:
    """Write a number with one digit more than the peer prints, cut and not rounded.

    >>> shown(57.36, 0), shown(None, 2)
    ('57.3', '-')
    """
    if value is None:
        return "-"
    scale = 10 ** (digits + 1)
    return f"{math.floor(value * scale + 1e-6) / scale:.{digits + 1}f}"


def table(tallies: Sequence[tuple[str, Tally]]) -> str:
    """Render one line a peer and one of all of them, as a table in Markdown."""
    kinds = list(Kind)
    head = ["peer", "no bytes of ours", "compared", "equal", "explained", *kinds, "unexplained"]
    lines = [
        f"| {' | '.join(head)} |",
        f"|{'|'.join(['---', *['---:'] * (len(head) - 1)])}|",
    ]
    total = [0] * (len(head) - 1)
    for name, one in tallies:
        row = [
            sum(one.without_bytes.values()),
            len(one.findings),
            one.equal,
            one.explained,
            *(one.kinds[kind] for kind in kinds),
            len(one.unexplained),
        ]
        total = [a + b for a, b in zip(total, row, strict=True)]
        lines.append(f"| {name} | {' | '.join(map(str, row))} |")
    lines.append(f"| all | {' | '.join(map(str, total))} |")
    share = 100 * total[-1] / total[1] if total[1] else 0.0
    lines.append(f"\nunexplained: {share:.2f} % of {total[1]} compared")
    return "\n".join(lines)
