"""A user's contracts are read strictly, and each error is one line that says what is allowed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from analytics.sla.contract import find_contract, read_contracts
from analytics.sla.terms import KNOWN, MONTH, QUARTER, TermsError

WHOLE = """
[ours]
provider = "acme"
surface = "api_inference"
region = "eu-west"
terms = "aws-bedrock"
monthly_fee = 4000.50
currency = "EUR"
zone = "Europe/Berlin"
start = 2026-01-15
end = 2026-12-31
claim_days = 60

[own]
provider = "acme"
surface = "chat_web"
target = 99.95
credits = [[99.0, 99.95, 5], [0, 99.0, 20]]
period = "quarter"
min_outage_minutes = 2
start = 2026-01-01
"""
LEAST = 'provider = "acme"\nsurface = "chat_web"\nstart = 2026-01-01\n'


def test_a_contract_takes_public_terms_with_its_own_laid_over_them() -> None:
    ours = read_contracts(WHOLE)["ours"]
    assert (ours.provider, ours.surface, ours.region) == ("acme", "api_inference", "eu-west")
    assert (ours.start, ours.last, ours.after) == (
        date(2026, 1, 15),
        date(2026, 12, 31),
        date(2027, 1, 1),
    )
    assert (ours.fee, ours.currency, ours.zone) == (Fraction("4000.5"), "EUR", "Europe/Berlin")
    assert (ours.terms.id, ours.terms.claim_days, ours.terms.period) == ("aws-bedrock", 60, MONTH)


def test_a_contract_may_bring_its_own_bands() -> None:
    own = read_contracts(WHOLE)["own"]
    assert (own.terms.target, own.terms.period, own.terms.ladder) == (
        Fraction("99.95"),
        QUARTER,
        KNOWN,
    )
    assert [int(band.credit) for band in own.terms.bands] == [5, 20]
    assert (own.terms.min_outage_s, own.after, own.fee) == (120, None, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a", "no TOML"),
        ("a = 1", "'a' is no table"),
        ('[a]\nprovider = "acme"\nsurface = "chat_web"', "'a' lacks 'start'"),
        (f"[a]\n{LEAST}", "neither terms nor a target"),
        (f'[a]\n{LEAST}terms = "mine"', "'mine' of 'a' are not one of aws-bedrock"),
        (f"[a]\n{LEAST}colour = 1", "key 'colour' of 'a' is not one of provider"),
        (f"[a]\n{LEAST}target = 101", "target of 'a' is 101, no percent"),
        (f"[a]\n{LEAST}target = nan", "no percent such as 99.9"),
        (f"[a]\n{LEAST}target = 99\ncredits = [[1, 2]]", "from, below and percent"),
        (f'[a]\n{LEAST}target = 99\nzone = "Mars"', "'Mars' is not an IANA zone"),
        (f'[a]\n{LEAST}target = 99\nend = "soon"', "no date such as"),
        (f"[a]\n{LEAST}target = 99\nend = 2025-12-31", "ends on 2025-12-31, before it starts"),
        (f"[a]\n{LEAST}target = 99\nend = 2026-12-31T10:00:00", "no date such as"),
        (f"[a]\n{LEAST}target = 99\nend = 9999-12-31", "in no year from 1970 to 9998"),
        (f"[a]\n{LEAST}target = 99".replace("2026", "0001"), "in no year from 1970 to 9998"),
        (f'[a]\n{LEAST}target = 99\nperiod = "week"', "'week', not one of month, quarter"),
        (f"[a]\n{LEAST}target = 99\nmonthly_fee = -1", "no amount such as 4000"),
        (f"[a]\n{LEAST}target = 99\nmonthly_fee = inf", "no amount such as 4000"),
        (f"[a]\n{LEAST}target = 99\nmonthly_fee = true", "no amount such as 4000"),
        (f"[a]\n{LEAST}target = 99\nclaim_days = 1.5", "no whole number such as 30"),
        (f"[a]\n{LEAST}target = 99\nupper_included = 1", "neither true nor false"),
        (f"[a]\n{LEAST}target = 99\nregion = ''", "no word in quotes"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_what_is_allowed(text: str, told: str) -> None:
    with pytest.raises(TermsError) as caught:
        read_contracts(text)
    assert told in str(caught.value)
    assert str(caught.value).startswith("contracts.toml")
    assert "\n" not in str(caught.value)


def test_a_name_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(TermsError, match="one of ours, own"):
        find_contract(read_contracts(WHOLE), "theirs")
    with pytest.raises(TermsError, match=r"contracts\.toml holds none"):
        find_contract({}, "theirs")
