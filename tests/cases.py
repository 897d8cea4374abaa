"""Small inputs that reports of real users led to, read in place where this machine has them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CASES = Path(os.environ.get("STATUSLEDGER_CASES", Path(__file__).parents[2] / "shared" / "cases"))

needs_cases = pytest.mark.skipif(
    not CASES.exists(),
    reason="no case inputs here: set STATUSLEDGER_CASES to a folder of them to run this",
)
