"""Read the contracts of a user: ``contracts.toml`` in the data folder (see ``EXAMPLE``).

In the place of ``terms``, or laid over them: ``target``, ``credits``, ``period``,
``min_outage_minutes``, ``claim_days``, ``claim_months``, ``min_credit``, ``upper_included``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from analytics.asking.own_tables import OwnTables
from analytics.question import UTC_ZONE
from analytics.sla.terms import (
    KNOWN,
    MONTH,
    QUARTER,
    Terms,
    TermsError,
    is_number,
    known_terms,
    percent,
    read_bands,
)
from ingest.models import UnknownZoneError, time_zone

#: Name of the file in the data folder.
FILE = "contracts.toml"
TABLES = OwnTables(FILE, "contract", TermsError)
EXAMPLE = """[bedrock-east]
provider = "aws-bedrock"
surface = "api_inference"
region = "us-east-1"
terms = "aws-bedrock"
monthly_fee = 4000
zone = "America/Los_Angeles"
start = 2026-01-01
"""
#: Status of terms that a contract brings itself.
OWN = "your own"
CURRENCY = "USD"
MOST = 10**6
#: Years of a contract: days before and after them can be counted, too.
YEARS = range(1970, 9999)


@dataclass(frozen=True, slots=True)
class Contract:
    """Hold what a user has agreed with a provider about one surface.

    ``last``: its last day; None: it runs on. ``fee``: of a month, in ``currency``; None: not said.
    ``lei``: legal entity identifier of the provider. ``upstreams``: on whom it is said to stand.
    """

    name: str
    provider: str
    surface: str
    terms: Terms
    start: date
    last: date | None = None
    region: str | None = None
    zone: str = UTC_ZONE
    fee: Fraction | None = None
    currency: str = CURRENCY
    lei: str | None = None
    upstreams: tuple[str, ...] = ()

    @property
    def after(self) -> date | None:
        """Day after its last; None: it runs on."""
        return None if self.last is None else self.last + timedelta(days=1)


def read_contracts(text: str) -> Mapping[str, Contract]:
    """Read contracts, in the order of the file.

    Args:
        text: Content of ``contracts.toml``.

    Raises:
        TermsError: One cannot be read; the message names it, and what is allowed.
    """
    return {name: _contract(name, given) for name, given in TABLES.read(text).items()}


def find_contract(contracts: Mapping[str, Contract], name: str) -> Contract:
    """Return the contract of that name.

    Raises:
        TermsError: There is none; the message says which there are.
    """
    return TABLES.find(contracts, name)


def _contract(name: str, given: Any) -> Contract:
    TABLES.check_keys(name, given, KEYS)
    if missing := [key for key in ("provider", "surface", "start") if key not in given]:
        raise TABLES.refusal(f"{name!r} lacks {missing[0]!r}")
    read = {key: KEYS[key](name, key, value) for key, value in given.items()}
    if read.get("end") and read["end"] < read["start"]:
        raise TABLES.refusal(f"{name!r} ends on {read['end']}, before it starts")
    return Contract(
        name=name,
        provider=read["provider"],
        surface=read["surface"],
        terms=_agreed(name, read),
        start=read["start"],
        last=read.get("end"),
        region=read.get("region"),
        zone=read.get("zone", UTC_ZONE),
        fee=read.get("monthly_fee"),
        currency=read.get("currency", CURRENCY),
        lei=read.get("lei"),
        upstreams=read.get("upstreams", ()),
    )


def _agreed(name: str, read: Mapping[str, Any]) -> Terms:
    """Return the terms a contract names, its own laid over them."""
    if "terms" not in read and "target" not in read:
        raise TABLES.refusal(f"{name!r} names neither terms nor a target of its own")
    terms = read.get("terms") or Terms(OWN, name, read["provider"], OWN)
    own: dict[str, Any] = {
        key: read[key]
        for key in ("target", "claim_days", "claim_months", "min_credit", "upper_included")
        if key in read
    }
    if "period" in read:
        own |= {"period": read["period"], "period_seen": True}
    if "min_outage_minutes" in read:
        own["min_outage_s"] = 60 * read["min_outage_minutes"]
    if "credits" in read:
        own |= {"bands": read["credits"], "ladder": KNOWN, "credits_status": OWN}
    return replace(terms, **own)


def _lei(name: str, key: str, value: Any) -> str:
    """Read a legal entity identifier, of which two digits check the others (ISO 17442)."""
    word = TABLES.word(name, key, value)
    if not re.fullmatch(r"[0-9A-Z]{18}[0-9]{2}", word) or int(_digits(word)) % 97 != 1:
        raise TABLES.refusal(f"{key} {word!r} of {name!r} is no identifier of 20 characters")
    return word


def _digits(word: str) -> str:
    return "".join(str(int(character, 36)) for character in word)


def _zone(name: str, key: str, value: Any) -> str:
    try:
        time_zone(TABLES.word(name, key, value))
    except UnknownZoneError as error:
        raise TABLES.refusal(f"{key} of {name!r}: {error}") from None
    return str(value)


def _day(name: str, key: str, value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TABLES.refusal(f"{key} of {name!r} is {value!r}, no date such as 2026-01-31")
    if value.year not in YEARS:
        years = f"{YEARS.start} to {YEARS.stop - 1}"
        raise TABLES.refusal(f"{key} of {name!r} is {value}, which is in no year from {years}")
    return value


def _count(name: str, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise TABLES.refusal(f"{key} of {name!r} is {value!r}, no whole number such as 30")
    return value


def _money(name: str, key: str, value: Any) -> Fraction:
    if not is_number(value) or value < 0:
        raise TABLES.refusal(f"{key} of {name!r} is {value!r}, no amount such as 4000")
    return Fraction(value)


def _flag(name: str, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TABLES.refusal(f"{key} of {name!r} is neither true nor false")
    return value


def _period(name: str, key: str, value: Any) -> str:
    if value not in (MONTH, QUARTER):
        raise TABLES.refusal(f"{key} of {name!r} is {value!r}, not one of {MONTH}, {QUARTER}")
    return str(value)


def _terms(name: str, key: str, value: Any) -> Terms:
    known = known_terms()
    if (word := TABLES.word(name, key, value)) not in known:
        raise TABLES.refusal(f"terms {word!r} of {name!r} are not one of {', '.join(known)}")
    return known[word]


def _own(read: Callable[[str, str, Any], Any]) -> Callable[[str, str, Any], Any]:
    """Let a reader of terms name the file too."""

    def named(name: str, key: str, value: Any) -> Any:
        try:
            return read(name, key, value)
        except TermsError as error:
            raise TABLES.refusal(str(error)) from None

    return named


#: Every key of a contract, with what reads it.
KEYS: Mapping[str, Callable[[str, str, Any], Any]] = {
    "provider": TABLES.word,
    "surface": TABLES.word,
    "region": TABLES.word,
    "lei": _lei,
    "upstreams": TABLES.words,
    "terms": _terms,
    "monthly_fee": _money,
    "currency": TABLES.word,
    "zone": _zone,
    "start": _day,
    "end": _day,
    "period": _period,
    "target": _own(percent),
    "credits": _own(lambda name, _, value: read_bands(name, value)),
    "min_outage_minutes": _count,
    "claim_days": _count,
    "claim_months": _count,
    "min_credit": _money,
    "upper_included": _flag,
}
