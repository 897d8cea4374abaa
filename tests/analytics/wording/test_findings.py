"""A verdict in few words: who, by how much, how sure, whatever the providers are called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from analytics.comparison.ranking import COUNT, DOWNTIME
from analytics.verdict.grade import (
    BY_BASIS,
    BY_CHANCE,
    BY_COUNTING,
    BY_DAYS,
    BY_UNKNOWN,
    CLEAR,
    LIKELY,
    NOT_COMPARABLE,
    NOTHING,
    PROVISIONAL,
    TOO_CLOSE,
    Compared,
)
from analytics.verdict.remedy import Remedy
from analytics.verdict.verdict import ALONE, SAME_PAGE, PairVerdict, Party, Verdict
from analytics.wording.verdict import (
    MOST_GRADE_WORDS,
    MOST_WORDS,
    Finding,
    short_name,
    word_verdict,
)
from ingest.registry import load

NAMES = {"acme": "Acme", "bolt": "Bolt", "coil": "Coil (UK)"}
REGISTERED = {one.slug: one.name for one in load().providers}
LONGEST = sorted(REGISTERED, key=lambda slug: -len(short_name(REGISTERED[slug]).split()))[:4]
#: Down for 1 h 8 min, 10 h and 47 h; or so many incidents.
VALUES = {DOWNTIME: (4_080.0, 36_000.0, 169_500.0), COUNT: (3.0, 8.0, 40.0)}


def found(
    *whom: str,
    grade: str = CLEAR,
    catch: str = NOTHING,
    measure: str = DOWNTIME,
    surface: str = "code_assistant",
    absent: tuple[tuple[str, float], ...] = (),
    days: float = 212.2,
    values: tuple[float, ...] | None = None,
    **more: Any,
) -> Verdict:
    """Return a verdict that favours the first."""
    numbers = values or (VALUES[measure] if len(whom) > 2 else VALUES[measure][::2])
    parties = tuple(
        Party(who, value, None, None, 0, "component_states")
        for who, value in zip(whom, numbers, strict=False)
    )
    told = {"chance": 0.999, "signs": (1,) * 6, "ahead": 1.0, "unknown": (0.0, 0.0), **more}
    compared = Compared(days=days, **told)
    pair = PairVerdict(whom[0], whom[-1], grade, catch, compared) if len(whom) > 1 else None
    named = grade in (CLEAR, LIKELY, PROVISIONAL)
    return Verdict(
        surface,
        measure,
        grade,
        catch,
        whom[0] if named else None,
        parties,
        absent,
        (pair,) if pair else (),
        pair,
        days,
        365,
        (),
    )


def told(verdict: Verdict, instead: Remedy | None = None, **names: str) -> Finding:
    return word_verdict(verdict, {**NAMES, **names}, instead)


def test_of_two_the_one_down_less_is_found() -> None:
    finding = told(found("acme", "bolt", catch=BY_UNKNOWN, ahead=52.9, unknown=(100.0, 0.0)))
    assert finding == Finding(
        "Acme was down less than Bolt on code assistants",
        "1 h 8 min against 47 h in 212 shared days.",
        "Clear",
        "Acme stays ahead unless more than 52 % of the time it left unrated was a full outage.",
    )
    assert finding.sentence == (
        "Acme was down less than Bolt on code assistants: 1 h 8 min against 47 h in 212 shared "
        "days."
    )


def test_by_incidents_posts_are_counted() -> None:
    finding = told(
        found("acme", "bolt", measure=COUNT, catch=BY_UNKNOWN, ahead=37, unknown=(37, 0))
    )
    assert finding.head == "Acme had fewer incidents than Bolt on code assistants"
    assert finding.numbers == "3 against 40 in 212 shared days."
    assert finding.because == "Acme stays ahead even if all the posts it left unrated count."


@pytest.mark.parametrize(
    ("more", "because"),
    [
        ({}, "every way of counting agrees, and Acme left nothing unrated."),
        (
            {"grade": LIKELY, "catch": BY_CHANCE, "chance": 0.987},
            "98 % sure that it is no chance; clear takes 99 %.",
        ),
        (
            {"grade": LIKELY, "catch": BY_COUNTING, "signs": (1, 1, 1, 1, 1, -1)},
            "1 way of counting, of 6, put Bolt ahead.",
        ),
        (
            {"grade": LIKELY, "catch": BY_BASIS},
            "Bolt posts whole incidents, which run longer than the outages in them.",
        ),
        (
            {"grade": PROVISIONAL, "catch": BY_DAYS, "days": 42.0},
            "only 42 shared days; 90 allow a better grade.",
        ),
        (
            {"grade": TOO_CLOSE, "catch": BY_CHANCE, "chance": 0.76},
            "it may be chance: 76 % sure that Acme is better, 95 % needed.",
        ),
        ({"grade": TOO_CLOSE, "catch": BY_CHANCE, "chance": 0.5}, "the two are equal."),
        (
            {"grade": TOO_CLOSE, "catch": BY_UNKNOWN, "ahead": 4.29, "unknown": (100.0, 0.0)},
            "the order turns if more than 4 % of the time it left unrated was a full outage.",
        ),
        (
            {"grade": TOO_CLOSE, "catch": BY_UNKNOWN, "ahead": -1.0, "unknown": (9.0, 0.0)},
            "the time it left unrated may hide more than the difference.",
        ),
    ],
)
def test_a_grade_says_what_weighs_most_against_it(more: dict[str, Any], because: str) -> None:
    assert told(found("acme", "bolt", **more)).because == because


def test_too_close_names_no_better_one() -> None:
    finding = told(found("acme", "bolt", grade=TOO_CLOSE, catch=BY_CHANCE, chance=0.7))
    assert finding.head == "No clear difference between Acme and Bolt on code assistants"
    assert finding.grade == "Too close"


def test_of_several_the_least_is_found_and_the_reason_names_its_rival() -> None:
    finding = told(found("acme", "coil", "bolt", grade=LIKELY, catch=BY_CHANCE, chance=0.96))
    assert finding == Finding(
        "Acme was down least of 3 on code assistants",
        "1 h 8 min; Coil follows with 10 h in 212 shared days.",
        "Likely",
        "Against Bolt: 96 % sure that it is no chance; clear takes 99 %.",
    )


def test_without_one_ahead_of_all_there_is_no_leader() -> None:
    finding = told(found("acme", "coil", "bolt", grade=TOO_CLOSE, catch=BY_CHANCE, chance=0.7))
    assert finding.head == "No clear leader among 3 providers on code assistants"
    assert finding.numbers == "From 1 h 8 min to 47 h down in 212 shared days."


NONE = {"grade": NOT_COMPARABLE, "catch": BY_DAYS, "days": 24.2, "surface": "chat_web"}


@pytest.mark.parametrize(
    ("instead", "because"),
    [
        (None, "no window and no other surface has enough yet."),
        (Remedy(surface="api_inference"), "compare them on the API, where they share enough."),
        (
            Remedy(since=date(2026, 3, 2), providers=("acme", "bolt")),
            "a window that begins on 2 Mar 2026 has enough.",
        ),
    ],
)
def test_what_cannot_be_compared_says_what_it_takes(instead: Remedy | None, because: str) -> None:
    finding = told(found("acme", "bolt", **NONE), instead)
    assert finding.head == "Acme and Bolt cannot be compared on the chat"
    assert finding.numbers == "24 shared days of the 30 needed."
    assert (finding.grade, finding.because) == ("Not comparable", because)


def test_of_several_two_are_named_that_can_be_compared() -> None:
    absent = (("acme", 90.0), ("bolt", 40.0), ("coil", 40.0))
    verdict = found("acme", **NONE, absent=absent[1:])
    finding = told(verdict, Remedy(providers=("acme", "coil")))
    assert finding.because == "this window has enough for Acme and Coil."


@pytest.mark.parametrize(
    ("catch", "why"), [(SAME_PAGE, "same components of one page"), (ALONE, "alone")]
)
def test_who_is_kept_apart_is_told_why(catch: str, why: str) -> None:
    finding = told(found("acme", "bolt", **{**NONE, "catch": catch}))
    assert why in finding.because
    assert "shared day" not in finding.numbers


def fits(finding: Finding) -> bool:
    return (
        len(finding.sentence.split()) <= MOST_WORDS
        and len(f"{finding.grade}: {finding.because}".split()) <= MOST_GRADE_WORDS
    )


UNKNOWN: Mapping[str, Any] = {"ahead": 88.0, "unknown": (100.0, 1.0)}


@pytest.mark.parametrize("measure", [DOWNTIME, COUNT])
@pytest.mark.parametrize(
    ("grade", "catch"),
    [
        *((CLEAR, catch) for catch in (NOTHING, BY_UNKNOWN)),
        *((LIKELY, catch) for catch in (BY_CHANCE, BY_COUNTING, BY_BASIS, BY_UNKNOWN)),
        (PROVISIONAL, BY_DAYS),
        *((TOO_CLOSE, catch) for catch in (BY_CHANCE, BY_COUNTING, BY_UNKNOWN)),
        *((NOT_COMPARABLE, catch) for catch in (BY_DAYS, SAME_PAGE)),
    ],
)
def test_a_verdict_stays_short_whatever_the_providers_are_called(
    grade: str, catch: str, measure: str
) -> None:
    more = {"grade": grade, "catch": catch, "measure": measure, "surface": "gov_region", **UNKNOWN}
    values = (35_940.0, 35_960.0, 35_999.0)
    for n in (2, 3):
        for whom in permutations(LONGEST, n):
            verdict = found(*whom, **more, values=values)
            instead = Remedy(since=date(2026, 11, 30), providers=whom[:2])
            assert fits(word_verdict(verdict, REGISTERED, instead))
