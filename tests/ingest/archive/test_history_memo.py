"""The history of a source: the same by way of memos as from every row, and read once."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive import history_memo
from ingest.archive.history_memo import Histories, source_histories
from ingest.archive.source_history import SourceHistory
from ingest.archive.store import Archive
from ingest.models import LONG_SILENCE, Capture, FetchFailure
from tests.support.payloads.toy_pages import NOON

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PAGES = ("acme", "globex")
URLS = ("https://status.example/list", "https://status.example/robots.txt")


def any_capture(dice: random.Random, at: datetime, body: bytes = b"{}") -> Capture:
    page, url = dice.choice(PAGES), dice.choice(URLS)
    shape = "robots" if url.endswith("robots.txt") else "list"
    bare = Capture(page, url, shape, at, elapsed_ms=dice.randrange(900))
    kind = dice.choice(["body", "body", "confirmed", "failed", "gone"])
    if kind == "failed":
        return replace(bare, failure=FetchFailure.TIMEOUT)
    if kind == "gone":
        return replace(bare, failure=FetchFailure.HTTP_404_410, http_status=404)
    sha256 = hashlib.sha256(body).hexdigest()
    headers = {"etag": sha256[:4]} if dice.random() < 0.5 else {"content-type": "application/json"}
    status = 200 if kind == "body" else 304
    sent = body if kind == "body" else None
    return replace(bare, http_status=status, headers=headers, sha256=sha256, body=sent)


def life(seed: int) -> list[Capture]:
    """Two months of two pages, with long silences between bursts; bodies change for good."""
    dice, at, captures, body = random.Random(seed), NOON - 45 * DAY, list[Capture](), b"{}"
    while at < NOON:
        body = b"%d" % len(captures) if dice.random() < 0.1 else body
        captures.append(any_capture(dice, at, body))
        at += dice.choice([MINUTE, 7 * MINUTE, 3 * 60 * MINUTE, 20 * 60 * MINUTE])
    return captures


def by_hand(captures: Sequence[Capture]) -> Histories:
    """Return the histories as their definitions have them, row by row."""
    found: dict[str, dict[str, SourceHistory]] = {}
    for page in PAGES:
        for url in URLS:
            mine = [c for c in captures if (c.page_key, c.url) == (page, url)]
            if mine:
                found.setdefault(page, {})[url] = one_by_hand(mine)
    return found


def one_by_hand(mine: Sequence[Capture]) -> SourceHistory:
    good = [c for c in mine if c.failure is None and c.sha256 is not None]
    last = good[-1] if good else None
    settled = [c for c in mine if c.shape == "robots"]
    settled = [c for c in settled if c.failure is None or c.http_status == 404]
    tagged = [c for c in good if last and c.sha256 == last.sha256 and "etag" in c.headers]
    since = [c.captured_at for c in mine if last is None or c.captured_at > last.captured_at]
    spans = list[tuple[datetime, datetime]]()
    for c in good:
        if spans and c.captured_at - spans[-1][1] <= LONG_SILENCE:
            spans[-1] = (spans[-1][0], c.captured_at)
        else:
            spans.append((c.captured_at, c.captured_at))
    return SourceHistory(
        mine[-1],
        last,
        settled[-1] if settled else None,
        tagged[-1] if tagged else None,
        tuple(since),
        tuple(spans),
    )


def plain(histories: Histories) -> Histories:
    """Without what memos leave out: bodies, where they are, and all but the newest silence."""

    def bare(capture: Capture | None) -> Capture | None:
        return None if capture is None else replace(capture, body=None)

    return {
        page: {
            url: replace(
                h,
                attempt=replace(h.attempt, body=None),
                success=bare(h.success),
                robots=bare(h.robots),
                tagged=bare(h.tagged),
                successes=h.successes[-2:] if len(h.successes) > 1 else (),
                files={},
            )
            for url, h in known.items()
        }
        for page, known in histories.items()
    }


def silences(histories: Histories) -> Histories:
    """With the edges of the newest silence only: where its spans begin and end is no matter."""
    return {
        page: {
            url: replace(h, successes=((h.successes[0][1], h.successes[1][0]),))
            if h.successes
            else h
            for url, h in known.items()
        }
        for page, known in plain(histories).items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_memos_say_what_every_row_says(tmp_path: Path, seed: int) -> None:
    captures, dice = life(seed), random.Random(seed)
    archive, memos = Archive(tmp_path / "archive"), tmp_path / "history"
    waiting = list(captures)
    while waiting:
        some = waiting[:60]
        dice.shuffle(some)
        some = some[:40]
        waiting = [capture for capture in waiting if capture not in some]
        archive.append(some)
        if dice.random() < 0.2:
            archive.merge(some[-1].captured_at)
        source_histories(archive, memos, NOON)
    wanted = silences(by_hand(captures))
    assert silences(source_histories(archive, memos, NOON)) == wanted
    assert silences(source_histories(archive, None, NOON)) == wanted


@pytest.mark.parametrize("seed", range(4))
def test_the_bodies_of_the_newest_successes_are_at_hand(tmp_path: Path, seed: int) -> None:
    archive, memos = Archive(tmp_path / "archive"), tmp_path / "history"
    for capture in life(seed):
        archive.append([capture])
    source_histories(archive, memos, NOON)
    archive.compact()
    for known in source_histories(archive, memos, NOON).values():
        for history in known.values():
            for sha256, file in history.files.items():
                body = archive.body(file, sha256)
                assert body is not None
                assert hashlib.sha256(body).hexdigest() == sha256


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the archive files that are read."""
    names: list[str] = []
    real = history_memo.light_batches

    def noted(path: Path) -> Iterator[object]:
        names.append(path.name)
        yield from real(path)

    monkeypatch.setattr(history_memo, "light_batches", noted)
    return names


def test_only_files_that_came_since_are_read(tmp_path: Path, read: list[str]) -> None:
    archive, memos = Archive(tmp_path / "archive"), tmp_path / "history"
    archive.append(life(1))
    source_histories(archive, memos, NOON)
    assert sorted(read) == [path.name for path in archive.files()]
    read.clear()
    source_histories(archive, memos, NOON)
    assert read == []
    [new] = archive.append([any_capture(random.Random(2), NOON)])
    source_histories(archive, memos, NOON)
    assert read == [new.name]


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"files": [], "sources": []}'])
def test_a_damaged_memo_is_made_again(tmp_path: Path, damage: bytes, read: list[str]) -> None:
    archive, memos = Archive(tmp_path / "archive"), tmp_path / "history"
    archive.append(life(3))
    wanted = source_histories(archive, memos, NOON)
    names = sorted(memos.iterdir())
    for memo in names:
        memo.write_bytes(damage)
    read.clear()
    assert source_histories(archive, memos, NOON) == wanted
    assert len(read) == len(archive.files())
    assert sorted(memos.iterdir()) == names


def test_what_a_lost_file_said_is_not_remembered(tmp_path: Path) -> None:
    archive, memos = Archive(tmp_path / "archive"), tmp_path / "history"
    captures = [replace(any_capture(random.Random(5), NOON - n * MINUTE)) for n in (5, 3)]
    for capture in captures:
        archive.append([capture])
    source_histories(archive, memos, NOON)
    archive.files()[-1].unlink()
    assert silences(source_histories(archive, memos, NOON)) == silences(by_hand(captures[:1]))


def test_captures_dated_ahead_are_passed_over_until_their_day_comes(tmp_path: Path) -> None:
    archive, memos = Archive(tmp_path / "archive"), tmp_path / "history"
    now, ahead = any_capture(random.Random(7), NOON), any_capture(random.Random(7), NOON + DAY)
    year = any_capture(random.Random(7), NOON + 365 * DAY)
    archive.append([now, ahead])
    archive.append([year])
    assert silences(source_histories(archive, memos, NOON)) == silences(by_hand([now]))
    assert silences(source_histories(archive, memos, NOON)) == silences(by_hand([now]))
    later = source_histories(archive, memos, NOON + 2 * DAY)
    assert silences(later) == silences(by_hand([now, ahead]))
