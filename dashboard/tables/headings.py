"""Headings of columns as people read them."""

from __future__ import annotations

#: Where spaces for underscores would not do.
HEADINGS = {
    "at": "When (UTC)",
    "base_url": "Page",
    "captures": "Captures taken",
    "code_version": "Version",
    "component_id": "Component id",
    "consecutive_failures": "Failures in a row",
    "covered_from": "Covered from (UTC)",
    "covered_until": "Covered until (UTC)",
    "failures": "Pages in trouble",
    "field": "What was edited",
    "joint_down_most_s": "Joint down, at most (s)",
    "known_from": "Known from (UTC)",
    "last_attempt_at": "Last tried (UTC)",
    "last_success_at": "Last read (UTC)",
    "lei": "LEI",
    "n": "n",
    "newest_item_at": "Newest entry (UTC)",
    "oldest_item_at": "Oldest entry (UTC)",
    "oldest_post": "Oldest post (UTC)",
    "p90": "p90",
    "platform": "Engine",
    "records": "Records read",
    "rejected": "Records refused",
    "partial": "Open record refused",
    "recipient_lei": "Recipient's LEI",
    "relation": "Named by",
    "run_id": "Run",
    "sha256": "SHA-256",
    "url": "Address",
    "window_end": "Window end (UTC)",
    "window_start": "Window start (UTC)",
    "worst_state": "Worst state",
}


def column_heading(column: str) -> str:
    """Write the heading of ``column``; seconds and instants name their unit.

    >>> [column_heading(name) for name in ("down_s", "started_at", "availability_low", "url")]
    ['Down (s)', 'Started (UTC)', 'Availability low', 'Address']
    """
    if column in HEADINGS:
        return HEADINGS[column]
    words = column.replace("_", " ")
    for ending, unit in ((" s", " (s)"), (" at", " (UTC)")):
        if words.endswith(ending):
            words = words.removesuffix(ending) + unit
    return words[:1].upper() + words[1:]
