"""How a provider's posts move and what they tell, as facts with a name.

Definitions: METHODOLOGY, "Stages" and "Transparency".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from analytics.answer import blank
from analytics.memo import once
from analytics.metrics.stages import stages
from analytics.metrics.transparency import causes, transparency
from analytics.question import Question, selection
from analytics.snapshot import Snapshot

#: Metrics in the order in which they are told, in words.
MOVES: Mapping[str, str] = {
    "acknowledgement_lag_median": "From the stated start of impact to the first post, median",
    "acknowledgement_known": "Posts with a start of impact we could read (at least)",
    "investigating_to_identified_median": "From investigating to identified, median",
    "identified_to_monitoring_median": "From identified to monitoring, median",
    "monitoring_to_resolved_median": "From monitoring to resolved, median",
    "update_gap_median": "Between two updates, median",
    "update_gap_p90": "Between two updates, 90th percentile",
    "longest_silence_median": "Longest silence of a post, median",
    "longest_silence_p90": "Longest silence of a post, 90th percentile",
    "regressed": "Posts that went back to an earlier stage",
}
TOLD: Mapping[str, str] = {
    "retrospective": "Posts made after the fact",
    "window_stated": "Posts with a window of impact we could read (at least)",
    "cause_stated": "Posts with a cause we could read (at least)",
    "post_mortem": "Closed major or critical posts with a post-mortem",
    "post_mortem_delay_median": "From the end to the post-mortem, median",
    "bulk_linked": "Posts tied to every component",
    "updates_backdated": "Updates displayed earlier than they were written",
    "updates_edit_stamped": "Updates stamped as changed later",
    "updates_text_edited": "Updates whose text was seen to change",
    "impact_changed": "Posts whose impact was seen to change",
    "removed": "Posts removed from the page's list",
    "maintenance_unannounced": "Scheduled maintenances announced less than 24 hours ahead",
    "maintenance_overrun": "Scheduled maintenances that lasted beyond their scheduled end",
    "components": "Components on the surface",
}
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
        (about, called.get(metric, fact), metric)
        for about, named in zip(ABOUT, (MOVES, TOLD), strict=True)
        for metric, fact in named.items()
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
