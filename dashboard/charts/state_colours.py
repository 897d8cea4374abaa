"""Colours of component states: alike on every page, in every chart and document."""

from __future__ import annotations

from collections.abc import Mapping

#: Ordered by weight, told apart by lightness as well as hue. Grey is never good news.
STATE_COLOURS: Mapping[str, str] = {
    # Calm, so that trouble stands out of it.
    "operational": "#2a9d6f66",
    "maintenance": "#7fa8d9",
    "degraded": "#f4c95d",
    "partial": "#ec7f22",
    "major": "#a3201d",
    "unknown": "#8a8f98",
    # See-through, so that it recedes on a light and on a dark page alike.
    "no data": "#9ca1a940",
}
