"""Write rows of the user's contracts for registers of information (DORA)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ingest.models import UnansweredError
from ingest.safe_text import amount
from statusledger import options
from statusledger.contract_file import contracts_of
from statusledger.demo_data import data_to_read, marked
from statusledger.question_options import with_question
from statusledger.saved_question import complete_question
from statusledger.terminal import reported, snapshot_place

SUPPLY, ASSESSED, CONCENTRATED = "B_05.02.csv", "B_07.01.csv", "concentration.csv"


class NoContractError(UnansweredError):
    """There is no contract to write rows of; one line that says where to write one."""


@with_question
def register(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    asked: dict[str, Any],
    period: options.Period = None,
    as_of: options.AsOf = None,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Write the contracts as rows for a register of information (DORA), as CSV.

    B_05.02 (supply chain with ranks), B_07.01 (substitutes: alternatives yes, no or not assessed)
    and how much hangs on whom. For import into a register, which this is not.
    """
    from analytics import ask, open_snapshot
    from analytics.sla.contract import FILE
    from analytics.sla.register import dependence, substitutes, supply_chain
    from ingest.files.disk_errors import require_folder_of
    from statusledger.options import Format
    from statusledger.output import show

    with reported(), snapshot_place(source := data_to_read(data, demo), as_of) as place:
        require_folder_of(out / SUPPLY)
        contracts = [*contracts_of(source).values()]
        if not contracts:
            raise NoContractError(f"no contract is known: write some into {source / FILE}")
        with open_snapshot(place) as snapshot:
            question = complete_question(snapshot, ask(**asked), data, source, None, period)
            chain = supply_chain(snapshot, contracts)
            frames = {
                SUPPLY: chain,
                ASSESSED: substitutes(snapshot, contracts, question),
                CONCENTRATED: dependence(snapshot, contracts),
            }
            for name, frame in frames.items():
                show(marked(frame, snapshot.simulated), Format.CSV, out / name)
    nameless = chain.filter(chain["lei"].is_null())["provider"].n_unique()
    of = amount(chain["provider"].n_unique(), "provider")
    print(f"wrote {', '.join(frames)} to {out}: {nameless} of {of} without an LEI")
