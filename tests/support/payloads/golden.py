"""Payloads that every platform keeps of each of its shapes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from ingest.models import Capture, Page, Parsed
from ingest.platforms.contract import Platform

AT = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Golden:
    """A payload of invented data in the real shape, and the path it is served under."""

    page: Page
    path: str
    body: bytes


def read(platform: Platform, golden: Golden) -> Parsed:
    """Read a payload as captured from where it is served."""
    page = golden.page
    url = page.base_url + golden.path
    return platform.parse(Capture(page.page_key, url, "any", AT, body=golden.body), page)


def golden_of(platform: Platform) -> tuple[Golden, ...]:
    """Return the payloads named ``GOLDEN`` in the test of the platform's folder.

    ``ingest/platforms/<name>/platform.py`` has its test in
    ``tests/ingest/platforms/test_<name>.py``.
    """
    name = platform.forms[0].read.__module__.split(".")[2]
    found: tuple[Golden, ...] = import_module(f"tests.ingest.platforms.test_{name}").GOLDEN
    return found
