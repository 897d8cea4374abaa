"""Read the terms of service levels: a target, bands of credits, until when to claim.

Those that providers publish stand in ``analytics/sla.toml``; a contract may bring its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from ingest.models import UsageError

MONTH, QUARTER = "month", "quarter"
#: Periods as terms name them. A billing month is taken as the calendar month.
PERIODS: Mapping[str, str] = {
    "calendar_month": MONTH,
    "billing_month": MONTH,
    "calendar_quarter": QUARTER,
}
#: How much of a ladder of credits is known: all, its better part, that there is none, nothing.
KNOWN, OPEN, NONE, UNSEEN = "known", "open", "none", "unseen"


class TermsError(UsageError):
    """Terms or a contract that cannot be read; one line that names the key."""


@dataclass(frozen=True, slots=True)
class Band:
    """Pay ``credit`` percent of the fee for ``low`` to ``high`` percent of availability."""

    low: Fraction
    high: Fraction
    credit: Fraction


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold what an offer promises.

    ``target``: percent of a period; None where none is public. ``period``: month or quarter;
    ``period_seen``: the terms say so. ``bands``: from best to worst; ``ladder``: how much of them
    is known. ``upper_included``: a band holds its upper end and not its lower. ``claim_days`` and
    ``claim_months``: until when credits must be claimed.
    """

    id: str
    name: str
    provider: str
    status: str
    target: Fraction | None = None
    period: str = MONTH
    period_seen: bool = True
    bands: tuple[Band, ...] = ()
    ladder: str = UNSEEN
    credits_status: str = ""
    upper_included: bool = False
    min_outage_s: int = 0
    claim: str = ""
    claim_days: int | None = None
    claim_months: int | None = None
    claim_status: str = ""
    min_credit: Fraction = Fraction(0)
    metric: str = ""
    latency: str = ""
    note: str = ""
    source: str = ""
    dated: str = ""

    @property
    def limits(self) -> tuple[Fraction, ...]:
        """Every availability at which the credit may change, sorted."""
        edges = {edge for band in self.bands for edge in (band.low, band.high)}
        return tuple(sorted(edges | ({self.target} if self.target is not None else set())))


@cache
def known_terms() -> Mapping[str, Terms]:
    """Return the public terms by id, in the order of the file; a tier's id has a dot."""
    return read_terms(files("analytics").joinpath("sla.toml").read_text(encoding="utf-8"))


def read_terms(text: str) -> dict[str, Terms]:
    """Read terms, each tier on its own.

    Raises:
        TermsError: They cannot be read.
    """
    found = {}
    for name, table in tomllib.loads(text, parse_float=Decimal)["terms"].items():
        tiers = table.pop("tiers", {"": {}})
        for tier, more in tiers.items():
            key = f"{name}.{tier}" if tier else name
            found[key] = _terms(key, {**table, **more}, tier)
    return found


def _terms(key: str, table: Mapping[str, Any], tier: str) -> Terms:
    bands = read_bands(key, table.get("credits", []))
    title = f"{table['name']}, {tier.replace('_', ' ')}" if tier else table["name"]
    target = table.get("target")
    return Terms(
        id=key,
        name=title,
        provider=table["provider"],
        status=table["status"],
        target=None if target is None else percent(key, "target", target),
        period=PERIODS[table.get("period", "calendar_month")],
        period_seen="period" in table,
        bands=bands,
        ladder=_ladder(table, bands),
        credits_status=table.get("credits_status", table["status"]),
        upper_included=table.get("upper_included", False),
        min_outage_s=60 * table.get("min_outage_minutes", 0),
        claim=table.get("claim", ""),
        claim_days=table.get("claim_days"),
        claim_months=table.get("claim_months"),
        claim_status=table.get("claim_status", table["status"]),
        min_credit=Fraction(table.get("min_credit", 0)),
        metric=table.get("metric", ""),
        latency=table.get("latency", ""),
        note=table.get("note", ""),
        source=table.get("source", ""),
        dated=table.get("dated", ""),
    )


def _ladder(table: Mapping[str, Any], bands: Sequence[Band]) -> str:
    if table.get("no_credits"):
        return NONE
    if not bands:
        return UNSEEN
    return OPEN if table.get("credits_open") else KNOWN


def read_bands(key: str, rows: Any) -> tuple[Band, ...]:
    """Read bands of credits, from best to worst.

    Args:
        key: Names the terms in an error.
        rows: Lists of three numbers: from, below, percent of the fee.

    Raises:
        TermsError: A band has another form, no length, or overlaps another.

    >>> [str(band.credit) for band in read_bands("mine", [[0, 99, 25], [99, Decimal("99.9"), 10]])]
    ['10', '25']
    """
    form = f"credits of {key!r} are lists of from, below and percent, such as [99.0, 99.9, 10]"
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 3 for r in rows):
        raise TermsError(form)
    bands = [Band(*(percent(key, "credits", number) for number in row)) for row in rows]
    bands.sort(key=lambda band: band.low, reverse=True)
    if any(band.low >= band.high for band in bands):
        raise TermsError(f"{form}: a band ends where it begins or before")
    for better, worse in pairwise(bands):
        if worse.high > better.low:
            raise TermsError(f"credits of {key!r} overlap at {float(better.low):g} %")
    return tuple(bands)


def percent(key: str, what: str, value: Any) -> Fraction:
    """Read a number from 0 to 100 exactly as it is written.

    Args:
        key: Names the terms in an error.
        what: Names the number in it.
        value: The number, of which a decimal one is no binary fraction.

    Raises:
        TermsError: It is none, or out of range.
    """
    if not is_number(value) or not 0 <= value <= 100:
        raise TermsError(f"{what} of {key!r} is {value!r}, no percent such as 99.9")
    return Fraction(value)


def is_number(value: Any) -> bool:
    """Tell whether a value of a file is a whole or decimal number, and no truth and no infinity."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)
