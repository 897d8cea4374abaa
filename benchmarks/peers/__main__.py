"""``python -m benchmarks.peers [DATA]``: work out the figures of other trackers again.

DATA holds a ledger made by an earlier call, or is where it is made; without a word, it is made
anew and thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from analytics import open_snapshot
from benchmarks import circumstances
from benchmarks.peers import aiwatch, leaderboard
from benchmarks.peers.explained import shown, table, tally
from benchmarks.peers.ledger import build_all

PEERS = (aiwatch, leaderboard)


def audit(data: Path) -> None:
    """Print the table of all peers, then what is not explained."""
    if not (data / "snapshots").exists():
        build_all(data)
    with open_snapshot(data) as snapshot:
        tallies = [(peer.PEER, tally(peer.figures(snapshot))) for peer in PEERS]
    print(circumstances())
    print(table(tallies))
    for name, one in tallies:
        for reason, n in one.without_bytes.most_common():
            print(f"{name}: {n} without bytes of ours: {reason}")
    for name, one in tallies:
        for found in one.unexplained:
            figure = found.figure
            print(
                f"unexplained: {name}, {figure.about}, {figure.window}, {figure.metric}: "
                f"printed {figure.value}, ours {shown(found.ours, figure.digits)}, "
                f"by their method {shown(found.theirs, figure.digits)}"
            )


if __name__ == "__main__":
    match sys.argv[1:]:
        case [place]:
            audit(Path(place))
        case _:
            with tempfile.TemporaryDirectory() as folder:
                audit(Path(folder))
