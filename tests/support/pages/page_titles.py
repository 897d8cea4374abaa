"""The address and the title of every page."""

from __future__ import annotations

PAGES = {
    "overview": ("", "Reliability as posted"),
    "head-to-head": ("head-to-head", "Head-to-head"),
    "profile": ("profile", "Provider profile"),
    "surfaces": ("surfaces", "Surfaces"),
    "incidents": ("incidents", "Incidents"),
    "health": ("health", "Data health"),
    "methodology": ("methodology", "Methodology"),
}
