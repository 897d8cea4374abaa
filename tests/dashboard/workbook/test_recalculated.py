"""LibreOffice, where it is present, works out the same numbers from the formulas alone."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard.workbook.summary import FIRST
from dashboard.workbook.workbook import render_workbook
from tests.support.outages import outages
from tests.support.pages.documents import BOTH, half_a_year
from tests.support.snapshots import post, state

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
#: A cell with a formula: what was stored with it goes, or LibreOffice shows that.
STORED = re.compile(rb'(<c [^>]*?)(?: t="str")?(>)(<f[^>]*>.*?</f>)<v>[^<]*</v>')
RUN = '=HYPERLINK("http://evil.test","x")'


def bare(body: bytes) -> bytes:
    """Take from a workbook what is stored with its formulas."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, STORED.sub(rb"\1\2\3", content) if "/sheet" in name else content)
    return written.getvalue()


def shown(body: bytes, sheet: str) -> list[tuple[Any, ...]]:
    """Return the values of a sheet, as stored."""
    book = openpyxl.load_workbook(io.BytesIO(body), data_only=True)
    return list(book[sheet].iter_rows(values_only=True))


@pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice: apt install libreoffice-calc")
def test_it_works_out_what_is_stored_and_runs_no_title(tmp_path: Path) -> None:
    often, states = outages("acme", range(3, 180, 4))
    worse = "2026-02-03 10:00", "2026-02-03 11:30"
    snapshot = half_a_year(
        tmp_path,
        posts=[*often, post("g", *worse, provider="globex", title=RUN)],
        states=[*states, state("partial", *worse, provider="globex", post="g")],
    )
    body = render_workbook(snapshot, BOTH)
    source = tmp_path / "bare.xlsx"
    source.write_bytes(bare(body))
    assert OFFICE is not None
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    convert = ["--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out")]
    subprocess.run([OFFICE, home, *convert, str(source)], check=True, timeout=120)
    found = (tmp_path / "out" / "bare.xlsx").read_bytes()
    told, again = shown(body, "Summary"), shown(found, "Summary")
    assert any(isinstance(cell, float) for cell in told[FIRST - 1])
    for row, other in zip(told, again, strict=True):
        for cell, theirs in zip(row, other, strict=True):
            same = pytest.approx(cell, rel=1e-12) if isinstance(cell, float) else cell
            assert theirs == same
    assert RUN in {cell for row in shown(found, "Incidents") for cell in row}
