"""Colours and scales that every chart shares: a provider looks alike on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

import polars as pl

from dashboard.charts.vega import Spec

#: Light to dark, so that more reads as more without hue, and none is not green. The steps lie
#: at 99.99, 99.95, 99.9, 99.5 and 99 % availability: minutes down per 30 days.
DOWN_STEPS: Mapping[str, str] = {
    "0": "#fff5d6",
    "≤ 4.32": "#fee3a0",
    "≤ 21.6": "#fdc968",
    "≤ 43.2": "#f9a640",
    "≤ 216": "#ec7f22",
    "≤ 432": "#b04a00",
    "> 432": "#612700",
}
#: The same on a dark page, dark to light: there, too, none is calm.
DOWN_STEPS_ON_DARK: Mapping[str, str] = {
    "0": "#2b2a22",
    "≤ 4.32": "#4a3d1a",
    "≤ 21.6": "#6b4f14",
    "≤ 43.2": "#8a5e10",
    "≤ 216": "#c9811c",
    "≤ 432": "#f0a64a",
    "> 432": "#ffd9a0",
}
#: Upper end of each step but the last.
DOWN_LIMITS = (0.0, 4.32, 21.6, 43.2, 216.0, 432.0)
#: The steps dark enough to be written on in white, on a light and on a dark page; the others are
#: in the dark ink.
DARK_STEPS, DARK_STEPS_ON_DARK = tuple(DOWN_STEPS)[-2:], tuple(DOWN_STEPS)[:4]
DARK_INK, PALE_INK = "#1c2430", "#ffffff"
#: Seen on a light and on a dark page alike, with a contrast of 3.6 or more to both. None is grey:
#: that is no data.
PROVIDER_COLOURS = (
    *("#0e8a6a", "#cf5a2b", "#3f7fe0", "#b7791f", "#8b63d9", "#d6457a"),
    *("#4a8f2a", "#178f9e", "#a8662f", "#c94fb5", "#6f7f2e", "#cc4444"),
)
#: Providers collected by default have a colour each, no two of them the same.
OWN_COLOURS: Mapping[str, str] = dict(
    zip(
        (
            *("openai", "anthropic", "google-vertex", "aws-bedrock", "github-copilot", "groq"),
            *("pinecone", "windsurf", "cursor", "deepgram", "xai"),
        ),
        PROVIDER_COLOURS,
        strict=False,
    )
)
#: Text on a chart: the page's own colour, whichever theme it has.
INK = "currentColor"
#: Lines that guide the eye and say nothing, seen on light and dark.
GUIDE = "#8a8f98"
BAR_HEIGHT = 22
#: Entries of a legend beside each other that a phone has room for.
LEGEND_COLUMNS = 3
#: A legend ends where the picture ends; else it begins beside the labels of the rows and is cut.
LEGEND_CONFIG: Spec = {"legend": {"layout": {"expr": "{top: {anchor: 'end'}}"}}}
#: Labels of a time axis, each with its day and month; the year where it takes more than one,
#: the time where days are few.
DAY, DAY_OF_YEAR, HOUR_OF_DAY = "%d %b", "%d %b %Y", "%d %b %H:%M"
YEAR, FEW_DAYS = timedelta(days=366), timedelta(days=5)
#: About as many labels as a phone has room for.
TICKS = 6


def time_axis(starts: pl.Series, ends: pl.Series) -> Spec:
    """Make the axis from the first of ``starts`` to the last of ``ends``."""
    first, last = starts.min(), ends.max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    span = last - first
    form = DAY_OF_YEAR if span > YEAR else HOUR_OF_DAY if span < FEW_DAYS else DAY
    return {"format": form, "tickCount": TICKS, "labelOverlap": "greedy", "labelSeparation": 8}


def provider_colour(slug: str) -> str:
    """Return the colour of a provider, which depends on its slug alone."""
    at = crc32(slug.encode()) % len(PROVIDER_COLOURS)
    return OWN_COLOURS.get(slug) or PROVIDER_COLOURS[at]


def provider_scale(slugs: Sequence[str]) -> Spec:
    """Give each provider its colour."""
    return {"domain": list(slugs), "range": list(map(provider_colour, slugs))}


@dataclass(frozen=True, slots=True)
class PairScales:
    """Scales that tell two providers apart by name: by colour, and without colour too."""

    colour: Spec
    shape: Spec
    dash: Spec


def pair_scales(names: Mapping[str, str]) -> PairScales:
    """Give two providers, as slug and name in order, scales that tell them apart.

    Each keeps its colour. Two may have the same: dashes and shapes always differ.
    """
    domain = list(names.values())
    return PairScales(
        {"domain": domain, "range": list(map(provider_colour, names))},
        {"domain": domain, "range": ["circle", "diamond"]},
        {"domain": domain, "range": [[1, 0], [6, 4]]},
    )
