"""What is shipped: locks that install anywhere; a wheel of three packages and a front door."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
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
    "analytics/sla.toml",
    "dashboard/.streamlit/config.toml",
    "dashboard/document/brief.css",
    "dashboard/document/brief.html",
    "dashboard/document/document.css",
    "dashboard/document/document.html",
    "dashboard/document/head.html",
    "dashboard/document/parts.html",
    "dashboard/pdf/pack.typ",
    "dashboard/site/index.html",
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


def built(folder: Path, into: Path) -> Path:
    """Build a wheel without a network, as `uv tool install` and `pipx` do."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(into)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = into.glob("*.whl")
    return wheel


def held(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout once."""
    return built(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def whole(wheel: Path) -> Path:
    """Install the wheel into a folder of its own."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    words = ["--no-index", "--no-deps", "--no-compile", "--target", str(wheel.parent / "site")]
    subprocess.run([*pip, *words, str(wheel)], check=True, capture_output=True)
    return wheel.parent / "site"


@pytest.fixture
def site(whole: Path, tmp_path: Path) -> Path:
    """Copy the installation, to be damaged."""
    return shutil.copytree(whole, tmp_path / "site")


def installed(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the console script of an installation, away from the checkout and its own packages."""
    others = sysconfig.get_path("purelib")  # as a path, so that it leads to no checkout
    return subprocess.run(
        [sys.executable, "-S", "-P", str(site / "bin" / "statusledger"), *words],
        cwd=site.parent,
        env={"PYTHONPATH": f"{site}{os.pathsep}{others}", "HOME": str(site.parent), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_wheel_holds_what_git_keeps_of_the_four_packages(wheel: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: run this in a clone, where git lists its files")
    listed = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert held(wheel) == {name for name in listed.stdout.split("\0") if name}
    assert held(wheel) >= DATA_FILES


@pytest.mark.slow
def test_a_note_or_a_secret_beside_a_module_stays_out_of_the_wheel(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("__init__.py", ".env", "notes.txt", "keys.json", "old.py~"):
        for package in PACKAGES:
            (tmp_path / package).mkdir(exist_ok=True)
            (tmp_path / package / name).write_text("")
    assert held(built(tmp_path, tmp_path / "wheel")) == {f"{one}/__init__.py" for one in PACKAGES}


@pytest.mark.slow
def test_an_installed_command_keeps_its_data_in_the_users_folder(site: Path) -> None:
    done = installed(site, "query", "VALUES (1)")
    assert done.returncode == 1
    assert f"(looked in {site.parent}/.local/share/statusledger)" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_package_of_ours_that_another_distribution_overwrote_is_one_line(site: Path) -> None:
    (site / "analytics" / "__init__.py").write_text("VERSION = '1.4'\n")
    theirs = site / "analytics_python-1.4.dist-info"
    theirs.mkdir()
    (theirs / "METADATA").write_text("Metadata-Version: 2.1\nName: analytics-python\nVersion: 1\n")
    (theirs / "RECORD").write_text("analytics/__init__.py,,\n")
    done = installed(site, "metrics", "coverage")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == (
        "statusledger: files of our package 'analytics' were overwritten or removed by "
        "analytics-python: install Status Ledger by itself, with `uv tool install` or "
        "`pipx install`\n"
    )


@pytest.mark.slow
def test_a_package_of_ours_that_went_with_theirs_is_one_line(site: Path) -> None:
    shutil.rmtree(site / "dashboard")
    done = installed(site, "report", "--provider", "acme", "--out", "r.html")
    assert done.returncode == 5
    assert done.stderr.startswith("statusledger: files of our package 'dashboard' were overwritten")
    assert done.stderr.count("\n") == 1


def test_every_dependency_states_a_licence() -> None:
    done = subprocess.run(
        [sys.executable, "deploy/licences.py", "requirements.lock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "not stated" not in done.stdout
    listed = {line.split(" | ")[0].strip("| ") for line in done.stdout.splitlines()[2:]}
    locked = {block.split("==")[0] for block in requirements("requirements.lock")}
    assert listed == locked
