"""Write a report in the form that the name of its file asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UsageError
from statusledger.contract_file import contracts_of

if TYPE_CHECKING:
    from analytics import Question, Snapshot

HTML, WORKBOOK = ".html", ".xlsx"
#: Endings of the files that a report can be, each with what it is.
FORMS = {HTML: "the brief", WORKBOOK: "a workbook"}


class ReportFormError(UsageError):
    """A report cannot be written so; one line that says which names can be given."""


def require_form(out: Path, appendix: bool) -> None:
    """Check that a report can be written under a name.

    Raises:
        ReportFormError: Nothing is written under such a name, or it has no appendix.
    """
    if out.suffix not in FORMS:
        known = " or ".join(f"{ending} ({what})" for ending, what in FORMS.items())
        raise ReportFormError(f"{out}: give a name that ends in {known}")
    if appendix and out.suffix != HTML:
        raise ReportFormError(f"{out}: only a report in HTML has an appendix beside it")


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
    if out.suffix == WORKBOOK:
        from analytics.sla.detection import read_probes
        from dashboard.workbook.workbook import render_workbook

        contracts = contracts_of(data).values()
        out.write_bytes(render_workbook(snapshot, question, contracts, read_probes(data)))
        return [out]
    from dashboard.document import render_document
    from dashboard.document.brief import one_surface, render_brief

    _write(out, render_brief(snapshot, question))
    if not appendix:
        return [out]
    beside = appendix_beside(out)
    _write(beside, render_document(snapshot, one_surface(snapshot, question)))
    return [out, beside]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def appendix_beside(out: Path) -> Path:
    """Name the file of the appendix: that of the brief, with one word more."""
    return out.with_name(f"{out.stem}-appendix{out.suffix}")
