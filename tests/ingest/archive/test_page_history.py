"""What collecting remembers: validators, failures in a row, and how long to stay away."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from ingest.archive.history_memo import source_histories
from ingest.archive.page_history import Memory, Validators, retry_after
from ingest.archive.store import Archive
from ingest.models import Capture, FetchFailure
from tests.support.payloads.toy_pages import MINUTES, NOON


@dataclass
class Past:
    """Captures of one page, told in the words of a test, and the memory of them."""

    archive: Archive
    captures: list[Capture] = field(default_factory=list)

    def add(self, minutes: int, **told: Any) -> Past:
        at = NOON + minutes * MINUTES
        base = Capture("acme", "https://status.acme.example/list", "list", at)
        self.captures.append(replace(base, **told))
        return self

    def memory(self, minutes: int) -> Memory:
        self.archive.append(self.captures)
        now = NOON + minutes * MINUTES
        pages = source_histories(self.archive, None, now)
        return Memory(now, pages.get("acme", {}), self.archive.body)


URL = "https://status.acme.example/list"
SHA = hashlib.sha256(b"{}").hexdigest()


def good(body: bytes | None = b"{}", **headers: str) -> dict[str, Any]:
    status = 304 if body is None else 200
    return {"http_status": status, "sha256": SHA, "body": body, "headers": headers}


def test_a_page_never_seen_has_no_memory(archive: Archive) -> None:
    memory = Past(archive).memory(0)
    assert memory.last_attempt(URL) is None
    assert memory.last_success(URL) is None
    assert memory.validators(URL) == Validators()
    assert memory.failures(URL) == 0
    assert memory.rests_until() is None
    assert memory.body(URL, SHA) is None


def test_validators_outlive_a_304_that_does_not_repeat_them(archive: Archive) -> None:
    past = Past(archive).add(0, **good(etag='"1"')).add(5, **good(None))
    assert past.memory(6).validators(URL) == Validators('"1"', None, SHA)
    assert past.memory(6).body(URL, SHA) == b"{}"


def test_validators_of_an_older_body_are_not_sent(archive: Archive) -> None:
    newer: dict[str, Any] = {
        "http_status": 200,
        "body": b"[]",
        "sha256": hashlib.sha256(b"[]").hexdigest(),
    }
    past = Past(archive).add(0, **good(etag='"1"')).add(5, **newer)
    assert past.memory(6).validators(URL) == Validators()


def test_validators_are_not_sent_for_a_body_that_is_not_at_hand(archive: Archive) -> None:
    past = Past(archive).add(0, **good(None, etag='"1"'))
    assert past.memory(1).validators(URL) == Validators()


def test_failures_in_a_row_end_with_a_success(archive: Archive) -> None:
    down: dict[str, Any] = {"failure": FetchFailure.HTTP_5XX, "http_status": 503}
    past = Past(archive).add(0, **down).add(5, **good()).add(10, **down).add(15, **down)
    memory = past.memory(16)
    assert memory.failures(URL) == 2
    attempt, success = memory.last_attempt(URL), memory.last_success(URL)
    assert attempt is not None
    assert attempt.failure is FetchFailure.HTTP_5XX
    assert success is not None
    assert success.captured_at == NOON + 5 * MINUTES
    assert past.memory(3).failures(URL) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("Thu, 09 Jul 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Thu, 09 Jul 2026 11:30:00 GMT", timedelta(0)),
        ("99999999999999999999", timedelta(days=1)),
        ("Fri, 09 Jul 2027 12:30:00 GMT", timedelta(days=1)),
        ("soon", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_trusted_for_a_day(
    text: str | None, expected: timedelta | None
) -> None:
    assert retry_after(text, NOON) == expected


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("far_east")
@pytest.mark.parametrize("text", ["Thursday, 09-Jul-26 12:30:00 GMT", "Thu Jul  9 12:30:00 2026"])
def test_an_old_form_of_http_date_is_in_gmt_whatever_the_zone_of_the_machine(text: str) -> None:
    assert retry_after(text, NOON) == timedelta(minutes=30)
