"""The archive: durable, whole or absent, and indifferent to how captures lie in files."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.archive import capture_file
from ingest.archive.capture_file import UnreadableFileError, identity
from ingest.archive.store import Archive, SharedBodies
from ingest.files import atomic_write
from ingest.models import Capture, FetchFailure
from tests.support.ledgers.captures import NOON, capture, everything, flip_byte_in_body


def test_a_capture_comes_back_as_it_went_in(archive: Archive) -> None:
    given = [
        replace(capture(), complete_since=datetime(2026, 1, 1, tzinfo=UTC)),
        capture(NOON + timedelta(minutes=5), body=None, failure=FetchFailure.TIMEOUT),
        replace(capture(NOON + timedelta(minutes=6)), http_status=304, body=None),
        capture(NOON + timedelta(minutes=7), body=b""),
    ]
    archive.append(given)
    assert everything(archive) == given


def test_an_absent_archive_reads_as_empty(archive: Archive) -> None:
    assert archive.files() == []
    assert archive.newest() is None
    assert archive.months() == {}
    assert archive.metadata().is_empty()
    assert {"bytes", "file", "captured_at"} <= set(archive.metadata().columns)
    assert archive.verify() == []


def test_appending_nothing_writes_nothing(archive: Archive) -> None:
    assert archive.append([]) == []
    assert not archive.root.exists()


def test_a_file_never_crosses_a_utc_month(archive: Archive) -> None:
    midnight = datetime(2026, 8, 1, tzinfo=UTC)
    last = midnight - timedelta(microseconds=1)
    files = archive.append([capture(midnight), capture(last), capture(NOON)])
    assert [path.parent.name for path in files] == ["2026-07", "2026-08"]
    assert [[c.captured_at for c in archive.read(path)] for path in files] == [
        [NOON, last],
        [midnight],
    ]
    assert archive.months() == {"2026-07": [files[0]], "2026-08": [files[1]]}


def test_names_sort_by_time_and_are_safe_on_windows(archive: Archive) -> None:
    later = archive.append([capture(NOON + timedelta(hours=1))])
    earlier = archive.append([capture(NOON)])
    assert archive.files() == earlier + later
    assert earlier[0].name.startswith("20260709T120000Z-")
    assert not set('<>:"/\\|?*') & set(earlier[0].name)


def test_identical_captures_in_a_batch_collapse(archive: Archive) -> None:
    archive.append([capture(), capture()])
    assert everything(archive) == [capture()]


def test_appending_the_same_captures_again_adds_no_file(archive: Archive) -> None:
    first = archive.append([capture(), capture(NOON + timedelta(minutes=5))])
    again = archive.append([capture(NOON + timedelta(minutes=5)), capture()])
    assert first == again == archive.files()


def test_identical_captures_in_two_files_are_listed_once(archive: Archive) -> None:
    archive.append([capture()])
    archive.append([capture(), capture(NOON + timedelta(minutes=5))])
    assert len(archive.files()) == 2
    assert archive.metadata()["captured_at"].to_list() == [NOON, NOON + timedelta(minutes=5)]


def test_a_statement_of_completeness_survives_its_plain_duplicate(archive: Archive) -> None:
    stated = replace(capture(), complete_since=datetime(2026, 1, 1, tzinfo=UTC))
    archive.append([capture()])
    archive.append([stated])
    assert archive.metadata()["complete_since"].to_list() == [stated.complete_since]
    archive.compact()
    assert everything(archive) == [stated]


def test_metadata_tells_all_but_the_body(archive: Archive) -> None:
    body = b"x" * 1000
    archive.append(
        [capture(body=body), capture(NOON + timedelta(1), None, failure=FetchFailure.DNS)]
    )
    rows = archive.metadata()
    assert "body" not in rows.columns
    assert rows["bytes"].to_list() == [1000, None]
    assert rows["failure"].to_list() == [None, "dns"]
    assert rows.schema["captured_at"] == pl.Datetime("us", "UTC")
    assert archive.body(rows["file"][0], rows["sha256"][0]) == body
    assert archive.body(rows["file"][0], "0" * 64) is None


def test_newest_is_the_last_capture_of_all_files(archive: Archive) -> None:
    archive.append([capture(NOON + timedelta(hours=3)), capture()])
    archive.append([capture(NOON + timedelta(hours=1))])
    assert archive.newest() == NOON + timedelta(hours=3)


def test_bodies_that_were_written_together_are_unpacked_once(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = [b"one", b"two", b"three"]
    archive.append(capture(NOON + timedelta(minutes=n), body=body) for n, body in enumerate(bodies))
    archive.append([capture(NOON + timedelta(hours=1), body=b"four")])
    rows = archive.metadata().select("file", "sha256").rows()
    unpacked: list[str] = []

    def beside(path: Path, sha256: str) -> dict[str, bytes]:
        unpacked.append(path.name)
        return bodies_beside(path, sha256)

    bodies_beside = capture_file.bodies_beside
    monkeypatch.setattr(capture_file, "bodies_beside", beside)
    shared = SharedBodies(archive)
    assert [shared.body(*row) for row in rows] == [*bodies, b"four"]
    assert [shared.body(*row) for row in reversed(rows)] == [b"four", *reversed(bodies)]
    assert sorted(unpacked) == sorted(path.name for path in archive.files())
    assert shared.body(rows[0][0], "0" * 64) is None


def test_no_more_bodies_are_kept_than_memory_allows(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedBodies, "MOST", 8)
    for n, body in enumerate([b"12345", b"67890"]):
        archive.append([capture(NOON + timedelta(minutes=n), body=body)])
    rows = archive.metadata().select("file", "sha256").rows()
    shared = SharedBodies(archive)
    assert [shared.body(*row) for row in (*rows, *rows)] == [b"12345", b"67890"] * 2
    for path in archive.files():
        path.unlink()
    assert [shared.body(*row) for row in reversed(rows)] == [b"67890", None]


def test_a_body_without_its_hash_is_refused(archive: Archive) -> None:
    with pytest.raises(ValueError, match="without its sha256"):
        archive.append([replace(capture(), sha256=None)])
    assert archive.files() == []


def test_a_reader_holds_one_row_group_at_a_time(archive: Archive) -> None:
    body = random.Random(1).randbytes(3 * 2**20)
    [path] = archive.append(capture(NOON + timedelta(minutes=n), body) for n in range(9))
    assert capture_file.largest_group(path) <= capture_file.BYTES_A_GROUP + 2**20
    assert sum(1 for _ in archive.read(path)) == 9


def test_a_temporary_file_left_by_a_killed_run_is_ignored_and_later_removed(
    archive: Archive,
) -> None:
    archive.append([capture()])
    left = archive.root / f".0123{atomic_write.TEMPORARY}"
    left.write_bytes(b"PAR1 half a file")
    os.utime(left, (NOON.timestamp(), NOON.timestamp()))
    assert len(archive.files()) == 1
    assert archive.verify() == []
    archive.merge(NOON + timedelta(hours=23))
    assert left.exists()
    archive.merge(NOON + timedelta(hours=25))
    assert not left.exists()


def test_a_write_that_fails_leaves_nothing_behind(archive: Archive) -> None:
    def breaks_off() -> Iterable[Capture]:
        yield capture()
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        capture_file.write(archive.root, breaks_off())
    assert list(archive.root.iterdir()) == []


@pytest.mark.parametrize("damage", ["half", "empty", "text", "foreign"])
def test_a_broken_file_is_reported_in_one_line_and_the_others_are_read(
    archive: Archive, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    [good] = archive.append([capture()])
    [bad] = archive.append([capture(NOON + timedelta(minutes=5))])
    whole = bad.read_bytes()
    if damage == "foreign":
        pl.DataFrame({"a": [1]}).write_parquet(bad)
    else:
        bad.write_bytes({"half": whole[: len(whole) // 2], "empty": b"", "text": b"no"}[damage])
    with caplog.at_level(logging.WARNING):
        assert archive.metadata()["captured_at"].to_list() == [NOON]
        assert archive.newest() == NOON
        assert archive.months() == {"2026-07": [good]}
    assert [record.getMessage().startswith(f"{bad}: unreadable") for record in caplog.records] == [
        True
    ]
    assert "\n" not in caplog.text.strip()
    with pytest.raises(UnreadableFileError):
        list(archive.read(bad))
    [problem] = archive.verify()
    assert problem.startswith(f"{bad}: unreadable, skipped (")


def test_verify_finds_a_flipped_byte(archive: Archive) -> None:
    [path] = archive.append([capture(body=random.Random(2).randbytes(5000))])
    assert archive.verify() == []
    flip_byte_in_body(path)
    [problem] = archive.verify()
    assert str(path) in problem


def test_verify_finds_a_body_that_is_not_its_hash(archive: Archive) -> None:
    [path] = archive.append([capture(), replace(capture(NOON + timedelta(1)), sha256="0" * 64)])
    [problem] = archive.verify()
    assert problem.startswith(f"{path}: body of https://status.acme.example/")
    assert problem.endswith("does not match its sha256")


moments = st.integers(0, 40).map(lambda hours: NOON + timedelta(days=21, hours=hours))
captures = st.builds(
    capture, at=moments, body=st.sampled_from([b"a", b"b", None]), url=st.sampled_from(["u", "v"])
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(captures, max_size=6), max_size=4), st.randoms(use_true_random=False))
def test_neither_order_nor_files_nor_merging_matter(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Capture]], rng: random.Random
) -> None:
    one, two = (Archive(tmp_path_factory.mktemp("archive")) for _ in range(2))
    for batch in batches:
        one.append(batch)
    shuffled = [c for batch in batches for c in batch]
    rng.shuffle(shuffled)
    two.append(shuffled)
    assert one.metadata().drop("file").equals(two.metadata().drop("file"))
    one.compact()
    two.merge(NOON + timedelta(days=400))
    assert one.metadata().drop("file").equals(two.metadata().drop("file"))
    assert everything(one) == everything(two)
    distinct = {identity(c) for c in shuffled}
    assert len(everything(one)) == len(distinct)
