"""The table beside a picture or a number: exactly its rows, and downloads of them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, Literal

import polars as pl
import streamlit as st

from analytics import Question, Snapshot
from analytics.wording.numbers import BLANK, format_count
from dashboard.tables.columns import type_settings, with_links
from dashboard.tables.shared import describe_rows, to_csv, with_headings
from dashboard.widgets.fold import fold


def show_data(
    rows: pl.DataFrame,
    name: str,
    snapshot: Snapshot,
    question: Question,
    *,
    label: str = "Data",
    config: dict[str, Any] | None = None,
) -> None:
    """Show ``rows`` as a table in a fold, with downloads of exactly these rows.

    Values are unrounded.

    Args:
        rows: What to show.
        name: Begins the file names; unique on a page.
        snapshot: Where the rows come from.
        question: What was asked.
        label: Words on the fold.
        config: Settings of columns, by their headings.
    """
    with fold(f"{label} ({format_count(rows.height, 'row')})", name) as opened:
        if opened:
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
    """Show ``rows`` under readable headings, with downloads of exactly these rows.

    Args:
        rows: What to show.
        name: Begins the file names; unique on a page.
        snapshot: Where the rows come from.
        question: What was asked, if the rows answer a question.
        worded: The same rows in words, to show in their place.
        config: Settings of columns, by their headings.
    """
    shown = with_headings(rows if worded is None else worded)
    show_rows(shown, type_settings(shown) | with_links(config or {}, snapshot.simulated))
    show_downloads(rows, name, snapshot, question)


def show_rows(
    rows: pl.DataFrame,
    settings: dict[str, Any],
    *,
    words: str | None = None,
    height: Literal["auto", "content"] = "auto",
) -> None:
    """Show ``rows`` as they are.

    They go to the browser as Arrow: any other form is first turned into a frame of pandas.

    Args:
        rows: What to show.
        settings: Settings of columns, by their headings.
        words: What the table shows, for those who do not see it.
        height: How many rows are in sight: some (auto) or all (content).
    """
    st.dataframe(
        rows.to_arrow(),
        column_config=settings,
        hide_index=True,
        placeholder=BLANK,
        height=height,
        alt=words,
    )


def show_downloads(
    rows: pl.DataFrame, name: str, snapshot: Snapshot, question: Question | None = None
) -> None:
    """Show buttons for CSV, Parquet and JSON; a file is made when it is asked for.

    Args:
        rows: What to write.
        name: Begins the file names; unique on a page.
        snapshot: Where the rows come from.
        question: What was asked, if the rows answer a question.
    """
    metadata = describe_download(snapshot, question)
    forms: dict[str, tuple[Callable[[], str | bytes], str, str]] = {
        "CSV": (lambda: to_csv(rows), "csv", "text/csv"),
        "Parquet": (lambda: to_parquet(rows), "parquet", "application/vnd.apache.parquet"),
        "JSON": (lambda: to_json(rows, metadata), "json", "application/json"),
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
    """Say what a download is about; without ``question`` the rows answer none."""
    metadata = describe_rows(snapshot, question or Question())
    return (
        metadata
        if question
        else {key: value for key, value in metadata.items() if key != "question"}
    )


def to_parquet(rows: pl.DataFrame) -> bytes:
    """Write ``rows`` as a Parquet file."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


def to_json(rows: pl.DataFrame, about: dict[str, Any]) -> str:
    """Write ``rows`` as JSON, with what they are about."""
    return json.dumps({"about": about, "rows": json.loads(rows.write_json())}, indent=1)
