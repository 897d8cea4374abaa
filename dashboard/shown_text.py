"""Foreign text made safe for where it is shown: one line, Markdown, a link."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from dashboard.differences import Mark, Stretch

SIMULATED = "Simulated data. Every provider, incident and number here is invented."
#: Markdown and HTML that a provider's wording must not be able to use.
SPECIAL = r"\`*_{}[]()<>#+-.!|~$:&"
#: Where an address would become a link even when escaped, and an invisible character that
#: keeps it from becoming one.
LIVE = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"


def to_line(text: str) -> str:
    """Put ``text`` on one line, without control characters or marks that turn its direction."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def escape_markdown(text: str) -> str:
    """Escape ``text`` so that Markdown shows it as it is and obeys nothing of it."""
    dead = LIVE.sub(JOINER, to_line(text))
    return "".join("\\" + c if c in SPECIAL else c for c in dead)


def mark_differences(stretches: Iterable[Stretch]) -> str:
    """Write two wordings as one paragraph of HTML, with what was deleted and what inserted."""
    tags = {Mark.DELETED: "<del>{}</del>", Mark.INSERTED: "<ins>{}</ins>"}
    words = (tags.get(one.mark, "{}").format(escape(to_line(one.text))) for one in stretches)
    return f"<p>{' '.join(words)}</p>"


def http_url(url: str | None) -> str | None:
    """Return ``url`` if it is http or https, which a reader may follow; else None."""
    return url if url is not None and url.startswith(("https://", "http://")) else None
