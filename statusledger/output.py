"""Rows as a table, CSV, JSON or Parquet: on a terminal, in a pipe, in a file."""

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
    """The form asked for cannot go there; one line that says what to do."""


def show(frame: pl.DataFrame, form: Format, out: Path | None) -> None:
    """Print ``frame`` or write it. Raises ``UnprintableError``, ``OSError``."""
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
    """Print ``frame`` as CSV, JSON or a table into text. Raises ``UnprintableError``."""
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
    """Write whatever a terminal may obey as an escape of JSON."""
    if json.isprintable():
        return json
    return "".join(c if c.isprintable() else dumps(c)[1:-1] for c in json)


def _tame(csv: str) -> str:
    """Strip control characters from CSV for a terminal; pipes and files get them."""
    return "\n".join(map(strip_control, csv.split("\n")))


def _table(frame: pl.DataFrame) -> str:
    """Print a table; columns with one value, and one row, stand below it as lines."""
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
