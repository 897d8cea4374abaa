"""Rounds of collecting: whose turn it is, what a round says, and one that never gives up."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ingest import run
from ingest.collect import LockHeld, PageRun
from ingest.fetch import Fetcher
from ingest.models import Page
from ingest.printing import plainly
from ingest.publish import NothingCaptured
from ingest.registry import Registry


class BadShare(Exception):
    """Not a share of the pages; one line that says how to write one."""


def share(pages: Sequence[Page], stated: str | None) -> list[Page]:
    """The part of ``pages`` that ``I/N`` names, counted from 1. Raises ``BadShare``."""
    if stated is None:
        return list(pages)
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", stated)
    part, parts = map(int, found.groups()) if found else (0, 0)
    if not 1 <= part <= parts:
        raise BadShare(f"--shard {stated!r} is not I/N, such as 1/4")
    return list(pages[part - 1 :: parts])


def line_of(one: PageRun, as_json: bool) -> str:
    """What a round did for one page, for people or for programs."""
    if as_json:
        said = {"page_key": one.page_key, "captures": one.captures}
        return json.dumps({**said, "failures": dict(one.failures), "message": one.message})
    failures = ", ".join(f"{n} {kind}" for kind, n in sorted(one.failures.items()))
    told = plainly(one.message or failures or "good")
    return f"{one.page_key}: {one.captures} captures, {told}"


def keep_up(data: Path, registry: Registry, pages: Sequence[Page]) -> None:
    """One round of ``up``: trouble is a line in the log, never the end. Raises ``OSError``."""
    started = run.now()
    try:
        runs = run.collect_now(data, pages, Fetcher())
        for one in runs:
            print(line_of(one, as_json=False))
        if taken := sum(one.captures for one in runs):
            run.publish_after(data, registry, started, taken, sum(map(run.in_trouble, runs)))
    except (LockHeld, NothingCaptured) as error:
        print(f"statusledger: {error}", file=sys.stderr)
