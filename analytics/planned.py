"""Which maintenances took place, and when (METHODOLOGY, "Incident classes").

Written for frames of any engine, with the columns of table ``incidents``.
"""

from __future__ import annotations

import narwhals as nw
from narwhals.typing import FrameT

from analytics.question import MAINTENANCE, Question

PLANNED = nw.col("kind") == MAINTENANCE


def asked_for(incidents: FrameT, question: Question) -> FrameT:
    """Incidents of the classes asked for, and with class maintenance what took place of those."""
    if MAINTENANCE in question.classes:
        counted = from_start(incidents).filter(~PLANNED | took_place())
    else:
        counted = incidents.filter(~PLANNED)
    return counted.filter(nw.col("class").is_in([*question.classes]))


def from_start(incidents: FrameT) -> FrameT:
    """``incidents`` with maintenances as long as the work took, not as it was announced ahead.

    They are open, and hit users, from ``started_at`` to ``resolved_at``.
    """

    def instead(name: str, of: nw.Expr) -> nw.Expr:
        return nw.when(PLANNED).then(of).otherwise(nw.col(name)).alias(name)

    return incidents.with_columns(
        instead("published_s", nw.col("started_s")),
        instead("impact_start_s", nw.col("started_s")),
        instead("impact_start_at", nw.col("started_at")),
        instead("impact_end_s", nw.col("resolved_s")),
        instead("impact_end_at", nw.col("resolved_at")),
        instead("open_seconds", nw.col("resolved_s") - nw.col("started_s")),
    )


def took_place() -> nw.Expr:
    """Whether a maintenance is known to have begun when it says.

    One that is only announced, however long ago, may have been put off, and one that was closed
    by its start was called off. A start that only repeats the time of the announcement
    says nothing of the work.
    """
    resolved = nw.col("resolved_s")
    return (
        (nw.col("stage") != "scheduled")
        & ~nw.col("start_basis").is_in(["started_at", "none"])
        & (resolved.is_null() | (resolved > nw.col("started_s")))
    )
