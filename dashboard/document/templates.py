"""The templates of documents."""

from __future__ import annotations

from pathlib import Path

from dashboard.templates import templates_in

TEMPLATES = templates_in(Path(__file__).parent)
