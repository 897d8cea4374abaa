"""Column settings of the tables: formats, help texts, widths."""

from __future__ import annotations

from typing import Any

from streamlit import column_config as column

LEAGUE: dict[str, Any] = {
    "Provider": column.TextColumn(pinned=True),
    "Availability %": column.NumberColumn(
        format="%.3f", help="Share of observed time not down under the rule; rounded down."
    ),
    "Beside %": column.NumberColumn(
        format="%.3f", help="The same under the rule shown beside: statuspage or incident_io."
    ),
    "Down min": column.NumberColumn(format="localized", help="Weighted minutes down."),
    "Incidents": column.NumberColumn(format="localized", help="Outages and degradations posted."),
    "Per 30 days": column.NumberColumn(format="%.1f", help="Incidents per 30 covered days."),
    "Median open min": column.NumberColumn(
        format="localized", help="How long posts stayed open; at least six are needed."
    ),
    "Median impact min": column.NumberColumn(
        format="localized",
        help="How long components were down; at least six are needed.",
    ),
    "p90 open min": column.NumberColumn(
        format="localized", help="Nine in ten were over sooner; at least fifty are needed."
    ),
    "12 months %": column.LineChartColumn(
        help="Availability of each calendar month; a month without observation is left out.",
        y_max=100,
    ),
    "Coverage %": column.NumberColumn(
        format="%.1f", help="Share of the window that captures vouch for."
    ),
    "Unknown min": column.NumberColumn(
        format="localized", help="Covered, but the state is not known; not counted as up."
    ),
}
INCIDENTS: dict[str, Any] = {
    "Began (UTC)": column.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC", pinned=True),
    "Title": column.TextColumn(width="large"),
    "Source": column.LinkColumn(display_text="open", help="The provider's own page."),
}
INSTANT = column.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", timezone="UTC")
DETAIL: dict[str, Any] = {
    "Known from": INSTANT,
    "Old value": column.TextColumn(width="large"),
    "New value": column.TextColumn(width="large"),
    "Url": column.LinkColumn(),
}
HEALTH: dict[str, Any] = {
    "Last attempt at": INSTANT,
    "Last success at": INSTANT,
    "Oldest item at": INSTANT,
    "Newest item at": INSTANT,
    "Covered from": INSTANT,
    "Covered until": INSTANT,
    "At": INSTANT,
    "Base url": column.LinkColumn(),
}
