"""Foreign text on one line: no control characters, and not too long."""

from __future__ import annotations

#: Characters of a reason that are kept; a feed may hold a title of a megabyte.
LONGEST = 200


def strip_control(text: str) -> str:
    """Replace control characters by spaces: strangers write titles, terminals obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " for c in text)


def amount(n: int, thing: str) -> str:
    """Word a number of things.

    >>> amount(1, "capture"), amount(0, "problem")
    ('1 capture', '0 problems')
    """
    return f"{n} {thing if n == 1 else thing + 's'}"


def excerpt(text: str, longest: int = LONGEST) -> str:
    """Cut ``text`` to its beginning, without control characters.

    >>> excerpt("Errors" * 9, 20)
    'ErrorsErrorsErrorsE…'
    """
    return strip_control(text if len(text) <= longest else text[: longest - 1] + "…")
