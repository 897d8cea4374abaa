"""A region in the address of a page: only what lies there, and what is of no region."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.pages.streamlit_pages import shown, words
from tests.support.snapshots import component, covered, made, state

DAY, NEXT = "2026-01-05", "2026-01-06"
US, EU = "us-east-1", "eu-west-1"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an API in two regions, of which one was down."""
    return made(
        tmp_path_factory.mktemp("cloud"),
        as_of=NEXT,
        components=[component(name, region=name) for name in (US, EU)],
        states=[state("major", f"{DAY} 06:00", f"{DAY} 12:00", of=US)],
        coverage=[covered(DAY, NEXT, of=name) for name in (US, EU)],
    ).path


def test_a_region_is_named_on_every_page(cloud: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for view in ("overview", "profile"):
        told = words(shown(view, cloud, monkeypatch, region=EU))
        assert f"Region {EU} only" in told.replace("\\", "")


def test_a_region_that_nobody_is_in_is_refused_in_words(
    cloud: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("overview", cloud, monkeypatch, region="the moon")).replace("\\", "")
    assert "no component is in region 'the moon'" in told
    assert "All regions are shown" in told
