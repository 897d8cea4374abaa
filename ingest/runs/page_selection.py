"""Choose the pages a command means: by provider, by share, all, or the starters."""

from __future__ import annotations

import difflib
import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from urllib.parse import urlsplit
from urllib.request import getproxies

from ingest.models import Page, UsageError
from ingest.platforms import PLATFORMS
from ingest.registry import Registry, collectable


class NoSuchPageError(UsageError):
    """No page answers to the names given; one line that says what to do."""


def pages_of(
    registry: Registry, provider: str, platform: str | None = None, key: str | None = None
) -> list[Page]:
    """Find the pages that payloads of a provider may be of, narrowed by engine or page key.

    Raises:
        NoSuchPageError: There is none, or none that can be read.
    """
    require_provider(registry, provider)
    pages = [
        page
        for page in registry.pages
        if page.provider == provider
        and page.platform == (platform or page.platform)
        and page.page_key == (key or page.page_key)
    ]
    if not pages:
        raise NoSuchPageError(f"{provider} has no such page: see `statusledger providers list`")
    if readable := [page for page in pages if page.platform in PLATFORMS]:
        return readable
    raise NoSuchPageError(f"pages on {pages[0].platform} cannot be read yet")


def require_provider(registry: Registry, slug: str) -> None:
    """Raise ``NoSuchPageError`` unless the registry has a provider; name those like it."""
    known = sorted(p.slug for p in registry.providers)
    if slug not in known:
        near = ", ".join(difflib.get_close_matches(slug, known, n=3))
        hint = f"did you mean {near}? " if near else ""
        raise NoSuchPageError(
            f"no provider {slug!r}: {hint}`statusledger providers list` names them all"
        )


def chosen_pages(registry: Registry, slugs: Sequence[str], every: bool, today: date) -> list[Page]:
    """Choose the pages to collect: those named, all of them, or the starters.

    Args:
        registry: Providers and pages.
        slugs: The providers meant; empty: the starters.
        every: All providers.
        today: Eras that ended before are over, whatever else the registry says of them.

    Raises:
        NoSuchPageError: A slug is unknown, or has no page that can be collected.
    """
    for slug in slugs:
        require_provider(registry, slug)
        mine = [page for page in registry.pages if page.provider == slug]
        if not any(collectable(page, PLATFORMS, today) for page in mine):
            status = ", ".join(sorted({str(page.status) for page in mine})) or "not listed"
            raise NoSuchPageError(f"{slug} is not collected yet: its page is {status}")
    everyone = {p.slug for p in registry.providers}
    wanted = set(slugs) or (everyone if every else set(registry.starters))
    mine = [page for page in registry.pages if page.provider in wanted]
    return [page for page in mine if collectable(page, PLATFORMS, today)]


def reachable(pages: Sequence[Page], seconds: float = 3.0) -> bool:
    """Say whether any page's host takes a connection; through a proxy, assume so."""
    if getproxies():
        return True
    hosts = {(urlsplit(p.base_url).hostname or "", urlsplit(p.base_url).port or 443) for p in pages}

    def connects(address: tuple[str, int]) -> bool:
        try:
            socket.create_connection(address, timeout=seconds).close()
        except OSError:
            return False
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        return any(pool.map(connects, sorted(hosts)))


class BadShareError(UsageError):
    """Not a share of the pages; one line that says how to write one."""


def share(pages: Sequence[Page], stated: str | None) -> list[Page]:
    """Take the part of ``pages`` that ``I/N`` names, from 1. Raises ``BadShareError``."""
    if stated is None:
        return list(pages)
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", stated)
    part, parts = map(int, found.groups()) if found else (0, 0)
    if not 1 <= part <= parts:
        raise BadShareError(f"--shard {stated!r} is not I/N, such as 1/4")
    return list(pages[part - 1 :: parts])
