"""Open a snapshot: find the file that is current, and hold on to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb
import narwhals as nw
import polars as pl

from analytics.memo import Memo
from ingest.models import DERIVATION_VERSION, UnansweredError

T = TypeVar("T")
Frame = nw.LazyFrame[Any]
Tables = Mapping[str, Frame]
"""Tables by name, as relations of one engine."""
#: Control characters but line ends and tabs, and marks that turn the direction of a text.
UNSEEN = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}]"
#: What an open snapshot is called in the connection that holds it.
PINNED = "pinned"
#: What the key of wanted rows is called in a query.
WANTED = "wanted"
#: What a snapshot file may be called: nothing that leads elsewhere.
NAME = re.compile(r"\w[\w-]*\.duckdb")
LONGEST_NAME = 200
#: A file up to this size is answered from memory: a few hundred thousand states.
SMALL_BYTES = 32_000_000
#: What is asked once is read from memory up to this many rows, whatever the texts take in the file:
#: plans for fewer take longer, and more take a hundred megabytes.
FEW_ROWS = 200_000
#: Each thread of DuckDB has buffers of its own: with many cores they outweigh what is read.
ONE_THREAD = {"threads": "1"}
#: How many bytes a file has that is held open.
SIZE = "SELECT block_size * total_blocks FROM pragma_database_size() WHERE database_name = ?"
ROWS = "SELECT coalesce(sum(estimated_size), 0) FROM duckdb_tables() WHERE database_name = ?"
#: Entry of a cut snapshot that names its region.
REGION = "region"
#: Entry of a snapshot in memory that holds some of the providers, or some of what is known of them.
PART = "part"
#: Table of the incidents on each component.
LINKS = "incident_components"
#: Tables whose rows are about components.
OF_COMPONENTS = ("components", LINKS, "component_states", "coverage")


class NoSnapshotError(UnansweredError):
    """There is no snapshot to read; the message says what to run."""


def resolve(place: Path) -> Path:
    """Return the snapshot file meant: ``place``, or a data folder's current one.

    Raises:
        NoSnapshotError: There is none.
    """
    if place.is_file():
        return place
    snapshots, last = place / "snapshots", None
    # Only the last few files are kept: the one just named may be gone, and another named now.
    while (name := _named(snapshots / "CURRENT")) != last:
        if name is not None and _is_inside(snapshots / name):
            return snapshots / name
        last = name
    # CURRENT is damaged or lost: the newest file there was current once.
    written = [path for path in snapshots.glob("*.duckdb") if _is_inside(path)]
    if written:
        return max(written, key=lambda path: path.name)
    raise NoSnapshotError(
        f"no snapshot in {place}: run `statusledger up`, or `statusledger demo` to look around"
    )


def _named(pointer: Path) -> str | None:
    """Return what CURRENT names, if it may be the name of a file."""
    if not pointer.is_file():
        return None
    with pointer.open("rb") as file:
        name = file.read(LONGEST_NAME + 1).decode("ascii", "replace").strip()
    return name if NAME.fullmatch(name) else None


def _is_inside(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and bool(NAME.fullmatch(path.name))


def open_current(place: Path, open_file: Callable[[Path], T]) -> T:
    """Open the snapshot file meant by ``place`` (see ``resolve``) with ``open_file``.

    Raises:
        NoSnapshotError: There is none, or ``open_file`` cannot read it.
    """
    while True:
        path = resolve(place)
        try:
            return open_file(path)
        except duckdb.Error as error:
            if not path.exists():  # superseded and removed before it was open: look again
                continue
            why = str(error).splitlines()[0]
            raise NoSnapshotError(
                f"{path} is not a snapshot this version can read: {why}"
            ) from error


@dataclass(slots=True)
class Snapshot:
    """Hold a snapshot file, pinned: later publications do not change what it answers.

    Tables are read on first use and kept. The file is held open until the snapshot is closed
    or forgotten, because a publisher removes all but the last few files. Nobody waits for
    that: a snapshot is never rewritten.
    """

    path: Path
    meta: dict[str, str]
    _file: duckdb.DuckDBPyConnection = field(repr=False)
    #: Tables are related where they lie in the file.
    _in_place: bool = field(repr=False)
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame], repr=False)
    #: Components of a region (page_key and component_id); None: all of them.
    _kept: pl.DataFrame | None = field(default=None, repr=False)
    #: Tables that stand for those of the file.
    _instead: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame], repr=False)
    #: Answers worked out so far (``analytics.memo.once``).
    memo: Memo = field(default_factory=Memo, repr=False, compare=False)

    def table(self, name: str) -> pl.DataFrame:
        """Return all rows of a table or view, for people to read.

        Strangers write titles: what would turn or hide text on a page is a blank here. ``query``
        and the Parquet release have it as it was posted.

        Returns:
            Columns of the data dictionary (``data/README.md``).
        """
        if name not in self._tables:
            whole = self._instead.get(name)
            rows = legible(_rows(self._file, name)) if whole is None else whole
            self._tables[name] = self._in_region(name, rows)
        return self._tables[name]

    def columns(
        self, name: str, columns: Sequence[str], key: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """Return some columns of a table or view, without reading or keeping the others.

        Args:
            name: Of the table or view.
            columns: Those to return.
            key: Only rows that have a row of it in its columns, which are among ``columns``.

        Returns:
            As ``table``, those columns.
        """
        cut = name in self._instead or (self._kept is not None and name in OF_COMPONENTS)
        if name in self._tables or cut:
            frame = self.table(name).select(columns)
            return frame if key is None else frame.join(key, on=key.columns, how="semi")
        return legible(_rows(self._file, name, columns, key))

    def relations(self, *names: str) -> Tables:
        """Return tables as relations, for functions that run on any engine."""
        return {name: nw.from_native(self.table(name).lazy()) for name in names}

    @contextmanager
    def related(self, *names: str, **given: pl.DataFrame) -> Iterator[Tables]:
        """Relate tables of which an answer needs few columns or rows; read by ``fetched``.

        A small snapshot is related from memory: its tables are soon read anyhow, and a plan of
        DuckDB takes longer than they do. Of a large one DuckDB reads, where they lie, the columns
        and rows that are asked for.

        Args:
            names: Tables; their texts may be as they were posted.
            given: Frames to relate with them, by name.
        """
        if not self._in_place:
            yield {
                **self.relations(*names),
                **{n: nw.from_native(f.lazy()) for n, f in given.items()},
            }
            return
        with self._file.cursor() as cursor:
            read = {name: _relation(cursor, f'FROM {PINNED}."{name}"') for name in names}
            instead = {name: its for name, its in self._instead.items() if name in names}
            for name, frame in (given | instead).items():
                cursor.register(name, _Stream(frame))
                read[name] = _relation(cursor, f'FROM "{name}"')
            if self._kept is not None:
                cursor.register(REGION, _Stream(self._kept))
                kept = _relation(cursor, f"FROM {REGION}")
                for name in OF_COMPONENTS:
                    if name in read:
                        read[name] = read[name].join(kept, on=self._kept.columns, how="semi")
            yield read

    def of_region(self, region: str, kept: pl.DataFrame) -> Snapshot:
        """Return this snapshot with the components of a region, and answers of its own.

        Args:
            region: Its name.
            kept: Columns page_key and component_id.
        """
        meta = {**self.meta, REGION: region}
        cut = Snapshot(self.path, meta, self._file, self._in_place, {}, kept, self._instead)
        cut._tables.update({name: cut._in_region(name, one) for name, one in self._tables.items()})
        return cut

    def _in_region(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep the rows about components of the region, where there is one."""
        if self._kept is None or name not in OF_COMPONENTS:
            return frame
        return frame.join(self._kept, on=self._kept.columns, how="semi", maintain_order="left")

    def with_links(self, linked: pl.DataFrame) -> Snapshot:
        """Return this snapshot with fewer incidents on components, and answers of its own.

        Args:
            linked: Rows of table ``incident_components``.
        """
        tables = {name: one for name, one in self._tables.items() if name != LINKS}
        instead = {LINKS: linked}
        kept = self._kept
        return Snapshot(self.path, self.meta, self._file, self._in_place, tables, kept, instead)

    @property
    def region(self) -> str | None:
        """Region whose components it is cut to; None: it holds them all."""
        return self.meta.get(REGION)

    @property
    def partial(self) -> bool:
        """True where other providers are elsewhere: what is not here may be there."""
        return PART in self.meta

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
    def code_version(self) -> str:
        """Version of this project that derived it."""
        return self.meta.get("code_version", "unknown")

    @property
    def simulated(self) -> bool:
        """True where the data was made up; every page and document must say so."""
        return self.meta.get("simulated") == "true"

    @property
    def reconstructed(self) -> bool:
        """True where this is the past as told later (``--at``), not as it was known then."""
        return self.meta.get("reconstructed") == "true"

    def __enter__(self) -> Self:
        """Keep the file open until the end of the block."""
        return self

    def __exit__(self, *how: object) -> None:
        """Close the file and forget what was read."""
        self._tables.clear()
        self.memo.clear()
        self._file.close()


def open_snapshot(place: Path | str, one_pass: bool = False) -> Snapshot:
    """Open the snapshot at ``place``: a file, or the current one of a data folder.

    Args:
        place: Where it is.
        one_pass: It is passed over once, and of more than ``FEW_ROWS`` nothing is read whole that
            only a few columns or rows are asked of.

    Raises:
        NoSnapshotError: There is none that can be read.
    """
    return open_current(Path(place), partial(open_file, one_pass=one_pass))


def open_file(path: Path, one_pass: bool = False) -> Snapshot:
    """Open the snapshot in a file, for one pass as ``open_snapshot`` does.

    Raises:
        duckdb.Error: It cannot be read.
        NoSnapshotError: Another version of this program wrote it, with other columns.
    """
    con = attached(path, ONE_THREAD if one_pass else {})
    meta = dict(_rows(con, "meta").select("key", "value").iter_rows())
    if meta.get("derivation_version") != DERIVATION_VERSION:
        con.close()
        raise NoSnapshotError(
            f"{path} was written by another version: `statusledger publish` derives it again from "
            "the archive"
        )
    [[size]] = con.execute(SIZE, [PINNED]).fetchall()
    in_place = size > SMALL_BYTES or (one_pass and _has_many_rows(con))
    return Snapshot(path, meta, con, in_place)


def _has_many_rows(con: duckdb.DuckDBPyConnection) -> bool:
    [[rows]] = con.execute(ROWS, [PINNED]).fetchall()
    return bool(rows > FEW_ROWS)


def attached(path: Path, settings: Mapping[str, str]) -> duckdb.DuckDBPyConnection:
    """Open a connection of its own to a snapshot file, as ``PINNED``.

    Attached, since connections that open the same file in one process share one set of
    settings.

    Raises:
        duckdb.Error: The file cannot be read.
    """
    con = duckdb.connect(config=dict(settings))
    con.execute("SET GLOBAL TimeZone = 'UTC'")  # whatever the machine's zone, in every cursor
    quoted = str(path).replace("'", "''")
    con.execute(f"ATTACH '{quoted}' AS {PINNED} (READ_ONLY)")
    return con


def fetched(relation: Frame) -> pl.DataFrame:
    """Read the rows of a relation as from ``Snapshot.related``, while its tables are at hand.

    Returns:
        Columns of the relation.
    """
    native = relation.to_native()
    return native.collect() if isinstance(native, pl.LazyFrame) else pl.DataFrame(_Stream(native))


@dataclass(frozen=True, slots=True)
class _Stream:
    """Show of a frame or a relation its Arrow stream alone.

    A frame itself DuckDB takes by way of PyArrow, as its own ``pl`` gives one: that is 30 MB of
    memory for what DuckDB and Polars do without it. Of a relation itself Polars would keep the
    type for good, and DuckDB says at the end of the program that it leaked.
    """

    rows: pl.DataFrame | duckdb.DuckDBPyRelation

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)


def _relation(con: duckdb.DuckDBPyConnection, query: str) -> Frame:
    return nw.from_native(con.sql(query))


def legible(frame: pl.DataFrame) -> pl.DataFrame:
    """Replace characters that nobody sees by blanks, in the columns that have any.

    Returns:
        Columns of ``frame``.
    """
    odd = [
        one.name for one in frame.select(pl.selectors.string()) if one.str.contains(UNSEEN).any()
    ]
    return frame.with_columns(pl.col(odd).str.replace_all(UNSEEN, " ")) if odd else frame


def _rows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str] = (),
    key: pl.DataFrame | None = None,
) -> pl.DataFrame:
    names = ", ".join(f'"{name}"' for name in columns) or "*"
    query = f'SELECT {names} FROM {PINNED}."{table}"'
    # Sessions share a snapshot: each thread reads through a cursor of its own.
    with con.cursor() as cursor:
        if key is not None:
            cursor.register(WANTED, _Stream(key))
            shared = ", ".join(f'"{name}"' for name in key.columns)
            query += f" SEMI JOIN {WANTED} USING ({shared})"
        return pl.DataFrame(_Stream(cursor.sql(query)))
