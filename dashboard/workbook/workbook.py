"""Write the workbook of a question: a summary of live formulas over the data beside it.

The same snapshot and question give the same bytes.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

import polars as pl
from xlsxwriter.workbook import Workbook

from analytics import Question, Snapshot
from analytics.answer import framed
from analytics.evidence.incident_evidence import evidence
from analytics.sla.claim import INDICATIVE
from analytics.sla.contract import Contract
from analytics.sla.contract_months import contract_records
from analytics.sla.detection import PROBES
from analytics.sla.register import dependence, substitutes, supply_chain
from analytics.wording.grammar import AS_POSTED
from analytics.wording.question import describe_rule, format_choice
from dashboard.document.brief import one_surface
from dashboard.document.question_text import command_text
from dashboard.shown_text import SIMULATED
from dashboard.tables.headings import column_heading
from dashboard.workbook.sheets import NO_DATA, PERCENT, Cell, Number, Sheets
from dashboard.workbook.summary import DATA_HEAD, data_row, state_seconds, write_summary


def render_workbook(
    snapshot: Snapshot,
    question: Question,
    contracts: Iterable[Contract] = (),
    probes: pl.DataFrame | None = None,
) -> bytes:
    """Answer ``question`` as a workbook.

    Args:
        snapshot: Where the data are.
        question: What is asked; of several surfaces the one the Overview would open with.
        contracts: Those with the providers asked about are estimated; all are in the sheets for
            registers.
        probes: Columns of ``detection.PROBES``.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    question, contracts = one_surface(snapshot, question), tuple(contracts)
    months = state_seconds(snapshot, question)
    posts = evidence(snapshot, question)
    target = io.BytesIO()
    with warnings.catch_warnings():
        # What the library only warns of, it leaves out.
        warnings.simplefilter("error")
        book = Workbook(target, {"in_memory": True})
        created = snapshot.as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": "Status Ledger", "comments": AS_POSTED, "created": created})
        sheets = Sheets(book)
        write_summary(sheets, snapshot, question, months)
        sheets.table("Data", DATA_HEAD, (data_row(row) for row in months.iter_rows(named=True)))
        sheets.table("Incidents", INCIDENT_HEAD, map(_incident, posts.iter_rows(named=True)))
        sheets.table("Evidence", CAPTURE_HEAD, _captures(posts))
        sheets.table("Contracts", CONTRACT_HEAD, _periods(snapshot, question, contracts, probes))
        for name, frame in register_frames(snapshot, contracts, question).items():
            sheets.table(name, [*map(column_heading, frame.columns)], frame.iter_rows())
        sheets.table("Methodology", ("What", "Meaning"), _methodology(snapshot, question))
        book.close()
    return target.getvalue()


INCIDENT_HEAD = (
    *("Provider", "Published (UTC)", "Title", "Class", "Impact as posted", "Open s", "Impact s"),
    *("Down s", "Counts in rate", "Flags", "Id", "Page", "Source"),
)


def _incident(row: Mapping[str, Any]) -> list[Cell]:
    return [
        row["provider"],
        row["published_at"],
        row["title"] or "no post: seen in captures only",
        row["class"],
        row["impact"],
        row["open_s"],
        row["impact_s"],
        row["down_s"],
        row["in_rate"],
        ", ".join(row["flags"] or ()),
        row["incident_id"],
        row["page_key"],
        row["url"],
    ]


CAPTURE_HEAD = ("Provider", "Id", "Which version", "Captured (UTC)", "Address", "SHA-256 of body")


def _captures(posts: pl.DataFrame) -> Iterator[list[Cell]]:
    for row in posts.iter_rows(named=True):
        for which, version in (("first", "first"), ("last", "newest")):
            if row[f"{which}_at"] is not None:
                seen = (row[f"{which}_{part}"] for part in ("at", "url", "sha256"))
                yield [row["provider"], row["incident_id"], version, *seen]


CONTRACT_HEAD = (
    *("Contract", "Provider", "Period", "Available", "At worst", "At best", "Covered", "Target"),
    *("Met", "Credit", "Amount", "Last day to claim", "Claim", "Doubts", "Caveat"),
)


def register_frames(
    snapshot: Snapshot, contracts: Sequence[Contract], question: Question
) -> dict[str, pl.DataFrame]:
    """Return the rows of contracts for registers, by the name of their sheet.

    Args:
        snapshot: Where the states are.
        contracts: What was agreed.
        question: Window, rule and classes.
    """
    return {
        "Supply chain": supply_chain(snapshot, contracts),
        "Substitutes": substitutes(snapshot, contracts, question),
        "Concentration": dependence(snapshot, contracts),
    }


def _periods(
    snapshot: Snapshot,
    question: Question,
    contracts: Iterable[Contract],
    probes: pl.DataFrame | None,
) -> Iterator[list[Cell]]:
    mine = [one for one in contracts if one.provider in question.providers]
    own = framed([], PROBES) if probes is None else probes
    for record in contract_records(snapshot, mine, question, own):
        whose = record.contract.name, record.contract.provider
        if record.trouble:
            blank = [None] * 6
            yield [*whose, *blank, NO_DATA, *blank[:3], record.trouble, None, INDICATIVE]
        for row in record.months.iter_rows(named=True):
            ends = (row[name] for name in ("value", "low", "high", "coverage", "target"))
            yield [
                *whose,
                row["period"],
                *(None if end is None else Number(end, PERCENT) for end in ends),
                row["met"],
                row["credits"],
                row["money"],
                row["deadline"],
                row["claim"],
                row["doubt"],
                INDICATIVE,
            ]


def _methodology(snapshot: Snapshot, question: Question) -> Iterator[list[Cell]]:
    start, end = question.window(snapshot.as_of)
    yield ["As posted", AS_POSTED]
    if snapshot.simulated:
        yield ["Simulated", SIMULATED]
    yield ["Surface", format_choice(question.surface)]
    yield ["Window starts (UTC)", start]
    yield ["Window ends (UTC)", end]
    yield ["Days and months begin in", question.zone]
    yield ["Rule asked for", describe_rule(question)]
    yield ["Classes of posts", ", ".join(question.classes)]
    yield ["Data up to (UTC)", snapshot.as_of]
    yield ["Snapshot", snapshot.digest]
    yield ["Method version", snapshot.method_version]
    yield ["Code version", snapshot.code_version]
    yield ["Again", command_text(snapshot, question)]
    yield [
        "Down seconds",
        "Seconds in each state times its weight. A second in a worse state is in no other.",
    ]
    yield ["Observed", "Covered by captures, and the state is known. All else is no data, not up."]
    yield ["Incidents", "Posts whose impact began in covered time, in the month it began."]
    yield ["Contracts", INDICATIVE]
    yield [
        "Rank",
        "Order of the availabilities above. Whether a difference is sure, see the brief.",
    ]
