"""Find the data folder of whoever names none."""

from __future__ import annotations

import os
from pathlib import Path


def default_data() -> Path:
    """Return ``STATUSLEDGER_DATA``, else a checkout's ``data/``, else the user's folder."""
    if stated := os.environ.get("STATUSLEDGER_DATA"):
        return Path(stated)
    checkout = Path(__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").exists():
        return checkout / "data"
    import platformdirs

    return Path(platformdirs.user_data_dir("statusledger"))
