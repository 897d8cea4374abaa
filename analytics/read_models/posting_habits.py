"""Tell how a provider's posts move and what they tell, as facts with a name.

Definitions: METHODOLOGY, "Stages" and "Transparency".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from analytics.answer import blank
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
    "maintenance_unannounced",
    "maintenance_overrun",
    "components",
)
#: What is called otherwise where all surfaces are asked about together.
TOGETHER: Mapping[str, str] = {"components": "Components on the page, all surfaces"}
#: What facts are about.
ABOUT = ("moves", "told")


@once(selection)
def facts(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return what is known of the posts of the provider asked about.

    Over all its surfaces unless one is asked for. Columns: about (``moves`` or ``told``), fact,
    metric, unit, value, low, high, n, status.
    n counts posts, or updates or maintenances where the unit says so.
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
    return labels.join(found, on="metric", how="inner", maintain_order="left").select(
        "about", "fact", "metric", "unit", "value", "low", "high", "n", "status"
    )


@once(selection)
def stated_causes(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return the causes its posts state, over all its surfaces (``transparency.causes``)."""
    return causes(snapshot, _together(question))


def _together(question: Question) -> Question:
    return question if question.surface else replace(question, combine="any")
