"""Write cells of a workbook: text that no program runs, numbers, instants, formulas with values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.shown_text import to_line

#: Characters a cell holds; what is longer would be lost without a word.
LONGEST = 32_767
CUT = "… (cut)"
#: Widths of columns, in characters.
NARROW, USUAL, WIDE = 12, 18, 60
NO_DATA = "no data"
#: How numbers are shown.
PERCENT = "0.000%"
#: How instants are shown. They have milliseconds at most, and no zone.
INSTANT_FORM, DAY_FORM = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class Formula:
    """Hold a formula and the value it has now.

    Some readers show what is stored and compute nothing.
    """

    text: str
    value: float | str
    form: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """Hold a number with the form it is shown in; one that may be changed is marked."""

    value: float
    form: str = ""
    input: bool = False


Cell = str | Number | Formula | datetime | date | int | float | bool | None


@dataclass
class Sheets:
    """Hold a workbook that is being written, with its formats."""

    book: Workbook
    formats: dict[tuple[str, bool, bool], Format] = field(default_factory=dict)

    def look(self, form: str = "", *, strong: bool = False, changeable: bool = False) -> Format:
        """Return a format, each made once: a workbook keeps them in the order they came."""
        key = form, strong, changeable
        if key not in self.formats:
            shown: dict[str, Any] = {"valign": "top"}
            shown |= {"num_format": form} if form else {}
            shown |= {"bold": True} if strong else {}
            shown |= {"bg_color": "#FFF2CC", "border": 1} if changeable else {}
            self.formats[key] = self.book.add_format(shown)
        return self.formats[key]

    def add(self, name: str, widths: Sequence[int]) -> Worksheet:
        """Add a sheet with columns of these widths."""
        sheet = self.book.add_worksheet(name)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        return sheet

    def table(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a sheet that is one table: a heading that stays in sight, and a filter.

        Texts that are long have wide columns; of no rows the heading stays.
        """
        told = [list(row) for row in rows]
        widths = [_width(title, [row[n] for row in told]) for n, title in enumerate(head)]
        sheet = self.add(name, widths)
        self.row(sheet, 0, head, strong=True)
        for number, row in enumerate(told, 1):
            self.row(sheet, number, row)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(told), 1), len(head) - 1)

    def row(
        self, sheet: Worksheet, number: int, cells: Sequence[Cell], *, strong: bool = False
    ) -> None:
        """Write the cells of a row; of None nothing.

        Args:
            sheet: Where to.
            number: Row, from 0.
            cells: From the first column on.
            strong: They are headings.
        """
        for place, cell in enumerate(cells):
            self._cell(sheet, number, place, cell, strong)

    def _cell(self, sheet: Worksheet, number: int, place: int, cell: Cell, strong: bool) -> None:
        if cell is None:
            return
        if isinstance(cell, Formula):
            look = self.look(cell.form, strong=strong)
            sheet.write_formula(number, place, cell.text, look, cell.value)
        elif isinstance(cell, Number):
            look = self.look(cell.form, strong=strong, changeable=cell.input)
            sheet.write_number(number, place, cell.value, look)
        elif isinstance(cell, datetime):
            bare = cell.astimezone(UTC).replace(tzinfo=None)
            stamp = bare.replace(microsecond=bare.microsecond // 1000 * 1000)
            sheet.write_datetime(number, place, stamp, self.look(INSTANT_FORM))
        elif isinstance(cell, date):
            sheet.write_datetime(number, place, cell, self.look(DAY_FORM))
        elif isinstance(cell, bool):
            sheet.write_boolean(number, place, cell, self.look())
        elif isinstance(cell, int | float):
            sheet.write_number(number, place, cell, self.look())
        else:
            # Never ``write``: it takes a text that begins with = for a formula.
            sheet.write_string(number, place, fit(cell), self.look(strong=strong))


def fit(text: str) -> str:
    r"""Put a text on one line that a cell holds whole, or that says it was cut.

    >>> fit("=1+1\n2"), len(fit("x" * 40_000)) <= LONGEST
    ('=1+1 2', True)
    """
    line = to_line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - len(CUT)]}{CUT}"


def _width(title: str, cells: Sequence[Cell]) -> int:
    """Choose the width of a column: instants would show as ### in a narrow one."""
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    if longest > WIDE:
        return WIDE
    dated = any(isinstance(cell, date) for cell in cells)
    return max(len(title) + 2, longest + 2, USUAL + 2 if dated else NARROW)
