"""The data dictionary says what the schema says."""

import hashlib
import re
from pathlib import Path
from typing import Any

from ingest.models import DERIVATION_VERSION
from ingest.snapshot.data_dictionary import SHARED, dictionary
from ingest.snapshot.file import (
    POLARS,
    create,
    mandatory_columns,
    schema_sql,
    stored_columns,
)
from tests.support.paths import ROOT

PAGE = ROOT / "data" / "README.md"


def test_the_dictionary_is_the_schema_in_words() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary(), (
        "renew it: python -m ingest.snapshot.data_dictionary > data/README.md"
    )


def test_every_column_has_a_meaning_and_every_shared_meaning_a_column() -> None:
    rows = [line.split(" | ") for line in dictionary().splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if not row[2].rstrip(" |")] == []
    assert SHARED.keys() <= {row[0].strip("| `") for row in rows}


def test_other_columns_are_another_version_of_the_tables() -> None:
    """A snapshot without a column that is asked for ends in a traceback; its version in a line."""
    columns = sorted((table, [*names]) for table, names in stored_columns().items())
    digest = hashlib.sha256(repr(columns).encode()).hexdigest()[:12]
    assert (DERIVATION_VERSION, digest) == ("3", "eece9dd79ee2"), (
        "raise DERIVATION_VERSION in ingest/models.py, and put the new pair here"
    )


def test_the_columns_read_from_the_contract_are_those_the_database_stores() -> None:
    with create(Path(":memory:")) as con:
        found = con.execute(
            "SELECT c.table_name, c.column_name, c.data_type, c.is_nullable "
            "FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid) "
            "ORDER BY c.table_name, c.column_index"
        ).fetchall()
    per_row = re.findall(r"(\w+) BIGINT GENERATED ALWAYS", schema_sql())
    stored: dict[str, dict[str, Any]] = {}
    mandatory: dict[str, list[str]] = {}
    for table, column, dtype, nullable in found:
        if column not in per_row:
            written = dtype.replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
            stored.setdefault(table, {})[column] = POLARS[written]
            mandatory.setdefault(table, []).extend([] if nullable else [column])
    assert stored == stored_columns()
    assert [*map(list, stored.values())] == [list(stored_columns()[table]) for table in stored]
    assert mandatory == mandatory_columns()
