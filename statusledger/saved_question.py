"""Fill a question from options: what was saved under a name, and the days of a period."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.question import UTC_ZONE
from ingest.models import UnansweredError, UsageError
from statusledger.contract_file import contracts_of

if TYPE_CHECKING:
    from analytics import Question, Snapshot
    from analytics.asking.saved_questions import SavedQuestion


class WindowTwiceError(UsageError):
    """A window is named twice; one line that says which to leave out."""


def complete_question(
    snapshot: Snapshot,
    question: Question,
    data: Path,
    source: Path,
    saved: str | None,
    period: str | None,
) -> Question:
    """Fill what options leave open; print the days that a period means to standard error.

    Args:
        snapshot: Its newest data end a period.
        question: What the options ask.
        data: Folder with the saved questions.
        source: Folder that is answered from, with its contracts.
        saved: Name of a saved question.
        period: Period, as a word.

    Raises:
        UsageError: No such question or period, or the window is named twice.
    """
    from analytics.sla.contract_window import in_period

    if saved is not None:
        question, window = _with_saved(question, data, saved)
        period = period or window
    if period is None:
        return question
    if question.since or question.until:
        raise WindowTwiceError("--period is a window of its own: leave out --since and --until")
    question = in_period(question, snapshot.as_of, period, partial(contracts_of, source))
    days = f"{question.since} up to, not including, {question.until or 'where the data end'}"
    print(f"statusledger: period {period}: {days}", file=sys.stderr)
    return question


def saved_question(data: Path, name: str) -> SavedQuestion:
    """Read a question that the user saved.

    Raises:
        UsageError: There is none of that name, or the file cannot be read.
    """
    from analytics.asking.saved_questions import FILE, find_question, read_questions

    place = data / FILE
    text = place.read_text(encoding="utf-8") if place.is_file() else ""
    return find_question(read_questions(text), name)


def as_question(
    snapshot: Snapshot, saved: SavedQuestion, data: Path, zone: str = UTC_ZONE
) -> Question:
    """Ask what was saved, without its window, of those of its providers that there are.

    Args:
        snapshot: Its providers have names.
        saved: The saved question.
        data: Folder with the user's own registry.
        zone: Where days begin.

    Raises:
        UsageError: It cannot be asked.
        UnansweredError: The snapshot lists none of its providers: to ask about none is to ask about
            all.
    """
    from analytics import ask
    from analytics.question import RELIABILITY
    from statusledger.asked_providers import asked_providers

    asked = asked_providers(snapshot, saved.providers, data)
    listed = [slug for slug in asked.slugs if slug not in asked.unlisted]
    if saved.providers and not listed:
        raise UnansweredError(" ".join(asked.dark.values()))
    return ask(
        providers=listed,
        surface=saved.surface,
        rule=saved.rule,
        classes=saved.classes or RELIABILITY,
        minimum=saved.minimum,
        zone=zone,
    )


def region_of(data: Path, name: str | None, region: str | None) -> str | None:
    """Return the region asked about: as given, else that of a saved question.

    Raises:
        UsageError: No such question.
    """
    return region if region or name is None else saved_question(data, name).region


def _with_saved(question: Question, data: Path, name: str) -> tuple[Question, str | None]:
    """Fill a question from the saved one; return its window too, unless days were given."""
    from analytics.question import RELIABILITY
    from analytics.rules import HEADLINE

    saved = saved_question(data, name)
    filled = replace(
        question,
        providers=question.providers or saved.providers,
        surface=question.surface or saved.surface,
        rule=saved.rule if saved.rule and question.rule == HEADLINE else question.rule,
        classes=saved.classes
        if saved.classes and question.classes == RELIABILITY
        else question.classes,
        minimum=question.minimum or saved.minimum,
    )
    return filled, None if question.since or question.until else saved.window
