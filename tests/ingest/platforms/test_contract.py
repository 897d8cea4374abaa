"""Every platform keeps a payload of each of its shapes, and reads it whole."""

from __future__ import annotations

import pytest

from ingest.models import Capture, Page, ReadError
from ingest.platforms import PLATFORMS
from ingest.platforms.contract import Platform
from tests.support.payloads.golden import AT, Golden, golden_of, read

EVERY = [
    pytest.param(platform, golden, id=f"{platform.name}-{golden.path}-{number}")
    for platform in PLATFORMS.values()
    for number, golden in enumerate(golden_of(platform))
]


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda one: one.name)
def test_a_platform_keeps_a_golden_payload_of_each_of_its_shapes(platform: Platform) -> None:
    shapes = {read(platform, golden).shape for golden in golden_of(platform)}
    assert shapes == {shape.name for shape in platform.shapes}


@pytest.mark.parametrize(("platform", "golden"), EVERY)
def test_a_golden_payload_is_read_whole(platform: Platform, golden: Golden) -> None:
    parsed = read(platform, golden)
    assert parsed.incidents or parsed.components or parsed.posted_days
    assert (parsed.rejects, parsed.warnings) == ((), ())
    assert not parsed.unread_open
    assert not parsed.unread_components


@pytest.mark.parametrize(("platform", "golden"), EVERY)
def test_a_golden_payload_is_recognised(platform: Platform, golden: Golden) -> None:
    assert platform.recognise(golden.body)[1] == golden.path


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda one: one.name)
def test_what_is_no_payload_is_refused_by_name(platform: Platform) -> None:
    page = Page("p", "acme", platform.name, "https://status.acme.test")
    for body in (b"", b"words", b"{}", b"[7", b"<a/>", b"\xff{}", b"null"):
        with pytest.raises(ReadError):
            platform.parse(Capture("p", page.base_url, "any", AT, body=body), page)
        with pytest.raises(ReadError):
            platform.recognise(body)
