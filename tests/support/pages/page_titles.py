"""The address and the title of every page; none where the title is the answer."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str | None]] = {
    "overview": ("", None),
    "now": ("now", "Now"),
    "head-to-head": ("head-to-head", None),
    "profile": ("profile", None),
    "surfaces": ("surfaces", "Surfaces"),
    "incidents": ("incidents", "Incidents"),
    "portfolio": ("portfolio", "Portfolio"),
    "contracts": ("contracts", "Contracts"),
    "health": ("health", "Data health"),
    "methodology": ("methodology", "Methodology"),
}
