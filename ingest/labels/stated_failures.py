"""Find what a text says to fail: not what was spared, nor what is still to come.

Titles and messages name failures without stating them ("no errors", "after 1 May calls will
fail"), so a text is read part by part: each part of a sentence stands for itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: Of a page full of blanks one is left, so that no pattern looks at them again and again.
BLANKS = re.compile(r"[^\S\n]+")
#: The end of a sentence, a line, or a part of a sentence that stands for itself.
PART_END = re.compile(
    r"(?<=[.!?])\s+|\n+|;\s*|\s[-–—]\s|,?\s+\b(?:but|while|although|though|whereas)\b\s+"
    r"|:\s+(?=[a-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class FailureWords:
    """Hold the words by which a part of a sentence says that something fails.

    Attributes:
        strong: Words that say so by themselves.
        weak: Words that notices use too.
        title: Words that say so in a title.
        work: Words for work on what failed.
        spared: Phrases that say of something that it does not fail.
        past: Phrases that name an earlier failure.
        ahead: Words for what is to come.
    """

    strong: re.Pattern[str]
    weak: re.Pattern[str]
    title: re.Pattern[str]
    work: re.Pattern[str]
    spared: tuple[re.Pattern[str], ...]
    past: tuple[re.Pattern[str], ...]
    ahead: re.Pattern[str]

    def find(self, text: str, *, weak: bool = False) -> str | None:
        """Return the first words that say something fails; None where nothing is said to.

        ``weak`` takes words that notices use too, like "issue".
        """
        for part in parts(BLANKS.sub(" ", text)):
            found = self._search(part, weak=weak)
            if found and not self.ahead.search(part):
                for pattern in (*self.spared, *self.past):
                    part = pattern.sub(" ", part)
                found = self._search(part, weak=weak)
                if found:
                    return found[0]
        return None

    def _search(self, part: str, *, weak: bool) -> re.Match[str] | None:
        return self.strong.search(part) or (self.weak.search(part) if weak else None)


def parts(text: str) -> Iterator[str]:
    """Yield the parts of a text that stand for themselves, blank ones left out."""
    return (part for part in PART_END.split(text) if part.strip())


def words(alternatives: Sequence[str]) -> re.Pattern[str]:
    """Compile alternatives that match whole words, case ignored."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


@cache
def class_rules() -> Mapping[str, Any]:
    """Return the tables of ``classes.toml``."""
    return tomllib.loads(files("ingest").joinpath("classes.toml").read_text(encoding="utf-8"))


@cache
def failure_words(*, possible: bool = True) -> FailureWords:
    """Return the words by which a text says that something fails.

    ``possible``: whether what may fail counts.
    """
    rows = class_rules()["failing"]
    ahead = rows["ahead"] if possible else [*rows["ahead"], *rows["possible"]]
    return FailureWords(
        strong=words(rows["strong"]),
        weak=words(rows["weak"]),
        title=words(rows["title"]),
        work=words(rows["work"]),
        spared=tuple(map(_pattern, rows["spared"])),
        past=tuple(map(_pattern, rows["past"])),
        ahead=words(ahead),
    )


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
