"""The report as a command and as a button: the same bytes, or one line that says why not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from analytics import Snapshot, ask, open_snapshot
from dashboard.document import render_document
from dashboard.document.brief import render_brief
from statusledger import app, report_file
from tests.support.command_line import cli, holding, only_line
from tests.support.outages import outages
from tests.support.pages.documents import AS_OF, START, half_a_year
from tests.support.pages.streamlit_pages import shown
from tests.support.snapshots import component, covered, made

ASKED = ("report", "--provider", "acme", "--provider", "globex")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return half_a_year(tmp_path_factory.mktemp("usual"))


def test_the_same_snapshot_and_question_give_the_same_bytes(
    usual: Snapshot, tmp_path: Path
) -> None:
    path = usual.path
    made_of = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.html"
        words = [*ASKED, "--appendix", "--since", START]
        line_ = [sys.executable, "-m", "statusledger", *words, "--out", str(out)]
        surroundings = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"}
        done = subprocess.run(
            [*line_, "--data", str(path)], env=surroundings, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")
        made_of.append([out.read_bytes(), (tmp_path / f"{seed}-appendix.html").read_bytes()])
    assert made_of[0] == made_of[1]
    asked = ask(providers=["acme", "globex"], surface="api_inference", since=START)
    brief, appendix = made_of[0]
    assert brief.decode() == render_brief(open_snapshot(path), asked)
    assert appendix.decode() == render_document(open_snapshot(path), asked)


def test_a_name_that_ends_in_xlsx_gives_the_workbook_with_contracts_of_the_folder(
    usual: Snapshot, tmp_path: Path
) -> None:
    data = holding(tmp_path / "data", usual.path)
    contract = '[ours]\nprovider = "acme"\nsurface = "api_inference"\ntarget = 99\n'
    (data / "contracts.toml").write_text(f"{contract}start = 2026-06-01", encoding="utf-8")
    out = tmp_path / "pack.xlsx"
    result = cli(data, *ASKED, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"wrote {out} as of 2026-07-01T00:00:00Z\n"
    book = openpyxl.load_workbook(out, read_only=True)
    assert book.sheetnames == [
        *("Summary", "Data", "Incidents", "Evidence", "Contracts"),
        *("Supply chain", "Substitutes", "Concentration", "Methodology"),
    ]
    assert [row[0] for row in book["Contracts"].iter_rows(values_only=True)] == ["Contract", "ours"]


def test_a_name_that_ends_in_pdf_gives_the_pack(usual: Snapshot, tmp_path: Path) -> None:
    out = tmp_path / "pack.pdf"
    result = cli(usual.path, *ASKED, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert out.read_bytes().startswith(b"%PDF-")


def test_without_its_package_a_pdf_says_what_to_install(
    usual: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_file, "TYPESETTER", "no_such_package")
    result = cli(usual.path, *ASKED, "--out", tmp_path / "pack.pdf")
    assert result.exit_code == 2
    assert "pip install 'statusledger[report]'" in only_line(result)


def test_the_document_needs_neither_streamlit_nor_altair() -> None:
    code = (
        "import sys, dashboard.document.brief; "
        "sys.exit(bool({'streamlit', 'altair'} & sys.modules.keys()))"
    )
    root = Path(app.__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "told_of"),
    [
        (
            "report --provider acme --out r.doc",
            2,
            ".html (the brief), .pdf (brief, contracts and evidence), .xlsx",
        ),
        ("report --provider acme --appendix --out r.xlsx", 2, "only a report in HTML"),
        ("report --provider acme --out report", 2, ".html"),
        ("report --provider acmee --out r.html", 2, "acme"),
        ("report --out r.html", 2, "--provider"),
        ("report --provider acme", 2, "--out"),
        ("report --provider acme --rule harsh --out r.html", 2, "incident_io"),
        ("report --provider acme --as-of 2026-01-01 --out r.html", 2, "archive"),
        ("report --provider acme --out no/where/r.html", 5, "no/where/r.html"),
    ],
)
def test_what_cannot_be_written_is_one_line(
    usual: Snapshot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    code: int,
    told_of: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = cli(usual.path, *words.split())
    assert result.exit_code == code
    assert told_of in only_line(result)
    assert not Path("r.html").exists()


def test_a_window_too_short_to_compare_names_one_that_is_long_enough(
    usual: Snapshot, tmp_path: Path
) -> None:
    out = tmp_path / "r.html"
    appendix = tmp_path / "r-appendix.html"
    asked = [*ASKED, "--appendix", "--out", out, "--since"]
    assert cli(usual.path, *asked, "2026-05-01").exit_code == 0
    [since] = re.findall(r"long enough \(--since (\S+)\)", appendix.read_text())
    assert since == "2026-04-02"
    for day, compared in (("2026-04-03", False), (since, True)):
        assert cli(usual.path, *asked, day).exit_code == 0
        assert ("No comparison" not in appendix.read_text()) is compared


def test_where_no_window_is_long_enough_none_is_named(tmp_path: Path) -> None:
    seen = [covered("2026-06-20", AS_OF), covered(START, AS_OF, provider="globex")]
    place, out = half_a_year(tmp_path, coverage=seen).path, tmp_path / "r.html"
    assert cli(place, *ASKED, "--appendix", "--out", out).exit_code == 0
    text = (tmp_path / "r-appendix.html").read_text()
    assert "No comparison" in text
    assert "--since" not in text.split("No comparison")[1].split("</p>")[0]


def test_before_anything_was_captured_there_is_no_report(tmp_path: Path) -> None:
    result = cli(tmp_path, "report", "--provider", "acme", "--out", tmp_path / "r.html")
    assert result.exit_code == 1
    assert "`statusledger " in only_line(result)


def test_the_overview_hands_the_report_on(usual: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = [b.label for b in shown("overview", usual.path, monkeypatch).get("download_button")]
    assert "Brief, 2 pages" in labels


def test_a_report_about_a_region_says_so_and_how_to_make_it_again(tmp_path: Path) -> None:
    few, states = outages("acme", range(10, 90, 10))
    many, others = outages("globex", range(10, 110))
    parts = [component("api", region="us-east-1"), component("eu", region="eu-west-1")]
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        components=[*parts, component(provider="globex")],
        coverage=[covered(START, AS_OF, provider=who) for who in ("acme", "globex")],
        posts=[*few, *many],
        states=[*states, *others],
    )
    words = [*ASKED, "--appendix", "--since", START, "--surface", "api_inference"]
    told = []
    for region in ([], ["--region", "us-east-1"]):
        out = tmp_path / "r.html"
        assert cli(snapshot.path, *words, *region, "--out", out).exit_code == 0
        told.append([out.read_text(), (tmp_path / "r-appendix.html").read_text()])
    (whole, beside), (cut, appendix) = told
    assert "Ask about us-east-1 alone." in whole
    assert "--region" not in whole
    assert "a surface in several is the mean over them" in beside
    assert "Acme was down less than Globex on the API in us-east-1" in cut
    for text in (cut, appendix):
        assert "us-east-1 alone, with what is of no region" in text
        assert "--region us-east-1" in text
    wrong = cli(snapshot.path, *words, "--region", "the moon", "--out", tmp_path / "no.html")
    assert wrong.exit_code == 2
    assert "there are eu-west-1, us-east-1" in wrong.stderr
