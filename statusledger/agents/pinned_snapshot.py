"""Open the snapshot that one call is answered from."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from analytics.snapshot import Snapshot, open_current, open_file
from statusledger.demo_data import data_to_read


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

    @property
    def place(self) -> Path:
        """Return the folder that is answered from.

        Raises:
            NothingOwnError: It holds nothing yet.
        """
        return self._demo or data_to_read(self.data, demo=False)

    def pin(self) -> Snapshot:
        """Return the snapshot that is current now.

        Raises:
            UnansweredError: There is none that can be read.
        """
        return open_current(self.place, self._opened)

    def _opened(self, path: Path) -> Snapshot:
        with self._lock:
            if self._last is None or self._last.path != path:
                self._last = open_file(path)
            return self._last
