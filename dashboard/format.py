"""Numbers and instants as people read them: with a unit, without false precision."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from analytics.wording.numbers import (
    NONE,
    between,
    beyond,
    count,
    duration,
    number,
    percent,
    share,
    surface,
)

__all__ = [
    "AS_POSTED",
    "NONE",
    "age",
    "between",
    "beyond",
    "count",
    "duration",
    "escape_markdown",
    "instant",
    "link",
    "number",
    "percent",
    "share",
    "surface",
    "zone",
]

AS_POSTED = "As posted by the provider, not measured."
#: Markdown and HTML that a provider's wording must not be able to use.
SPECIAL = r"\`*_{}[]()<>#+-.!|~$:&"
#: Where an address would become a link even so, and what nobody sees that keeps it from it.
LIVE = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"


def instant(at: datetime | None) -> str:
    """To the minute, and which zone."""
    return NONE if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def age(length: timedelta) -> str:
    """How long ago."""
    return f"{duration(length.total_seconds())} ago"


def zone(name: str) -> str:
    """A zone as an axis names it."""
    return "UTC" if name == "Etc/UTC" else name


def escape_markdown(text: str) -> str:
    """Foreign wording made safe for Markdown: shown as it is, never obeyed."""
    dead = LIVE.sub(JOINER, text)
    escaped = "".join("\\" + c if c in SPECIAL else c for c in dead)
    return " ".join(escaped.split())


def link(url: str | None) -> str | None:
    """An address a reader may follow: http or https, else none."""
    return url if url is not None and url.startswith(("https://", "http://")) else None
