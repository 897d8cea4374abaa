"""The league table as JSON, and the schema that says what its fields mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from analytics.question import Question
from analytics.snapshot import Snapshot
from analytics.wording.grammar import AS_POSTED
from dashboard.site.wording import stamp

#: Columns of an answer that a row repeats, and what each is.
FIELDS: Mapping[str, tuple[str, str]] = {
    "provider": ("string", "Slug of the provider."),
    "surface": ("string", "Part of the service."),
    "metric": ("string", "Always availability."),
    "unit": ("string", "Always fraction."),
    "value": ("number?", "Fraction of observed time up; null: not known."),
    "low": ("number?", "Lower bound; null: none."),
    "high": ("number?", "Upper bound; null: none."),
    "interval": ("string?", "What the bounds are about: sampling or unknown."),
    "n": ("integer?", "Incidents open in covered time."),
    "down_s": ("number?", "Weighted seconds down."),
    "covered_s": ("integer?", "Seconds of the window that captures cover."),
    "unknown_s": ("integer?", "Covered seconds of which the state is not known."),
    "coverage": ("number?", "Covered part of the window."),
    "refused": ("integer?", "Records of the provider's pages that could not be read."),
    "doubts": ("string?", "What makes the number doubtful."),
    "rule": ("string", "How states weigh."),
    "combine": ("string?", "How components of one surface count together."),
    "classes": ("string", "Classes of incidents that count."),
    "minimum": ("string?", "State an incident had to reach to count as down; null: none asked."),
    "basis": ("string?", "component_states, whole_incidents or monitor."),
    "window_start": ("string", "Begin of the window, UTC."),
    "window_end": ("string", "End of the window, UTC, exclusive."),
    "method_version": ("string", "Version of the definitions."),
    "status": ("string", "ok, insufficient, no_coverage or reconstructed."),
}
SCHEMA_NAME = "league.schema.json"


def league_file(
    snapshot: Snapshot, name: str, question: Question, availability: pl.DataFrame
) -> bytes:
    """Write the rows of availability, the best first on each surface, those not known last.

    Args:
        snapshot: What was captured.
        name: Name of the question.
        question: What is asked.
        availability: Rows of metric availability.
    """
    ordered = availability.sort(
        "surface", "value", "provider", descending=[False, True, False], nulls_last=True
    )
    rows = [
        {key: _plain(value) for key, value in row.items()}
        for row in ordered.select(list(FIELDS)).iter_rows(named=True)
    ]
    return _json(
        {
            # Seen from the folder of a question.
            "$schema": f"../{SCHEMA_NAME}",
            "question": name,
            "providers": list(question.providers),
            "region": snapshot.region,
            "note": AS_POSTED,
            "simulated": snapshot.simulated,
            "as_of": stamp(snapshot.as_of),
            "snapshot_hash": snapshot.digest,
            "rows": rows,
        }
    )


def league_schema() -> bytes:
    """Write the JSON Schema of the league files."""
    fields = {
        name: {
            "type": [kind.rstrip("?"), "null"] if kind.endswith("?") else kind,
            "description": line,
        }
        for name, (kind, line) in FIELDS.items()
    }
    row = {
        "type": "object",
        "properties": fields,
        "required": list(FIELDS),
        "additionalProperties": False,
    }
    texts = ("question", "note", "as_of", "snapshot_hash")
    properties: dict[str, Any] = {
        "$schema": {"type": "string"},
        **{name: {"type": "string"} for name in texts},
        "providers": {"type": "array", "items": {"type": "string"}},
        "region": {
            "type": ["string", "null"],
            "description": "The only region counted; null: a surface in several is their mean.",
        },
        "simulated": {"type": "boolean"},
        "rows": {"type": "array", "items": row},
    }
    return _json(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "League table of Status Ledger",
            "type": "object",
            "properties": properties,
            "required": [name for name in properties if name != "$schema"],
        }
    )


def _plain(value: Any) -> Any:
    return stamp(value) if isinstance(value, datetime) else value


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
