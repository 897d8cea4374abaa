"""Column settings of the tables: formats, help texts, widths."""

from __future__ import annotations

from typing import Any

import polars as pl
from streamlit import column_config as column

from analytics.wording.incident import FLAGS_HELP

INCIDENTS: dict[str, Any] = {
    "Began (UTC)": column.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC", pinned=True),
    "Title": column.TextColumn(width="large"),
    "Surfaces": column.TextColumn(width="large"),
    "Impact": column.TextColumn(help="The provider's own word, not comparable across providers."),
    "Open for": column.TextColumn(help="From the first update to the last that resolved it."),
    "Impact lasted": column.TextColumn(
        help="While any component the post names was partial or worse: of all surfaces, also "
        "where one is chosen above."
    ),
    "Flags": column.TextColumn(width="medium", help=FLAGS_HELP),
    "Source": column.LinkColumn(display_text="open", help="The provider's own page."),
}
INSTANT = column.DatetimeColumn(format="YYYY-MM-DD HH:mm:ss", timezone="UTC")
DETAIL: dict[str, Any] = {
    "Known from (UTC)": INSTANT,
    "Old value": column.TextColumn(width="large"),
    "New value": column.TextColumn(width="large"),
    "Address": column.LinkColumn(),
}
DAY = column.DateColumn(format="YYYY-MM-DD")
WHOLE = column.NumberColumn(format="localized")
HEALTH: dict[str, Any] = {"Page": column.LinkColumn()}
MATRIX: dict[str, Any] = {
    "Profile": column.LinkColumn(display_text="profile"),
    "Posts": column.LinkColumn(display_text="posts"),
}
MAPPING: dict[str, Any] = {
    "Gone since": column.DatetimeColumn(format="YYYY-MM-DD", timezone="UTC"),
}
MINUTE = column.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC")
SHARE = column.NumberColumn(format="%.3f", help="Rounded down.")
NOW: dict[str, Any] = {
    "Open post": column.TextColumn(width="large"),
    "Posted (UTC)": MINUTE,
    "Since (UTC)": MINUTE,
    "Seen (UTC)": MINUTE,
    "Source": column.LinkColumn(display_text="open", help="The provider's own page."),
}
OPEN: dict[str, Any] = {
    "Open post": column.TextColumn(width="large"),
    "Impact": column.TextColumn(help="The provider's own word, not comparable across providers."),
    "Posted (UTC)": MINUTE,
    "Newest update (UTC)": MINUTE,
    "It says": column.TextColumn(width="large"),
    "Source": column.LinkColumn(display_text="open", help="The provider's own page."),
}
FORECAST: dict[str, Any] = {
    "Half over by (UTC)": column.TextColumn(help="By then half of the posts open as long ended."),
    "n": column.TextColumn(help="Posts of the last year that were open as long."),
    "From": column.TextColumn(help="Own posts from 200 on, else those of all providers."),
    "80 % band held before": column.TextColumn(
        help="How often such a band held what came, in this provider's past."
    ),
}
BACKTEST: dict[str, Any] = {
    "n": column.NumberColumn(format="localized", help="Incidents that were open as long."),
    "80 % band": column.TextColumn(
        help="Whether it holds what it promises, as far as chance lets one tell."
    ),
    "Loss min": column.NumberColumn(format="%.1f", help="Mean pinball loss; less is better."),
    "Shifted min": column.NumberColumn(
        format="%.1f", help="The same of all durations less what has passed."
    ),
    "Memoryless min": column.NumberColumn(
        format="%.1f", help="The same of all durations, whatever has passed."
    ),
}
MONTHS: dict[str, Any] = {
    "Month": column.TextColumn(pinned=True),
    "Ours %": column.NumberColumn(
        format="%.3f", help="Share of observed time not down under the rule chosen; rounded down."
    ),
    "Ours, rule statuspage %": column.NumberColumn(
        format="%.3f", help="The same with a partial outage at 0.3, the rule theirs follows."
    ),
    "Theirs %": column.TextColumn(
        alignment="right",
        help="By the provider's own account; from the least to the most available component.",
    ),
    "Down min": column.NumberColumn(format="localized", help="Weighted minutes down, ours."),
    "Coverage %": column.NumberColumn(format="%.1f", help="Share of the month covered."),
}
SURFACES: dict[str, Any] = {
    "Down min per 30 days": column.NumberColumn(
        format="localized", help="Weighted minutes down per 30 observed days, under the rule."
    ),
    "Availability %": SHARE,
    "Coverage %": column.NumberColumn(format="%.1f"),
}
ORIGIN: dict[str, Any] = {
    "Page": column.LinkColumn(),
    "Oldest post (UTC)": MINUTE,
    "Covered from (UTC)": MINUTE,
    "Covered until (UTC)": MINUTE,
    "When (UTC)": MINUTE,
}
FACTS: dict[str, Any] = {
    "Fact": column.TextColumn(width="large"),
    "Value": column.TextColumn(help="Not known: n is 0. Too few: n is below the least needed."),
    "n": column.TextColumn(help="How many posts, updates or components it rests on."),
}
CONTRACTS: dict[str, Any] = {
    "Period": column.TextColumn(pinned=True),
    "Available": column.TextColumn(alignment="right", help="Of the observed time; rounded down."),
    "At worst to at best": column.TextColumn(help="With what is not known exactly."),
    "Covered": column.TextColumn(alignment="right", help="Share of the period covered."),
    "Credit": column.TextColumn(width=140, help="Every credit that the interval leaves possible."),
    "Amount": column.TextColumn(width=270, help="Of the fees of the period."),
    "Last day to claim": DAY,
    "Claim": column.TextColumn(width="large"),
    "Doubts": column.TextColumn(width="large"),
}
POSTS: dict[str, Any] = {
    **INCIDENTS,
    "Detail": column.LinkColumn(display_text="read", help="Everything posted, and the evidence."),
}

#: Columns whose links lead to pages of providers.
OUTWARD = ("Source", "Page", "Address")


def with_links(settings: dict[str, Any], simulated: bool) -> dict[str, Any]:
    """Return ``settings`` without links to provider pages where those are invented."""
    text = column.TextColumn(help="Invented: there is no such page.")
    unlinked = {name: text for name in OUTWARD if simulated and name in settings}
    return {**settings, **unlinked}


def type_settings(rows: pl.DataFrame) -> dict[str, Any]:
    """Return the settings that follow from types: instants are UTC, days have no time."""
    kinds = ((pl.Datetime, INSTANT), (pl.Date, DAY))
    held = {
        name: setting
        for name, dtype in rows.schema.items()
        for kind, setting in kinds
        if isinstance(dtype, kind)
    }
    return held | {name: WHOLE for name, dtype in rows.schema.items() if dtype.is_integer()}
