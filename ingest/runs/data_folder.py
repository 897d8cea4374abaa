"""The data folder: its registry, its archive, its mark of invention; the clock."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ingest.archive.history_memo import source_histories
from ingest.archive.source_history import ROBOTS
from ingest.archive.store import Archive
from ingest.models import NothingCapturedError
from ingest.platforms import PLATFORMS
from ingest.registry import Registry, load

Progress = Callable[[str], None]
#: File that marks a data folder as invented; everything published from it says so.
SIMULATED = "SIMULATED"
#: Folder of memos, safe to delete.
DERIVED = "derived"


def silent(_: str) -> None:
    """Report no progress."""


def code_version() -> str:
    """Return the installed version of this project."""
    try:
        return version("statusledger")
    except PackageNotFoundError:
        return "uninstalled"


def now() -> datetime:
    """Read the one clock of the commands; nothing below them reads another."""
    return datetime.now(UTC)


def registry_of(data: Path) -> Registry:
    """Load the shipped registry with the folder's ``providers.toml`` laid over it.

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
    """Return the archive of a data folder. Raises ``NothingCapturedError``."""
    archive = Archive(data / "archive")
    if data.is_file():
        raise NothingCapturedError(f"{data}: a file, not a data folder")
    if not archive.files():
        raise NothingCapturedError(
            f"no captures in {archive.root}: give another --data, or run `statusledger collect`"
        )
    return archive


def has_captured(data: Path) -> bool:
    """Say whether a source ever answered; failures and robots.txt are nothing to show."""
    pages = source_histories(Archive(data / "archive"), None, now()).values()
    successes = (history.success for page in pages for history in page.values())
    return any(success is not None and success.shape != ROBOTS for success in successes)


def simulated(data: Path) -> bool:
    """Say whether a data folder holds an invented world; ``demo`` marks it so."""
    return (data / SIMULATED).exists()
