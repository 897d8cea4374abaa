"""Data inside an incident.io web page, for want of anything better.

Of the rows that the page streams we take the objects we know.
"""

from __future__ import annotations

from typing import Any

from ingest.platforms import streamed

#: The objects and lists a page is drawn from.
KNOWN = frozenset(
    {
        "structure",
        "incidents",
        "ongoing_incidents",
        "scheduled_maintenances",
        "component_impacts",
        "component_uptimes",
        "incident_links",
    }
)
is_page = streamed.is_streamed


def data(html: str) -> dict[str, Any]:
    """Return the first of each of ``KNOWN`` that holds anything, by name.

    Those that the page does not hold are absent.
    """
    found: dict[str, Any] = {}
    for one in streamed.objects(html):
        # An incident has impacts of its own; the page's come with their links.
        inside_incident = "updates" in one
        for key in KNOWN & one.keys():
            if isinstance(one[key], dict | list) and not inside_incident:
                found[key] = found.get(key) or one[key]
    return found
