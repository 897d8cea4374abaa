"""Tell how a provider's incidents move and what they say, as facts with a name.

METHODOLOGY, "Stages" and "Transparency".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from analytics.answer import METRIC, blank
from analytics.memo import once
from analytics.metrics.catalogue import METRICS
from analytics.metrics.stages import stages
from analytics.metrics.transparency import causes, transparency
from analytics.question import Question, selection
from analytics.snapshot import Snapshot

#: Metrics in the order in which they are told: how posts move, and what they tell.
MOVES = (
    "acknowledgement_lag_median",
    "acknowledgement_known",
    "investigating_to_identified_median",
    "identified_to_monitoring_median",
    "monitoring_to_resolved_median",
    "update_gap_median",
    "update_gap_p90",
    "longest_silence_median",
    "longest_silence_p90",
    "regressed",
)
TOLD = (
    "retrospective",
    "window_stated",
    "cause_stated",
    "post_mortem",
    "post_mortem_delay_median",
    "bulk_linked",
    "updates_backdated",
    "updates_edit_stamped",
    "updates_text_edited",
    "impact_changed",
    "removed",
    "downgraded",
    "edited_after_end",
    "update_retracted",
    "added_late",
    "maintenance_unannounced",
    "maintenance_overrun",
    "components",
)
#: What is called otherwise where all surfaces are asked about together.
TOGETHER: Mapping[str, str] = {"components": "Components on the page, all surfaces"}
#: What facts are about.
ABOUT = ("moves", "told")
HABITS: Mapping[str, Any] = {
    # One of ``ABOUT``.
    "about": pl.String,
    "fact": pl.String,
    **METRIC,
    "status": pl.String,
}


@once(selection)
def facts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """List what is known of the incidents of the one provider asked about.

    Over all its surfaces, unless one is asked for. n counts incidents, or updates or
    maintenances where the unit says so.

    Returns:
        Columns of ``HABITS``.
    """
    asked = _together(question)
    both = pl.concat([stages(snapshot, asked), transparency(snapshot, asked)])
    found = blank(both).unique("metric", keep="first")
    called = {} if question.surface else TOGETHER
    rows = [
        (about, called.get(metric, METRICS[metric].label), metric)
        for about, named in zip(ABOUT, (MOVES, TOLD), strict=True)
        for metric in named
    ]
    labels = pl.DataFrame(rows, schema=["about", "fact", "metric"], orient="row")
    known = labels.join(found, on="metric", how="inner", maintain_order="left")
    return known.select(list(HABITS))


@once(selection)
def stated_causes(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the causes its incidents state, over all its surfaces.

    Returns:
        Columns of ``transparency.CAUSES``.
    """
    return causes(snapshot, _together(question))


def _together(question: Question) -> Question:
    return question if question.surface else replace(question, combine="any")
