"""Where a series breaks, the pictures of it say so: a mark, its note, and a legend in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair as alt
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from analytics import ask, open_snapshot
from analytics.evidence.provenance import breaks
from analytics.wording.breaks import MARK, breaks_sentence, describe_breaks
from tests.support.outages import outages
from tests.support.pages.streamlit_pages import shown, words
from tests.support.snapshots import Row, at, covered, made, page_of

START, AS_OF = "2026-01-01", "2026-07-01"
NAMES = {"acme": "Acme", "globex": "Globex"}


def a_break(moment: str, *, provider: str = "acme", **more: Any) -> Row:
    about = {"provider": provider, "page_key": page_of(provider), "at": at(moment)}
    return {**about, "ended_at": at(moment), "kind": "migration", "note": "from a to b", **more}


#: One in the window, and one that began before it and lasts.
BREAKS = [
    a_break("2026-05-03T23:30"),
    a_break(
        "2026-02-01", provider="globex", kind="frozen", ended_at=None, note="no post for [x](y)"
    ),
]


def world(folder: Path, breaks: list[Row]) -> Path:
    often, states = outages("acme", range(3, 180, 4))
    once, others = outages("globex", [150])
    return made(
        folder,
        as_of=AS_OF,
        coverage=[covered(START, AS_OF), covered(START, AS_OF, provider="globex")],
        posts=[*often, *once],
        states=[*states, *others],
        breaks=breaks,
    ).path


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, AppTest]]:
    path = world(tmp_path_factory.mktemp("breaks"), BREAKS)
    with pytest.MonkeyPatch.context() as patch:
        yield {
            "overview": shown("overview", path, patch, win="90d"),
            "profile": shown("profile", path, patch, p="acme"),
            "head_to_head": shown("head_to_head", path, patch),
            "in Berlin": shown("profile", path, patch, p="acme", zone="Europe/Berlin"),
        }


def marked(app: AppTest) -> list[Any]:
    drawn = [element.proto for element in app.get("vega_lite_chart")]
    return [one for one in drawn if any(frame.name == "breaks" for frame in one.datasets)]


def marks(chart: Any) -> list[dict[str, Any]]:
    [frame] = [one for one in chart.datasets if one.name == "breaks"]
    rows: list[dict[str, Any]] = pa.ipc.open_stream(frame.data.data).read_all().to_pylist()
    return rows


def test_a_strip_marks_a_break_at_its_date_on_the_rows_of_its_provider(
    pages: dict[str, AppTest],
) -> None:
    [strip] = marked(pages["overview"])
    rows = {row["label"]: (f"{row['at']:%Y-%m-%d}", row["words"]) for row in marks(strip)}
    assert rows == {
        "Acme": ("2026-05-03", "Acme, 3 May 2026: another engine (from a to b)"),
        "Globex": (
            "2026-04-02",
            "Globex, since 1 Feb 2026: no post any more (no post for [x](y))",
        ),
    }


def test_a_date_is_one_of_the_zone_asked_for(pages: dict[str, AppTest]) -> None:
    [strip] = marked(pages["in Berlin"])
    assert [f"{row['at']:%Y-%m-%d}" for row in marks(strip)] == ["2026-05-04"]
    assert "Acme, 4 May 2026: another engine" in strip.alt


@pytest.mark.parametrize(("view", "n"), [("overview", 1), ("profile", 1), ("head_to_head", 3)])
def test_each_picture_of_a_window_tells_its_breaks_in_words(
    pages: dict[str, AppTest], view: str, n: int
) -> None:
    found = marked(pages[view])
    assert len(found) == n
    for chart in found:
        assert f"{MARK} is a break: do not read a series across it. " in chart.alt
        assert "Acme, 3 May 2026: another engine (from a to b)" in chart.alt
        layers = [x for x in json.loads(chart.spec)["layer"] if x["data"]["name"] == "breaks"]
        assert any(x["encoding"].get("text") == {"value": MARK} for x in layers)
        assert {tip["field"] for x in layers for tip in x["encoding"]["tooltip"]} >= {"at", "words"}
        alt.Chart.from_dict(json.loads(chart.spec), validate=True)
    assert words(pages[view]).count(f"{MARK} is a break") == n


def test_a_note_is_no_markup(pages: dict[str, AppTest]) -> None:
    assert "no post for [x](y)" not in words(pages["overview"])
    assert r"no post for \[x\]" in words(pages["overview"])


def test_without_a_break_nothing_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("profile", world(tmp_path, []), monkeypatch, p="acme")
    assert marked(app) == []
    assert MARK not in words(app)


def test_many_breaks_are_named_in_part_and_counted(tmp_path: Path) -> None:
    many = [a_break(f"2026-05-0{day}") for day in range(1, 6)]
    path = world(
        tmp_path, [*many, a_break("2026-05-07", kind="deleted", ended_at=at("2026-05-09"))]
    )
    with open_snapshot(path) as snapshot:
        told = describe_breaks(breaks(snapshot, ask()), NAMES, "Etc/UTC")
    assert told["words"][-1] == "Acme, 7 May 2026 to 9 May 2026: page gone (from a to b)"
    assert breaks_sentence(told).endswith("3 May 2026: another engine (from a to b); and 3 more.")
