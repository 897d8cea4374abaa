"""A shell completes commands, options, metrics and providers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from statusledger.completion import metrics_like, providers_like
from tests.support.command_line import ACME
from tests.support.paths import ROOT

#: What the shell's own script calls.
SCRIPT = f"#!{sys.executable}\nfrom statusledger.entry import main\nmain()\n"


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """Write the console script as an installer does."""
    path = tmp_path / "statusledger"
    path.write_text(SCRIPT)
    path.chmod(0o755)
    return path


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash: install it to run this")
def test_bash_completes_what_was_begun(command: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = {"_STATUSLEDGER_COMPLETE": "source_bash", **env}
    source = subprocess.run([command], env=told, capture_output=True, text=True, check=True).stdout
    lines = [
        source,
        "COMP_WORDS=(statusledger met); COMP_CWORD=1",
        f"_statusledger_completion {command}; echo ${{COMPREPLY[*]}}",
        "COMP_WORDS=(statusledger metrics av); COMP_CWORD=2",
        f"_statusledger_completion {command}; echo ${{COMPREPLY[*]}}",
    ]
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["metrics", "availability"]


def test_metrics_and_providers_are_completed_by_how_they_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATUSLEDGER_DATA", str(tmp_path))
    assert metrics_like("dur") == ["durations"]
    assert providers_like("Anth") == ["anthropic"]
    assert providers_like("acm") == []
    (tmp_path / "providers.toml").write_text(ACME)
    assert providers_like("acm") == ["acme"]
    (tmp_path / "providers.toml").write_text("[acme")
    assert providers_like("anth") == ["anthropic"]
