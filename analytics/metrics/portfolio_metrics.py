"""Describe the metrics of portfolios, patterns and renewals, for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.metrics.metric import Kind, Metric, alike

ALL_DOWN = "times that all were down"
PRIMARY_DOWN = "times that the primary was down"
NEAR = "such times"
BEGUN = "posts begun"
STATES = "nothing: it rests on states"

PORTFOLIO: Mapping[str, Metric] = {
    **alike(
        Kind("portfolio", "Portfolio", "fraction", ALL_DOWN, "more"),
        joint_availability=(
            "Not both down",
            "Share of the common time in which at least one of two was not down.",
        ),
        joint_best=(
            "Best choice of several",
            "The two, or three, that were down together least, of every such choice.",
        ),
    ),
    **alike(
        Kind("portfolio", "Portfolio", "times", ALL_DOWN, "less"),
        joint_lift=(
            "Both down, as a multiple of chance",
            "Joint downtime over what it were if neither had to do with the other.",
        ),
    ),
    **alike(
        Kind("portfolio", "Portfolio", "fraction", PRIMARY_DOWN, "more"),
        failover_availability=(
            "Availability with failover",
            "Up, or failed over to one that was; the wait before that counts as down.",
        ),
    ),
    **alike(
        Kind("portfolio", "Portfolio", "seconds", PRIMARY_DOWN, "more"),
        failover_saved=(
            "Saved by failover",
            "Time down of the primary that the fallbacks would have spared.",
        ),
    ),
    **alike(
        Kind("portfolio", "Co-occurrence", "times", NEAR),
        joint_overlap=(
            "Both down, against other weeks",
            "Joint downtime over its mean when one is moved by whole weeks.",
        ),
        upstream_overlap=(
            "Down with a cloud, against other weeks",
            "Time down with any part of a cloud, over its mean when moved by whole weeks.",
        ),
        joint_starts=(
            "Outages begun within an hour",
            "Pairs of starts over their mean when one is moved by whole weeks.",
        ),
    ),
}
PATTERNS: Mapping[str, Metric] = {
    **alike(
        Kind("patterns", "Patterns", "times", BEGUN),
        business_ratio=(
            "Begun in business hours, against all others",
            "Rate in business hours of the zone over the rate of all other hours.",
        ),
    ),
    **alike(
        Kind("patterns", "Patterns", "times per year", BEGUN, "less"),
        trend=(
            "Trend",
            "Rate as a multiple of that of a year before, from weekly counts.",
        ),
    ),
    **alike(
        Kind("patterns", "Patterns", "per 30 days", BEGUN, "less"),
        level_rate=(
            "Rate since a change of level",
            "From each lasting change of weekly counts to the next one.",
        ),
        hour_rate=(
            "Rate in an hour of the week",
            "Posts begun in this hour, over the covered time of it.",
        ),
        rolling_rate=(
            "Rate of 90 days",
            "Rate over each 90 days, in steps of 30 back from the end.",
        ),
    ),
    **alike(
        Kind("patterns", "Patterns", "seconds", STATES, "less"),
        business_downtime=(
            "Down in business hours",
            "Time down in business hours, from the mildest rule to the strictest.",
        ),
    ),
    **alike(
        Kind("patterns", "Patterns", "amount", STATES, "less"),
        downtime_cost=(
            "Cost of downtime",
            "Time down at what an hour costs, from the mildest rule to the strictest.",
        ),
    ),
}
RENEWAL: Mapping[str, Metric] = {
    **alike(
        Kind("renewal", "Renewal and concentration", "percentage points", BEGUN, "less"),
        renewal_downtime=(
            "Time down against the term before",
            "Percent of observed time down, less that of the term before.",
        ),
    ),
    **alike(
        Kind("renewal", "Renewal and concentration", "times", BEGUN, "less"),
        renewal_rate=(
            "Incidents against the term before",
            "Rate of posts or episodes, over that of the term before.",
        ),
    ),
    **alike(
        Kind("concentration", "Renewal and concentration", "fraction", ALL_DOWN, "more"),
        second_source=(
            "Best second source",
            "Share of the common time in which it or this provider was not down.",
        ),
    ),
}
