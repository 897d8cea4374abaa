"""What is shipped: locks that install anywhere; a wheel of three packages and a front door."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PACKAGES = ("ingest", "analytics", "dashboard", "statusledger")
#: Files that are read at run time and that no import would miss.
DATA_FILES = {
    "ingest/schema.sql",
    "ingest/providers.toml",
    "ingest/surfaces.toml",
    "ingest/classes.toml",
    "analytics/METHODOLOGY.md",
    "dashboard/.streamlit/config.toml",
    "dashboard/document/brief.css",
    "dashboard/document/brief.html",
    "dashboard/document/document.css",
    "dashboard/document/document.html",
    "dashboard/document/head.html",
    "dashboard/document/parts.html",
}
LOCKS = ("requirements.lock", "requirements-dev.lock")
REQUIREMENT = re.compile(r"^[A-Za-z0-9][\w.-]*==\S+( ; .+?)?( \\)?$")


def requirements(lock: str) -> list[str]:
    """Each requirement of a lock with the lines that continue it."""
    blocks = re.split(r"\n(?=[^\s#])", (ROOT / lock).read_text(encoding="utf-8"))
    return [block for block in blocks if not block.startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_pinned_and_has_a_hash(lock: str) -> None:
    found = requirements(lock)
    assert len(found) > 15
    for block in found:
        assert REQUIREMENT.match(block.splitlines()[0]), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_local_file_no_machine_path_and_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    for forbidden in ("file:", "://", "--index", "--extra-index", "--find-links", " @ "):
        assert forbidden not in text
    assert not re.search(r"(^|[\s=\"'])(/|~/|[A-Za-z]:\\)\w", text, flags=re.MULTILINE)


def test_both_locks_pin_the_same_versions() -> None:
    def pins(lock: str) -> set[str]:
        return {block.splitlines()[0].rstrip(" \\") for block in requirements(lock)}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_every_dependency_has_a_floor_and_no_pin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    for requirement in declared:
        assert re.fullmatch(r"[a-z0-9-]+>=[\d.]+(,<[\d.]+)?", requirement), requirement


@pytest.mark.slow
def test_the_wheel_holds_the_three_packages_the_front_door_and_their_data_files(
    tmp_path: Path,
) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n}
    on_disk = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == on_disk
    assert names >= DATA_FILES
