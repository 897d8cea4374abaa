"""Tell what to poll, for engines of which a fixed list of addresses tells everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from ingest.pages import Page, Source

MINUTE = timedelta(minutes=1)


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


def polled(*listed: tuple[str, str, int]) -> Callable[[Page], Sequence[Source]]:
    """Return the sources of pages that all serve the same: addresses, shapes and minutes."""

    def sources(page: Page) -> Sequence[Source]:
        return tuple(source(page, *one) for one in listed)

    return sources
