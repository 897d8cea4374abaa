"""Columns of the page Contracts, and a mark for each period."""

from __future__ import annotations

import polars as pl

from analytics.sla.credit import MAYBE, MET, MISSED
from analytics.sla.estimate import NO_DATA, NOT_ESTIMABLE
from analytics.wording.numbers import BLANK, format_percent, format_range

#: Colours of the marks; what nobody saw is grey.
COLOURS = {MET: "green", MAYBE: "orange", MISSED: "red", NO_DATA: "gray", NOT_ESTIMABLE: "gray"}


def contract_table(months: pl.DataFrame) -> pl.DataFrame:
    """Write the periods of a contract in words.

    Args:
        months: Columns of ``contract_months.CONTRACT_MONTHS``.

    Returns:
        One row per period, columns as ``columns.CONTRACTS`` sets them up.
    """
    rows = months.to_dicts()
    return pl.DataFrame(
        {
            "Period": [f"{r['period']}{' so far' if r['running'] else ''}" for r in rows],
            "Available": [format_percent(r["value"]) for r in rows],
            "At worst to at best": [
                BLANK if r["low"] is None else format_range(r["low"], r["high"]) for r in rows
            ],
            "Covered": [format_percent(r["coverage"], 1) for r in rows],
            "Target": [r["met"] for r in rows],
            "Credit": [r["credits"] for r in rows],
            "Amount": [r["money"] or BLANK for r in rows],
            "Last day to claim": [r["deadline"] for r in rows],
            "Claim": [r["claim"] for r in rows],
            "Doubts": [r["doubt"] for r in rows],
        },
        schema_overrides={"Last day to claim": pl.Date, "Doubts": pl.String},
    )


def period_marks(months: pl.DataFrame) -> str:
    """Write each period with its verdict as a coloured mark, the oldest first.

    Args:
        months: Columns of ``contract_months.CONTRACT_MONTHS``.
    """
    told = months.select("period", "met").reverse().iter_rows()
    return " ".join(f":{COLOURS[met]}-badge[{period}: {met}]" for period, met in told)
