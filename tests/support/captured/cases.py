"""Small inputs that reports of real users led to, read in place where this machine has them."""

from __future__ import annotations

import pytest

from tests.support.paths import CASES

needs_cases = pytest.mark.skipif(
    not CASES.exists(),
    reason="no case inputs here: set STATUSLEDGER_CASES to a folder of them to run this",
)
