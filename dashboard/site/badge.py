"""A badge for a provider's surface: what its page said, and when it was read."""

from __future__ import annotations

from html import escape

from analytics.read_models.gate import Gate, Passage
from analytics.wording.numbers import format_surface
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.site.wording import STATES, clock
from ingest.models import State

#: Nothing here is green: the file may outlive the job that wrote it.
UP_COLOUR = "#3f5b73"
NOT_KNOWN_COLOUR = "#6b7078"
#: Width of a letter of 11 pixels, on average, and room beside a text.
LETTER, ROOM = 6.4, 12


def badge(gate: Gate, name: str, simulated: bool) -> bytes:
    """Draw a badge as SVG.

    Args:
        gate: What the page says of the surface.
        name: Name of the provider.
        simulated: Whether the data is invented.
    """
    label = f"{name} {format_surface(gate.surface or '')}".strip()
    text = badge_text(gate)
    if simulated:
        text = f"simulated: {text}"
    left, right = (round(len(words) * LETTER + ROOM) for words in (label, text))
    said = escape(f"{label}: {text}, as posted")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{said}">',
        f"<title>{said}</title>",
        f'<rect width="{left}" height="20" fill="#2b2f36"/>',
        f'<rect x="{left}" width="{right}" height="20" fill="{_colour(gate)}"/>',
        '<g font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle" '
        f'fill="#fff">{_text(left / 2, label)}{_text(left + right / 2, text, _ink(gate))}</g>',
        "</svg>",
    ]
    return ("\n".join(parts) + "\n").encode()


def badge_text(gate: Gate) -> str:
    """Say what the page said and when; never without the time."""
    if gate.passage is Passage.NOT_KNOWN or gate.seen_at is None:
        return "not known"
    state = "up" if gate.state == State.OPERATIONAL else STATES[State(gate.state or "unknown")]
    return f"{state} at {clock(gate.seen_at)}"


def _colour(gate: Gate) -> str:
    if gate.passage is Passage.NOT_KNOWN or gate.state is None:
        return NOT_KNOWN_COLOUR
    return UP_COLOUR if gate.state == State.OPERATIONAL else STATE_COLOURS[gate.state]


def _ink(gate: Gate) -> str:
    """Return a colour of letters that can be read on that of the state."""
    light = (State.DEGRADED, State.MAINTENANCE, State.PARTIAL)
    return "#1d2126" if _colour(gate) in {STATE_COLOURS[state] for state in light} else "#fff"


def _text(middle: float, words: str, ink: str = "#fff") -> str:
    return f'<text x="{middle:.1f}" y="14" fill="{ink}">{escape(words)}</text>'
