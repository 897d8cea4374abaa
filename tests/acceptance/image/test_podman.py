"""The image runs in Podman as compose.yaml runs it, where Podman and a built image are there."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.support.command_line import ACME, GOOD
from tests.support.paths import ROOT

PODMAN, IMAGE, VOLUME = shutil.which("podman"), "localhost/statusledger", "statusledger-test"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
#: As ``compose.yaml`` runs it, and without a network.
CONFINED = (
    "run --rm --interactive --network none --read-only --tmpfs /tmp --cap-drop ALL"
    " --security-opt no-new-privileges"
).split()


def podman(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    assert PODMAN is not None
    return subprocess.run([PODMAN, *words], input=given, capture_output=True, check=False)


def in_image(*words: str, given: bytes = b"", access: str = "rw") -> str:
    """Run a command in the image over the volume, and return what it prints."""
    done = podman(*CONFINED, "--volume", f"{VOLUME}:/data:{access}", *words, given=given)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture
def image() -> Iterator[str]:
    if PODMAN is None:
        pytest.skip("no podman on the PATH: apt-get install podman")
    if podman("image", "exists", IMAGE).returncode:
        pytest.skip(f"no image {IMAGE}: podman build --format docker --tag statusledger .")
    yield IMAGE
    podman("volume", "rm", "--force", VOLUME)


def test_podman_runs_the_image_over_a_volume_without_rights_or_network(image: str) -> None:
    written = ("--entrypoint", "/bin/sh", image, "-c", "cat > /data/providers.toml && id -u")
    [user] = re.findall(r"^USER (\d+):", DOCKERFILE, re.MULTILINE)
    assert in_image(*written, given=ACME.encode()) == f"{user}\n"
    took = ("cat > /tmp/2026-01-10T12-00-00Z.json", "statusledger import /tmp/*.json")
    words = ("--entrypoint", "/bin/sh", image, "-c", f"{' && '.join(took)} --provider acme")
    assert "published" in in_image(*words, given=GOOD)
    counted = ("query", "SELECT count(*) AS n FROM incidents", "--format", "csv")
    assert in_image(image, *counted, access="ro").split() == ["n", "1"]
