"""The table twin of a picture or a number: what it shows, exactly, and to take away."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from analytics import Question, Snapshot
from analytics.wording.numbers import BLANK, format_count
from dashboard.tables.columns import type_settings, with_links
from dashboard.tables.shared import describe_rows, to_csv, with_headings


def show_data(
    rows: pl.DataFrame,
    name: str,
    snapshot: Snapshot,
    question: Question,
    *,
    label: str = "Data",
    config: dict[str, Any] | None = None,
) -> None:
    """An expander with ``rows`` as a table, and downloads of exactly these rows.

    ``name`` begins the file names and must be unique on a page. Values are unrounded.
    """
    with st.expander(f"{label} ({format_count(rows.height, 'row')})"):
        show_table(rows, name, snapshot, question, config=config)


def show_table(
    rows: pl.DataFrame,
    name: str,
    snapshot: Snapshot,
    question: Question | None = None,
    *,
    worded: pl.DataFrame | None = None,
    config: dict[str, Any] | None = None,
) -> None:
    """``rows`` under readable headings, and downloads of exactly these rows.

    ``worded``: the same rows as a page shows them, where that is not as they are named.
    """
    shown = with_headings(rows if worded is None else worded)
    st.dataframe(
        shown,
        column_config=type_settings(shown) | with_links(config or {}, snapshot.simulated),
        hide_index=True,
        placeholder=BLANK,
    )
    show_downloads(rows, name, snapshot, question)


def show_downloads(
    rows: pl.DataFrame, name: str, snapshot: Snapshot, question: Question | None = None
) -> None:
    """Buttons for CSV, Parquet and JSON; the last says of what, and what was asked if anything."""
    told = describe_download(snapshot, question)
    forms: dict[str, tuple[Callable[[], str | bytes], str, str]] = {
        "CSV": (lambda: to_csv(rows), "csv", "text/csv"),
        "Parquet": (lambda: to_parquet(rows), "parquet", "application/vnd.apache.parquet"),
        "JSON": (lambda: to_json(rows, told), "json", "application/json"),
    }
    beside = st.container(horizontal=True)
    for form, (made, ending, mime) in forms.items():
        beside.download_button(
            form,
            made,
            f"{name}.{ending}",
            mime,
            on_click="ignore",
            key=f"{name}.{ending}",
            help=f"These rows as {form}, unrounded.",
        )


def describe_download(snapshot: Snapshot, question: Question | None = None) -> dict[str, Any]:
    """What a download says of itself; without ``question`` the rows answer none."""
    told = describe_rows(snapshot, question or Question())
    return told if question else {key: value for key, value in told.items() if key != "question"}


def to_parquet(rows: pl.DataFrame) -> bytes:
    """``rows`` as a Parquet file."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


def to_json(rows: pl.DataFrame, about: dict[str, Any]) -> str:
    """``rows`` with what they are about: question, snapshot, method."""
    return json.dumps({"about": about, "rows": json.loads(rows.write_json())}, indent=1)
