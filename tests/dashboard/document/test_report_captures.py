"""The document on real captures: the golden day, and the command that brings it back."""

from __future__ import annotations

import hashlib
import html
import re
import shlex
from pathlib import Path

import pytest
from lxml.html import HtmlElement, document_fromstring

from tests.support.captured.feeds import FULL, needs_feeds
from tests.support.command_line import cli
from tests.support.pages.documents import line, table, text

pytestmark = [needs_feeds, pytest.mark.captures, pytest.mark.slow]

CHAT = ("report", "--appendix", "--provider", "anthropic", "--surface", "chat_web")


def beside(out: Path) -> Path:
    return out.with_name(f"{out.stem}-appendix.html")


@pytest.fixture(scope="module")
def golden(claude: Path, tmp_path_factory: pytest.TempPathFactory) -> HtmlElement:
    out = tmp_path_factory.mktemp("golden") / "golden.html"
    day = ("--since", "2026-03-02", "--until", "2026-03-03")
    assert cli(claude, *CHAT, *day, "--out", out).exit_code == 0
    return document_fromstring(beside(out).read_text(encoding="utf-8"))


def test_the_second_of_march(golden: HtmlElement) -> None:
    found = table(golden, "Measures")
    assert line(found, "Time down")[1] == "2 h 45 min (9,959 s)"
    assert line(found, "Availability, rule incident_io")[1:4] == ["88.473 %", "–", "5"]
    assert line(found, "Availability, rule statuspage")[1] == "96.542 %"
    assert line(found, "Longest open")[1] == "3 h 57 min (14,269 s)"
    assert line(found, "Median open")[1] == "insufficient n 5, needs 6"


def test_its_post_is_in_the_evidence(golden: HtmlElement) -> None:
    rows = table(golden, "Posts").find("tbody")
    assert len(rows) == 5
    [row] = [one for one in rows if "0ghc53zpsfmt" in text(one)]
    told = text(row)
    assert told.startswith("2026-03-02 11:49:20 closed 15:47:09 Elevated errors on claude.ai")
    assert row.xpath(".//a/@href")[0].startswith("https://stspg.io/")
    assert "impact 11:49:20 to 15:25:23 (transition)" in told
    assert "8 updates" in told
    assert "down 2 h 45 min (9,959 s)" in told
    assert "2026-07-09 07:58:17" in told
    [proof] = golden.xpath("//tr[.//*[@id='C1']]")
    assert hashlib.sha256(FULL.read_bytes()).hexdigest() in text(proof)


def test_its_command_brings_it_back_byte_for_byte(claude: Path, tmp_path: Path) -> None:
    first, again = tmp_path / "first.html", tmp_path / "again.html"
    asked = ("--since", "2026-01-01", "--weights", "0,0.5,1", "--unit", "episodes")
    assert cli(claude, *CHAT, *asked, "--out", first).exit_code == 0
    written = beside(first).read_text(encoding="utf-8")
    [command] = re.findall(r"<pre><code>(.*?)</code></pre>", written)
    words = shlex.split(html.unescape(command))
    assert "--as-of" in words
    words[words.index("--out") + 1] = str(again)
    assert cli(claude, *words[1:]).exit_code == 0
    assert beside(again).read_text(encoding="utf-8") == written
    assert again.read_text(encoding="utf-8") == first.read_text(encoding="utf-8")
