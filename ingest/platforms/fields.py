"""Read one field of a foreign record: a text, an instant, a list.

What is absent is None and what cannot be read raises, unless its reader says that it costs only
itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from ingest.models import MISREADINGS
from ingest.platforms.notices import Notices, reason
from ingest.platforms.payload import Raw
from ingest.platforms.timestamps import parse_instant

T = TypeVar("T")


def text(row: Raw, key: str) -> str:
    """Return a mandatory text. Raises ``KeyError`` or ``ValueError``."""
    value = row[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} is missing")
    return value


def optional_text(row: Raw, key: str) -> str | None:
    """Return a text that may be absent. Raises ``ValueError`` for what is no text."""
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def instant(row: Raw, key: str) -> datetime:
    """Return a mandatory instant. Raises ``KeyError`` or ``ValueError``."""
    return parse_instant(text(row, key))


def optional_instant(row: Raw, key: str) -> datetime | None:
    """Return an instant that may be absent. Raises ``ValueError`` for what is none."""
    value = row.get(key)
    return None if value is None else parse_instant(value)


def rows_of(row: Raw, key: str) -> list[Any]:
    """Return a mandatory list. Raises ``KeyError`` or ``ValueError``."""
    rows = row[key]
    if not isinstance(rows, list):
        raise ValueError(f"{key} is not a list")
    return rows


def objects(rows: Any) -> list[Raw]:
    """Return the objects in what should be a list of them."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def said(row: Raw, key: str) -> str:
    """Return a word as the page has it; an absent one, or what is none, is empty."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def content(row: Raw, key: str) -> str:
    """Return a text that may be empty. Raises ``KeyError`` or ``ValueError``."""
    value = row[key]
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    return value


def optional(
    row: Raw, key: str, read: Callable[[Raw, str], T], record: str, notices: Notices
) -> T | None:
    """Return a field that may be absent; one that cannot be read costs only itself.

    Args:
        row: The record.
        key: The field's key.
        read: Reads the field, as ``text`` and ``instant`` do.
        record: The record's label, in the refusal.
        notices: Where the refusal goes.
    """
    return None if row.get(key) is None else expected(row, key, read, record, notices)


def expected(
    row: Raw, key: str, read: Callable[[Raw, str], T], record: str, notices: Notices
) -> T | None:
    """Return a field that others can stand in for; its absence is told as a refusal.

    Args:
        row: The record.
        key: The field's key.
        read: Reads the field, as ``text`` and ``instant`` do.
        record: The record's label, in the refusal.
        notices: Where the refusal goes.
    """
    try:
        return read(row, key)
    except MISREADINGS as error:
        notices.refuse(f"{record}/{key}", reason(error))
        return None
