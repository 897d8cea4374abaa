"""The data dictionary, made from the comments of ``schema.sql``.

``python -m ingest.snapshot.data_dictionary > data/README.md`` renews it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingest.snapshot import file

HEAD = """# Data dictionary

This folder holds what was collected: `archive/` (payloads as they came, Parquet, the one
thing that cannot be had again), `derived/` (memos, made again at any time), `snapshots/`
(DuckDB files for reading; `CURRENT` names the newest) and, if you wish, a
`providers.toml` of your own laid over the registry.

Below are the tables of a snapshot, a contract: columns are added, not renamed. Times are
UTC with microseconds. `x_s` is `x_at` in whole epoch seconds, floored. `statusledger query`
runs SQL over them, `statusledger publish --parquet DIR` hands them over as Parquet, with these
meanings in its `manifest.json`. This page is made from `ingest/schema.sql`.

Who reads a snapshot or its Parquet files with DuckDB directly begins with `SET TimeZone = 'UTC'`,
as `query` does. Without it DuckDB takes the zone of the machine: the difference of two `_at`
across a change of clocks is an hour off, and a truncation to hours can move forward. Differences
of `x_s` are right everywhere.
"""
#: Columns that mean the same wherever they stand.
SHARED = {
    "provider": "slug of the provider",
    "page_key": "which page: `<provider>.<platform>.<page id, else host>`",
    "incident_id": "the page's own id of the post",
    "update_id": "the page's own id of the message",
    "component_id": "the page's own id of the component",
    "url": "address",
    "base_url": "address of the page, the root of its feeds",
    "at": "when",
    "bytes": "length of the body",
    "captures": "captures taken in the run",
    "code_version": "version of this project",
    "component_ids": "components the post named",
    "created_at": "when it was really written",
    "display_at": "the time shown with it, which may be set by hand",
    "end_at": "end, exclusive; null: still lasts",
    "failures": "of these, pages or payloads in trouble",
    "finished_at": "end of the run",
    "first_at": "first capture of the row",
    "first_seen_at": "first capture that showed it",
    "http_status": "status of the answer; null: imported, or no answer",
    "impact": "impact as posted",
    "key": "name of the fact",
    "known_from": "first capture that showed it",
    "last_at": "last capture of the row",
    "major_seconds": "seconds of major outage, as posted",
    "monitoring_at": "when monitoring began, as posted",
    "newest_item_at": "newest thing the payload held",
    "note": "what to know about it",
    "oldest_item_at": "oldest thing the payload held",
    "partial_seconds": "seconds of partial outage, as posted",
    "polls": "captures in the row",
    "ratio": "fraction up, as posted",
    "reason": "why, in one line",
    "resolved_at": "end, as posted",
    "revision_count": "versions seen after the first one",
    "rule": "rule the provider follows",
    "run_id": "name of the run",
    "scheduled_end_at": "end of the maintenance window announced",
    "scheduled_start_at": "start of the maintenance window announced",
    "sha256": "hash of the body",
    "stage": "stage in our words",
    "start_at": "start, inclusive",
    "started_at": "start",
    "state": "degraded, partial, major, maintenance or unknown",
    "status": "as posted",
    "surface": "what kind of thing it is (METHODOLOGY, Surfaces)",
    "surface_basis": "how the surface was found",
    "title": "as posted",
    "update_count": "messages",
    "value": "the fact",
    "zone": "IANA zone in which the days are cut",
}
#: A bar inside a cell of a table in Markdown.
PIPE = r"\|"
_SECTION = re.compile(r"^-- (?:table|view) (\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class TableMeaning:
    """Hold what a table or view is about, and each of its columns with type and meaning."""

    about: str
    columns: tuple[tuple[str, str, str], ...]


def dictionary() -> str:
    """Write the whole page as Markdown."""
    with (
        tempfile.TemporaryDirectory() as folder,
        file.create(Path(folder) / "empty.duckdb") as con,
    ):
        return HEAD + "".join(_sections(con))


def table_meanings(con: duckdb.DuckDBPyConnection) -> dict[str, TableMeaning]:
    """Return what each table and view of a snapshot means, by name."""
    sections = _SECTION.split(file.schema_sql())[1:]
    columns = _columns(con)
    return {
        name: TableMeaning(
            about,
            tuple((column, dtype, _meaning(column, sql)) for column, dtype in columns[name]),
        )
        for name, about, sql in zip(sections[::3], sections[1::3], sections[2::3], strict=True)
    }


def _sections(con: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for name, one in table_meanings(con).items():
        rows = [
            f"| `{column}` | {dtype} | {meaning.replace('|', PIPE)} |\n"
            for column, dtype, meaning in one.columns
        ]
        yield f"\n## {name}\n\n{one.about}\n\n| column | type | meaning |\n|---|---|---|\n"
        yield "".join(rows)


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """Columns and types as the database has them, views included."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = con.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "ORDER BY table_name, ordinal_position"
    ).fetchall()
    for table, column, dtype in rows:
        found.setdefault(table, []).append((column, dtype))
    return found


def _meaning(column: str, sql: str) -> str:
    comment = re.search(
        rf'^ +(?:.* AS |\w\.)?"?{column}"?(?: [^\n]*?|,) *-- (.+)$', sql, re.MULTILINE
    )
    if comment:
        return comment[1]
    if column.endswith("_s"):
        return f"`{'at' if column == 'at_s' else column[:-2] + '_at'}` in epoch seconds"
    return SHARED[column]


if __name__ == "__main__":
    print(dictionary(), end="")
