"""The lines with which README reads a table of a release, one for each tool.

Spark's needs a session: a test that has one gives it as ``spark`` to ``eval``.
"""

from __future__ import annotations

import re

from tests.support.paths import ROOT


def release_line(tool: str) -> str:
    """Return the Python expression of a tool; it reads ``release/incidents``."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [line] = re.findall(rf"^\| {tool} \| `(.+)` \|$", text, re.MULTILINE)
    return line
