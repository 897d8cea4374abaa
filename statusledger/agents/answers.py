"""Shape answers for agents: plain numbers, null where unknown, of a bounded size.

The columns are those of the frames that the project's own functions give, so that an answer lacks
none of them. Everything that goes out passes here, so nothing leaves that a client cannot read:
a number that is not finite, a control character, a text of a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import GenericAlias
from typing import Any

import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, create_model

from analytics import Snapshot
from analytics.answer import SCHEMA
from analytics.evidence.incident_evidence import EVIDENCE, POST
from analytics.metrics.catalogue import METRICS
from dashboard.shown_text import SIMULATED, http_url
from ingest.safe_text import excerpt
from statusledger.agents.sql_rows import LONGEST_TEXT

#: Rows of a list, values of one inside a row, and the lists whose rows are long.
MOST_ROWS, MOST_NOTES = 60, 25
MOST = {"posts": 15, "forecasts": 15, "events": 20}
#: What of an incident an answer cites: where it was posted, and the capture that proves it.
CITED = (
    *("provider", "surface", "incident_id", "title", "url", "class", "impact"),
    *("published_at", "resolved_at", "open_s", "impact_s", "down_s"),
    *("last_at", "last_url", "last_sha256"),
)
NUMBERS = (
    "low and high are the ends of an interval, and interval says what it is about: sampling (what "
    "other days might have brought), unknown (what is not known of these days) or prediction. Null "
    "is not known: never up, never zero."
)
POSTED = "As posted by the providers, not measured. Cite the addresses of the posts."


def row_model(name: str, columns: Mapping[str, Any], **more: Any) -> type[BaseModel]:
    """Make the model of a row from the columns of a frame; each may be null.

    Args:
        name: Name of the model.
        columns: Columns with their types in Polars.
        more: Further fields.
    """
    fields: dict[str, Any] = {
        column: (_python_type(dtype), ...) for column, dtype in columns.items()
    }
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields, **more)


def _python_type(dtype: Any) -> Any:
    if isinstance(dtype, pl.List):
        return list[str] | None
    if isinstance(dtype, pl.Datetime):
        return AwareDatetime | None
    kind = dtype() if isinstance(dtype, type) else dtype
    if kind.is_float():
        return FiniteFloat | None
    if kind.is_integer():
        return int | None
    return bool | None if kind == pl.Boolean else str | None


#: What the metric of a row says, in a line.
MEANINGS = {name: f"{told.label}. {told.line}" for name, told in METRICS.items()}
MEANING = (str | None, Field(description="What the metric says."))
NUMBER = row_model("Number", SCHEMA, meaning=MEANING)
CITATION = row_model("Post", {name: EVIDENCE[name] for name in CITED})


class Answer(BaseModel):
    """Say what every answer says: of which data it is made, and whose words it rests on."""

    model_config = ConfigDict(extra="forbid")

    as_of: AwareDatetime = Field(description="The newest capture used.")
    snapshot_hash: str
    method_version: str
    simulated: bool = Field(description="True: everything is invented.")
    reconstructed: bool = Field(description="True: the past as told later.")
    region: str | None
    notes: list[str]


def answer_model(name: str, **lists: tuple[type[BaseModel], str]) -> type[BaseModel]:
    """Make the model of an answer with lists, each with the number of rows that did not fit.

    Args:
        name: Name of the model.
        lists: By the name of a field, the model of its rows, and what they are.
    """
    fields: dict[str, Any] = {}
    for field, (row, line) in lists.items():
        fields[field] = (list_of(row), Field(description=line))
        fields[f"{field}_left_out"] = (int, Field(description="Rows beyond those listed."))
    return create_model(name, __base__=Answer, **fields)


def list_of(model: type[BaseModel]) -> Any:
    """Return the type of a list of rows whose model was made."""
    return GenericAlias(list, (model,))


def answer_of(
    snapshot: Snapshot, notes: Iterable[str], **lists: pl.DataFrame | Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the fields of an answer, with as many rows of each list as fit.

    Args:
        snapshot: What was captured.
        notes: What the rows do not show by themselves.
        lists: By the name of a field, its rows.
    """
    found = facts(snapshot, notes)
    for field, rows in lists.items():
        most = MOST.get(field, MOST_ROWS)
        first = rows.head(most).to_dicts() if isinstance(rows, pl.DataFrame) else rows[:most]
        found[field] = [plain(row) for row in first]
        found[f"{field}_left_out"] = max(0, len(rows) - most)
    return found


def with_meaning(rows: pl.DataFrame) -> pl.DataFrame:
    """Say beside each number what its metric says.

    Returns:
        The columns of ``rows``, and ``meaning``.
    """
    return rows.with_columns(
        pl.col("metric")
        .replace_strict(MEANINGS, default=None, return_dtype=pl.String)
        .alias("meaning")
    )


def cited(found: pl.DataFrame) -> pl.DataFrame:
    """Return the posts of ``evidence``, each once, in its order.

    Returns:
        Columns of ``CITED``.
    """
    known = found.filter(pl.col("incident_id").is_not_null())
    return known.unique(POST, keep="first", maintain_order=True).select(CITED)


def facts(snapshot: Snapshot, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Return the fields of ``Answer``, of answers made from a snapshot."""
    told = [*([SIMULATED] if snapshot.simulated else []), POSTED, *notes]
    return {
        "as_of": snapshot.as_of,
        "snapshot_hash": snapshot.digest,
        "method_version": snapshot.method_version,
        "simulated": snapshot.simulated,
        "reconstructed": snapshot.reconstructed,
        "region": snapshot.region,
        "notes": [excerpt(note, LONGEST_TEXT) for note in told[:MOST_NOTES]],
    }


def plain(value: Any) -> Any:
    r"""Return a value as a client can read it; an address is one that may be followed, or null.

    >>> plain(float("nan")), plain("a\x1b[1mb"), plain([1, "c"])
    (None, 'a [1mb', [1, 'c'])
    >>> plain({"url": "javascript:alert(1)", "n": 1})
    {'url': None, 'n': 1}
    """
    if isinstance(value, str):
        return excerpt(value, LONGEST_TEXT)
    if isinstance(value, list):
        return [plain(one) for one in value[:MOST_NOTES]]
    if isinstance(value, Mapping):
        return {name: plain(http_url(one) if name == "url" else one) for name, one in value.items()}
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value
