"""Read captured payloads from disk, for the same path as live ones.

A file, a folder, JSON Lines of raw incidents, or a ``.tar.xz`` series with one member per
version. The time of capture must be stated or stand in the file's or member's name: the
time a file was copied says nothing about when a page said something.
"""

from __future__ import annotations

import hashlib
import lzma
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ingest.models import MISREADINGS, Capture, Page, ReadError, ReadFailure, UsageError
from ingest.platforms.contract import Platform
from ingest.safe_text import excerpt
from ingest.validation.captures import read

STAMP = re.compile(
    r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})T(\d{2})[:-]?(\d{2})[:-]?(\d{2})(?:\.\d+)?Z(?![A-Za-z0-9])"
)
SERIES = (".tar.xz", ".tar.gz", ".tar", ".tgz")
#: Shapes of payloads that list posts; of others completeness cannot be stated.
LISTING = frozenset(
    {"incident", "feed", "native", "impacts", "config", "rows", "events", "issues"}
    | {"history", "changes", "legacy"}
)
#: A payload larger than this is refused, as it would be on the wire.
LARGEST = 20 * 1024 * 1024


class NotImportableError(UsageError):
    """A path that cannot be imported; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Hold paths to import, and what is stated of them.

    ``pages``: the pages they may be of. ``captured_at`` None: by the stamp in each name.
    ``complete_since``: from when on the lists are stated to be whole.
    """

    paths: tuple[Path, ...]
    pages: tuple[Page, ...]
    captured_at: datetime | None = None
    complete_since: datetime | None = None


class Payload(NamedTuple):
    """Bytes found on disk: where (for messages only) and when they were captured."""

    where: str
    captured_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Say in one line why a payload is not taken."""

    kind: str
    message: str


def captured_at(name: str) -> datetime | None:
    """Read the full UTC stamp in a file or member name, if there is one."""
    found = STAMP.search(name)
    if found is None:
        return None
    try:
        return datetime.strptime("".join(found.groups()), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def payloads(paths: Iterable[Path], stated_at: datetime | None, now: datetime) -> Iterator[Payload]:
    """Yield every payload at ``paths``, folders and series opened, in a stable order.

    Raises ``NotImportableError`` for a path that is missing, unreadable or undated, and for a
    capture of the future, which would stay the newest one until that day comes.
    """
    for path in (paths := list(paths)):
        if not path.exists():
            raise NotImportableError(f"{path}: no such file or folder")
    for path in paths:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and p.name[0] != ".")
            if not files:
                raise NotImportableError(f"{path}: the folder holds no files")
            for file in files:
                yield from _file(file, stated_at, now)
        else:
            yield from _file(path, stated_at, now)


def _file(path: Path, stated_at: datetime | None, now: datetime) -> Iterator[Payload]:
    if path.name.endswith(SERIES):
        yield from _series(path, stated_at, now)
        return
    at = _time(str(path), stated_at or captured_at(path.name), now)
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise NotImportableError(f"{path}: {error.strerror}") from error
    yield Payload(str(path), at, body)


def _series(path: Path, stated_at: datetime | None, now: datetime) -> Iterator[Payload]:
    try:
        with tarfile.open(path, "r:*") as series:
            for member in series:
                if not member.isfile():
                    continue
                where = f"{path}:{member.name}"
                at = _time(where, stated_at or captured_at(member.name), now)
                opened = series.extractfile(member)
                # No more than there is: memory is taken for as much as is asked for.
                most = min(member.size, LARGEST + 1)
                body = b"" if opened is None else opened.read(most)
                yield Payload(where, at, body)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError) as error:
        raise NotImportableError(f"{path}: not a readable archive ({error})") from error


def _time(where: str, at: datetime | None, now: datetime) -> datetime:
    if at is None:
        raise NotImportableError(
            f"{where}: when was this captured? Give --captured-at, or put a full UTC stamp in "
            "the name, such as 2026-04-14T07-23-20Z.json"
        )
    if at > now:
        raise NotImportableError(
            f"{where}: captured at {at:%Y-%m-%dT%H:%M:%SZ}, which is yet to come"
        )
    return at


def captures(
    found: Iterable[Payload],
    pages: Sequence[Page],
    platforms: Mapping[str, Platform],
    complete_since: datetime | None,
) -> Iterator[tuple[str, Capture | Refused]]:
    """Yield where each payload was found, and it as a capture of the address it is served under.

    A payload that is none of the pages' is refused by name; it is not archived, since nothing
    says what it is.

    Args:
        found: Payloads with their times.
        pages: The pages they may be of.
        platforms: The engines, by name.
        complete_since: From when on the lists are stated to be whole.
    """
    for payload in found:
        if len(payload.body) > LARGEST:
            yield payload.where, Refused("too_large", f"over {LARGEST // 2**20} MiB")
            continue
        known = _page_of_payload(payload, pages, platforms)
        if isinstance(known, Refused):
            yield payload.where, known
            continue
        page, capture = known
        platform = platforms[page.platform]
        posts = {one.name for one in platform.shapes if "title" in one.carries}
        if complete_since is not None and capture.shape in LISTING | platform.present & posts:
            capture = replace(capture, complete_since=complete_since)
        yield payload.where, capture


def _page_of_payload(
    payload: Payload, pages: Sequence[Page], platforms: Mapping[str, Platform]
) -> tuple[Page, Capture] | Refused:
    """Find which of some pages a payload is of, by its own form.

    Where several engines know the form, those of the time of capture go before others, then
    those that read it as their own page's.

    Args:
        payload: Bytes and time of capture.
        pages: The pages it may be of.
        platforms: The engines, by name.
    """
    able: list[tuple[Page, Capture]] = []
    refused: list[Refused] = []
    for page in pages:
        known = _recognised(payload, page, platforms[page.platform])
        if isinstance(known, Refused):
            refused.append(known)
        else:
            able.append((page, known))
    if not able:
        engines = ", ".join(dict.fromkeys(page.platform for page in pages))
        several = f"none of {engines}: " if len(pages) > 1 else ""
        return Refused(refused[0].kind, several + refused[0].message)
    for fits in (_in_era, partial(_is_own, platforms)):
        if len(able) > 1:
            able = [one for one in able if fits(*one)] or able
    if len(able) > 1:
        keys = ", ".join(page.page_key for page, _ in able)
        return Refused("ambiguous", f"may be of {keys}: name the platform or the page")
    return able[0]


def _recognised(payload: Payload, page: Page, platform: Platform) -> Capture | Refused:
    """Return a payload as a capture of a page, if the page's engine knows its form."""
    try:
        shape, path = platform.recognise(payload.body)
    except ReadError as error:
        return Refused(error.kind, error.message)
    except MISREADINGS as error:
        message = excerpt(f"{type(error).__name__}: {error}")
        return Refused(ReadFailure.SHAPE_CHANGED, message)
    return Capture(
        page_key=page.page_key,
        url=page.base_url + path,
        shape=shape,
        captured_at=payload.captured_at,
        http_status=None,
        sha256=hashlib.sha256(payload.body).hexdigest(),
        body=payload.body,
    )


def _in_era(page: Page, capture: Capture) -> bool:
    """Tell whether a page was there on the day of a capture."""
    day = capture.captured_at.date()
    return not (
        (page.valid_from is not None and day < page.valid_from)
        or (page.valid_to is not None and day > page.valid_to)
    )


def _is_own(platforms: Mapping[str, Platform], page: Page, capture: Capture) -> bool:
    """Tell whether a page's engine reads a capture as one of that page."""
    try:
        read(capture, page, platforms[page.platform])
    except ReadError:
        return False
    return True
