"""A user's own questions, written once; and windows named by a word."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics import QuestionError
from analytics.asking.period import period_days
from analytics.asking.saved_questions import SavedQuestion, find_question, read_questions

TEXT = """
[my-vendors]
providers = ["acme", "bolt"]
surface = "code_assistant"
window = "365d"
rule = "statuspage"
classes = ["outage"]

[rest]
providers = ["coil"]
"""


def test_a_saved_question_fixes_what_it_names() -> None:
    found = read_questions(TEXT)
    assert list(found) == ["my-vendors", "rest"]
    assert found["my-vendors"] == SavedQuestion(
        ("acme", "bolt"), "code_assistant", "365d", "statuspage", ("outage",)
    )
    assert find_question(found, "rest") == SavedQuestion(("coil",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a", "no TOML"),
        ("a = 1", "questions.toml: 'a' is no table of keys such as providers"),
        ("[a]\ncolour = 1", "key 'colour' of 'a' is not one of providers"),
        ("[a]\nproviders = 'acme'", "providers of 'a' is no list of words"),
        ("[a]\nproviders = [3]", "providers of 'a' is no word in quotes"),
        ("[a]\nsurface = 3", "surface of 'a' is no word in quotes"),
        ("[a]\nrule = 'harsh'", "rule 'harsh' of 'a' is not one of statuspage"),
        ("[a]\nminimum = 'bad'", "minimum 'bad' of 'a' is not one of degraded, partial, major"),
        ('["a\\u0001"]', "has characters that nobody sees"),
        ("[a]\nclasses = ['bad']", "class 'bad' of 'a' is not one of outage"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_what_is_allowed(text: str, told: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read_questions(text)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(QuestionError, match="one of my-vendors, rest"):
        find_question(read_questions(TEXT), "mine")
    with pytest.raises(QuestionError, match=r"questions\.toml holds none"):
        find_question({}, "mine")


NOW = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "days"),
    [
        ("30d", "Etc/UTC", (date(2026, 1, 1), date(2026, 1, 31))),
        ("2026-02", "Etc/UTC", (date(2026, 2, 1), date(2026, 3, 1))),
        ("last-month", "Etc/UTC", (date(2025, 12, 1), date(2026, 1, 1))),
        ("last-month", "Asia/Tokyo", (date(2026, 1, 1), date(2026, 2, 1))),
        ("last-quarter", "Etc/UTC", (date(2025, 10, 1), date(2026, 1, 1))),
    ],
)
def test_a_period_is_days_of_its_zone(text: str, zone: str, days: tuple[date, date]) -> None:
    assert period_days(text, NOW, zone) == days


@pytest.mark.parametrize("text", ["0d", "last-year", "2026-13", "2026-1", "9999-12", ""])
def test_any_other_period_is_refused(text: str) -> None:
    with pytest.raises(QuestionError):
        period_days(text, NOW, "Etc/UTC")
