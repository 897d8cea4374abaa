"""Draw a box for a character that no font at hand has: a text never costs the document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

BOX = "\N{WHITE SQUARE}"
#: How often a document is tried with more boxes before every rarer character is one.
TRIES = 12
#: A text that a font lacks, as the compiler quotes it.
LACKING = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
FORBIDDEN = re.compile(r'contains the codepoint `"((?:[^"\\]|\\.)*)"`')
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
#: Kinds of characters no document may hold: for private use, unassigned, halves of others.
NO_TEXT = ("Co", "Cn", "Cs")
HELP = "the package fonts-noto-cjk (Debian) has most"


def lacking(diagnostic: str) -> set[str]:
    r"""Return the characters that a compiler says no font has.

    >>> sorted(lacking('error: the text `"\\u{600}"` could not be displayed with font `"x"`'))
    ['\u0600']
    """
    quoted = (*LACKING.findall(diagnostic), *FORBIDDEN.findall(diagnostic))
    return {character for text in quoted for character in ESCAPE.sub(_unescaped, text)}


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else found[2]


def boxed(value: Any, without: Callable[[str], bool]) -> Any:
    """Return data with a box for each character that cannot be drawn.

    Args:
        value: Texts, lists and mappings of them, numbers.
        without: Tells of a character whether it cannot be drawn.
    """
    if isinstance(value, str):
        return "".join(BOX if without(one) else one for one in value)
    if isinstance(value, dict):
        return {key: boxed(one, without) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [boxed(one, without) for one in value]
    return value


def is_no_text(character: str) -> bool:
    """Tell whether a character is one that no font can have."""
    return unicodedata.category(character) in NO_TEXT


def is_rare(character: str) -> bool:
    """Tell whether a character is beyond those that every font has."""
    return not " " <= character <= "~" and character != BOX


def count_texts(value: Any, without: Callable[[str], bool]) -> int:
    """Count the characters of data that cannot be drawn."""
    if isinstance(value, str):
        return sum(map(without, value))
    inner: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return (
        sum(count_texts(one, without) for one in inner)
        if isinstance(value, dict | list | tuple)
        else 0
    )


def missing_sentence(n: int) -> str:
    """Say how many characters are boxes, and what helps; empty where none is.

    >>> missing_sentence(0), missing_sentence(2)[:44]
    ('', '2 characters are drawn as a box (□), because')
    """
    if not n:
        return ""
    many = "1 character is" if n == 1 else f"{n:,} characters are"
    return f"{many} drawn as a box ({BOX}), because no font on this machine has them; {HELP}."
