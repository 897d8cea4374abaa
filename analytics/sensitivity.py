"""What the choice of rule does to a number (METHODOLOGY, "Availability rules")."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from analytics.answer import SCHEMA
from analytics.availability import availability
from analytics.question import Question
from analytics.rules import INCIDENT_OPEN, STATE_RULES
from analytics.snapshot import Snapshot

#: Every rule that needs no weights of the reader's, mildest first; the last is for contrast.
RULES = ("major_only", "statuspage", "incident_io", "strict", INCIDENT_OPEN)
assert set(RULES) - {INCIDENT_OPEN} | {"instatus"} == set(STATE_RULES)


def by_rule(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Availability of each row of the question under every rule (``answer.SCHEMA``).

    ``instatus`` weighs like ``statuspage`` and is left out.
    """
    asked = [replace(question, rule=rule, weights=None) for rule in RULES]
    return pl.concat([availability(snapshot, one) for one in asked]).select(list(SCHEMA))
