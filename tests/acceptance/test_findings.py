"""Each finding is one script of the stated form, and the table names its packages as it pins them.

The scripts themselves are run by hand: they install packages.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FOLDER = ROOT / "findings"
SCRIPTS = sorted(FOLDER.glob("*.sh"))
#: A row of the table: the script linked, its packages, then what it says.
ROW = re.compile(r"^\| \[([\w-]+)\]\(\1\.sh\) \| ([^|]+) \|", re.MULTILINE)
PINNED = re.compile(r"([A-Za-z][\w-]*)==([\w.]+)")


def rows() -> dict[str, str]:
    return dict(ROW.findall((FOLDER / "README.md").read_text(encoding="utf-8")))


def test_the_table_has_a_row_for_each_script_in_order() -> None:
    assert list(rows()) == [script.stem for script in SCRIPTS]
    assert {path.suffix for path in FOLDER.iterdir()} == {".sh", ".md"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_of_the_stated_form(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n# ")
    for needed in (
        "set -eu\n",
        "mktemp -d",
        "trap 'rm -rf",
        "|| exit 2",
        '"the behaviour has changed"',
    ):
        assert needed in text
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    heredoc = re.search(r"<<'PYTHON'\n(.*)^PYTHON\n\Z", text, re.DOTALL | re.MULTILINE)
    assert heredoc
    compile(heredoc[1], script.name, "exec")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_packages_named_are_those_pinned(script: Path) -> None:
    pinned = dict(PINNED.findall(script.read_text(encoding="utf-8")))
    named = dict(one.split() for one in rows()[script.stem].split(", "))
    assert named.items() <= pinned.items()
