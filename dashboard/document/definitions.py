"""Every measure of a document: its label, one line of definition, its section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analytics.metrics.catalogue import METRICS
from analytics.read_models.posting_habits import MOVES, TOLD
from dashboard.document.cells import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: ``line`` defines it, ``section`` of METHODOLOGY.md explains it.

    ``of``: what its n counts.
    """

    label: str
    line: str
    section: str
    of: str


#: What a provider tells and keeps, in the order of the tables.
FACTS = (*MOVES, *TOLD)
#: Metrics of a document in the order in which they are defined, before those of ``FACTS``.
DEFINED = (
    "availability",
    "frequency",
    "open_median",
    "open_p90",
    "open_rmst_24h",
    "impact_median",
    "impact_p90",
    "impact_rmst_24h",
    "coverage",
    "common_frequency",
    "count_rank",
    "common_downtime",
    "downtime_rank",
)
MEASURES: Mapping[str, Measure] = {
    **{
        name: Measure(one.label, one.line, one.section, one.n)
        for name, one in METRICS.items()
        if name in DEFINED
    },
    "bounds": Measure(
        "Availability, whatever the unknown was",
        "From every component down while its state is unknown to every such component up.",
        "Availability rules",
        METRICS["availability"].n,
    ),
    "better": Measure(
        "Better, leaning, no clear difference",
        "Better: P(better) of 0.95 or more, and every way of counting agrees. Leaning: from 0.80. "
        "Anything else: no clear difference. Tests: exact for Poisson counts, else bootstrap.",
        "Ranking",
        METRICS["common_frequency"].n,
    ),
    **{
        name: Measure(one.label, one.line, one.section, one.n)
        for name, one in METRICS.items()
        if name in FACTS
    },
}


def definition_table() -> Table:
    """Build the table of measures, one line each with its section of the methodology."""
    rows = [(one.label, one.line, one.section) for one in MEASURES.values()]
    return Table("Definitions. One line each", ("Measure", "What it says", "Methodology"), rows)
