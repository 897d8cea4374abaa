"""CSV that a spreadsheet shows and does not run: the guard of every CSV we write.

A spreadsheet takes a cell that begins like a formula for one, whoever wrote the title in it.
"""

from __future__ import annotations

import polars as pl

#: First characters of a cell that a spreadsheet runs, or skips on the way to one it runs.
RUN = r"^[=+\-@\t\r]"
#: What makes a spreadsheet take the rest of a cell for text.
TEXT_MARK = "'"


def escape_csv(frame: pl.DataFrame) -> pl.DataFrame:
    """Mark text cells and headings that a spreadsheet would run as text.

    Numbers stay numbers: a negative one is no text.

    Returns:
        The same columns.

    >>> escape_csv(pl.DataFrame({"title": ["=1+1", "Errors"], "n": [-1, 2]})).rows()
    [("'=1+1", -1), ('Errors', 2)]
    """
    text = pl.selectors.string(include_categorical=True)
    marked = frame.with_columns(
        pl.when(text.cast(pl.String).str.contains(RUN))
        .then(pl.lit(TEXT_MARK) + text.cast(pl.String))
        .otherwise(text.cast(pl.String))
        .name.keep()
    )
    return marked.rename({name: f"{TEXT_MARK}{name}" for name in frame.columns if _runs(name)})


def _runs(heading: str) -> bool:
    return bool(heading) and heading[0] in "=+-@\t\r"
