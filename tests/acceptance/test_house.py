"""The layout holds: arrows one way, no circles, short folders, docstrings that say what is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.house import FILES_A_FOLDER, House, circles
from tests.support.paths import ROOT

#: A list of engines by name, which is as long as there are engines.
ONE_FILE_A_PLATFORM = Path("tests/ingest/platforms")


@pytest.fixture(scope="module")
def house() -> House:
    return House(ROOT)


def test_a_package_imports_only_those_before_it(house: House) -> None:
    """From ingest to analytics to dashboard to statusledger.

    Of ingest, analytics and dashboard know what a feed said and the arithmetic of intervals.
    """
    assert house.against() == []


def test_no_module_imports_itself_by_way_of_others(house: House) -> None:
    assert house.module_circles() == []


def test_no_two_folders_import_each_other(house: House) -> None:
    assert house.both_ways() == []
    assert house.room_circles() == []


def test_no_folder_is_a_long_corridor(house: House) -> None:
    long = {folder for folder, n in house.files().items() if n > FILES_A_FOLDER}
    assert long <= {ONE_FILE_A_PLATFORM}


def test_no_docstring_begins_with_a_question(house: House) -> None:
    assert [str(found) for found in house.riddles()] == []


def test_every_folder_says_what_it_is_for(house: House) -> None:
    assert house.silent_folders() == []


def write(root: Path, **files: str) -> House:
    for name, text in files.items():
        path = root.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
    return House(root)


def test_an_import_against_the_arrows_is_found(tmp_path: Path) -> None:
    house = write(
        tmp_path,
        ingest__models="from analytics import answer",
        ingest__archive__store="",
        analytics__answer="import ingest.models\nfrom ingest.archive.store import Archive",
    )
    assert house.against() == [
        ("analytics.answer", "ingest.archive.store"),
        ("ingest.models", "analytics.answer"),
    ]


def test_folders_that_import_each_other_are_found_inside_functions_too(tmp_path: Path) -> None:
    house = write(
        tmp_path,
        ingest__a__one="from ingest.b import two",
        ingest__b__two="",
        ingest__b__three="def late():\n    from ..a import one",
    )
    assert house.module_circles() == []
    assert house.both_ways() == [("ingest.a", "ingest.b")]


def test_a_file_beside_folders_is_a_room_of_its_own(tmp_path: Path) -> None:
    """An entry imports the folders below it; they import a file that they share."""
    house = write(
        tmp_path,
        dashboard__app="from dashboard.views import overview",
        dashboard__views__overview="from dashboard.format import date",
        dashboard__format="",
    )
    assert house.both_ways() == house.room_circles() == []


def test_a_circle_is_found_whatever_its_length() -> None:
    arrows = {("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "d"), ("x", "y"), ("y", "x")}
    assert circles(arrows) == [("a", "b", "c"), ("x", "y")]


def test_a_docstring_that_asks_is_told_from_one_that_says(tmp_path: Path) -> None:
    house = write(
        tmp_path,
        ingest__models='"""Whether it is."""\ndef f():\n    """Tell what it is."""\n',
    )
    assert [(found.line, found.text) for found in house.riddles()] == [(1, "Whether it is.")]
    assert house.silent_folders() == [Path("ingest/__init__.py")]
