"""The PDF can be read aloud, holds foreign texts as data only, and no text costs it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from analytics import Snapshot
from analytics.answer import framed
from analytics.sla.contract import read_contracts
from analytics.sla.detection import PROBES
from dashboard.pdf import pack
from dashboard.pdf.characters import missing_sentence
from dashboard.pdf.pack import PackError, pack_data, render_pack, write_pdf
from tests.support.outages import outages
from tests.support.pages.documents import BOTH, half_a_year
from tests.support.snapshots import post

CONTRACT = (
    '[ours]\nprovider = "acme"\nsurface = "api_inference"\nterms = "aws-bedrock"\n'
    "monthly_fee = 1000\nstart = 2026-05-01\n"
)
MARKUP = '#panic("run") *bold* $x^2$ [link](x) <label> @ref \\u{41} // comment'


def titled(folder: Path, *titles: str) -> Snapshot:
    often, states = outages("acme", range(3, 180, 4))
    once, other = outages("globex", [9])
    named = [
        post(f"t{n}", f"2026-06-{n + 1:02} 10:00", f"2026-06-{n + 1:02} 11:00", title=title)
        for n, title in enumerate(titles)
    ]
    return half_a_year(folder, posts=[*often, *once, *named], states=[*states, *other])


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return titled(tmp_path_factory.mktemp("usual"), MARKUP)


@pytest.fixture(scope="module")
def written(usual: Snapshot) -> bytes:
    return render_pack(usual, BOTH, read_contracts(CONTRACT).values())


def opened(body: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(body))


def elements(node: Any) -> Iterator[Any]:
    """Yield every element of a structure tree."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def told(snapshot: Snapshot) -> dict[str, Any]:
    contracts = read_contracts(CONTRACT).values()
    return pack_data(snapshot, BOTH, contracts, framed([], PROBES))


def test_the_same_snapshot_and_question_give_the_same_bytes(
    usual: Snapshot, written: bytes
) -> None:
    assert render_pack(usual, BOTH, read_contracts(CONTRACT).values()) == written


def test_it_is_tagged_titled_and_of_a_language(usual: Snapshot, written: bytes) -> None:
    with opened(written) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en"
        assert root.ViewerPreferences.DisplayDocTitle
        metadata = str(pdf.open_metadata())
        assert re.search(r"pdfuaid:part[=>]\"?1", metadata)
        assert re.search(r"pdfaid:part[=>]\"?2", metadata)
        assert str(pdf.docinfo["/Title"]) == told(usual)["title"]
        width, height = (float(pdf.pages[0].MediaBox[n]) for n in (2, 3))
        assert (round(width), round(height)) == (595, 842)


def test_its_structure_has_headings_in_order_tables_with_heads_and_a_described_picture(
    usual: Snapshot, written: bytes
) -> None:
    with opened(written) as pdf:
        found = [*elements(pdf.Root.StructTreeRoot)]
        kinds = [str(one.S) for one in found]
        levels = [int(kind[2:]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert kinds.count("/Table") == 5
        assert kinds.count("/TH") >= 3 + 6 + 6 + 2
        [figure] = [one for one in found if str(one.S) == "/Figure"]
        assert str(figure.Alt) == told(usual)["picture_words"]
        assert "Acme" in str(figure.Alt)


def test_it_has_bookmarks(written: bytes) -> None:
    with opened(written) as pdf, pdf.open_outline() as outline:
        [first] = outline.root
        assert [child.title for child in first.children][-3:] == [
            "Concentration",
            "Evidence",
            "What it rests on",
        ]


def test_foreign_texts_are_data_and_never_markup(usual: Snapshot, written: bytes) -> None:
    titles = [row[2] for row in told(usual)["evidence_rows"]]
    assert MARKUP in titles
    assert written.startswith(b"%PDF-")


def test_every_contract_has_its_months_and_the_caveat(usual: Snapshot) -> None:
    data = told(usual)
    assert data["indicative"] == "Indicative, from public status. Claims need your own logs."
    [contract] = data["contracts"]
    assert [row[0] for row in contract["rows"]] == ["2026-06", "2026-05"]
    covered = contract["head"].index("Covered")
    assert [row[covered] for row in contract["rows"]] == ["100 %", "100 %"]
    assert ["Basis", "component states"] in data["metadata"]
    assert contract["second"].startswith("Best second source: Globex; both down no minute, at most")
    [row] = data["concentration_rows"]
    assert row == ["Acme", "1", "100 %", "not known", "–"]


@pytest.mark.parametrize(
    ("title", "boxes"),
    [
        ("Egyptian \U00013000\U00013001 words", 2),
        ("cuneiform \U00012000", 1),
        ("private \ue000 use and a \u0600 nobody sees", 0),
        ("plain ∞ → é", 0),
    ],
)
def test_a_character_no_font_has_is_a_box_and_a_line_says_so(
    tmp_path: Path, title: str, boxes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []

    def say(n: int) -> str:
        counted.append(n)
        return missing_sentence(n)

    monkeypatch.setattr(pack, "missing_sentence", say)
    assert render_pack(titled(tmp_path, title), BOTH).startswith(b"%PDF-")
    assert counted[-1] == boxes


def test_a_document_that_is_refused_for_another_reason_says_which(usual: Snapshot) -> None:
    data = {**told(usual), "picture": "<svg>", "picture_words": "x"}
    with pytest.raises(PackError):
        write_pdf(data, usual)
