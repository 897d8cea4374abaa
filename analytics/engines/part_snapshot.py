"""Make a snapshot of a few tables in memory, for functions that ask one."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from analytics.snapshot import PINNED, Snapshot

#: Views of a snapshot, each with the table it is made of.
VIEWS = {"revisions": "versions", "sources": "captures"}


def snapshot_of_part(tables: Mapping[str, Any], meta: Mapping[str, str]) -> Snapshot:
    """Return a snapshot of some tables.

    A table that is not among them cannot be asked. Views are there where their table is.

    Args:
        tables: Frames of Polars or Arrow, by name.
        meta: Names and texts, as in table ``meta``.
    """
    # One thread: the machine's cores are busy with other parts.
    con = duckdb.connect(config={"threads": 1})
    con.execute("SET GLOBAL TimeZone = 'UTC'")
    con.execute(f"ATTACH ':memory:' AS {PINNED}")
    con.execute(f"USE {PINNED}")
    for name, rows in tables.items():
        con.register("given", rows)
        con.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        con.unregister("given")
    wanted = [view for view, table in VIEWS.items() if table in tables]
    if wanted:
        contract = files("ingest").joinpath("schema.sql").read_text(encoding="utf-8")
        for one in con.extract_statements(contract):
            if one.query.split("CREATE VIEW ")[-1].split(" ")[0] in wanted:
                con.execute(one)
    return Snapshot(Path(), {**meta}, con, _in_place=False)
