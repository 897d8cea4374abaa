"""Frames on a terminal, in a file, in a pipe: the same rows in four forms."""

from __future__ import annotations

import sys
from datetime import datetime
from json import dumps
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table

from ingest.files import disk_errors
from ingest.models import UsageError
from ingest.safe_text import amount, strip_control
from statusledger.options import Format

#: Width of a table that is not shown on a terminal.
PIPE_WIDTH = 200


class UnprintableError(UsageError):
    """The form asked for cannot go where it was asked to; one line that says what to do."""


def show(frame: pl.DataFrame, form: Format, out: Path | None) -> None:
    """Print ``frame``, or write it to ``out``. Raises ``UnprintableError``, ``OSError``."""
    if out is not None:
        disk_errors.require_folder_of(out)
    if form is Format.PARQUET:
        if out is None:
            raise UnprintableError("--format parquet needs --out FILE")
        disk_errors.write_parquet(frame, out)
    elif out is None:
        text = rendered(frame, form)
        print(_tame(text) if form is Format.CSV and sys.stdout.isatty() else text)
    else:
        out.write_text(rendered(frame, form) + "\n", encoding="utf-8")


def rendered(frame: pl.DataFrame, form: Format) -> str:
    """``frame`` as CSV, as JSON rows, or as a table for people. Raises ``UnprintableError``."""
    if form is Format.JSON:
        return _escaped(frame.write_json())
    if form is Format.CSV:
        return frame.with_columns(_csv_column(*c) for c in frame.schema.items()).write_csv()[:-1]
    return _table(frame)


def _csv_column(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List) and not dtype.inner.is_nested():
        return pl.col(name).cast(pl.List(pl.String)).list.join(" ")
    if dtype.is_nested() or dtype == pl.Binary:
        raise UnprintableError(f"column {name!r} ({dtype}) has no form in CSV: cast it to text")
    return pl.col(name)


def _escaped(json: str) -> str:
    """The same JSON with whatever a terminal may obey written as an escape."""
    if json.isprintable():
        return json
    return "".join(c if c.isprintable() else dumps(c)[1:-1] for c in json)


def _tame(csv: str) -> str:
    """CSV without control characters for a terminal; a pipe or a file gets them whole."""
    return "\n".join(map(strip_control, csv.split("\n")))


def _table(frame: pl.DataFrame) -> str:
    """Columns that say the same in every row are said once, below the table; so is one row."""
    same = [c for c in frame.columns if frame.height and frame[c].n_unique() == 1]
    shown = [c for c in frame.columns if c not in same]
    table = Table(show_edge=False)
    for column in shown:
        table.add_column(strip_control(column), overflow="fold")
    for row in frame.select(shown).iter_rows():
        table.add_row(*(_cell(value) for value in row))
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(width=width, markup=False, highlight=False)
    with console.capture() as captured:
        if shown:
            console.print(table)
        for column in same:
            console.print(f"{strip_control(column)}: {_cell(frame[column][0]) or 'none'}")
        console.print(amount(frame.height, "row"))
    return captured.get().rstrip("\n")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.9g}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    if isinstance(value, list):
        return strip_control(" ".join(map(str, value)))
    return strip_control(str(value))
