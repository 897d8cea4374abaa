"""Where things are: the checkout, and reference material beside it on machines that have it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FEEDS = Path(os.environ.get("STATUSLEDGER_FEEDS", SHARED / "feeds"))
CASES = Path(os.environ.get("STATUSLEDGER_CASES", SHARED / "cases"))
