"""Log what a release says otherwise than the one before it in the same folder.

Each release adds at most one line. What only went on is no restatement: of a span that lasted, the
release before did not say when it ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from ingest.snapshot.file import ORDER, UNHASHED

LOG = "restatements.jsonl"
#: Keys that name a row, where the order of the files takes more than those.
NAMED: Mapping[str, tuple[str, ...]] = {"updates": ("page_key", "incident_id", "update_id")}
#: Columns that move on while what a row tells of lasts.
END = {
    "coverage": "end_at",
    "component_states": "end_at",
    "observations": "seen_until_at",
    "versions": "known_until",
    "breaks": "ended_at",
}
#: What both releases are, in the log.
IDENTITY = ("as_of", "snapshot_hash", "derivation_version", "method_version")
#: Of these tables an end is the last capture that showed the row: it lasts until another one.
SEEN = ("coverage", "observations")
ADDED, CHANGED, WITHDRAWN = "added", "changed", "withdrawn"
BEFORE = " before"
#: Column of ``restated`` that says what became of a row: no table has one of that name.
FATE = "restated as"
NTH = "nth"

Log = dict[str, Any]


class Comparison:
    """Gather, table by table, what differs from the release before."""

    def __init__(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
        """Compare two releases by what their manifests say of them.

        Args:
            before: The manifest of the release before.
            now: What the new one is: ``IDENTITY``.
        """
        self._identities = {
            "now": {name: now[name] for name in IDENTITY},
            "before": {name: before[name] for name in IDENTITY},
        }
        self._as_of = datetime.fromisoformat(before["as_of"])
        self._rows: dict[str, dict[str, dict[str, int]]] = {}
        self._columns: dict[str, dict[str, list[str]]] = {}
        self._incidents: list[Log] = []

    def add(
        self, table: str, before: pl.DataFrame, now: pl.DataFrame, wording: tuple[str, ...]
    ) -> None:
        """Compare one table.

        Args:
            table: Its name.
            before: Its rows in the release before.
            now: Its rows in the new one.
            wording: Columns that hold the providers' wording; they are counted, not repeated.
        """
        if table in UNHASHED:
            return
        new = sorted(now.schema.items() - before.schema.items())
        gone = sorted(before.schema.items() - now.schema.items())
        if new or gone:
            self._columns[table] = {
                ADDED: [name for name, _ in new],
                WITHDRAWN: [name for name, _ in gone],
            }
        found = restated(table, before, now, self._as_of)
        counts = found.group_by("provider", FATE).len().sort("provider", FATE)
        for provider, fate, n in counts.iter_rows():
            self._rows.setdefault(table, {}).setdefault(provider, {})[fate] = n
        if table == "incidents":
            self._incidents = [
                _incident(row, wording)
                for row in found.filter(pl.col(FATE) != ADDED).iter_rows(named=True)
            ]

    def line(self) -> bytes:
        """Write the line of the log; empty where nothing was restated."""
        own = ("as_of", "snapshot_hash")
        now, before = (
            {name: value for name, value in one.items() if name not in own}
            for one in self._identities.values()
        )
        if not (self._rows or self._columns) and now == before:
            return b""
        line = {
            **self._identities["now"],
            "before": self._identities["before"],
            "columns": self._columns,
            "rows": self._rows,
            "incidents": self._incidents,
        }
        return (json.dumps(line) + "\n").encode()


def restated(table: str, before: pl.DataFrame, now: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return the rows of a table that one of two releases lacks or has otherwise.

    Args:
        table: Its name.
        before: Its rows in the release before.
        now: Its rows in the new one.
        as_of: Newest capture that the release before knew.

    Returns:
        ``FATE`` (added, changed or withdrawn), ``provider`` and the columns that both releases
        have, each also with the ending ``BEFORE``; in key order.
    """
    shared = [name for name, kind in now.schema.items() if before.schema.get(name) == kind]
    key = [name for name in NAMED.get(table, ORDER[table]) if name in shared]
    # Rows of one key are told apart by their order.
    nth = pl.int_range(pl.len()).over(key).alias(NTH)
    order = [name for name in ORDER[table] if name in shared]
    old, new = (frame.select(shared).sort(order).with_columns(nth) for frame in (before, now))
    both = new.join(
        old.rename({name: name + BEFORE for name in old.columns}),
        left_on=[*key, NTH],
        right_on=[name + BEFORE for name in (*key, NTH)],
        how="full",
        coalesce=False,
        nulls_equal=True,
    )
    differs = {
        name: pl.col(name).ne_missing(pl.col(name + BEFORE)) for name in shared if name not in key
    }
    moved = pl.any_horizontal([pl.lit(value=False), *differs.values()])
    if end := END.get(table):
        was, ends = pl.col(end + BEFORE), pl.col(end)
        lasted = was.is_null() | (was >= as_of)
        goes_on = lasted & (ends.is_null() | (ends >= pl.max_horizontal(was, pl.lit(as_of))))
        if table in SEEN:
            goes_on |= ends > was
        twin = end.removesuffix("_at") + "_s"
        others = [one for name, one in differs.items() if name not in (end, twin)]
        moved &= pl.any_horizontal([pl.lit(value=False), *others]) | ~goes_on.fill_null(value=False)
    fate = (
        pl.when(pl.col(NTH + BEFORE).is_null())
        .then(pl.lit(ADDED))
        .when(pl.col(NTH).is_null())
        .then(pl.lit(WITHDRAWN))
        .when(moved)
        .then(pl.lit(CHANGED))
    )
    return (
        both.with_columns(
            fate.alias(FATE), pl.coalesce("provider", "provider" + BEFORE).alias("provider")
        )
        .filter(pl.col(FATE).is_not_null())
        .sort([pl.coalesce(name, name + BEFORE) for name in key])
        .drop(NTH, NTH + BEFORE)
    )


def _incident(row: Mapping[str, Any], wording: tuple[str, ...]) -> Log:
    """Say of an incident what became of it, with the values before and now."""
    withdrawn = row[FATE] == WITHDRAWN
    ending = BEFORE if withdrawn else ""
    moved = {
        name: [_plain(row[name + BEFORE]), _plain(row[name])]
        for name in row
        if name + BEFORE in row and row[name] != row[name + BEFORE] and name not in wording
    }
    return {
        "provider": row["provider"],
        "page_key": row["page_key" + ending],
        "incident_id": row["incident_id" + ending],
        "fate": row[FATE],
        "fields": {} if withdrawn else moved,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
