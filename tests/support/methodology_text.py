"""METHODOLOGY.md by section, and the tables in it."""

from __future__ import annotations

import re

from tests.support.paths import ROOT

METHODOLOGY = ROOT / "analytics" / "METHODOLOGY.md"


TEXT = METHODOLOGY.read_text(encoding="utf-8")


SECTIONS = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", TEXT, re.MULTILINE))


def table(section: str) -> list[list[str]]:
    """Cells of the section's table, without its head and without code marks."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]
