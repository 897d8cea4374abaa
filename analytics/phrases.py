"""Pieces of sentences: days, minutes, numbers of things, surfaces by name."""

from __future__ import annotations

from datetime import datetime


def day(at: datetime) -> str:
    """A day as people write it, in UTC."""
    return f"{at.day} {at:%b %Y}"


def minute(at: datetime) -> str:
    """An instant to the minute, and which zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def plural(n: int, word: str) -> str:
    """``word`` for ``n`` things.

    >>> plural(1, "post"), plural(2, "post")
    ('post', 'posts')
    """
    return word if n == 1 else word + "s"


def agree(n: int, many: str = "were", one: str = "was") -> str:
    """The form of a word that goes with ``n`` things."""
    return one if n == 1 else many


def first_up(text: str) -> str:
    """``text`` with a capital to begin with."""
    return text[:1].upper() + text[1:]


def surface(name: str) -> str:
    """A surface's name in words.

    >>> surface("chat_web"), surface("api_inference")
    ('chat web', 'API inference')
    """
    words = name.replace("_", " ")
    return words.replace("api", "API", 1) if words.startswith("api") else words
