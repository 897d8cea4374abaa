"""Every measure of a document: its label, one line of definition, where it is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.document.parts import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """``line``: what it says, in one line. ``section``: of analytics/METHODOLOGY.md.

    ``of``: what its n counts.
    """

    label: str
    line: str
    section: str
    of: str = "posts begun"


FOLLOWED = "posts followed while open"
HIT = "those of them that were partial or worse"
UPDATES = "updates"
MEASURES: Mapping[str, Measure] = {
    "availability": Measure(
        "Availability",
        "Share of the time vouched for and known in which the surface was not down, each state "
        "weighed by the rule. Cut, not rounded.",
        "Availability rules",
        "posts open",
    ),
    "bounds": Measure(
        "Availability, whatever the unknown was",
        "From all unknown time counted as down to all of it counted as up.",
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
        "Median open",
        "Half of the posts were closed sooner than this after they were published; those still "
        "open are censored, not dropped.",
        "Durations",
        FOLLOWED,
    ),
    "open_p90": Measure(
        "90th percentile open", "Nine in ten closed sooner.", "Durations", FOLLOWED
    ),
    "open_rmst_24h": Measure(
        "Mean open, up to 24 h",
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
        "Share of the window in which captures vouch for at least one component of the surface.",
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
    "acknowledgement_lag_median": Measure(
        "Median acknowledgement lag",
        "From the start of impact a text states to its first post.",
        "Stages",
        "posts that state a start",
    ),
    "acknowledgement_lag_p90": Measure(
        "90th percentile acknowledgement lag",
        "Nine in ten were acknowledged sooner.",
        "Stages",
        "posts that state a start",
    ),
    "acknowledgement_known": Measure(
        "Acknowledgement lag known",
        "Share of posts, made while something was wrong, that state when it began.",
        "Stages",
    ),
    "update_gap_median": Measure(
        "Median gap between updates", "While the post is not closed.", "Stages", FOLLOWED
    ),
    "update_gap_p90": Measure(
        "90th percentile gap between updates", "Nine in ten gaps are shorter.", "Stages", FOLLOWED
    ),
    "longest_silence_median": Measure(
        "Median longest silence", "Of the longest gap of each post.", "Stages", FOLLOWED
    ),
    "longest_silence_p90": Measure(
        "90th percentile longest silence",
        "Nine in ten posts kept silent for less.",
        "Stages",
        FOLLOWED,
    ),
    "retrospective": Measure(
        "Posted after the fact", "The first word was already that it is over.", "Transparency"
    ),
    "window_stated": Measure(
        "Window of impact stated", "The text says from when to when.", "Transparency"
    ),
    "cause_stated": Measure(
        "Cause stated", "The text states a cause; the provider's words, no finding.", "Transparency"
    ),
    "bulk_linked": Measure(
        "Tied to the whole roster", "The post names every component of the page.", "Transparency"
    ),
    "post_mortem": Measure(
        "With a post-mortem",
        "Of closed posts with a major or critical impact.",
        "Transparency",
        "such posts",
    ),
    "post_mortem_delay_median": Measure(
        "Median delay of a post-mortem", "From the end of the post.", "Transparency", "post-mortems"
    ),
    "post_mortem_delay_p90": Measure(
        "90th percentile delay of a post-mortem",
        "Nine in ten came sooner.",
        "Transparency",
        "post-mortems",
    ),
    "updates_backdated": Measure(
        "Updates backdated",
        "Displayed more than 60 seconds before they were written.",
        "Transparency",
        UPDATES,
    ),
    "updates_edit_stamped": Measure(
        "Updates stamped as edited",
        "By the page's own clock, more than 60 seconds after they were written.",
        "Transparency",
        UPDATES,
    ),
    "updates_text_edited": Measure(
        "Updates whose text changed",
        "Between captures; of those written since the page's first capture.",
        "Transparency",
        UPDATES,
    ),
    "impact_changed": Measure(
        "Impact changed later",
        "Between captures; of posts published since the page's first capture.",
        "Transparency",
        "posts since the first capture",
    ),
    "removed": Measure(
        "Removed from the page",
        "Although its list reaches back further; of posts since the first capture.",
        "Transparency",
        "posts since the first capture",
    ),
    "components": Measure(
        "Components of the surface",
        "A page that is cut finely posts more.",
        "Transparency",
        "components",
    ),
}
#: What a provider tells and keeps, in the order told.
FACTS = tuple(MEASURES)[list(MEASURES).index("acknowledgement_lag_median") :]


def definitions() -> Table:
    """One line per measure with its section of the methodology."""
    rows = [(one.label, one.line, one.section) for one in MEASURES.values()]
    return Table("Definitions. One line each", ("Measure", "What it says", "Methodology"), rows)
