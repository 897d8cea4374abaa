"""Say in a manifest what a release holds, and read the earlier one of its folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ingest.intervals import union
from ingest.models import RELEASE_MANIFEST, UsageError
from ingest.release.restatements import IDENTITY, LOG
from ingest.snapshot.data_dictionary import TableMeaning


class NotAReleaseError(UsageError):
    """The folder holds something other than a whole earlier release; one line."""


def require_room(folder: Path) -> None:
    """Raise ``NotAReleaseError`` unless ``folder`` is new, empty or a release."""
    if folder.is_dir() and (not any(folder.iterdir()) or (folder / RELEASE_MANIFEST).is_file()):
        return
    if folder.exists():
        raise NotAReleaseError(f"{folder} is not an earlier release: choose another folder")


def hashed(body: bytes) -> dict[str, Any]:
    """Return length and hash of a file, as the manifest lists them."""
    return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def described(meaning: TableMeaning, columns: Sequence[str]) -> dict[str, Any]:
    """Say what a table is about, and type and meaning of each of its columns."""
    known = {name: (kind, about) for name, kind, about in meaning.columns}
    return {
        "about": meaning.about,
        "columns": [
            {"name": name, "type": known[name][0], "meaning": known[name][1]} for name in columns
        ],
    }


def page_coverage(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Say of each page from when to when captures cover a component, and how much of that.

    Args:
        con: The snapshot.

    Returns:
        ``provider``, ``page_key``, ``from``, ``to`` and ``share``; null where nothing is covered.
    """
    spans: dict[str, list[tuple[int, int]]] = {}
    rows = con.execute("SELECT DISTINCT page_key, start_s, end_s FROM coverage").fetchall()
    for page_key, start, end in rows:
        spans.setdefault(page_key, []).append((start, end))
    pages = con.execute("SELECT provider, page_key FROM pages ORDER BY ALL").fetchall()
    return [
        {"provider": slug, "page_key": page_key, **_covered(union(spans.get(page_key, ())))}
        for slug, page_key in pages
    ]


def _covered(spans: Sequence[tuple[int, int]]) -> dict[str, Any]:
    if not spans:
        return {"from": None, "to": None, "share": None}
    start, end = spans[0][0], spans[-1][1]
    share = sum(until - since for since, until in spans) / (end - start)
    return {"from": _stamp(start), "to": _stamp(end), "share": share}


def _stamp(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class EarlierRelease:
    """Hold the release that a folder has: its place, its manifest and its log."""

    folder: Path
    manifest: dict[str, Any]
    log: bytes

    @classmethod
    def found(cls, folder: Path) -> EarlierRelease | None:
        """Read the release of a folder; None: there is none.

        Raises:
            NotAReleaseError: Its manifest cannot be read.
        """
        try:
            manifest = json.loads((folder / RELEASE_MANIFEST).read_bytes())
            told = {manifest[name] for name in IDENTITY} and manifest["tables"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            told = None
        if not isinstance(told, dict):
            raise damaged(folder / RELEASE_MANIFEST)
        log = folder / LOG
        return cls(folder, manifest, log.read_bytes() if log.is_file() else b"")

    def same_files(self, table: str, files: Iterable[Mapping[str, Any]]) -> set[str]:
        """Return the paths of files that are the same in both releases, by their hashes."""
        known = {file["path"]: file["sha256"] for file in self._files(table)}
        return {file["path"] for file in files if known.get(file["path"]) == file["sha256"]}

    def parts(self, table: str, but: Collection[str]) -> Iterator[pl.DataFrame]:
        """Read the files of a table as they were released, but for some.

        Raises:
            NotAReleaseError: A file is not what was released.
        """
        for file in self._files(table):
            if file["path"] in but:
                continue
            path = self.folder / file["path"]
            body = path.read_bytes() if path.is_file() else b""
            if hashed(body)["sha256"] != file["sha256"]:
                raise damaged(path)
            yield pl.read_parquet(BytesIO(body))

    def _files(self, table: str) -> Sequence[Mapping[str, Any]]:
        told: Sequence[Mapping[str, Any]] = self.manifest["tables"].get(table, {}).get("files", ())
        return told


def damaged(path: Path) -> NotAReleaseError:
    """Say that a file of an earlier release is not what was released."""
    return NotAReleaseError(
        f"{path} is damaged, so what was restated cannot be told: choose another folder"
    )
