"""Tell what to poll, for engines of which a fixed list of addresses tells everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ingest.models import Parsed
from ingest.pages import Page, Source

if TYPE_CHECKING:
    from ingest.archive.page_history import Memory


def source(
    page: Page, address: str, shape: str, minutes: int, otherwise: tuple[Source, ...] = ()
) -> Source:
    """Describe an address to poll every so many minutes, or five while open.

    Args:
        page: The page it belongs to.
        address: A path of the page, or a whole address elsewhere.
        shape: What is expected there.
        minutes: The interval.
        otherwise: What is polled only where this is not to be had.

    Returns:
        The source.
    """
    url = address if address.startswith("https://") else page.base_url + address
    every = timedelta(minutes=minutes)
    return Source(page.page_key, url, shape, every, otherwise, brisk=min(every, 5 * MINUTE))


MINUTE = timedelta(minutes=1)


def follow_nothing(parsed: Parsed, source: Source, page: Page, memory: Memory) -> Sequence[Source]:
    """Return no further source: a payload tells all there is.

    Args:
        parsed: What a payload said.
        source: The source it came from.
        page: The page of that.
        memory: What the archive remembers of the page.

    Returns:
        Nothing.
    """
    return ()
