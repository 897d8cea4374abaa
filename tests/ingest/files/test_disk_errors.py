"""A disk that is full, a folder that may not be written: one line, exit 5, nothing lost."""

from __future__ import annotations

import os
import random
import shutil
import string
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from ingest.archive.store import Archive
from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.release import parquet_release
from ingest.snapshot.pointer import current
from tests.support.command_line import (
    ACME,
    LATER,
    LISTS,
    STAMPED,
    Result,
    at,
    bring,
    cli,
    digest,
    ids,
    only_line,
    put,
)
from tests.support.loopback import reply, serve
from tests.support.payloads.statuspage import incident, incidents_json, update

KIB, MIB = 2**10, 2**20


def noise(length: int) -> str:
    """Text that no compression makes much smaller."""
    return "".join(random.Random(length).choices(string.ascii_letters, k=length))


#: Fifty posts of 20 KB, which take a megabyte in each form they are kept in.
BIG = incidents_json(
    *[
        incident(
            f"big{n}", [update("u", "resolved", "2026-01-05T10:00:00Z", body=noise(20_000 + n))]
        )
        for n in range(50)
    ]
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Make a disk of 24 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("no small disk could be mounted: run this as root on Linux")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with one capture, published."""
    place = tmp_path_factory.mktemp("published")
    folder = place / "data"
    folder.mkdir()
    (folder / "providers.toml").write_text(ACME)
    assert bring(folder, put(place, STAMPED)).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def in_the_end(published: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Import the big list where there is room for it, and return the digest."""
    place = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(published, place / "data")
    assert bring(place / "data", put(place, LATER, BIG)).exit_code == 0
    return digest(place / "data")


@pytest.fixture
def data(disk: Path, published: Path) -> Path:
    """Copy the published folder to the small disk."""
    return shutil.copytree(published, disk / "data")


def fill(disk: Path, room: int) -> Path:
    """Leave ``room`` bytes on the disk; the file that takes up the rest."""
    there = os.statvfs(disk)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(max(0, there.f_bavail * there.f_frsize - room)))
    return ballast


def files(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def drafts(folder: Path) -> list[Path]:
    return [p for p in folder.rglob(".*") if p.is_file()]


def assert_full(result: Result) -> None:
    assert result.exit_code == 5
    assert "No space left on device; free some and run it again" in only_line(result)


def assert_whole(data: Path, known: Sequence[str]) -> None:
    """Check that nothing known or archived has changed, and that nothing half-made is left."""
    assert ids(data) == known
    assert Archive(data / "archive").verify() == []
    assert Archive(data / "archive").metadata().height >= 1
    assert drafts(data) == []


@pytest.mark.parametrize("room", [0, 16 * KIB, 512 * KIB, MIB, 3 * MIB // 2, 2 * MIB, 6 * MIB])
def test_an_import_that_finds_the_disk_full_is_taken_up_again(
    data: Path, disk: Path, tmp_path: Path, in_the_end: str, room: int
) -> None:
    big = put(tmp_path, LATER, BIG)
    ballast = fill(disk, room)
    assert_full(bring(data, big))
    assert_whole(data, ["iiii1111jjjj"])
    assert_full(cli(data, "publish"))
    assert_whole(data, ["iiii1111jjjj"])
    ballast.unlink()
    assert bring(data, big).exit_code == 0
    assert len(ids(data)) == 51
    assert digest(data) == in_the_end


@pytest.mark.parametrize("room", [0, 64 * KIB, 3 * MIB // 2])
def test_a_collection_that_finds_the_disk_full_is_taken_up_again(
    data: Path, disk: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    monkeypatch.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0, seconds=10))
    with serve() as site:
        for path, body in LISTS.items():
            site[path] = reply(body=body)
        site["/api/v2/incidents.json"] = reply(body=BIG)
        at(data, acme=site.url)
        ballast = fill(disk, room)
        assert_full(cli(data, "collect", "acme"))
        assert_whole(data, ["iiii1111jjjj"])
        ballast.unlink()
        assert cli(data, "collect", "acme").exit_code == 0
        assert cli(data, "publish").exit_code == 0
    assert len(ids(data)) == 51
    assert drafts(data) == []


def test_what_is_asked_for_elsewhere_is_one_line_too(data: Path, disk: Path) -> None:
    fill(disk, 0)
    rows = ["query", "SELECT * FROM incidents"]
    for words in (
        ["publish", "--as-of", "2026-01-11", "--out", disk / "then.duckdb"],
        [*rows, "--format", "parquet", "--out", disk / "rows.parquet"],
        [*rows, "--format", "csv", "--out", disk / "rows.csv"],
    ):
        assert_full(cli(data, *words))
    assert_whole(data, ["iiii1111jjjj"])
    assert not (disk / "then.duckdb").exists()


def test_a_release_that_finds_the_disk_full_leaves_the_last_one(data: Path, disk: Path) -> None:
    out = disk / "release"
    assert cli(data, "publish", "--parquet", out).exit_code == 0
    before = files(out)
    fill(disk, 64 * KIB)
    snapshot = current(data / "snapshots")
    assert snapshot is not None
    with pytest.raises(OSError, match="No space left on device"):
        parquet_release.write(snapshot, out, datetime.now(UTC), with_text=False)
    assert files(out) == before
    assert list(disk.glob(".*")) == []


@pytest.fixture
def kept(published: Path, tmp_path: Path) -> Iterator[Path]:
    """Make a data folder in which nothing may be changed."""
    folder = shutil.copytree(published, tmp_path / "kept")
    places = [folder, *folder.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    yield folder
    for place in places:
        place.chmod(0o755 if place.is_dir() else 0o644)


def without_rights(data: Path, *words: object) -> Result:
    """Run a command as somebody whom a mode can stop; root needs to give that up first."""
    if os.name == "nt":
        pytest.skip("Windows has no modes for folders: run this on Linux or macOS")
    prefix = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write anywhere: install util-linux, or run this as another user")
        prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
    line = [*prefix, sys.executable, "-m", "statusledger", *map(str, words), "--data", str(data)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_folder_that_may_not_be_written_can_still_be_read(kept: Path, tmp_path: Path) -> None:
    before = files(kept)
    new = put(tmp_path, LATER, BIG)
    for words in (
        ["collect", "acme"],
        ["import", new, "--provider", "acme"],
        ["publish"],
    ):
        result = without_rights(kept, *words)
        assert result.exit_code == 5
        assert "permission denied" in only_line(result)
        assert str(kept) in only_line(result)
    asked = without_rights(kept, "query", "SELECT incident_id FROM incidents", "--format", "csv")
    assert asked.stdout == "incident_id\niiii1111jjjj\n"
    assert files(kept) == before


def test_a_folder_that_may_not_be_read_is_one_line(kept: Path) -> None:
    kept.chmod(0)
    for words in (["publish"], ["health"]):
        result = without_rights(kept, *words)
        assert result.exit_code == 5
        assert "permission denied" in only_line(result)


def test_captures_that_may_not_be_read_are_not_forgotten(kept: Path) -> None:
    [file] = Archive(kept / "archive").files()
    for place in (kept, *kept.rglob("*")):
        place.chmod(0o755 if place.is_dir() else 0o644)
    file.chmod(0)
    result = without_rights(kept, "publish")
    assert result.exit_code == 5
    assert only_line(result) == f"{file}: permission denied"
    file.chmod(0o644)
    assert ids(kept) == ["iiii1111jjjj"]
