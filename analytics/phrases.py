"""Pieces of sentences: an instant, and words that agree with a number."""

from __future__ import annotations

from datetime import datetime


def minute(at: datetime) -> str:
    """An instant to the minute, and which zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def agree(n: int, many: str = "were", one: str = "was") -> str:
    """The form of a word that goes with ``n`` things."""
    return one if n == 1 else many


def first_up(text: str) -> str:
    """``text`` with a capital to begin with."""
    return text[:1].upper() + text[1:]
