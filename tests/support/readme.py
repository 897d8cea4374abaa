"""Read README's lines that are run: those about a release, and the rules of its alarm."""

from __future__ import annotations

import re

from tests.support.paths import ROOT


def readme() -> str:
    """Return the text."""
    return (ROOT / "README.md").read_text(encoding="utf-8")


def release_line(tool: str) -> str:
    """Return the Python expression of a tool; it reads ``release/incidents``.

    Spark's needs a session: a test that has one gives it as ``spark`` to ``eval``.
    """
    [line] = re.findall(rf"^\| {tool} \| `(.+)` \|$", readme(), re.MULTILINE)
    return line


def alert_rules() -> str:
    """Return the rules for Prometheus, as its file holds them."""
    [rules] = re.findall(r"```yaml\n(groups:.+?)```", readme(), re.DOTALL)
    return rules
