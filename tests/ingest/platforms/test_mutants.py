"""A body that is almost right is read in part or refused by name, and never twice over.

Nor does it keep its page from being derived: whatever was read makes rows of a snapshot.
"""

from __future__ import annotations

import resource
import time
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest

from ingest.ledger import versions
from ingest.ledger.sightings import sightings
from ingest.models import Capture, Page, Parsed, ReadError
from ingest.platforms import PLATFORMS
from ingest.platforms.contract import Platform
from ingest.snapshot.guarded_tables import guarded_tables
from ingest.validation.captures import believe
from tests.support.ledgers.read_captures import read_capture
from tests.support.payloads.golden import AT, golden_of
from tests.support.payloads.mutants import mutants
from tests.support.soaking import SOAK

#: For each platform, over its payloads.
NUMBER = 5_000 if SOAK else 100
#: What one body may cost: seconds of the processor, and kilobytes that all of them may add.
SECONDS, KILOBYTES = 2.0, 200 * 1024
#: Of these so many are derived, each between two captures of the sound body.
DERIVED = NUMBER // 20


def read(platform: Platform, number: int) -> list[Parsed]:
    found: list[Parsed] = []
    payloads = golden_of(platform)
    for golden in payloads:
        random = Random(f"{platform.name} {golden.path}")
        for body in mutants(golden.body, random, number // len(payloads) + 1):
            page = golden.page
            capture = Capture("p", page.base_url + golden.path, "any", AT, body=body)
            before = time.process_time()
            with suppress(ReadError):  # Its address may still say what it is.
                platform.recognise(body)
            try:
                found.append(believe(capture, platform.parse(capture, page)))
            except ReadError:
                continue
            finally:
                assert time.process_time() - before < SECONDS, body
    return found


def peak() -> int:
    """Return the most memory this process ever held, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda one: one.name)
def test_an_almost_right_body_fails_by_name_or_says_each_thing_once(platform: Platform) -> None:
    before = peak()
    for parsed in read(platform, NUMBER):
        ids = [one.incident_id for one in parsed.incidents]
        assert len(ids) == len({*ids})
        assert all(notice.reason for notice in parsed.rejects)
    assert peak() - before < KILOBYTES


def captured(platform: Platform, page: Page, path: str, bodies: list[bytes]) -> list[Capture]:
    found = []
    for hour, body in enumerate(bodies):
        try:
            shape, _ = platform.recognise(body)
        except ReadError:
            shape = "any"
        at = AT + timedelta(hours=hour)
        sha256 = str(hash(body))
        found.append(
            Capture(page.page_key, page.base_url + path, shape, at, sha256=sha256, body=body)
        )
    return found


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda one: one.name)
def test_an_almost_right_body_never_keeps_its_page_from_being_derived(platform: Platform) -> None:
    payloads = golden_of(platform)
    for golden in payloads:
        page = golden.page
        random = Random(f"rows of {platform.name} {golden.path}")
        for body in mutants(golden.body, random, DERIVED // len(payloads) + 1):
            bodies = random.choice([[body], [golden.body, body, golden.body]])
            told = captured(platform, page, golden.path, bodies)
            readings = [(one, read_capture(one, {page.page_key: page}, PLATFORMS)) for one in told]
            folded = versions.fold([sightings(readings)])
            ledger = versions.merge(folded, {page.page_key: platform.shapes})
            _, failed = guarded_tables(ledger, [page], told[-1].captured_at)
            assert failed == {}, body
