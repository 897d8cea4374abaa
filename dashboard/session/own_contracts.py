"""The contracts a user wrote into the data folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from analytics.sla.contract import FILE, Contract, read_contracts


def own_contracts() -> Mapping[str, Contract]:
    """Read the contracts beside the snapshots; none where there is no such file.

    Raises:
        TermsError: One cannot be read.
    """
    place = Path(os.environ.get("STATUSLEDGER_DATA", "data"))
    path = (place if place.is_dir() else place.parent) / FILE
    return read_contracts(path.read_text(encoding="utf-8")) if path.is_file() else {}
