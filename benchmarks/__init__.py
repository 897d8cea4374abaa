"""Speed as ratios measured in one run; nothing here fails. ``RESULTS.md`` keeps the figures."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


def peak_megabytes() -> float:
    """Return the most memory this process ever held. Unlike getrusage, not that of its parent."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else float("nan")


def seconds(work: Callable[[], object]) -> float:
    """Return how long work takes on the wall."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def apart(module: str, *words: str, limit_s: float | None = None) -> list[float]:
    """Run a measurement in a process of its own, and return the numbers it prints as JSON."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=limit_s)
    found: list[float] = json.loads(done.stdout)
    return found


def run_in(checkout: Path, script: str, *arguments: str) -> str:
    """Run a script of this checkout on the modules of another; return the last line it prints."""
    done = subprocess.run(
        [sys.executable, script, *arguments],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{checkout}: {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout.strip().rpartition("\n")[2]


def circumstances() -> str:
    """Say when, at which commit and on what machine figures were measured, in one line."""
    words = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    folder = Path(__file__).parent
    told = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    commit = told.stdout.strip() or "unknown"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    python = f"Python {platform.python_version()}"
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}, {machine}, {load}, {python}"
