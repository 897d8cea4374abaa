"""Read what a file says that software depends on, whatever kind of file it is."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.models import MISREADINGS, UsageError
from statusledger.dependencies import lock_files, npm_locks, sboms
from statusledger.dependencies.hosts import hosts_in

#: A file larger than this is read as lines only: no lock file is.
LARGEST = 256 * 1024 * 1024
#: Names of lock files. Hosts in them are registries, and pages about packages.
LOCK = re.compile(r"(^|[.-])lock(file)?(\.(json|ya?ml|toml))?$|\.lockb$")
UNREAD = (
    "a lock file of a kind that is not read; make an SBOM of it (CycloneDX or SPDX) and ask that"
)


class DependencyFileError(UsageError):
    """A file that cannot be read; one line that says what is the matter."""


def dependencies(path: Path) -> Counter[str]:
    """Count the hosts and package URLs in a file.

    A bill of materials and a lock file are told by what is in them; anything else is taken for
    lines that may name hosts.

    Raises:
        DependencyFileError: It is no text, or not what it seems to be.
        OSError: It cannot be read.
    """
    try:
        if path.stat().st_size <= LARGEST:
            return Counter(_of_text(path, _text(path.read_bytes())))
        with path.open(encoding="utf-8", errors="replace") as lines:
            return Counter(host for line in lines for host in hosts_in(line))
    except MISREADINGS as error:
        why = f"{type(error).__name__}: {error}"
        raise DependencyFileError(f"{path}: seems to be a lock file or SBOM, but: {why}") from None


def _text(content: bytes) -> str:
    """Decode a file; shells of Windows write what pip freezes as UTF-16."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", errors="replace")


def _of_text(path: Path, text: str) -> Iterator[str]:
    name = path.name.lower()
    if (document := _object(text)) is not None and (found := _of_object(document)) is not None:
        return found
    if sboms.is_written_out(text):
        return sboms.written_out(text)
    if lock_files.TOML.search(text):
        return lock_files.toml_packages(text)
    if npm_locks.YARN_HEAD.search(text):
        return npm_locks.yarn_packages(text)
    if npm_locks.PNPM_HEAD.search(text):
        return npm_locks.pnpm_packages(text)
    if (found := lock_files.written_lines(text)) is not None:
        return found
    if name.startswith("requirements") or lock_files.PINNED.search(text):
        return lock_files.requirements(text)
    if LOCK.search(name):
        raise DependencyFileError(f"{path}: {UNREAD}")
    return (host for line in text.splitlines() for host in hosts_in(line))


def _object(text: str) -> Mapping[str, Any] | None:
    """Return the one JSON object that a text is; None for anything else, such as lines of JSON."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _of_object(document: Mapping[str, Any]) -> Iterator[str] | None:
    if sboms.is_cyclonedx(document):
        return sboms.cyclonedx(document)
    if sboms.is_spdx(document):
        return sboms.spdx(document)
    if "lockfileVersion" in document:
        return npm_locks.npm_packages(document)
    if "_meta" in document and "default" in document:
        return lock_files.pipenv_packages(document)
    if "content-hash" in document:
        return lock_files.composer_packages(document)
    if document.get("version") in (1, 2) and "dependencies" in document:
        return lock_files.nuget_packages(document)
    return None
