"""The methodology cannot drift from the code: examples run, constants agree, names exist."""

from __future__ import annotations

import doctest
import importlib
import re
import tomllib
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pytest

from analytics.rules import STATE_RULES
from ingest.labels.classification import CLASSES
from ingest.models import State
from ingest.snapshot.file import METHOD_VERSION
from tests.support.methodology_text import METHODOLOGY, ROOT, SECTIONS, TEXT, table


def sources() -> Iterable[Path]:
    for package in ("ingest", "analytics", "dashboard"):
        yield from (ROOT / package).rglob("*.py")
        yield from (ROOT / package).rglob("*.sql")


def test_the_worked_examples_come_out_as_written() -> None:
    failed, tried = doctest.testfile(str(METHODOLOGY), module_relative=False)
    assert (failed, tried > 20) == (0, True)


@pytest.mark.parametrize(("name", "value", "meaning"), table("Constants"))
def test_a_constant_has_the_value_it_is_said_to_have(name: str, value: str, meaning: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert str(getattr(importlib.import_module(module), attribute)) == value
    assert meaning


def test_the_rules_weigh_what_the_table_says() -> None:
    told = {row[0]: [float(weight) for weight in row[1:]] for row in table("Availability rules")}
    scale = (State.DEGRADED, State.PARTIAL, State.MAJOR)
    assert told == {rule: [w[state] for state in scale] for rule, w in STATE_RULES.items()}


def test_the_classes_are_those_of_the_code() -> None:
    assert {row[0] for row in table("Incident classes")} == set(CLASSES)


def test_the_surfaces_stand_in_the_order_in_which_they_are_tried() -> None:
    rules = tomllib.loads((ROOT / "ingest" / "surfaces.toml").read_text(encoding="utf-8"))
    about_clouds, about_all = " ".join(SECTIONS["Surfaces"].split()).split("In this order:")
    for rows, text in (
        (rules["cloud_rules"], about_clouds.split("surfaces of their own:")[1]),
        (rules["rules"], about_all),
    ):
        tried = [surface for surface, _ in groupby(row["surface"] for row in rows)]
        assert re.findall(r"`([a-z_]+)`", text)[: len(tried)] == tried


def test_the_newest_change_is_the_version_in_use() -> None:
    versions = re.findall(r"^- \*\*(.+)\*\*: ", SECTIONS["Changes"], re.MULTILINE)
    assert versions[0] == METHOD_VERSION
    assert f"version **{METHOD_VERSION}**" in " ".join(TEXT.split())


def test_every_section_the_code_points_to_exists() -> None:
    named = {
        section
        for path in sources()
        for found in re.findall(r"METHODOLOGY(?:\.md)?, (.+)", path.read_text(encoding="utf-8"))
        for section in re.findall(r'"([^"]+)"', found) or re.findall(r"^(\w+)", found)
    }
    assert named
    assert named - SECTIONS.keys() == set()


def test_every_link_inside_leads_somewhere() -> None:
    anchors = {section.lower().replace(" ", "-") for section in SECTIONS}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= anchors


def sentences(text: str) -> list[str]:
    """Return the prose of a Markdown text: without headings, tables and examples."""
    lines = [line for line in text.splitlines() if not re.match(r"#|\||    ", line)]
    parts = re.split(r"\n\s*\n|\n(?=- |\d+\. )", "\n".join(lines))
    found = (re.split(r"(?<=[.!?])\s+", " ".join(part.split())) for part in parts)
    return [sentence for part in found for sentence in part if sentence]


def lengths(text: str) -> list[int]:
    return [len(sentence.split()) for sentence in sentences(text)]


def test_sentences_are_short() -> None:
    counted = lengths(TEXT)
    assert sum(counted) / len(counted) < 18
    assert max(counted) <= 40


def test_no_section_has_long_sentences_on_average() -> None:
    means = {name: sum(n) / len(n) for name, text in SECTIONS.items() if (n := lengths(text))}
    assert {name: mean for name, mean in means.items() if mean >= 18} == {}


RIDDLES = re.compile(
    r"vouch|leaning better|nobody is compared|older than its budget|covered unlike|of whom|whose is"
)


@pytest.mark.parametrize(
    "name", ["analytics/METHODOLOGY.md", "README.md", "CHANGELOG.md", "data/README.md"]
)
def test_no_text_for_readers_speaks_in_riddles(name: str) -> None:
    assert RIDDLES.findall((ROOT / name).read_text(encoding="utf-8")) == []
