"""Until when a page needs no visit, so that a run with nothing due reads nothing.

A visit that came to its end knows when the first of the sources it met is due. Until then
another visit would find nothing to ask for, and need not parse the page's newest payloads to
see that. Safe to delete: a page without a rest is visited.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingest.archive.page_history import Memory
from ingest.files import checked_file
from ingest.models import Page
from ingest.platforms.contract import Platform

#: No rest is longer: what an index leads to may come due by rules of its own.
LONGEST = timedelta(minutes=5)
SUFFIX = ".json"
STEM = "pages"


@dataclass(frozen=True, slots=True)
class Rest:
    """The end of a visit: ``since`` when, ``until`` when nothing is due, by which ``rules``.

    ``newest``: the page's newest attempt then; another one means that the page was visited
    since.
    """

    since: datetime
    until: datetime
    newest: datetime | None
    rules: str


def rules_of(page: Page, platform: Platform) -> str:
    """Hash what decides which sources a page has."""
    return hashlib.sha256(f"{platform.name}:{platform.version}:{page!r}".encode()).hexdigest()[:12]


def holds(rest: Rest | None, page: Page, platform: Platform, memory: Memory) -> bool:
    """Say whether a page still rests.

    Args:
        rest: The end of its last visit, if known.
        page: The page.
        platform: How to read it.
        memory: What the archive remembers of it.
    """
    return (
        rest is not None
        and rest.since <= memory.now < rest.until
        and rest.newest == memory.newest_attempt()
        and rest.rules == rules_of(page, platform)
    )


def load(folder: Path) -> Mapping[str, Rest]:
    """Read the rests by page key; none where there is no file, or a damaged one."""
    path = checked_file.by_stem(folder, SUFFIX).get(STEM)
    if path is None:
        return {}
    try:
        stored = json.loads(checked_file.read(path))
    except (checked_file.DamagedFileError, FileNotFoundError):
        return {}
    return {
        key: Rest(
            datetime.fromisoformat(since),
            datetime.fromisoformat(until),
            None if newest is None else datetime.fromisoformat(newest),
            rules,
        )
        for key, (since, until, newest, rules) in stored.items()
    }


def save(folder: Path, rests: Mapping[str, Rest]) -> None:
    """Write the rests in the place of the earlier ones. Raises ``OSError``."""
    stored = {
        key: (
            rest.since.isoformat(),
            rest.until.isoformat(),
            None if rest.newest is None else rest.newest.isoformat(),
            rest.rules,
        )
        for key, rest in sorted(rests.items())
    }
    path = checked_file.write(folder, STEM, SUFFIX, json.dumps(stored).encode())
    for other in folder.glob(f"*{SUFFIX}"):
        if other != path:
            other.unlink(missing_ok=True)
