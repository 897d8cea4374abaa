"""Render the board: every entrant by landmark, in Markdown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.forecast.entrants import ENTRANTS
from benchmarks.forecast.scorer import read_entry, score
from benchmarks.forecast.tasks import World, answers

#: Losses are told as multiples of that of this one.
REFERENCE = "memoryless"
#: Fewer tasks at a landmark tell nothing of a band.
LEAST = 50


def load(folder: Path) -> tuple[World, pl.DataFrame]:
    """Read the task files in a folder."""
    schema = {"surfaces": pl.String, "status": pl.String, "impact": pl.String}
    events = pl.read_csv(folder / "events.csv", schema_overrides=schema)
    return World(events), pl.read_csv(folder / "tasks.csv")


def scores_of(folder: Path, entries: Path) -> dict[str, pl.DataFrame]:
    """Score everyone on the tasks in a folder: those without a file, then the files.

    Args:
        folder: With ``events.csv`` and ``tasks.csv``.
        entries: Folder of entries, one CSV each.
    """
    world, tasks = load(folder)
    left = answers(world, tasks)
    given = {name: make(world, tasks) for name, make in ENTRANTS.items()}
    given |= {path.stem: read_entry(path, tasks) for path in sorted(entries.glob("*.csv"))}
    return {name: score(tasks, left, quantiles) for name, quantiles in given.items()}


def render(scores: dict[str, pl.DataFrame]) -> str:
    """Write the board; the best mean of losses, each a share of the reference's, comes first."""
    reference = scores[REFERENCE]["pinball"].to_numpy()
    mean = {
        name: float((of["pinball"].to_numpy() / reference).mean()) for name, of in scores.items()
    }
    landmarks = scores[REFERENCE]["landmark_min"].to_list()
    counts = dict(zip(landmarks, scores[REFERENCE]["n"].to_list(), strict=True))
    heads = [f"{at} min (n {counts[at]:,})" for at in landmarks]
    lines = [
        f"| entrant | mean loss, {REFERENCE} = 1 | {' | '.join(heads)} |",
        f"|---|---|{'---|' * len(heads)}",
    ]
    for name in sorted(mean, key=lambda one: (round(mean[one], 3), one)):
        cells = " | ".join(_cell(row) for row in scores[name].to_dicts())
        lines.append(f"| {name} | {mean[name]:.3f} | {cells} |")
    return "\n".join(lines)


def _cell(row: dict[str, float]) -> str:
    held = "/".join(f"{np.floor(100 * row[f'held_{band}']):.0f}" for band in (50, 80, 90))
    few = " (few)" if row["n"] < LEAST else ""
    return f"{row['pinball']:.1f} · {held}{few} · {row['error']:.0f}"
