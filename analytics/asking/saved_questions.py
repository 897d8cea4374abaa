"""Read the questions that a user saved: ``questions.toml`` in the data folder.

One list of a user's own vendors, written once, for pages, commands and jobs:

    [my-vendors]
    providers = ["anthropic", "openai", "github-copilot"]
    surface = "code_assistant"
    region = "us-east-1"
    minimum = "major"
    window = "365d"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from analytics.asking.own_tables import OwnTables
from analytics.question import CLASSES, MINIMA, QuestionError
from analytics.rules import RULES

#: Name of the file in the data folder.
FILE = "questions.toml"
TABLES = OwnTables(FILE, "saved question", QuestionError)


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """Fix parts of a question; what it leaves out is as ever.

    ``window``: as in ``sla.contract_window.in_period``.
    """

    providers: tuple[str, ...] = ()
    surface: str | None = None
    window: str | None = None
    rule: str | None = None
    classes: tuple[str, ...] = ()
    region: str | None = None
    minimum: str | None = None


def read_questions(text: str) -> Mapping[str, SavedQuestion]:
    """Read saved questions, in the order of the file.

    Args:
        text: Content of ``questions.toml``.

    Raises:
        QuestionError: It cannot be read; the message names the question and what is allowed.

    >>> read_questions('mine = {providers = ["acme"], rule = "strict"}')["mine"].rule
    'strict'
    """
    return {name: _read(name, given) for name, given in TABLES.read(text).items()}


def find_question(questions: Mapping[str, SavedQuestion], name: str) -> SavedQuestion:
    """Return the question of that name.

    Raises:
        QuestionError: There is none; the message says which there are.
    """
    return TABLES.find(questions, name)


def _read(name: str, given: Any) -> SavedQuestion:
    if not name.isprintable():
        raise TABLES.refusal(f"the name {name!r} has characters that nobody sees")
    TABLES.check_keys(name, given, [field.name for field in fields(SavedQuestion)])
    several = ("providers", "classes")
    read: dict[str, Any] = {
        key: (TABLES.words if key in several else TABLES.word)(name, key, value)
        for key, value in given.items()
    }
    saved = SavedQuestion(**read)
    for key, values, known in (
        ("rule", (saved.rule,) if saved.rule else (), RULES),
        ("class", saved.classes, CLASSES),
        ("minimum", (saved.minimum,) if saved.minimum else (), MINIMA),
    ):
        for value in values:
            if value not in known:
                raise TABLES.refusal(
                    f"{key} {value!r} of {name!r} is not one of {', '.join(known)}"
                )
    return saved
