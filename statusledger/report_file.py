"""Write a report in the form that the name of its file asks for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UsageError
from statusledger.contract_file import contracts_of

if TYPE_CHECKING:
    from analytics import Question, Snapshot

HTML, PDF, WORKBOOK = ".html", ".pdf", ".xlsx"
#: Endings of the files that a report can be, each with what it is.
FORMS = {HTML: "the brief", PDF: "brief, contracts and evidence", WORKBOOK: "a workbook"}
#: Package that lays out a PDF; it is optional.
TYPESETTER = "typst"


class ReportFormError(UsageError):
    """A report cannot be written so; one line that says which names can be given."""


def require_form(out: Path, appendix: bool) -> None:
    """Check that a report can be written under a name.

    Raises:
        ReportFormError: Nothing is written under such a name, or it has no appendix, or the
            package for it is missing.
    """
    if out.suffix not in FORMS:
        known = ", ".join(f"{ending} ({what})" for ending, what in FORMS.items())
        raise ReportFormError(f"{out}: give a name that ends in {known}")
    if appendix and out.suffix != HTML:
        raise ReportFormError(f"{out}: only a report in HTML has an appendix beside it")
    if out.suffix == PDF and find_spec(TYPESETTER) is None:
        raise ReportFormError(
            f"{out}: a PDF needs the package {TYPESETTER}: pip install 'statusledger[report]'"
        )


def write_report(
    snapshot: Snapshot, question: Question, out: Path, appendix: bool, data: Path
) -> list[Path]:
    """Write a report, and return the files written.

    Args:
        snapshot: Where the data are.
        question: What is asked.
        out: File to write; its ending says in which form.
        appendix: Write the appendix beside it.
        data: Folder with the contracts and the user's own probes.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
        OSError: The file cannot be written.
    """
    if out.suffix in (PDF, WORKBOOK):
        out.write_bytes(_rendered(snapshot, question, out.suffix, data))
        return [out]
    from dashboard.document import render_document
    from dashboard.document.brief import one_surface, render_brief

    _write(out, render_brief(snapshot, question))
    if not appendix:
        return [out]
    beside = appendix_beside(out)
    _write(beside, render_document(snapshot, one_surface(snapshot, question)))
    return [out, beside]


def _rendered(snapshot: Snapshot, question: Question, form: str, data: Path) -> bytes:
    """Write a report that holds the contracts and probes of a data folder too."""
    from analytics.sla.detection import read_probes

    contracts, probes = contracts_of(data).values(), read_probes(data)
    if form == PDF:
        from dashboard.pdf.pack import render_pack

        return render_pack(snapshot, question, contracts, probes)
    from dashboard.workbook.workbook import render_workbook

    return render_workbook(snapshot, question, contracts, probes)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def appendix_beside(out: Path) -> Path:
    """Name the file of the appendix: that of the brief, with one word more."""
    return out.with_name(f"{out.stem}-appendix{out.suffix}")
