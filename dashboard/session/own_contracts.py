"""The contracts a user wrote into the data folder, and the user's own probes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from analytics.sla.contract import FILE, Contract, read_contracts
from analytics.sla.detection import read_probes


def own_probes() -> pl.DataFrame:
    """Read the user's own probes beside the snapshots.

    Returns:
        Columns of ``analytics.sla.detection.PROBES``.
    """
    return read_probes(_folder())


def own_contracts() -> Mapping[str, Contract]:
    """Read the contracts beside the snapshots; none where there is no such file.

    Raises:
        TermsError: One cannot be read.
    """
    path = _folder() / FILE
    return read_contracts(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _folder() -> Path:
    """Return the data folder, also where a snapshot in it is named."""
    place = Path(os.environ.get("STATUSLEDGER_DATA", "data"))
    return place if place.is_dir() else place.parent
