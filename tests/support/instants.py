"""Instants by their numbers, as they stand in a payload."""

from __future__ import annotations

from datetime import UTC, datetime


def utc(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0
) -> datetime:
    """Return an instant in UTC."""
    return datetime(year, month, day, hour, minute, second, micro, UTC)
