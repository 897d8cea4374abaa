"""``python -m benchmarks.forecast``: make tasks, answer them, score answers, render the board.

python -m benchmarks.forecast                      the board of the invented world
python -m benchmarks.forecast tasks DATA FOLDER    tasks of a ledger of your own
python -m benchmarks.forecast board FOLDER         the board of these tasks, on the screen
python -m benchmarks.forecast entry NAME FILE      the answers of one without a file, as one
python -m benchmarks.forecast demo                 the invented world's tasks, made again
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from analytics import open_snapshot
from benchmarks.forecast.board import load, render, scores_of
from benchmarks.forecast.entrants import ENTRANTS
from benchmarks.forecast.scorer import write_entry
from benchmarks.forecast.tasks import write_tasks

HERE = Path(__file__).parent
DEMO, ENTRIES, BOARD = HERE / "demo", HERE / "entries", HERE / "BOARD.md"
#: When the invented world of the board ends.
DEMO_END = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = """# Board of forecasts

Made by `make forecast-board` from the invented world in `demo/`; see [README](README.md). In each
cell: mean pinball loss in minutes · percent of outcomes inside the 50/80/90 % band · median error
of the median in minutes. (few): fewer than 50 tasks, so the bands tell nothing. Landmarks share
incidents: never add up their n.

"""


def make_demo() -> None:
    """Build the invented world, and write its tasks."""
    from ingest.simulation.demo import build_demo

    with tempfile.TemporaryDirectory() as folder:
        build_demo(Path(folder), DEMO_END)
        with open_snapshot(Path(folder)) as snapshot:
            write_tasks(snapshot, DEMO)


def main() -> None:
    """Do what the first word says."""
    match sys.argv[1:]:
        case []:
            BOARD.write_text(HEAD + render(scores_of(DEMO, ENTRIES)) + "\n", encoding="utf-8")
            print(f"wrote {BOARD}")
        case ["demo"]:
            make_demo()
        case ["tasks", data, folder]:
            with open_snapshot(Path(data)) as snapshot:
                write_tasks(snapshot, Path(folder))
        case ["entry", name, file] if name in ENTRANTS:
            world, tasks = load(DEMO)
            write_entry(Path(file), tasks, ENTRANTS[name](world, tasks))
        case ["board", folder]:
            print(render(scores_of(Path(folder), Path(folder) / "entries")))
        case _:
            print(__doc__, file=sys.stderr)
            sys.exit(2)


if __name__ == "__main__":
    main()
