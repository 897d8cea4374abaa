"""Work out the figures of other trackers again: ``python -m benchmarks.peers [DATA]``.

DATA holds a ledger made by an earlier call, or is where it is made; without a word, it is made
anew and thrown away.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from analytics import Snapshot, open_snapshot
from benchmarks import circumstances
from benchmarks.peers import (
    aiwatch,
    claude_statuses,
    exporter,
    github_archive,
    github_statuses,
    leaderboard,
)
from benchmarks.peers.explained import Figure, Finding, shown, table, tally
from benchmarks.peers.ledger import build_all
from benchmarks.peers.posts import measured

#: Figures that are shown in full: of each peer some that look as if they answered one question.
EXAMPLES = frozenset(
    {
        (aiwatch.PEER, "claude", "2026-06", "official uptime"),
        (aiwatch.PEER, "claude", "2026-06", "total_minutes"),
        (aiwatch.PEER, "claude", "2026-06", "incidents"),
        (leaderboard.PEER, "anthropic-api", "30 days", "uptime"),
        (leaderboard.PEER, "anthropic-api", "30 days", "minutes down"),
        (claude_statuses.PEER, "Claude API (api.anthropic.com)", "90d", "uptime"),
        (claude_statuses.PEER, "Claude API (api.anthropic.com)", "all", "uptime"),
        (github_statuses.PEER, "12637627", "2022-10-27", "minutes"),
        (github_archive.PEER, "8blgv351d71j", "2022-09-13", "minutes open"),
        (exporter.PEER, "northwind-ai 30d", "2026-11-01", "uptime_percentage"),
        (exporter.PEER, "ember-code Billing", "2026-10-21", "component_status"),
    }
)
PEERS = (aiwatch, leaderboard, github_statuses, github_archive, claude_statuses, exporter)


def audit(data: Path) -> None:
    """Print the table of all peers, then what is not explained."""
    if not (data / "snapshots").exists():
        build_all(data)
    with open_snapshot(data) as snapshot:
        tallies = [(peer.PEER, tally(peer.figures(snapshot))) for peer in PEERS]
        said = measured_windows(snapshot)
    print(circumstances())
    print(table(tallies))
    for name, one in tallies:
        for reason, n in one.without_bytes.most_common():
            print(f"{name}: {n} without bytes of ours: {reason}")
    findings = [found for _, one in tallies for found in one.findings]
    print(examples(found for found in findings if _key(found.figure) in EXAMPLES))
    print(examples(found for found in findings if found.needed is None))
    print(said)


def measured_windows(snapshot: Snapshot) -> str:
    """Say what our numbers of the examples rest on: rule, window, coverage and n of each."""
    service = aiwatch.SERVICES["claude"]
    until = claude_statuses.MADE_AT.date()
    windows = [
        (date(2026, 6, 1), date(2026, 7, 1)),
        *((since.date(), until) for since in claude_statuses.SINCE.values()),
    ]
    lines = []
    for window in windows:
        row = measured(snapshot, "availability", service.provider, service.surface, window)
        days = " up to, not including, ".join(map(str, window))
        rule, coverage = row["rule"], shown(100 * row["coverage"], 2)
        lines.append(
            f"{service.name}, {days}: rule {rule}, coverage {coverage} %, n {row['n']},"
            f" {row['status']}"
        )
    lines.append(f"{exporter.PEER}: simulated data, its pages are invented")
    return "\n".join(lines)


def examples(findings: Iterable[Finding]) -> str:
    """Render findings side by side, as a table in Markdown."""
    lines = [
        "| peer | figure | printed | ours | by their method | why |",
        "|---|---|---:|---:|---:|---|",
    ]
    for found in findings:
        figure = found.figure
        numbers = (figure.value, found.ours, found.theirs)
        written = " | ".join(shown(number, figure.digits) for number in numbers)
        why = "unexplained" if found.needed is None else ", ".join(sorted(found.needed)) or "equal"
        about = f"{figure.about}, {figure.window}: {figure.metric}"
        lines.append(f"| {figure.peer} | {about} | {written} | {why} |")
    return "\n".join(lines)


def _key(figure: Figure) -> tuple[str, str, str, str]:
    return figure.peer, figure.about, figure.window, figure.metric


if __name__ == "__main__":
    match sys.argv[1:]:
        case [place]:
            audit(Path(place))
        case _:
            with tempfile.TemporaryDirectory() as folder:
                audit(Path(folder))
