"""Write the decision pack as a PDF: the brief, contracts, evidence, and what they rest on.

PDF/UA-1 with PDF/A-2a: tagged, with title, language, bookmarks and alternative texts. All
texts go in as data. The same snapshot and question give the same bytes on one machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

from analytics import Question, Snapshot
from analytics.answer import framed
from analytics.directory import provider_names
from analytics.evidence.incident_evidence import evidence
from analytics.sla.claim import INDICATIVE, second_source_sentence, terms_words
from analytics.sla.contract import Contract
from analytics.sla.contract_months import ContractRecord, contract_records
from analytics.sla.detection import PROBES
from analytics.sla.register import dependence, substitutes
from analytics.wording.grammar import AS_POSTED
from analytics.wording.numbers import (
    BLANK,
    format_count,
    format_duration,
    format_percent,
    format_range,
    format_share,
    format_surface,
)
from analytics.wording.verdict import short_name
from dashboard.document.brief import NUMBERS, answer_brief, one_surface
from dashboard.pdf.characters import (
    TRIES,
    boxed,
    count_texts,
    is_no_text,
    is_rare,
    lacking,
    missing_sentence,
)
from dashboard.shown_text import SIMULATED, to_line

if TYPE_CHECKING:
    from typst import PDFStandard

STANDARDS: tuple[PDFStandard, ...] = ("ua-1", "a-2a")
#: Posts that are listed; more are counted.
MOST_POSTS = 400
SHORT_HASH = 12
Data = dict[str, Any]


class PackError(RuntimeError):
    """The compiler refuses the document although every text could be drawn."""


def render_pack(
    snapshot: Snapshot,
    question: Question,
    contracts: Iterable[Contract] = (),
    probes: pl.DataFrame | None = None,
) -> bytes:
    """Answer ``question`` as a PDF.

    Args:
        snapshot: Where the data are.
        question: What is asked; of several surfaces the one the Overview would open with.
        contracts: Those with the providers asked about have tables.
        probes: Columns of ``detection.PROBES``.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    question = one_surface(snapshot, question)
    own = framed([], PROBES) if probes is None else probes
    return write_pdf(pack_data(snapshot, question, contracts, own), snapshot)


def write_pdf(data: Data, snapshot: Snapshot) -> bytes:
    """Lay out the data of a pack.

    Args:
        data: As from ``pack_data``.
        snapshot: Its time is that of the document.
    """
    from typst import Compiler, TypstError

    template = files("dashboard.pdf").joinpath("pack.typ").read_bytes()
    made = snapshot.as_of.astimezone(UTC).replace(microsecond=0)
    absent: set[str] = set()
    for tried in range(TRIES + 1):
        without = is_rare if tried == TRIES else _without(absent)
        n = count_texts(data, without)
        told = {**boxed(data, without), "missing": missing_sentence(n)}
        compiler = Compiler(template, sys_inputs={"data": json.dumps(told)})
        try:
            pdf = compiler.compile(format="pdf", pdf_standards=[*STANDARDS], timestamp=made)
        except TypstError as error:
            found = lacking(error.diagnostic)
            if not found:
                raise PackError(error.message) from error
            absent |= found
        else:
            assert isinstance(pdf, bytes)  # one document, into memory
            return pdf
    raise PackError("no font draws even plain letters")


def _without(absent: set[str]) -> Callable[[str], bool]:
    return lambda character: character in absent or is_no_text(character)


def pack_data(
    snapshot: Snapshot, question: Question, contracts: Iterable[Contract], probes: pl.DataFrame
) -> Data:
    """Return everything a pack shows, as texts.

    Args:
        snapshot: Where the data are.
        question: What is asked, of one surface.
        contracts: What was agreed, with anybody.
        probes: Columns of ``detection.PROBES``.
    """
    brief, metadata = answer_brief(snapshot, question)
    names = provider_names(snapshot)
    everyone = [*contracts]
    mine = [one for one in everyone if one.provider in question.providers]
    records = contract_records(snapshot, mine, question, probes)
    beside = {row["contract"]: row for row in substitutes(snapshot, mine, question).to_dicts()}
    posts = evidence(snapshot, question)
    svg = "" if brief.picture is None else brief.picture.text
    told: Data = _lines(
        {
            "title": brief.finding.head,
            "asked": brief.asked,
            "numbers": brief.finding.numbers,
            "grade": brief.finding.grade,
            "because": brief.finding.because,
            "banner": SIMULATED if snapshot.simulated else "",
            "picture": _standalone(svg),
            "picture_title": brief.picture_title,
            "picture_words": brief.picture_words,
            "number_columns": [2, *(1 for _ in brief.columns)],
            "number_head": ["Number", *(column.name for column in brief.columns)],
            "number_rows": [
                [number, *(column.cells[n] for column in brief.columns)]
                for n, number in enumerate(NUMBERS)
            ],
            "others": brief.others,
            "caveats": list(brief.caveats),
            "steps": list(brief.steps),
            "indicative": INDICATIVE,
            "contracts": [
                _contract(record, names, beside[record.contract.name]) for record in records
            ],
            "concentration_head": ["Provider", "Contracts", "Of the fees", "Stands on", "As does"],
            "concentration_rows": [
                _concentration(row) for row in dependence(snapshot, everyone).to_dicts()
            ],
            "evidence_sentence": _evidence_sentence(posts),
            "evidence_head": ["Published (UTC)", "Provider", "Post", "Open", "Down", "Body"],
            "evidence_rows": [
                _post(row, names) for row in posts.head(MOST_POSTS).iter_rows(named=True)
            ],
            "as_posted": AS_POSTED,
            "metadata": [list(pair) for pair in metadata],
            "footer": f"Snapshot {snapshot.digest[:12]}, method version "
            f"{snapshot.method_version}. {AS_POSTED}",
        }
    )
    return told


def _lines(value: Any) -> Any:
    """Put every text on one line, without characters that control anything."""
    if isinstance(value, str):
        return to_line(value)
    if isinstance(value, dict):
        return {key: _lines(one) for key, one in value.items()}
    return [_lines(one) for one in value] if isinstance(value, list) else value


def _standalone(svg: str) -> str:
    """Make an inline picture one that stands alone, in the letters of the document."""
    look = 'xmlns="http://www.w3.org/2000/svg" font-family="Libertinus Serif" font-size="15"'
    return svg.replace("<svg ", f"<svg {look} ", 1)


def _concentration(row: Mapping[str, Any]) -> list[str]:
    return [
        row["name"] or row["provider"],
        f"{row['contracts']}",
        BLANK if row["fee_share"] is None else format_share(row["fee_share"], 0),
        row["upstreams"] or "not known",
        row["shared_with"] or BLANK,
    ]


def _contract(
    record: ContractRecord, names: Mapping[str, str], substitute: Mapping[str, Any]
) -> Data:
    contract = record.contract
    return {
        "name": contract.name,
        "about": f"{names.get(contract.provider, contract.provider)}, "
        f"{format_surface(contract.surface)}",
        "trouble": f"Not estimable: {record.trouble}." if record.trouble else "",
        "missed": record.missed,
        "probed": record.probed,
        "second": second_source_sentence(substitute, names),
        "terms": terms_words(contract.terms),
        "head": [
            *("Period", "Available", "At worst to at best", "Covered", "Target", "Credit"),
            "Claim",
        ],
        "rows": [_period(row) for row in record.months.iter_rows(named=True)],
    }


def _period(row: Mapping[str, Any]) -> list[str]:
    doubt = f" ({row['doubt']})" if row["doubt"] else ""
    money = f", {row['money']}" if row["money"] not in (None, "", row["credits"]) else ""
    return [
        f"{row['period']}{' so far' if row['running'] else ''}",
        format_percent(row["value"]),
        BLANK if row["low"] is None else format_range(row["low"], row["high"]),
        format_percent(row["coverage"], 1),
        row["met"],
        f"{row['credits']}{money}",
        f"{row['claim']}{doubt}",
    ]


def _evidence_sentence(posts: pl.DataFrame) -> str:
    if posts.is_empty():
        return "No post stands behind these numbers. That is not the same as no trouble."
    most = f" The newest {MOST_POSTS} are listed." if posts.height > MOST_POSTS else ""
    told = f"{format_count(posts.height, 'post')} and states seen stand behind these numbers."
    return f"{told}{most} The last column begins the SHA-256 of the body that first showed each."


def _post(row: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    published, sha256 = row["published_at"], row["first_sha256"]
    return [
        BLANK if published is None else f"{published:%Y-%m-%d %H:%M}",
        short_name(names.get(row["provider"], row["provider"])),
        row["title"] or "No post: seen in captures only",
        BLANK if row["open_s"] is None else format_duration(row["open_s"]),
        format_duration(row["down_s"]),
        BLANK if sha256 is None else sha256[:SHORT_HASH],
    ]
