"""Shape answers for agents: plain numbers, null where unknown, of a bounded size.

The columns are those of the frames that the project's own functions give, so that an answer lacks
none of them. Everything that goes out passes here, so nothing leaves that a client cannot read:
a number that is not finite, a control character, a text of a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import GenericAlias
from typing import Any

import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, create_model

from analytics import Snapshot
from analytics.answer import SCHEMA
from analytics.evidence.incident_evidence import EVIDENCE, POST
from analytics.metrics.catalogue import METRICS
from ingest.safe_text import excerpt

#: Rows of numbers, posts, texts beside them, and letters of a text.
MOST_ROWS, MOST_POSTS, MOST_NOTES, LONGEST_TEXT = 60, 15, 25, 600
#: What of an incident an answer cites: where it was posted, and the capture that proves it.
CITED = (
    *("provider", "surface", "incident_id", "title", "url", "class", "impact"),
    *("published_at", "resolved_at", "open_s", "impact_s", "down_s"),
    *("last_at", "last_url", "last_sha256"),
)
INVENTED = "Simulated data: every provider, incident and number here is invented."
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


def measured_model(
    name: str, numbers: type[BaseModel], posts: type[BaseModel], **more: Any
) -> type[BaseModel]:
    """Make the model of an answer with such numbers, and the posts that they rest on.

    Args:
        name: Name of the model.
        numbers: Model of a number.
        posts: Model of a post.
        more: Further fields.
    """
    fields: dict[str, Any] = {
        "numbers": (list_of(numbers), Field(description=NUMBERS)),
        "numbers_left_out": (int, Field(description="Numbers beyond those listed.")),
        "posts": (list_of(posts), Field(description="Posts that the numbers rest on.")),
        "posts_left_out": (int, Field(description="Posts beyond those listed.")),
        **more,
    }
    return create_model(name, __base__=Answer, **fields)


def list_of(model: type[BaseModel]) -> Any:
    """Return the type of a list of rows whose model was made."""
    return GenericAlias(list, (model,))


def measured(
    snapshot: Snapshot,
    numbers: pl.DataFrame,
    posts: Mapping[str, Any],
    notes: Iterable[str],
    **more: Any,
) -> dict[str, Any]:
    """Return the fields of an answer with numbers, as many as fit.

    Args:
        snapshot: What was captured.
        numbers: Rows of a metric.
        posts: The posts they rest on, as from ``cited``.
        notes: What the numbers do not show by themselves.
        more: Further fields.
    """
    return {
        **facts(snapshot, notes),
        "numbers": [
            {**row, "meaning": _meaning(row["metric"])} for row in plain_rows(numbers, MOST_ROWS)
        ],
        "numbers_left_out": max(0, numbers.height - MOST_ROWS),
        **posts,
        **more,
    }


def cited(found: pl.DataFrame) -> dict[str, Any]:
    """Return the first posts of ``evidence``, each once, and how many more there are."""
    known = found.filter(pl.col("incident_id").is_not_null())
    return posts_of(known.unique(POST, keep="first", maintain_order=True).select(CITED))


def posts_of(rows: pl.DataFrame) -> dict[str, Any]:
    """Return the first rows as posts, and how many more there are."""
    return {
        "posts": plain_rows(rows, MOST_POSTS),
        "posts_left_out": max(0, rows.height - MOST_POSTS),
    }


def facts(snapshot: Snapshot, notes: Iterable[str] = ()) -> dict[str, Any]:
    """Return the fields of ``Answer``, of answers made from a snapshot."""
    told = [*([INVENTED] if snapshot.simulated else []), POSTED, *notes]
    return {
        "as_of": snapshot.as_of,
        "snapshot_hash": snapshot.digest,
        "method_version": snapshot.method_version,
        "simulated": snapshot.simulated,
        "reconstructed": snapshot.reconstructed,
        "region": snapshot.region,
        "notes": [excerpt(note, LONGEST_TEXT) for note in told[:MOST_NOTES]],
    }


def plain_rows(frame: pl.DataFrame, most: int) -> list[dict[str, Any]]:
    """Return the first rows with plain values: texts clean and short, numbers finite or None."""
    return [
        {name: plain(value) for name, value in row.items()}
        for row in frame.head(most).iter_rows(named=True)
    ]


def plain(value: Any) -> Any:
    r"""Return a value as a client can read it.

    >>> plain(float("nan")), plain("a\x1b[1mb"), plain([1, "c"])
    (None, 'a [1mb', [1, 'c'])
    """
    if isinstance(value, str):
        return excerpt(value, LONGEST_TEXT)
    if isinstance(value, list):
        return [plain(one) for one in value[:MOST_NOTES]]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def _meaning(metric: str) -> str | None:
    told = METRICS.get(metric)
    return None if told is None else f"{told.label}. {told.line}"
