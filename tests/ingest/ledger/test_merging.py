"""Merging the archive's files: fewer of them, and nothing lost, repeated or hidden."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.archive import capture_file
from ingest.archive import store as archive_module
from ingest.archive.store import Archive
from tests.support.ledgers.captures import NOON, capture, everything, flip_byte_in_body
from tests.support.paths import ROOT


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


@pytest.mark.parametrize("look", ["light_batches", "span", "read"])
def test_a_merge_by_another_run_hides_nothing_from_a_reader(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    look: str,
) -> None:
    times = [NOON + timedelta(minutes=n) for n in range(3)]
    for at in times:
        archive.append([capture(at)])
    looks = {"light_batches": archive.metadata, "span": archive.months, "read": archive.verify}
    ask, real, runs = looks[look], getattr(capture_file, look), []

    def merged_after_the_first(path: Path) -> object:
        found = real(path)
        if not runs:
            runs.append(Archive(archive.root))
            runs[0].compact()
        return found

    monkeypatch.setattr(capture_file, look, merged_after_the_first)
    found = ask()
    assert runs
    if look == "light_batches":
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


SERIES = """
import hashlib, re, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from ingest.archive.store import Archive
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
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc: run this on Linux")
def test_merging_124_mb_of_bodies_stays_under_400_mb(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERIES, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    megabytes, peak = map(int, done.stdout.split())
    assert megabytes >= 120
    assert peak < 400
