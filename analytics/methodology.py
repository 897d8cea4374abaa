"""Read the document of definitions (METHODOLOGY.md) part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from textwrap import shorten

from analytics.snapshot import Snapshot
from analytics.wording.numbers import format_instant
from ingest.models import zone_rules

INDENT = "    "
PROMPT = INDENT + ">>> "
#: Letters of a section's first sentence that are repeated.
LONGEST = 110


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that belong together: prose, or a worked example the tests run."""

    text: str
    example: bool


def text() -> str:
    """Return the document as shipped."""
    return files("analytics").joinpath("METHODOLOGY.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Section:
    """Hold a heading of the document and what stands under it; the first has none."""

    title: str
    text: str


def sections(document: str) -> Iterator[Section]:
    r"""Yield what stands before the first heading of the second level, and each section.

    >>> [(s.title, s.text) for s in sections("# All\n\nSo:\n\n## One\n\nFirst.")]
    [('', '# All\n\nSo:'), ('One', 'First.')]
    """
    first, *others = re.split(r"^## ", document, flags=re.MULTILINE)
    yield Section("", first.strip("\n"))
    for section in others:
        title, _, text = section.partition("\n")
        yield Section(title, text.strip("\n"))


def first_sentence(section: Section) -> str:
    """Return how a section begins, in plain words; empty if it begins with no sentence.

    >>> first_sentence(Section("Doubts", "Read [Coverage](#coverage) first. Then this."))
    'Read Coverage first'
    """
    begins = re.split(r"(?<=[\w`*)\"])[.:] |(?<=\?) |\n\n", section.text, maxsplit=1)[0]
    if not begins[0].isalpha():
        return ""
    plain = re.sub(r"\[([^\]]+)\]\([^)]*\)|[`*]", r"\1", begins)
    return shorten(plain.rstrip(".:"), LONGEST, placeholder=" …")


def parts(document: str) -> Iterator[Part]:
    r"""Yield prose and examples in turn; an example loses its indent.

    >>> [(p.text, p.example) for p in parts("So:\n\n    >>> 1 + 1\n    2\n\nEnd.")]
    [('So:', False), ('>>> 1 + 1\n2', True), ('End.', False)]
    """
    held: list[str] = []
    example = False
    for line in document.splitlines():
        begins = line.startswith(PROMPT)
        if begins != example and (begins or not line.startswith(INDENT)):
            yield from _part(held, example)
            held, example = [], begins
        held.append(line.removeprefix(INDENT) if example else line)
    yield from _part(held, example)


def _part(lines: list[str], example: bool) -> Iterator[Part]:
    if joined := "\n".join(lines).strip("\n"):
        yield Part(joined, example)


def citation(snapshot: Snapshot) -> str:
    """Write how to cite the numbers of a snapshot."""
    invented = "INVENTED DATA. " if snapshot.simulated else ""
    version = f" {code}" if (code := snapshot.meta.get("code_version")) else ""
    return (
        f"{invented}Status Ledger{version}, method version {snapshot.method_version}, "
        f"time zones of {zone_rules()}, snapshot {snapshot.digest}, "
        f"as of {format_instant(snapshot.as_of)}. "
        "As posted by the providers, not measured."
    )
