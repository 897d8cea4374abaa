"""Time the report of two vendors in each form, and compare its bytes with those of other runs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import seconds

RUNS = 3
VENDORS = ("anthropic", "github-copilot")
SINCE, UNTIL = "2025-07-10", "2026-07-10"
FORMS = {"pack.html": "brief and appendix", "pack.pdf": "PDF", "pack.xlsx": "workbook"}
#: What a PDF may take, in times of the HTML.
MOST_TIMES = 1.3


def measure(data: Path) -> None:
    """Write the report of two vendors, each time from an empty memo."""
    from analytics import ask, open_snapshot
    from statusledger.report_file import HTML, write_report

    question = ask(providers=VENDORS, surface="code_assistant", since=SINCE, until=UNTIL)
    taken: dict[str, float] = {}
    with open_snapshot(data) as snapshot, tempfile.TemporaryDirectory() as folder:
        for name, what in FORMS.items():
            out, bodies = Path(folder) / name, set[bytes]()

            def write(out: Path = out, bodies: set[bytes] = bodies) -> None:
                snapshot.memo.clear()
                written = write_report(snapshot, question, out, out.suffix == HTML, data)
                bodies.add(b"".join(path.read_bytes() for path in written))

            taken[name] = min(seconds(write) for _ in range(RUNS))
            same = "the same bytes each time" if len(bodies) == 1 else "OTHER BYTES"
            print(f"report of two vendors, {what:20} {taken[name]:6.2f} s  ({same})")
    html, pdf, *_ = taken.values()
    print(f"  PDF over HTML {pdf / html:.2f} x (aim {MOST_TIMES}), HTML aim 3 s")
