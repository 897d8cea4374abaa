"""The archive: durable, whole or absent, and indifferent to how captures lie in files."""

from __future__ import annotations

import hashlib
import logging
import os
import random
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import archive as archive_module
from ingest import capture_file, drafts
from ingest.archive import Archive, Batch
from ingest.capture_file import UnreadableFile, identity
from ingest.models import Capture, FetchFailure

NOON = datetime(2026, 7, 9, 12, tzinfo=UTC)
PAGE = "acme.statuspage.status.acme.example"


def capture(
    at: datetime = NOON,
    body: bytes | None = b'{"incidents": []}',
    url: str = "https://status.acme.example/api/v2/incidents.json",
    page_key: str = PAGE,
    failure: FetchFailure | None = None,
) -> Capture:
    return Capture(
        page_key=page_key,
        url=url,
        shape="incident",
        captured_at=at,
        elapsed_ms=12,
        http_status=200 if failure is None else None,
        failure=failure,
        headers={"etag": 'W/"1"'},
        sha256=None if body is None else hashlib.sha256(body).hexdigest(),
        body=body,
    )


def everything(archive: Archive) -> list[Capture]:
    return [found for path in archive.files() for found in archive.read(path)]


def flip_byte_in_body(path: Path) -> None:
    """Damage the last data page, which holds bodies, and leave the footer alone."""
    data = bytearray(path.read_bytes())
    place = data.rindex(b"\x28\xb5\x2f\xfd") + 12  # a zstd frame, past its header
    data[place] ^= 0xFF
    path.write_bytes(data)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


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
    left = archive.root / f".0123{drafts.TEMPORARY}"
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
    with pytest.raises(UnreadableFile):
        list(archive.read(bad))
    assert archive.verify() == [caplog.records[0].getMessage()]


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


def test_ended_days_and_months_become_one_file_each(archive: Archive) -> None:
    june = datetime(2026, 6, 30, 23, tzinfo=UTC)
    times = [june - timedelta(days=3), june, NOON - timedelta(1), NOON - timedelta(hours=20), NOON]
    times += [NOON + timedelta(minutes=5)]
    for at in times:
        archive.append([capture(at)])
    before = archive.metadata().drop("file")
    archive.merge(NOON + timedelta(hours=1))
    assert [[c.captured_at for c in archive.read(path)] for path in archive.files()] == [
        times[0:2],
        times[2:4],
        times[4:5],
        times[5:6],
    ]
    assert archive.metadata().drop("file").equals(before)


def test_merging_again_changes_nothing(archive: Archive) -> None:
    for n in range(3):
        archive.append([capture(NOON + timedelta(minutes=n))])
    tomorrow = NOON + timedelta(days=1)
    assert len(archive.merge(tomorrow)) == 1
    files = archive.files()
    assert archive.merge(tomorrow) == []
    assert archive.files() == files


def test_compact_merges_the_present_month_too(archive: Archive) -> None:
    for n in range(3):
        archive.append([capture(NOON + timedelta(days=n))])
    archive.compact()
    assert len(archive.files()) == 1


def test_a_merge_that_equals_one_of_its_inputs_keeps_it(archive: Archive) -> None:
    both = [capture(), capture(NOON + timedelta(minutes=5))]
    archive.append(both)
    archive.append(both[:1])
    archive.compact()
    assert everything(archive) == both


def test_a_run_killed_between_merge_and_clearing_up_loses_and_repeats_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        archive.append([capture(NOON + timedelta(minutes=n))])
    before = archive.metadata().drop("file")

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "_discard", killed)
        with pytest.raises(KeyboardInterrupt):
            archive.compact()
    assert len(archive.files()) == 4
    assert archive.metadata().drop("file").equals(before)
    archive.compact()
    assert len(archive.files()) == 1
    assert archive.metadata().drop("file").equals(before)


def test_a_merge_leaves_a_broken_file_where_it_is_and_merges_the_rest(archive: Archive) -> None:
    paths = [
        archive.append([capture(NOON + timedelta(minutes=n), random.Random(n).randbytes(3000))])[0]
        for n in range(3)
    ]
    flip_byte_in_body(paths[1])
    archive.compact()
    good, bad = archive.files() if archive.files()[1] == paths[1] else archive.files()[::-1]
    assert bad == paths[1]
    assert [c.captured_at.minute for c in archive.read(good)] == [0, 2]


@pytest.mark.parametrize("look", ["light", "span", "read"])
def test_a_merge_by_another_run_hides_nothing_from_a_reader(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    look: str,
) -> None:
    times = [NOON + timedelta(minutes=n) for n in range(3)]
    for at in times:
        archive.append([capture(at)])
    ask = {"light": archive.metadata, "span": archive.months, "read": archive.verify}[look]
    real, runs = getattr(capture_file, look), []

    def merged_after_the_first(path: Path) -> object:
        found = real(path)
        if not runs:
            runs.append(Archive(archive.root))
            runs[0].compact()
        return found

    monkeypatch.setattr(capture_file, look, merged_after_the_first)
    found = ask()
    assert runs
    if look == "light":
        assert found["captured_at"].to_list() == times
    else:
        assert found == (archive.months() if look == "span" else [])
    assert caplog.text == ""


def test_a_merge_beyond_its_memory_goes_in_steps(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "MERGE_MEMORY", 1)
    given = [capture(NOON + timedelta(minutes=n)) for n in range(5)]
    for one in given:
        archive.append([one])
    archive.compact()
    assert len(archive.files()) == 1
    assert everything(archive) == given


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


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_batch_is_written_every_50_captures(archive: Archive) -> None:
    with archive.batch(Clock()) as batch:
        for n in range(Batch.CAPTURES - 1):
            batch.add(capture(NOON + timedelta(seconds=n)))
        assert archive.files() == []
        batch.add(capture(NOON + timedelta(hours=1)))
        assert len(everything(archive)) == Batch.CAPTURES


def test_a_batch_is_written_when_its_first_capture_is_10_seconds_old(archive: Archive) -> None:
    clock = Clock()
    with archive.batch(clock) as batch:
        clock.now = 100.0
        batch.add(capture())
        clock.now = 109.9
        batch.flush_if_due()
        assert archive.files() == []
        clock.now = 110.0
        batch.flush_if_due()
        assert len(archive.files()) == 1


def test_a_batch_is_written_at_16_mib_of_bodies(archive: Archive) -> None:
    with archive.batch(Clock()) as batch:
        batch.add(capture(body=bytes(Batch.BYTES - 1)))
        assert archive.files() == []
        batch.add(capture(NOON + timedelta(minutes=5), body=b"1"))
        assert len(archive.files()) == 1


def test_an_interrupted_batch_keeps_what_it_was_given(archive: Archive) -> None:
    def interrupted() -> None:
        with archive.batch(Clock()) as batch:
            batch.add(capture())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert everything(archive) == [capture()]


SERIES = """
import hashlib, re, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from ingest.archive import Archive
from ingest.models import Capture

archive, start = Archive(Path(sys.argv[1])), datetime(2026, 6, 1, tzinfo=UTC)
common = Random(0).randbytes(95_000).hex().encode()
for file in range(16):
    batch = []
    for n in range(file * 40, file * 40 + 40):
        body, url = common + str(n).encode() * 1000, f"https://a.example/{n % 3}"
        sha, at = hashlib.sha256(body).hexdigest(), start + timedelta(hours=n)
        batch.append(Capture("p", url, "incident", at, sha256=sha, body=body))
    archive.append(batch)
archive.compact()
assert len(archive.files()) == 1
assert archive.metadata().height == 640
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(archive.metadata()["bytes"].sum() // 10**6, peak)
"""


# Not getrusage: across exec it keeps the peak of the process that started this one.
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc"
)
def test_merging_124_mb_of_bodies_stays_under_400_mb(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERIES, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    megabytes, peak = map(int, done.stdout.split())
    assert megabytes >= 120
    assert peak < 400
