"""``python -m benchmarks.analysis``: what numbers and pages cost, on a ledger of all captures.

The ledger is built once; each measurement then runs in a process of its own. Pages are run as
the server runs them, without a browser: the time is the server's, the bytes are what would
go to the browser. What only one measurement needs is imported by it, or it would count as memory
of the others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import packs, pairs, peak_megabytes, seconds

RUNS = 3
#: What the paper's tool took for its 17 analyses of 794 posts of 11 services, on two cores
#: and without its images, and the most memory it held.
PAPER_S, PAPER_MB = 10.1, 311
VIEWS = (
    *("overview", "now", "head_to_head", "profile", "surfaces", "incidents", "portfolio"),
    *("contracts", "health", "methodology"),
)
START = "2020-01-01"
WINDOWS = {"90 days": None, "three years": "2023-09-01"}


def metrics(data: Path) -> None:
    """Every metric for all providers and surfaces, warm."""
    from analytics import METRICS, ask, open_snapshot

    snapshot = open_snapshot(data)
    for label, since in WINDOWS.items():
        question = ask(since=since)
        taken: dict[str, list[float]] = {name: [] for name in METRICS}
        for _ in range(RUNS + 1):
            snapshot.memo.clear()  # what one metric works out, the next ones may use
            for name, metric in METRICS.items():
                taken[name].append(seconds(partial(metric, snapshot, question)))
        best = min(map(sum, zip(*taken.values(), strict=True)))
        slowest = max(taken, key=lambda name: min(taken[name]))
        print(
            f"all {len(METRICS)} metrics, {label:23} {best:6.2f} s  "
            f"(aim under 2 s; longest: {slowest}, {min(taken[slowest]):.2f} s)"
        )


def seventeen(data: Path) -> None:
    """Time a paper's kinds of analyses by provider, over all that was ever posted."""
    from analytics import ask, open_snapshot
    from benchmarks.seventeen import ANALYSES

    snapshot = open_snapshot(data)
    question = ask(since=START, combine="any")

    def everything() -> None:
        snapshot.memo.clear()
        for analysis in ANALYSES.values():
            analysis(snapshot, question)

    first, held = seconds(everything), peak_megabytes()
    best = _best(everything)
    posts = snapshot.table("incidents").height
    print(
        f"17 analyses of {posts:,} posts             {best:6.2f} s  {held:4.0f} MB  "
        f"({PAPER_S / best:.0f} times faster than a paper's tool, aim 50; {held / PAPER_MB:.2f} of "
        f"its memory, aim at most 1; the first time, with reading, {first:.2f} s)"
    )


def pages(data: Path) -> None:
    """First paint of each page on a warm server, a change of rule, and what is sent."""
    from streamlit.runtime.caching import cache_data_api
    from streamlit.runtime.scriptrunner_utils import script_run_context
    from streamlit.testing.v1 import AppTest, local_script_runner

    import dashboard
    from analytics.snapshot import resolve
    from dashboard.session.pinned_snapshot import keep_open

    # They warn that nobody is connected.
    for module in (script_run_context, cache_data_api):
        module._LOGGER.disabled = True
    os.environ["STATUSLEDGER_DATA"] = str(data)
    sent: list[int] = []
    runner = local_script_runner.LocalScriptRunner
    messages = runner.forward_msgs

    def counted(self: Any) -> Any:
        found = messages(self)
        sent.append(sum(message.ByteSize() for message in found))
        return found

    runner.forward_msgs = counted
    frame = Path(dashboard.__file__).parent / "app.py"
    for view in VIEWS:
        first, change = [], []
        for _ in range(RUNS):
            keep_open(str(resolve(data))).memo.clear()
            app = AppTest.from_file(str(frame), default_timeout=120)
            if view == "overview":
                first.append(seconds(app.run))
            else:
                app.run()
                keep_open(str(resolve(data))).memo.clear()
                first.append(seconds(app.switch_page(f"views/{view}.py").run))
            assert not app.exception
            size = sent[-1]
            if any(box.key == "rule" for box in app.selectbox):
                change.append(seconds(app.selectbox(key="rule").set_value("strict").run))
        changed = f"change {min(change):5.2f} s (aim 0.5)" if change else "no filters"
        print(
            f"page {view:12} first paint {min(first):5.2f} s (aim 2), {changed}, "
            f"{size / 1000:4.0f} kB to the browser (aim 400)"
        )


def forecasts(data: Path) -> None:
    """Time the back-test of forecasts."""
    from benchmarks.forecast import speed

    speed.measure(data)


def _best(work: Callable[[], object]) -> float:
    return min(seconds(work) for _ in range(RUNS + 1))


MEASURES = {
    "metrics": metrics,
    "seventeen": seventeen,
    "pages": pages,
    "forecast": forecasts,
    "pairs": pairs.measure,
    "packs": packs.measure,
}


def main() -> None:
    """Run one measurement on the data folder given (in a child process), or all of them."""
    if len(sys.argv) == 3:
        MEASURES[sys.argv[1]](Path(sys.argv[2]))
        return
    from benchmarks.captures import build

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        took = seconds(lambda: build(data))
        print(f"import and publish of all captures     {took:6.2f} s", flush=True)
        for name in MEASURES:
            command = [sys.executable, "-m", "benchmarks.analysis", name, folder]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
