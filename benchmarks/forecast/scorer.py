"""Score an entry: pinball loss, coverage of bands, and the error of the median, by landmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analytics.forecast.backtest import EDGES, LONGEST_S, MEDIAN, QUANTILES, held_by, pinball
from benchmarks.forecast.tasks import Array

COLUMNS = tuple(f"p{100 * p:02.0f}" for p in QUANTILES)
MOST = LONGEST_S / 60
SCORES: Mapping[str, Any] = {
    "landmark_min": pl.Int64,
    "n": pl.Int64,
    # Minutes.
    "pinball": pl.Float64,
    **{f"held_{100 * band:.0f}": pl.Float64 for band in EDGES},
    # Minutes, of the median.
    "error": pl.Float64,
}


class EntryError(ValueError):
    """An entry cannot be scored; one line."""


def read_entry(path: Path, tasks: pl.DataFrame) -> Array:
    """Read the quantiles of an entry in the order of the tasks, in minutes.

    Raises:
        EntryError: A task has no answer, or several, or quantiles that are none.
    """
    given = pl.read_csv(path)
    if missing := [name for name in ("task", *COLUMNS) if name not in given.columns]:
        raise EntryError(f"{path.name} lacks the columns {', '.join(missing)}")
    if given["task"].is_duplicated().any():
        raise EntryError(f"{path.name} answers a task twice")
    joined = tasks.select("task").join(given, on="task", how="left", maintain_order="left")
    quantiles = joined.select(pl.col(COLUMNS).cast(pl.Float64)).to_numpy()
    if np.isnan(quantiles).any():
        raise EntryError(f"{path.name} leaves tasks without an answer")
    if (np.diff(quantiles, axis=1) < 0).any() or (quantiles < 0).any():
        raise EntryError(f"{path.name} has quantiles that fall, or lie in the past")
    return quantiles


def write_entry(path: Path, tasks: pl.DataFrame, quantiles: Array) -> None:
    """Write an entry, in minutes to a tenth."""
    columns = {name: quantiles[:, place] for place, name in enumerate(COLUMNS)}
    rows = tasks.select("task").with_columns(
        pl.Series(name, np.round(np.minimum(of, MOST), 1)) for name, of in columns.items()
    )
    rows.write_csv(path)


def score(tasks: pl.DataFrame, left: Array, quantiles: Array) -> pl.DataFrame:
    """Score quantiles against what was left; all are cut at a week.

    Args:
        tasks: As from ``tasks.tasks_of``.
        left: Minutes that were left, as from ``tasks.answers``.
        quantiles: Minutes, by the columns of ``COLUMNS``.

    Returns:
        Columns of ``SCORES``; a row for each landmark, since landmarks share incidents.
    """
    return pl.DataFrame(list(_scores(tasks, left, np.minimum(quantiles, MOST))), dict(SCORES))


def _scores(tasks: pl.DataFrame, left: Array, quantiles: Array) -> Iterator[dict[str, Any]]:
    landmarks = tasks["landmark_min"].to_numpy()
    for landmark in np.unique(landmarks):
        rows = landmarks == landmark
        came, said = left[rows], quantiles[rows]
        yield {
            "landmark_min": int(landmark),
            "n": len(came),
            "pinball": float(pinball(came, said).mean()),
            **{f"held_{100 * b:.0f}": held_by(came, said, b) / len(came) for b in EDGES},
            "error": float(np.median(np.abs(came - said[:, MEDIAN]))),
        }
