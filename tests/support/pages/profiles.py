"""The clock of the profile's tests, a year that is covered, and a capture made just now."""

from __future__ import annotations

from tests.support.snapshots import at, covered, source

NOW = at("2026-01-31")
YEAR = covered("2025-06-01", NOW)
FRESH = source("https://acme.test/incidents.json", NOW)
