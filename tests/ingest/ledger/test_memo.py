"""Memos are only memos: dropped, damaged or outdated, what is derived is the same."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.ledger import memo as derive
from ingest.runs import data_folder, publishing
from tests.support.command_line import ACME
from tests.support.ledgers.captures import capture
from tests.support.ledgers.sightings import NOON, bodies


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Publish a folder of captures; its memos stay, and its digest is what must come again."""
    data = tmp_path_factory.mktemp("published")
    (data / "providers.toml").write_text(ACME)
    for one in bodies():
        Archive(data / "archive").append([one])
    return data, digest(data)


@pytest.fixture
def data(published: tuple[Path, str], tmp_path: Path) -> Path:
    return shutil.copytree(published[0], tmp_path / "data")


@pytest.fixture
def wanted(published: tuple[Path, str]) -> str:
    return published[1]


def digest(data: Path) -> str:
    return publishing.publish_after(data, data_folder.registry_of(data), NOON, 0, 0).digest


def memos(data: Path) -> list[Path]:
    return sorted((data / "derived").rglob("*.parquet"))


def once(does: Callable[[], object], real: Callable[..., object]) -> Callable[..., object]:
    """``real``, which the first time is called only after ``does``."""
    todo = [does]

    def call(*args: object, **options: object) -> object:
        if todo:
            todo.pop()()
        return real(*args, **options)

    return call


@pytest.mark.parametrize("moment", ["page_keys", "_readings", "_store"])
def test_a_merge_by_another_run_hides_nothing(
    data: Path,
    wanted: str,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shutil.rmtree(data / "derived")
    merge = Archive(data / "archive").compact
    monkeypatch.setattr(derive, moment, once(merge, getattr(derive, moment)))
    assert digest(data) == wanted
    assert len(Archive(data / "archive").files()) == 1
    assert caplog.text == ""


def test_memos_dropped_by_another_run_are_made_again(
    data: Path, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "_load", once(lambda: publishing.forget_memos(data), derive._load))
    assert digest(data) == wanted


@pytest.mark.parametrize("damage", [b"", b"PAR1 half a file"])
def test_damaged_memos_are_made_again(data: Path, wanted: str, damage: bytes) -> None:
    names = memos(data)
    for memo in names:
        memo.write_bytes(damage)
    assert digest(data) == wanted
    assert memos(data) == names
    assert all(memo.stat().st_size > len(damage) for memo in names)


@pytest.mark.parametrize("seed", range(20))
def test_one_flipped_bit_of_a_memo_is_noticed(
    data: Path, wanted: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    names, dice = memos(data), random.Random(seed)
    memo = dice.choice([name for name in names if name.parent.name == "versions"])
    turn_one_bit(memo, dice)
    assert digest(data) == wanted
    assert memos(data) == names
    [line] = caplog.messages
    assert line == f"{memo} is damaged: thrown away and made again"


@pytest.mark.parametrize("seed", range(5))
def test_one_flipped_bit_is_noticed_where_only_the_month_is_folded_again(
    data: Path, wanted: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    names, dice = memos(data), random.Random(seed)
    shutil.rmtree(data / "derived" / "versions")
    memo = dice.choice([name for name in names if name.parent.name == "parsed"])
    turn_one_bit(memo, dice)
    assert digest(data) == wanted
    assert memos(data) == names
    assert caplog.messages == [f"{memo} is damaged: thrown away and made again"]


def turn_one_bit(path: Path, dice: random.Random) -> None:
    body = bytearray(path.read_bytes())
    body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    path.write_bytes(body)


def test_one_line_says_what_is_read_again_when_a_page_changed(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    digest(data)
    assert caplog.messages == []
    (data / "providers.toml").write_text(
        ACME.replace("Acme", "Acme of old") + 'zone = "Asia/Tokyo"'
    )
    digest(data)
    [line] = caplog.messages
    assert line.endswith("read again: their pages or parsers changed")


def test_a_file_with_a_damaged_page_is_reported_and_costs_nobody_else(
    data: Path, wanted: str, caplog: pytest.LogCaptureFixture
) -> None:
    [bad] = Archive(data / "archive").append([capture(NOON + timedelta(days=3))])
    whole = bytearray(bad.read_bytes())
    whole[4:60] = bytes(56)  # where the first column begins, which is the page's key
    bad.write_bytes(whole)
    with caplog.at_level(logging.WARNING):
        assert digest(data) == wanted
    assert {record.getMessage().split(":")[0] for record in caplog.records} == {str(bad)}
