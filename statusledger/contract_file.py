"""Read the user's contracts from the data folder, and estimate them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from analytics import Question, Snapshot
    from analytics.sla.contract import Contract

#: The metrics about contracts, and about one's own probes.
SLA, DETECTION = "sla", "detection"


def contracts_of(data: Path) -> Mapping[str, Contract]:
    """Return the contracts of a data folder by name; none where it has no such file.

    Raises:
        TermsError: One cannot be read.
    """
    from analytics.sla.contract import FILE, read_contracts

    place = data / FILE
    return read_contracts(place.read_text(encoding="utf-8")) if place.is_file() else {}


def contract_estimates(
    snapshot: Snapshot, question: Question, data: Path, name: str | None
) -> pl.DataFrame:
    """Estimate a contract, or all; the public terms of the providers asked about without any.

    Args:
        snapshot: Where the states are.
        question: Its window, where it has one, keeps the periods that it touches.
        data: Folder with the contracts.
        name: The one contract meant.

    Raises:
        UsageError: There is no such contract, or one cannot be read or estimated.

    Returns:
        Columns of ``analytics.sla.rows.SLA``.
    """
    from analytics.sla.contract import find_contract
    from analytics.sla.detection import read_probes
    from analytics.sla.rows import contract_rows, sla, touching

    contracts = contracts_of(data)
    if name is None and (question.providers or not contracts):
        return sla(snapshot, question)
    chosen = [*contracts.values()] if name is None else [find_contract(contracts, name)]
    rows = contract_rows(snapshot, chosen, question, read_probes(data))
    return touching(rows, question)


def probe_rows(snapshot: Snapshot, question: Question, data: Path) -> pl.DataFrame:
    """Hold the probes of a data folder against what was posted.

    Args:
        snapshot: Where the posts are.
        question: Providers, surface, window and classes.
        data: Folder with the probes.

    Returns:
        Columns of ``analytics.answer.SCHEMA``.
    """
    from analytics.sla.detection import detection_rows, read_probes

    return detection_rows(snapshot, question, read_probes(data))
