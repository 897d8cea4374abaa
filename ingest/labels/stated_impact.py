"""Tell whether a sentence says that something was wrong between its clocks.

A message gives clocks of many things: the next update, a time in which all was well, the work of
the engineers, another incident. Only a window of what was wrong may date an incident, and one
that could be of anything else is left out. The words are data, ``ingest/windows.toml``.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.labels.stated_failures import FailureWords, failure_words, words

#: Stands in for the clocks while the words around them are read.
WINDOW_MARK = "\N{WHITE SQUARE}"
#: Parts of a sentence that stand for themselves.
PART_END = re.compile(
    r";\s*|\s[-–—]\s|,?\s(?:but|while|although|though|whereas|whilst)\s"
    r"|,\s(?:and\s)?then\s|\sand\s(?=(?:is|are|has|have|it|they)\s)",
    re.IGNORECASE,
)
#: A part of a sentence that only says when: it is left out unless it holds the clocks.
ASIDE = re.compile(r"\b(?:before|after|until|when|once|as soon as|since)\b[^,;□]*(?=,|$)", re.I)
#: What may stand beside the clocks of a part that says nothing of itself.
FILLER = re.compile(
    r"\b(?:on|in|at|the|of|utc|gmt|time|today|and|resolved|update|times?|impact window"
    r"|(?:mon|tues?|wednes|thurs?|fri|satur|sun)day"
    r"|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*"
    r"|\d+(?:st|nd|rd|th)?)\b|[^\w□]",
    re.IGNORECASE,
)
ACTOR = re.compile(
    r"\b(?:we|(?:our |the |on-call )*(?:engineers?|teams?))\s(?:have\s(?!had|seen|experienced))?",
    re.IGNORECASE,
)
RELATIVE = re.compile(r"\b(?:which|that|where)\b", re.IGNORECASE)


def states_impact(sentence: str) -> bool:
    """Tell whether ``sentence`` says that something was wrong between its clocks.

    Args:
        sentence: The sentence, with ``WINDOW_MARK`` in the place of the clocks.
    """
    if sentence.rstrip().endswith("?"):
        return False
    part = _part(sentence)
    if part is None:
        return False
    table = _table()
    part = _spared(ASIDE.sub(" ", part), table.failing)
    vetoes = (table.not_yet, table.right, table.elsewhere, table.work)
    if any(veto.search(part) for veto in vetoes) or _acts(part, table.suffered):
        return False
    return bool(table.wrong.search(part) or table.failing.strong.search(part))


def is_bare(sentence: str) -> bool:
    """Tell whether ``sentence`` says nothing but when.

    Args:
        sentence: The sentence, with ``WINDOW_MARK`` in the place of the clocks.
    """
    return FILLER.sub("", sentence).strip() == WINDOW_MARK


def _part(sentence: str) -> str | None:
    """Return the part of a sentence with the clocks; a bare one with the next."""
    parts = PART_END.split(sentence)
    place = next((n for n, part in enumerate(parts) if WINDOW_MARK in part), None)
    if place is None:
        return None
    beside = parts[place + 1 : place + 2] if is_bare(parts[place]) else []
    return " ".join([parts[place], *beside])


def _spared(part: str, failing: FailureWords) -> str:
    for pattern in failing.spared:
        part = pattern.sub(" ", part)
    return part


def _acts(part: str, suffered: re.Pattern[str]) -> bool:
    """Tell whether the part is about what people did, not about what they suffered.

    "An issue which, from ... to ..., made files disappear": the clocks belong to the issue.
    """
    actor = ACTOR.search(part)
    if actor is None or suffered.match(part, actor.end()):
        return False
    mark = part.find(WINDOW_MARK)
    return mark < actor.end() or RELATIVE.search(part, actor.end(), mark) is None


@dataclass(frozen=True, slots=True)
class _Words:
    wrong: re.Pattern[str]
    not_yet: re.Pattern[str]
    right: re.Pattern[str]
    elsewhere: re.Pattern[str]
    work: re.Pattern[str]
    suffered: re.Pattern[str]
    failing: FailureWords


@cache
def _table() -> _Words:
    text = files("ingest").joinpath("windows.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)
    names = ("wrong", "not_yet", "right", "elsewhere", "work", "suffered")
    return _Words(**{name: words(rows[name]) for name in names}, failing=failure_words())
