"""Catalogue of metrics: what each is called, what it says, where it is defined.

To add a metric, write its function in a module of its own and name it here; command line, cards,
tables and documents read their words from this list. Nothing heavy is loaded: the command line
prints the names of the metrics in a blink.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from types import MappingProxyType

from analytics.metrics.metric import Kind, Measurement, Metric, alike
from analytics.metrics.portfolio_metrics import PATTERNS, PORTFOLIO, RENEWAL

#: By the name that a question on the command line or in a notebook gives it.
MEASUREMENTS: Mapping[str, Measurement] = MappingProxyType(
    {
        "availability": Measurement(
            "analytics.metrics.availability", "availability", "fraction of observed time up"
        ),
        "frequency": Measurement(
            "analytics.metrics.frequency", "frequency", "posts or episodes per 30 covered days"
        ),
        "durations": Measurement(
            "analytics.metrics.durations", "durations", "how long posts stay open and hit users"
        ),
        "coverage": Measurement(
            "analytics.metrics.coverage", "coverage", "share of the window that captures cover"
        ),
        "stages": Measurement(
            "analytics.metrics.stages", "stages", "steps between stages, gaps, silences"
        ),
        "ranking": Measurement(
            "analytics.comparison.ranking", "ranking", "ranks over the time all were observed"
        ),
        "verdict": Measurement(
            "analytics.verdict.rows", "verdict_rows", "who is better, by how much, how sure"
        ),
        "transparency": Measurement(
            "analytics.metrics.transparency", "transparency", "what a provider tells and keeps"
        ),
        "budget": Measurement(
            "analytics.metrics.error_budget", "budget", "error budget of an objective, and burn"
        ),
        "forecast": Measurement(
            "analytics.forecast.forecast", "forecast", "how long what is open will last"
        ),
        "portfolio": Measurement(
            "analytics.portfolio.rows", "portfolio", "who fails together, what failing over saves"
        ),
        "patterns": Measurement(
            "analytics.patterns.rows", "patterns", "hours of the week, trend, changes, cost"
        ),
        "renewal": Measurement(
            "analytics.portfolio.renewal", "renewal", "this term against the one before"
        ),
        "concentration": Measurement(
            "analytics.portfolio.concentration", "concentration", "upstreams, best second source"
        ),
        "detection": Measurement(
            "analytics.sla.detection", "detection", "own probes against posts: who saw it first"
        ),
        "sla": Measurement("analytics.sla.rows", "sla", "months under an SLA, and the credit due"),
    }
)

OPEN_MEANWHILE = "posts open meanwhile"
BEGUN = "posts begun"
FOLLOWED = "posts followed while open"
HIT = "posts that had a component partial or worse"
UPDATES = "updates"
BOTH = "posts with both stages"
STATED = "posts that state a start"
SINCE = "posts since the first capture"
WRITTEN = "post-mortems"
MAINTENANCES = "maintenances begun"


def _steps() -> dict[str, Metric]:
    """Describe the step from each stage to each later one."""
    stages = ("investigating", "identified", "monitoring", "resolved")
    told = {}
    for stage, after in combinations(stages, 2):
        line = "From first entering one to the next."
        if after == stages[-1]:
            line = "Up to the last time it was resolved."
        for statistic, words in (("median", "median"), ("p90", "90th percentile")):
            told[f"{stage}_to_{after}_{statistic}"] = (f"From {stage} to {after}, {words}", line)
    return alike(Kind("stages", "Stages", "seconds", BOTH), **told)


SPENT = "Share of the budget that is spent; 1 is the whole of it."
UP = Kind("availability", "Availability rules", "fraction", OPEN_MEANWHILE, "more")
DOWN = Kind("availability", "Availability rules", "seconds", OPEN_MEANWHILE, "less")
RATE = Kind("frequency", "Frequency", "per 30 days", BEGUN, "less")
OPEN = Kind("durations", "Durations", "seconds", FOLLOWED, "less")
IMPACT = Kind("durations", "Durations", "seconds", HIT, "less")
COVERED = Kind("coverage", "Coverage", "fraction", OPEN_MEANWHILE, "more")
COMMON_RATE = Kind("ranking", "Ranking", "per 30 days", BEGUN, "less")
COMMON_DOWN = Kind("ranking", "Ranking", "fraction", BEGUN, "less")
RANK = Kind("ranking", "Ranking", "rank", BEGUN, "less")
LESS_DOWN = Kind("verdict", "Grades", "seconds", BEGUN, "less")
FEWER = Kind("verdict", "Grades", "incidents", BEGUN, "less")
LAG = Kind("stages", "Stages", "seconds", STATED, "less")
KNOWN = Kind("stages", "Stages", "fraction", BEGUN)
GAPS = Kind("stages", "Stages", "seconds", FOLLOWED)
BACK = Kind("stages", "Stages", "moves back", FOLLOWED)
WENT_BACK = Kind("stages", "Stages", "fraction", FOLLOWED)
HABITS = Kind("transparency", "Transparency", "fraction", BEGUN)
POST_MORTEM = Kind("transparency", "Transparency", "fraction", "such posts")
DELAY = Kind("transparency", "Transparency", "seconds", WRITTEN)
OF_UPDATES = Kind("transparency", "Transparency", "fraction of updates", UPDATES)
WATCHED = Kind("transparency", "Transparency", "fraction", SINCE)
PLANNED = Kind("transparency", "Transparency", "fraction of maintenances", MAINTENANCES)
PARTS = Kind("transparency", "Transparency", "components", "components")
BUDGET = Kind("budget", "Error budget", "seconds", OPEN_MEANWHILE)
BURN = Kind("budget", "Error budget", "times", OPEN_MEANWHILE, "less")
LEFT = Kind("forecast", "Forecast", "seconds", "past posts that were open as long", "less")
SEEN = Kind("detection", "Own probes", "seconds", "posts that failed probes belong to")
UNPOSTED = Kind("detection", "Own probes", "fraction", "failed probes", "less")
AGREED = Kind("sla", "SLA estimates", "fraction", OPEN_MEANWHILE, "more")
DUE = Kind("sla", "SLA estimates", "percent of the fee", OPEN_MEANWHILE)
#: By the name in column ``metric``, in the order in which documents define them.
METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        **alike(
            UP,
            availability=(
                "Availability",
                "Share of observed time not down under the rule. Cut, not rounded.",
            ),
        ),
        **alike(DOWN, downtime=("Time down", "How long it was down, as the rule weighs states.")),
        **alike(
            RATE,
            frequency=(
                "Incidents per 30 days",
                "Posts, or episodes of posts, whose impact began in covered time.",
            ),
        ),
        **alike(
            OPEN,
            open_median=(
                "Median open",
                "Half of the posts were closed sooner. That is not downtime.",
            ),
            open_p90=("p90 open", "Nine in ten posts were closed sooner; needs 50."),
            open_rmst_24h=(
                "Mean open, up to 24 h",
                "Mean of the time open with each cut at 24 hours.",
            ),
            open_longest=("Longest open", "The longest a post stayed open."),
        ),
        **alike(
            IMPACT,
            impact_median=(
                "Median impact",
                "In half of the posts a component, on any surface, was partial or worse for less.",
            ),
            impact_p90=("p90 impact", "Nine in ten such posts did for less; needs 50."),
            impact_rmst_24h=(
                "Mean impact, up to 24 h",
                "Mean of the impact with each cut at 24 hours.",
            ),
            impact_longest=(
                "Longest impact",
                "The longest a post had a component, on any surface, partial or worse.",
            ),
        ),
        **alike(
            COVERED,
            coverage=(
                "Coverage",
                "Share of the window in which captures cover at least one component.",
            ),
        ),
        **alike(
            COMMON_RATE,
            common_frequency=(
                "Incidents per 30 common days",
                "What was partial or worse for five minutes or more, in the time covered of all.",
            ),
        ),
        **alike(
            COMMON_DOWN,
            common_downtime=(
                "Share of common time down",
                "Runs of five minutes or more, weighed by the rule; interval from days redrawn.",
            ),
        ),
        **alike(
            RANK,
            count_rank=(
                "Rank by incidents",
                "Place among providers that post alike, with the best and worst chance allows.",
            ),
            downtime_rank=("Rank by time down", "Place by the share of common time down."),
        ),
        **alike(
            LESS_DOWN,
            less_down=(
                "Time down in common days",
                "Of each two providers the one that was down less, with a grade.",
            ),
        ),
        **alike(
            FEWER,
            fewer_incidents=(
                "Incidents in common days",
                "Of each two providers the one with fewer, with a grade.",
            ),
        ),
        **alike(
            LAG,
            acknowledgement_lag_median=(
                "From the stated start of impact to the first post, median",
                "How late a provider says what it later says was wrong already.",
            ),
            acknowledgement_lag_p90=(
                "From the stated start of impact to the first post, 90th percentile",
                "Nine in ten were acknowledged sooner.",
            ),
        ),
        **alike(
            KNOWN,
            acknowledgement_known=(
                "Posts with a start of impact we could read (at least)",
                "Of posts made while something was wrong: those whose text states when it began.",
            ),
        ),
        **_steps(),
        **alike(
            GAPS,
            update_gap_median=("Between two updates, median", "While the post is not closed."),
            update_gap_p90=(
                "Between two updates, 90th percentile",
                "Nine in ten gaps are shorter.",
            ),
            longest_silence_median=(
                "Longest silence of a post, median",
                "Of the longest gap of each post.",
            ),
            longest_silence_p90=(
                "Longest silence of a post, 90th percentile",
                "Nine in ten posts kept silent for less.",
            ),
        ),
        **alike(
            BACK,
            regressions=("Moves back to an earlier stage", "How often posts went back, added up."),
        ),
        **alike(
            WENT_BACK,
            regressed=(
                "Posts that went back to an earlier stage",
                "Such as from monitoring to investigating.",
            ),
        ),
        **alike(
            HABITS,
            retrospective=(
                "Posts made after the fact",
                "The first word was already that it is over.",
            ),
            window_stated=(
                "Posts with a window of impact we could read (at least)",
                "In the text, with a time zone; what cannot be read for sure is not counted.",
            ),
            cause_stated=(
                "Posts with a cause we could read (at least)",
                "The provider's words, no finding; causes of seven kinds are read.",
            ),
        ),
        **alike(
            POST_MORTEM,
            post_mortem=(
                "Closed major or critical posts with a post-mortem",
                "By the impact as posted.",
            ),
        ),
        **alike(
            DELAY,
            post_mortem_delay_median=(
                "From the end to the post-mortem, median",
                "Of those that have one.",
            ),
            post_mortem_delay_p90=(
                "From the end to the post-mortem, 90th percentile",
                "Nine in ten came sooner.",
            ),
        ),
        **alike(
            HABITS,
            bulk_linked=("Posts tied to every component", "Whatever it was that failed."),
        ),
        **alike(
            OF_UPDATES,
            updates_backdated=(
                "Updates displayed earlier than they were written",
                "By more than 60 seconds.",
            ),
            updates_edit_stamped=(
                "Updates stamped as changed later",
                "By the page's own clock, more than 60 seconds after they were written.",
            ),
            updates_text_edited=(
                "Updates whose text was seen to change",
                "Between captures; of those written since the page's first capture.",
            ),
        ),
        **alike(
            WATCHED,
            impact_changed=(
                "Posts whose impact was seen to change",
                "Between captures; of posts published since the page's first capture.",
            ),
            removed=(
                "Posts removed from the page's list",
                "Although it reaches back further; of posts since the first capture.",
            ),
            downgraded=(
                "Posts whose impact was seen to become milder",
                "Between captures; of posts published since the page's first capture.",
            ),
            edited_after_end=(
                "Ended posts edited after their end",
                "A capture had shown them over; of posts since the first capture.",
            ),
            update_retracted=(
                "Posts that lost an update",
                "Which a capture had shown; of posts since the first capture.",
            ),
            added_late=(
                "Posts with something written in later",
                "Dated before a capture that lacks it; of posts since the first capture.",
            ),
        ),
        **alike(
            PLANNED,
            maintenance_unannounced=(
                "Scheduled maintenances announced less than 24 hours ahead",
                "Of those that took place, whatever classes are asked for.",
            ),
            maintenance_overrun=(
                "Scheduled maintenances that lasted beyond their scheduled end",
                "By more than 60 seconds; of those with a known end, scheduled and actual.",
            ),
        ),
        **alike(
            PARTS,
            components=(
                "Components on the surface",
                "Those of the surface: a page that is cut finely posts more.",
            ),
        ),
        **alike(
            BUDGET,
            budget=("Error budget", "What the objective allows to be down of the observed time."),
            budget_left=("Error budget left", "The budget less the time down; below 0: overspent."),
        ),
        **alike(
            BURN,
            burn=("Burn", SPENT),
            burn_1h=("Burn, last hour", SPENT),
            burn_6h=("Burn, last 6 hours", SPENT),
            burn_3d=("Burn, last 3 days", SPENT),
        ),
        **alike(LEFT, time_left=("Time left", "Until an open post is resolved, median.")),
        **PORTFOLIO,
        **PATTERNS,
        **RENEWAL,
        **alike(
            SEEN,
            detection_lead_median=(
                "From the first failed probe to the post, median",
                "By one's own probes.",
            ),
        ),
        **alike(
            UNPOSTED,
            unposted_failures=("Failed probes without a post", "Of one's own, in covered time."),
        ),
        **alike(
            AGREED,
            sla_availability=(
                "Availability of the period",
                "By the public terms, from public status: indicative.",
            ),
        ),
        **alike(DUE, sla_credit=("Credit", "What the terms pay for it, at least and at most.")),
    }
)
