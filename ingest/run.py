"""One piece of work on a data folder, from taking the lock to publishing what came of it."""

from __future__ import annotations

import difflib
import errno
import shutil
import socket
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import polars as pl

from ingest import derive, imports
from ingest.archive import Archive
from ingest.collect import LIMIT, PageRun, collect
from ingest.fetch import Clock, Fetcher
from ingest.imports import Refused
from ingest.lock import PUBLISHING, hold_lock
from ingest.memory import ROBOTS
from ingest.models import Capture, Page, ReadFailure
from ingest.platforms import PLATFORMS
from ingest.publish import CURRENT, NothingCaptured, Published, new_run, publish
from ingest.registry import Registry, collectable, load
from ingest.schedule import NOT_OFFERED

Progress = Callable[[str], None]
#: File that marks a data folder as invented; everything published from it says so.
SIMULATED = "SIMULATED"


def silent(_: str) -> None:
    """No progress wanted."""


def code_version() -> str:
    """The installed version of this project."""
    try:
        return version("statusledger")
    except PackageNotFoundError:
        return "uninstalled"


def now() -> datetime:
    """The one clock of the commands; nothing below them reads another."""
    return datetime.now(UTC)


def registry_of(data: Path) -> Registry:
    """The shipped registry with the data folder's own ``providers.toml`` laid over it.

    A simulated data folder knows its invented providers only. Raises ``RegistryError`` and
    ``OSError``, also where ``data`` is a file.
    """
    require_folder(data)
    own = data / "providers.toml"
    if simulated(data):
        return load(path=own, platforms=PLATFORMS)
    return load(extra=own, platforms=PLATFORMS)


def require_folder(data: Path) -> None:
    """Raise ``NotADirectoryError`` where ``data`` is a file; it need not exist."""
    if data.is_file():
        raise NotADirectoryError(errno.ENOTDIR, "a file, not a data folder", str(data))


def stored(data: Path) -> Archive:
    """The archive of a data folder. Raises ``NothingCaptured`` where it holds no file."""
    archive = Archive(data / "archive")
    if data.is_file():
        raise NothingCaptured(f"{data}: a file, not a data folder")
    if not archive.files():
        raise NothingCaptured(
            f"no captures in {archive.root}: give another --data, or run `statusledger collect`"
        )
    return archive


def has_captured(data: Path) -> bool:
    """Whether a source ever answered; failures and robots.txt are nothing to show."""
    rows = Archive(data / "archive").metadata()
    return not rows.filter(pl.col("failure").is_null(), pl.col("shape") != ROBOTS).is_empty()


def simulated(data: Path) -> bool:
    """Whether a data folder holds an invented world (``statusledger demo`` marks it so)."""
    return (data / SIMULATED).exists()


class NoSuchPage(Exception):
    """No page answers to the names given; one line that says what to do."""


def page_of(registry: Registry, provider: str, platform: str | None, key: str | None) -> Page:
    """The one page meant by ``--provider``, ``--platform`` and ``--page``.

    Raises ``NoSuchPage`` when there is none, or more than one.
    """
    _known(registry, provider)
    pages = [
        page
        for page in registry.pages
        if page.provider == provider
        and page.platform == (platform or page.platform)
        and page.page_key == (key or page.page_key)
    ]
    if len(pages) > 1:
        keys = ", ".join(page.page_key for page in pages)
        raise NoSuchPage(f"{provider} has several pages, give --page: {keys}")
    if not pages:
        raise NoSuchPage(f"{provider} has no such page: see `statusledger providers list`")
    if pages[0].platform not in PLATFORMS:
        raise NoSuchPage(f"pages on {pages[0].platform} cannot be read yet")
    return pages[0]


def _known(registry: Registry, slug: str) -> None:
    known = sorted(p.slug for p in registry.providers)
    if slug not in known:
        near = ", ".join(difflib.get_close_matches(slug, known, n=3))
        hint = f"did you mean {near}? " if near else ""
        raise NoSuchPage(
            f"no provider {slug!r}: {hint}`statusledger providers list` names them all"
        )


@dataclass(slots=True)
class Imported:
    """What an import came to. ``lines`` names every payload that was not taken, and why."""

    taken: set[tuple[str, datetime]] = field(default_factory=set[tuple[str, datetime]])
    known_already: int = 0
    refused: int = 0
    lines: list[str] = field(default_factory=list[str])


def import_payloads(
    data: Path,
    paths: Iterable[Path],
    page: Page,
    captured_at: datetime | None,
    complete_since: datetime | None,
    progress: Progress = silent,
) -> Imported:
    """Archive the payloads at ``paths`` as captures of ``page``.

    Raises ``imports.NotImportable`` and ``OSError``; what was taken before stays taken.
    """
    result = Imported()
    archive = Archive(data / "archive")
    known = _identities(archive, page)
    found = imports.payloads(paths, captured_at, now())
    with archive.batch() as batch:
        for item in imports.captures(found, page, PLATFORMS[page.platform], complete_since):
            if isinstance(item, Refused):
                result.refused += 1
                result.lines.append(f"{item.where}: {item.kind}: {item.message}")
                continue
            progress(f"{item.captured_at:%Y-%m-%d %H:%M}")
            if (item.url, item.captured_at, item.sha256, item.complete_since) in known:
                result.known_already += 1
                continue
            batch.add(item)
            result.taken.add((item.url, item.captured_at))
    return result


Identity = tuple[str, datetime, str, datetime | None]


def _identities(archive: Archive, page: Page) -> set[Identity]:
    """What is known of ``page``; a capture that vouches for more also stands for one of less."""
    seen = archive.metadata().filter(page_key=page.page_key)
    stated = set(seen.select("url", "captured_at", "sha256", "complete_since").rows())
    return stated | {(url, at, sha, None) for url, at, sha, _ in stated}


def behind(data: Path) -> bool:
    """Whether the archive holds something newer than the current snapshot."""
    pointer = data / "snapshots" / CURRENT
    files = Archive(data / "archive").files()
    if not pointer.is_file():
        return bool(files)
    try:
        return any(f.stat().st_mtime_ns > pointer.stat().st_mtime_ns for f in files)
    except FileNotFoundError:  # another run has just merged it into a new one
        return True


def publish_after(
    data: Path,
    registry: Registry,
    started_at: datetime,
    captures: int,
    failures: int,
    progress: Progress = silent,
) -> Published:
    """Publish what the archive holds now, one run after another: the last one knows most.

    Raises ``NothingCaptured``, ``LockHeld`` and ``OSError``.
    """
    run = replace(new_run(started_at), captures=captures, failures=failures)
    with hold_lock(data, PUBLISHING):
        return publish(
            data,
            registry,
            run,
            now(),
            code_version(),
            simulated=simulated(data),
            progress=progress,
        )


def publish_aside(
    data: Path,
    registry: Registry,
    out: Path,
    as_of: datetime | None,
    at: datetime | None = None,
    progress: Progress = silent,
) -> Published:
    """A snapshot at ``out`` of what was known at ``as_of``; the current one stays.

    ``at``: of that, only what had been written by then.
    """
    run = new_run(now())
    return publish(
        data,
        registry,
        run,
        now(),
        code_version(),
        as_of=as_of,
        at=at,
        out=out,
        simulated=simulated(data),
        progress=progress,
    )


def forget_memos(data: Path) -> None:
    """Drop everything derived; the archive stays."""
    shutil.rmtree(data / "derived", ignore_errors=True)


def derive_again(data: Path, registry: Registry, progress: Progress = silent) -> None:
    """Make every memo anew without publishing."""
    pages = {p.page_key: p for p in registry.pages if p.platform in PLATFORMS}
    derive.merged(Archive(data / "archive"), data / "derived", pages, PLATFORMS, None, progress)


def unreadable(published: Published, taken: Collection[tuple[str, datetime]]) -> list[str]:
    """One line for each capture just taken whose body could not be read."""
    return [
        f"{row['url']} captured at {row['first_at']:%Y-%m-%dT%H:%M:%SZ}: "
        f"{row['failure']}: {row['message']}"
        for row in published.unread
        if (row["url"], row["first_at"]) in taken
    ]


def emptied(published: Published, since: datetime) -> list[str]:
    """One line for each list that held records and since then is empty: one capture cannot tell."""
    return [
        f"{row['url']}: {row['failure']}: {row['message']}"
        for row in published.unread
        if row["failure"] == ReadFailure.EMPTY and row["last_at"] >= since
    ]


def collect_now(
    data: Path,
    pages: Sequence[Page],
    fetcher: Fetcher,
    clock: Clock = now,
    on_page: Callable[[PageRun], object] = lambda _: None,
    *,
    fill: bool = False,
    limit: int = LIMIT,
    on_capture: Callable[[Capture], object] = lambda _: None,
) -> list[PageRun]:
    """Collect what is due on ``pages`` and tidy the archive, alone on this data folder.

    ``fill``: also what the pages still hold of their past, up to ``limit`` requests a page.
    Raises ``LockHeld`` and ``OSError``.
    """
    archive = Archive(data / "archive")
    with hold_lock(data):
        runs = collect(
            pages,
            PLATFORMS,
            archive,
            fetcher,
            clock,
            on_page,
            limit,
            fill=fill,
            on_capture=on_capture,
        )
        archive.merge(clock())
    return runs


#: Failures of a source that is not to be had, for which another stood in.
NO_TROUBLE = frozenset(str(kind) for kind in NOT_OFFERED)


def in_trouble(run: PageRun) -> bool:
    """Whether a source that should have answered did not, or nothing came at all."""
    real = {kind for kind in run.failures if kind not in NO_TROUBLE}
    return bool(real) or nothing_came(run)


def nothing_came(run: PageRun) -> bool:
    """Whether every request of a page failed."""
    return run.message is not None or (run.captures > 0 and not run.answered)


def chosen_pages(registry: Registry, slugs: Sequence[str], every: bool) -> list[Page]:
    """Pages to collect: those named, all of them, or the starters.

    Raises ``NoSuchPage`` for an unknown slug and for a page that cannot be collected.
    """
    for slug in slugs:
        _known(registry, slug)
        mine = [page for page in registry.pages if page.provider == slug]
        if not any(collectable(page, PLATFORMS) for page in mine):
            status = ", ".join(sorted({str(page.status) for page in mine})) or "not listed"
            raise NoSuchPage(f"{slug} is not collected yet: its page is {status}")
    everyone = {p.slug for p in registry.providers}
    wanted = set(slugs) or (everyone if every else set(registry.starters))
    return [p for p in registry.pages if p.provider in wanted and collectable(p, PLATFORMS)]


def reachable(pages: Sequence[Page], seconds: float = 3.0) -> bool:
    """Whether any page's host takes a connection; through a proxy we cannot tell and try."""
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
