"""Every measure of a document: its label, one line of definition, its section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    of: str = "posts begun"


FOLLOWED = "posts followed while open"
HIT = "those of them that were partial or worse"
UPDATES = "updates"
BOTH = "posts with both stages"
STATED = "posts that state a start"
POSTS = "posts begun"
SINCE = "posts since the first capture"
#: What a provider tells and keeps, by metric: line, section and what n counts.
FACTS: Mapping[str, tuple[str, str, str]] = {
    "acknowledgement_lag_median": (
        "How late a provider says what it later says was wrong already.",
        "Stages",
        STATED,
    ),
    "acknowledgement_known": (
        "Of posts made while something was wrong: those whose text states when it began.",
        "Stages",
        POSTS,
    ),
    "investigating_to_identified_median": ("From first entering one to the next.", "Stages", BOTH),
    "identified_to_monitoring_median": ("From first entering one to the next.", "Stages", BOTH),
    "monitoring_to_resolved_median": ("Up to the last time it was resolved.", "Stages", BOTH),
    "update_gap_median": ("While the post is not closed.", "Stages", FOLLOWED),
    "update_gap_p90": ("Nine in ten gaps are shorter.", "Stages", FOLLOWED),
    "longest_silence_median": ("Of the longest gap of each post.", "Stages", FOLLOWED),
    "longest_silence_p90": ("Nine in ten posts kept silent for less.", "Stages", FOLLOWED),
    "regressed": ("Such as from monitoring to investigating.", "Stages", FOLLOWED),
    "retrospective": ("The first word was already that it is over.", "Transparency", POSTS),
    "window_stated": (
        "In the text, with a time zone; what cannot be read for sure is not counted.",
        "Transparency",
        POSTS,
    ),
    "cause_stated": (
        "The provider's words, no finding; causes of seven kinds are read.",
        "Transparency",
        POSTS,
    ),
    "post_mortem": ("By the impact as posted.", "Transparency", "such posts"),
    "post_mortem_delay_median": ("Of those that have one.", "Transparency", "post-mortems"),
    "bulk_linked": ("Whatever it was that failed.", "Transparency", POSTS),
    "updates_backdated": ("By more than 60 seconds.", "Transparency", UPDATES),
    "updates_edit_stamped": (
        "By the page's own clock, more than 60 seconds after they were written.",
        "Transparency",
        UPDATES,
    ),
    "updates_text_edited": (
        "Between captures; of those written since the page's first capture.",
        "Transparency",
        UPDATES,
    ),
    "impact_changed": (
        "Between captures; of posts published since the page's first capture.",
        "Transparency",
        SINCE,
    ),
    "removed": (
        "Although it reaches back further; of posts since the first capture.",
        "Transparency",
        SINCE,
    ),
    "maintenance_unannounced": (
        "Of those that took place, whatever classes are asked for.",
        "Transparency",
        "maintenances begun",
    ),
    "maintenance_overrun": (
        "By more than 60 seconds; of those with a known end, scheduled and actual.",
        "Transparency",
        "maintenances begun",
    ),
    "components": (
        "Those of the surface: a page that is cut finely posts more.",
        "Transparency",
        "components",
    ),
}
MEASURES: Mapping[str, Measure] = {
    "availability": Measure(
        "Availability",
        "Share of the covered and known time in which the surface was not down, each state "
        "weighed by the rule. Cut, not rounded.",
        "Availability rules",
        "posts open",
    ),
    "bounds": Measure(
        "Availability, whatever the unknown was",
        "From every component down while its state is unknown to every such component up.",
        "Availability rules",
        "posts open",
    ),
    "frequency": Measure(
        "Incidents per 30 days",
        "Posts, or episodes of posts, whose impact began in covered time, per 30 covered days; "
        "exact Poisson interval, widened where they come in clusters.",
        "Frequency",
    ),
    "open_median": Measure(
        "Median time open",
        "Half of the posts were closed sooner than this after they were published; those still "
        "open are censored, not dropped.",
        "Durations",
        FOLLOWED,
    ),
    "open_p90": Measure(
        "90th percentile of time open", "Nine in ten closed sooner.", "Durations", FOLLOWED
    ),
    "open_rmst_24h": Measure(
        "Mean time open, up to 24 h",
        "Mean of the time open with each cut at 24 hours.",
        "Durations",
        FOLLOWED,
    ),
    "impact_median": Measure(
        "Median impact",
        "Half of the posts had a component partial or worse for less than this.",
        "Durations",
        HIT,
    ),
    "impact_p90": Measure("90th percentile impact", "Nine in ten were shorter.", "Durations", HIT),
    "impact_rmst_24h": Measure(
        "Mean impact, up to 24 h",
        "Mean of the impact with each cut at 24 hours.",
        "Durations",
        HIT,
    ),
    "coverage": Measure(
        "Coverage",
        "Share of the window in which captures cover at least one component of the surface.",
        "Coverage",
        "posts open",
    ),
    "common_frequency": Measure(
        "Incidents per 30 common days",
        "As incidents per 30 days, but only what was partial or worse on the surface for five "
        "minutes or more, in the time in which all providers compared were observed.",
        "Ranking",
    ),
    "count_rank": Measure(
        "Rank by incidents",
        "Place among the providers that post alike, with the best and the worst place that "
        "chance allows.",
        "Ranking",
    ),
    "common_downtime": Measure(
        "Share of common time down",
        "Weighted by the rule, runs of five minutes or more; interval from days drawn again.",
        "Ranking",
    ),
    "downtime_rank": Measure(
        "Rank by time down", "Place by the share of common time down.", "Ranking"
    ),
    "better": Measure(
        "Better, leaning, no clear difference",
        "Better: P(better) of 0.95 or more, and every way of counting agrees. Leaning: from 0.80. "
        "Anything else: no clear difference. Tests: exact for Poisson counts, else bootstrap.",
        "Ranking",
    ),
    **{metric: Measure(label, *FACTS[metric]) for metric, label in {**MOVES, **TOLD}.items()},
}


def definition_table() -> Table:
    """Build the table of measures, one line each with its section of the methodology."""
    rows = [(one.label, one.line, one.section) for one in MEASURES.values()]
    return Table("Definitions. One line each", ("Measure", "What it says", "Methodology"), rows)
