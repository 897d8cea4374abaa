"""Read the questions that a user saved: ``questions.toml`` in the data folder.

One list of a user's own vendors, written once, for pages, commands and jobs:

    [my-vendors]
    providers = ["anthropic", "openai", "github-copilot"]
    surface = "code_assistant"
    region = "us-east-1"
    window = "365d"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from analytics.question import CLASSES, QuestionError
from analytics.rules import RULES

#: Name of the file in the data folder.
FILE = "questions.toml"


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """Fixed parts of a question; what it leaves out is as ever.

    ``window``: as in ``period.period_days``.
    """

    providers: tuple[str, ...] = ()
    surface: str | None = None
    window: str | None = None
    rule: str | None = None
    classes: tuple[str, ...] = ()
    region: str | None = None


def read_questions(text: str) -> Mapping[str, SavedQuestion]:
    """Read saved questions, in the order of the file.

    Args:
        text: Content of ``questions.toml``.

    Raises:
        QuestionError: It cannot be read; the message names the question and what is allowed.

    >>> read_questions('mine = {providers = ["acme"], rule = "strict"}')["mine"].rule
    'strict'
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise QuestionError(f"{FILE} is no TOML: {error}") from None
    return {name: _read(name, given) for name, given in told.items()}


def find_question(questions: Mapping[str, SavedQuestion], name: str) -> SavedQuestion:
    """Return the question of that name.

    Raises:
        QuestionError: There is none; the message says which there are.
    """
    if name in questions:
        return questions[name]
    known = f"one of {', '.join(questions)}" if questions else f"none is saved in {FILE}"
    raise QuestionError(f"no saved question {name!r}: {known}")


def _read(name: str, given: Any) -> SavedQuestion:
    allowed = [field.name for field in fields(SavedQuestion)]
    if not isinstance(given, dict) or (strange := [key for key in given if key not in allowed]):
        what = f"key {strange[0]!r}" if isinstance(given, dict) else "value"
        raise QuestionError(f"{FILE}: {what} of {name!r} is not one of {', '.join(allowed)}")
    several = {key: _words(name, key, given.get(key, [])) for key in ("providers", "classes")}
    one = {
        key: _word(name, key, given[key]) if key in given else None
        for key in ("surface", "region", "window", "rule")
    }
    saved = SavedQuestion(
        several["providers"],
        one["surface"],
        one["window"],
        one["rule"],
        several["classes"],
        one["region"],
    )
    for key, values, known in (
        ("rule", (saved.rule,) if saved.rule else (), RULES),
        ("class", saved.classes, CLASSES),
    ):
        for value in values:
            if value not in known:
                raise QuestionError(
                    f"{FILE}: {key} {value!r} of {name!r} is not one of {', '.join(known)}"
                )
    return saved


def _word(name: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise QuestionError(f"{FILE}: {key} of {name!r} is no word in quotes")
    return value


def _words(name: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise QuestionError(f"{FILE}: {key} of {name!r} is no list of words in quotes")
    return tuple(value)
