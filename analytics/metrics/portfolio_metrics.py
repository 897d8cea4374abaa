"""Words of the metrics of portfolios and of patterns, for the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

Shared = tuple[str, str, str, str, Literal["more", "less"] | None]
"""Measurement, section, unit, what n counts and which way is good."""
Described = Sequence[tuple[Shared, Mapping[str, tuple[str, str]]]]
"""Shared parts, then label and line by name."""

ALL_DOWN = "times that all were down"
PRIMARY_DOWN = "times that the primary was down"
NEAR = "such times"

PORTFOLIO: Described = (
    (
        ("portfolio", "Portfolio", "fraction", ALL_DOWN, "more"),
        {
            "joint_availability": (
                "Not both down",
                "Share of the common time in which at least one of two was not down.",
            ),
            "joint_best": (
                "Best choice of several",
                "The two, or three, that were down together least, of every such choice.",
            ),
        },
    ),
    (
        ("portfolio", "Portfolio", "times", ALL_DOWN, "less"),
        {
            "joint_lift": (
                "Both down, as a multiple of chance",
                "Joint downtime over what it were if neither had to do with the other.",
            ),
        },
    ),
    (
        ("portfolio", "Portfolio", "fraction", PRIMARY_DOWN, "more"),
        {
            "failover_availability": (
                "Availability with failover",
                "Up, or failed over to one that was; the wait before that counts as down.",
            ),
        },
    ),
    (
        ("portfolio", "Portfolio", "seconds", PRIMARY_DOWN, "more"),
        {
            "failover_saved": (
                "Saved by failover",
                "Time down of the primary that the fallbacks would have spared.",
            ),
        },
    ),
    (
        ("portfolio", "Co-occurrence", "times", NEAR, None),
        {
            "joint_overlap": (
                "Both down, against other weeks",
                "Joint downtime over its mean when one is moved by whole weeks.",
            ),
            "joint_starts": (
                "Outages begun within an hour",
                "Pairs of starts over their mean when one is moved by whole weeks.",
            ),
        },
    ),
)
