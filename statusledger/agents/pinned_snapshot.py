"""Open the snapshot that one call is answered from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from analytics.downtime.regions import in_region
from analytics.snapshot import Snapshot, open_current, open_file, open_snapshot
from statusledger.demo_data import data_to_read
from statusledger.terminal import past_snapshot


class PinnedSnapshots:
    """Open the current snapshot for each call, and share it between calls.

    A later call sees a newer publication. A call keeps the snapshot it began with: a file stays
    open for as long as a call looks at it.
    """

    def __init__(self, data: Path, demo: bool) -> None:
        """Answer from a data folder, or from the demo, which is built where there is none."""
        self.data = data
        self._demo = data_to_read(data, demo) if demo else None
        self._last: Snapshot | None = None
        self._lock = Lock()
        self._deriving = Lock()

    @property
    def place(self) -> Path:
        """Return the folder that is answered from.

        Raises:
            NothingOwnError: It holds nothing yet.
        """
        return self._demo or data_to_read(self.data, demo=False)

    def pin(self, region: str | None = None) -> Snapshot:
        """Return the snapshot that is current now, or what it holds of a region.

        Raises:
            UnansweredError: There is none that can be read.
            QuestionError: No component is in that region.
        """
        return _cut(open_current(self.place, self._opened), region)

    @contextmanager
    def past(
        self, known: datetime | None, written: datetime | None, region: str | None
    ) -> Iterator[Snapshot]:
        """Derive a snapshot of the past for the block; one call at a time does.

        Args:
            known: What was known then; None: all that is.
            written: What had been written by then; None: all that was.
            region: Only what it holds of this region.

        Raises:
            NoArchiveError: There is no archive to derive it from.
            UnansweredError: Nothing was captured by then.
            QuestionError: No component is in that region.
        """
        with (
            self._deriving,
            past_snapshot(self.place, known, written, "at") as path,
            open_snapshot(path) as whole,
        ):
            yield _cut(whole, region)

    def _opened(self, path: Path) -> Snapshot:
        with self._lock:
            if self._last is None or self._last.path != path:
                self._last = open_file(path)
            return self._last


def _cut(whole: Snapshot, region: str | None) -> Snapshot:
    return whole if region is None else in_region(whole, region)
