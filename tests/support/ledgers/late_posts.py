"""Capture the incidents of a month twice: the newer ones, and later the older ones too."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import bring, put
from tests.support.payloads.statuspage import incident, incidents_json, update


def capture_twice(data: Path, days: int, first: int) -> None:
    """Import an incident of each day of January, from two captures.

    The one of the day ``first`` holds what was posted since the 11th; the one of February holds
    every post, and that of the 12th has another title.
    """
    posts = [
        incident(
            f"post{day:02}",
            [
                update(f"u{day}", "investigating", f"2026-01-{day:02}T10:00:00Z"),
                update(f"v{day}", "resolved", f"2026-01-{day:02}T11:00:00Z"),
            ],
        )
        for day in range(1, days + 1)
    ]
    newer = incidents_json(*posts[10 : first - 1])
    posts[11] = {**posts[11], "name": "Elevated errors of January"}
    for at, body in ((f"2026-01-{first}", newer), ("2026-02-09", incidents_json(*posts))):
        assert bring(data, put(data, f"{at}T09-00-00Z.json", body)).exit_code == 0
