"""Rows as a table, CSV, JSON or Parquet: on a terminal, in a pipe, in a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from json import dumps
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

import polars as pl

from analytics.csv_text import escape_csv
from analytics.exact_values import can_be_printed
from ingest.files import disk_errors
from ingest.models import UsageError
from ingest.safe_text import amount, strip_control
from statusledger.options import Format

#: Width of a table that is not shown on a terminal.
PIPE_WIDTH = 200
#: Rows of a table; more are counted. On a terminal nobody reads further.
MOST_SHOWN, MOST_ON_TERMINAL = 10_000, 200
#: Letters below which a column of a table is not folded.
WORD = 12
#: Rows that are turned into text at a time.
SLICE = 50_000


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
        return
    pieces = printed(frame, form)
    if out is None:
        tame = form is Format.CSV and sys.stdout.isatty()
        _print(map(_tame, pieces) if tame else pieces, sys.stdout)
        return
    first = next(pieces, "")  # before the file is there: what cannot be printed leaves none
    with out.open("w", encoding="utf-8") as file:
        file.write(first)
        _print(pieces, file)


def printed(frame: pl.DataFrame, form: Format) -> Iterator[str]:
    """Yield the text of ``frame`` piece by piece. Raises ``UnprintableError``."""
    for name, dtype in frame.schema.items():
        may_hold_times = dtype.is_temporal() or dtype.is_nested()
        if may_hold_times and not can_be_printed(frame[name].to_arrow()):
            raise UnprintableError(
                f"column {name!r} holds a time that cannot be shown, such as infinity: "
                "cast it to text"
            )
    if form is Format.JSON:
        yield from _json(frame)
    elif form is Format.CSV:
        yield from _csv(frame)
    else:
        yield _table(frame)


def _print(pieces: Iterator[str], file: TextIO) -> None:
    for piece in pieces:
        file.write(piece)
    file.write("\n")


def _json(frame: pl.DataFrame) -> Iterator[str]:
    """Yield a JSON array of rows; whatever a terminal may obey is an escape."""
    for name, dtype in frame.schema.items():
        if _holds_bytes(dtype):
            raise UnprintableError(
                f"column {name!r} ({dtype}) has no form in JSON: cast it to text"
            )
    yield "["
    for start in range(0, frame.height, SLICE):
        rows = frame.slice(start, SLICE).write_json().removeprefix("[").removesuffix("]")
        yield _escaped(f"{',' if start else ''}{rows}")
    yield "]"


def _no_form(name: str, dtype: object, form: str) -> str:
    return f"column {name!r} ({dtype}) has no form in {form}: cast it to text"


def _holds_bytes(dtype: object) -> bool:
    if isinstance(dtype, pl.Struct):
        return any(_holds_bytes(field.dtype) for field in dtype.fields)
    if isinstance(dtype, (pl.List, pl.Array)):
        return _holds_bytes(dtype.inner)
    return dtype == pl.Binary


def _escaped(json: str) -> str:
    """Write whatever a terminal may obey as an escape of JSON."""
    if json.isprintable():
        return json
    return "".join(c if c.isprintable() else dumps(c)[1:-1] for c in json)


def _csv(frame: pl.DataFrame) -> Iterator[str]:
    """Yield lines of CSV, the last one without its end."""
    flat = escape_csv(frame.with_columns(_csv_column(*c) for c in frame.schema.items()))
    yield flat.clear().write_csv()[:-1]
    for start in range(0, flat.height, SLICE):
        yield "\n" + flat.slice(start, SLICE).write_csv(include_header=False)[:-1]


def _csv_column(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.List) and not dtype.inner.is_nested():
        return pl.col(name).cast(pl.List(pl.String)).list.join(" ")
    if dtype.is_nested() or dtype == pl.Binary:
        raise UnprintableError(_no_form(name, dtype, "CSV"))
    return pl.col(name)


def _tame(csv: str) -> str:
    """Strip control characters from CSV for a terminal; pipes and files get them."""
    return "\n".join(map(strip_control, csv.split("\n")))


def _table(frame: pl.DataFrame) -> str:
    """Print a table; columns with one value, and one row, stand below it as lines.

    Where its columns do not fit beside each other, each row is a block of lines.
    """
    on_terminal = sys.stdout.isatty()
    most = MOST_ON_TERMINAL if on_terminal else MOST_SHOWN
    width = get_terminal_size().columns if on_terminal else PIPE_WIDTH
    same = [c for c in frame.columns if frame.height and frame[c].n_unique() == 1]
    shown = [c for c in frame.columns if c not in same]
    heads = [strip_control(column) for column in shown]
    rows = [[_cell(value) for value in row] for row in frame.select(shown).head(most).iter_rows()]
    lines = []
    if shown:
        lines += (
            _blocks(heads, rows) if _too_wide(heads, rows, width) else _grid(heads, rows, width)
        )
    if same:
        pairs = zip(same, frame.select(same).row(0), strict=True)
        lines += [f"{strip_control(name)}: {_cell(value) or 'none'}" for name, value in pairs]
    left_out = max(0, frame.height - most) if shown else 0
    more = f", of which {left_out} are left out here" if left_out else ""
    all_of_them = ": --format csv shows all, --out FILE keeps them" if more and on_terminal else ""
    return "\n".join([*lines, f"{amount(frame.height, 'row')}{more}{all_of_them}"])


def _too_wide(heads: list[str], rows: list[list[str]], width: int) -> bool:
    """Tell whether columns would be folded to less than a word."""
    longest = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    return sum(min(length, WORD) + 3 for length in longest) > width


def _blocks(heads: list[str], rows: list[list[str]]) -> list[str]:
    """Write each row as lines of its own, empty cells left out."""
    wide = max(map(len, heads))
    return [
        line
        for n, row in enumerate(rows, 1)
        for line in (
            f"-- {n}",
            *(f"{head:<{wide}}  {cell}" for head, cell in zip(heads, row, strict=True) if cell),
        )
    ]


def _grid(heads: list[str], rows: list[list[str]], width: int) -> list[str]:
    """Write columns beside each other, long cells folded."""
    from rich.console import Console
    from rich.table import Table

    table = Table(show_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console(width=width, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip("\n").split("\n")


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
