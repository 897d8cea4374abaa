"""Colours and scales that every chart shares: a state and a provider look alike everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

import altair as alt

#: Ordered by weight, told apart by lightness as well as hue. Grey is never good news.
STATE_COLOURS: Mapping[str, str] = {
    "operational": "#2a9d6f",
    "maintenance": "#7fa8d9",
    "degraded": "#f4c95d",
    "partial": "#ec7f22",
    "major": "#a3201d",
    "unknown": "#8a8f98",
    "no data": "#d0d4da",
}
#: Okabe and Ito's colours, darkened for contrast; a provider keeps its own on every page.
PROVIDER_COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#a8508c", "#8a6d00", "#2b7fb0", "#5b5b5b")
BAR_HEIGHT = 22
UTC = alt.Scale(type="utc")


def provider_scale(slugs: Sequence[str]) -> alt.Scale:
    """A colour for each provider that depends on its slug alone."""
    colours = [PROVIDER_COLOURS[crc32(slug.encode()) % len(PROVIDER_COLOURS)] for slug in slugs]
    return alt.Scale(domain=list(slugs), range=colours)
