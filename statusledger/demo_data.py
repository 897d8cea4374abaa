"""Choose the data a command reads: a user's own, or the invented world of the demo.

The demo answers a person at a terminal who has collected nothing yet, and whoever asks for it. It
never answers a pipe, a job or a file: nobody there would see that it is invented.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UnansweredError
from statusledger.options import Format
from statusledger.terminal import progress

if TYPE_CHECKING:
    import polars as pl

#: Folder of the demo inside a data folder.
DEMO = "demo"
#: Column that rows of an invented world carry.
SIMULATED = "simulated"
SIMULATED_SQL = "SELECT max(value) FILTER (key = 'simulated') = 'true' AS simulated FROM meta"
NOTHING_OWN = "no data of your own yet"


class NothingOwnError(UnansweredError):
    """Nothing was collected or imported yet, and the demo may not stand in."""

    def __init__(self, data: Path) -> None:
        """Say what to ask for instead."""
        super().__init__(
            f"{NOTHING_OWN}; --demo reads the invented world, `statusledger up` collects some "
            f"(looked in {data})"
        )


def data_to_read(data: Path, demo: bool, to_person: bool = False) -> Path:
    """Return the data folder that a command answers from.

    Args:
        data: The user's.
        demo: The demo is asked for.
        to_person: The answer goes to a terminal, where a line beside it is read.

    Raises:
        NothingOwnError: There is nothing of the user's own, and nobody asked for the demo.
        OSError: The demo cannot be written.
    """
    if not demo:
        if has_own(data):
            return data
        if not to_person:
            raise NothingOwnError(data)
    reason = "" if demo else f"{NOTHING_OWN}; "
    print(f"statusledger: {reason}this is the demo, every number is invented", file=sys.stderr)
    return built_demo(data / DEMO)


def has_own(data: Path) -> bool:
    """Tell whether a data folder, or a file in its place, holds anything to read."""
    if data.is_file() or (data / "archive").exists():
        return True
    return next(data.glob("snapshots/*.duckdb"), None) is not None


def built_demo(place: Path) -> Path:
    """Return the folder of the demo, built if there is none that can be read."""
    from analytics.snapshot import NoSnapshotError, open_snapshot
    from ingest.runs.data_folder import now
    from ingest.simulation.demo import build_demo

    try:
        with open_snapshot(place):
            return place
    except NoSnapshotError:
        with progress("building the demo:") as tell:
            build_demo(place, now(), tell)
    return place


def to_person(form: Format, out: Path | None) -> bool:
    """Tell whether rows go to a terminal as a table."""
    return form is Format.TABLE and out is None and sys.stdout.isatty()


def marked(rows: pl.DataFrame, simulated: bool) -> pl.DataFrame:
    """Return rows with column ``simulated``, if they come from an invented world.

    Returns:
        The columns of ``rows``, and ``simulated`` (true) behind them.
    """
    import polars as pl

    return rows.with_columns(pl.lit(True).alias(SIMULATED)) if simulated else rows
