"""The ways to ask that a finding must survive (METHODOLOGY, "Ranking")."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from analytics.question import RELIABILITY, UNITS, Question

NOTICE = "notice"
#: Rules that a finding must survive.
GRID_RULES = ("incident_io", "statuspage", "major_only")


def cells(question: Question) -> list[Question]:
    """Return the question in 12 ways: by rule, unit and treatment of notices."""
    plain = tuple(c for c in question.classes if c != NOTICE) or RELIABILITY
    return [
        replace(question, rule=rule, weights=None, unit=unit, classes=classes)
        for rule, unit, classes in product(GRID_RULES, UNITS, (plain, (*plain, NOTICE)))
    ]


def all_classes(question: Question) -> tuple[str, ...]:
    """Return every class that the question or one of its cells counts."""
    asked = (question, *cells(question))
    return tuple(dict.fromkeys(its for one in asked for its in one.classes))
