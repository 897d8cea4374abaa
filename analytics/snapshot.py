"""Opening a snapshot: which file is current, and reading it once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl


class NoSnapshot(Exception):
    """There is no snapshot to read; the message says what to run."""


def resolve(place: Path) -> Path:
    """The snapshot file meant by ``place``: a file, or a data folder's current one.

    Raises ``NoSnapshot``.
    """
    if place.is_file():
        return place
    pointer = place / "snapshots" / "CURRENT"
    if pointer.is_file():
        path = pointer.parent / pointer.read_text(encoding="utf-8").strip()
        if path.is_file():
            return path
    raise NoSnapshot(
        f"no snapshot in {place}: run `statusledger up`, or `statusledger demo` to look around"
    )


@dataclass(slots=True)
class Snapshot:
    """One snapshot file, pinned: later publications do not change what it answers.

    Tables are read on first use and kept; the file is closed at once, so that nothing is
    locked while a page is looked at.
    """

    path: Path
    meta: dict[str, str]
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame], repr=False)

    def table(self, name: str) -> pl.DataFrame:
        """All rows of a table or view (columns: data dictionary, ``data/README.md``)."""
        if name not in self._tables:
            self._tables[name] = read(self.path, f'SELECT * FROM "{name}"')
        return self._tables[name]

    @property
    def as_of(self) -> datetime:
        """The newest capture used; everything open lasts until then."""
        return datetime.fromisoformat(self.meta["as_of"])

    @property
    def digest(self) -> str:
        """Hash over the content, equal for equal captures."""
        return self.meta["snapshot_hash"]

    @property
    def method_version(self) -> str:
        """Version of the published numbers (METHODOLOGY, "Changes")."""
        return self.meta["method_version"]

    @property
    def simulated(self) -> bool:
        """Whether the data was made up; every page and document must say so."""
        return self.meta.get("simulated") == "true"

    @property
    def reconstructed(self) -> bool:
        """Whether this is the past as told later (``--at``), not as it was known then."""
        return self.meta.get("reconstructed") == "true"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._tables.clear()


def open_snapshot(place: Path | str) -> Snapshot:
    """The snapshot at ``place``: a file, or the current one of a data folder.

    Raises ``NoSnapshot``.
    """
    path = resolve(Path(place))
    try:
        rows = read(path, "SELECT key, value FROM meta")
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        raise NoSnapshot(f"{path} is not a snapshot this version can read: {why}") from error
    return Snapshot(path, dict(rows.iter_rows()))


def read(path: Path, sql: str) -> pl.DataFrame:
    """The rows of our own ``sql``; instants are UTC whatever the machine's zone."""
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        frame: pl.DataFrame = con.sql(sql).pl()
        return frame
