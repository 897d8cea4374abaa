"""The archive knows its files: one that is lost or altered is noticed, one that is new is not."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.archive import file_list
from ingest.archive import store as archive_module
from ingest.archive.store import Archive
from tests.support.command_line import cli
from tests.support.ledgers.captures import NOON, capture
from tests.support.ledgers.sightings import bodies

DAY = timedelta(days=1)


@pytest.fixture
def months(archive: Archive) -> Archive:
    for n in range(4):
        archive.append([capture(NOON - 20 * n * DAY)])
    return archive


def test_every_file_is_listed_in_its_month_as_sha256sum_does(months: Archive) -> None:
    assert [path.name for path in file_list.lists(months.root)] == [
        "2026-05.sha256",
        "2026-06.sha256",
        "2026-07.sha256",
    ]
    listed = [name for path in file_list.lists(months.root) for name in file_list.read(path)]
    assert listed == [months.relative(path) for path in months.files()]
    for path in file_list.lists(months.root):
        done = subprocess.run(["sha256sum", "-c", path], cwd=months.root, capture_output=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("nr", range(4))
def test_a_lost_file_is_noticed_and_named(months: Archive, nr: int) -> None:
    assert months.verify() == []
    lost = months.files()[nr]
    lost.unlink()
    [line] = months.verify()
    assert months.relative(lost) in line
    assert months.lost() == [line]


def test_a_lost_month_is_noticed(months: Archive) -> None:
    shutil.rmtree(months.root / "2026-05")
    [line] = months.lost()
    assert line.startswith(f"{months.root / '2026-05.sha256'}: 2 of the files")


def test_a_file_with_other_bytes_is_noticed(months: Archive, tmp_path: Path) -> None:
    other = Archive(tmp_path / "other").append([capture(NOON, b"{}")])[0]
    shutil.copy(other, months.files()[-1])
    [line] = months.verify()
    assert line == f"{months.files()[-1]}: not the bytes that were written"


def test_merging_loses_nothing_and_strikes_off_what_it_merged(months: Archive) -> None:
    months.merge(NOON + 40 * DAY)
    assert months.verify() == []
    listed = [name for path in file_list.lists(months.root) for name in file_list.read(path)]
    assert listed == [months.relative(path) for path in months.files()]
    months.compact()
    assert months.verify() == []


def test_a_run_killed_before_it_cleared_up_leaves_no_false_loss(
    months: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archive_module, "_discard", killed)
        with pytest.raises(KeyboardInterrupt):
            months.compact()
    assert months.verify() == []
    months.compact()
    assert months.verify() == []


def test_files_that_somebody_put_there_are_listed_by_the_next_run(
    months: Archive, tmp_path: Path
) -> None:
    other = Archive(tmp_path / "other")
    [path] = other.append([capture(NOON + DAY)])
    there = months.root / other.relative(path)
    shutil.copy(path, there)
    assert months.verify() == []
    months.merge(NOON + DAY)
    there.unlink()
    assert len(months.lost()) == 1


def test_an_archive_without_lists_gets_them(months: Archive) -> None:
    for path in file_list.lists(months.root):
        path.unlink()
    assert months.verify() == []
    months.merge(NOON)
    assert len(file_list.lists(months.root)) == 3


def test_compacting_goes_on_without_what_is_lost(months: Archive) -> None:
    months.files()[0].unlink()
    months.compact()
    assert months.verify() == []


def test_a_damaged_list_hides_no_file(months: Archive) -> None:
    [newest] = file_list.lists(months.root)[-1:]
    newest.write_bytes(b"\xff\xfe not a list\n../../etc/passwd\n")
    assert months.verify() == []
    months.merge(NOON)
    assert len(file_list.read(newest)) == 1


def test_verify_and_publish_say_what_is_gone(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    archive = Archive(data / "archive")
    for one in bodies():
        archive.append([one])
    archive.files()[0].unlink()
    result = cli(data, "verify")
    assert result.exit_code == 1
    assert "are gone" in result.stderr
    assert cli(data, "publish").exit_code == 0
    assert ["are gone" in line for line in caplog.messages] == [True]
