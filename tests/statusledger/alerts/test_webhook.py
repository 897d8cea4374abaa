"""The webhook hears of everything once, over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from ingest.files.lock import LockHeldError
from ingest.runs import publishing
from ingest.simulation.demo import Hands
from statusledger.alerts.watchlist import FILE
from tests.support.command_line import cli, only_line
from tests.support.loopback import Site, reply
from tests.support.webhooks import (
    LIST,
    START,
    clock,
    closed,
    collect,
    data,
    heads,
    hook,
    later,
    listed,
    opened,
    page,
    texts,
)

__all__ = ["clock", "data", "hook", "page"]


def test_new_and_resolved_incidents_are_told_once_and_the_past_is_not(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    collect(data)
    assert texts(hook) == []
    begun = later(clock)
    page[LIST] = listed(opened("one", begun))
    collect(data)
    later(clock)
    collect(data)
    assert texts(hook) == [
        "New incident at Acme (API inference): Trouble one\n"
        "Impact major, began 2026-01-10 12:06 UTC, as posted by the provider.\n"
        "https://stspg.test/one"
    ]
    page[LIST] = listed(closed("one", begun, later(clock)))
    collect(data)
    later(clock)
    collect(data)
    assert heads(hook)[1:] == ["Resolved at Acme (API inference): Trouble one"]


def test_the_first_run_tells_what_is_open_or_hardly_over_and_no_history(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    hours = timedelta(hours=1)
    page[LIST] = listed(
        opened("open", START - 50 * hours),
        closed("just", START - 3 * hours, START - hours / 2),
        *(closed(f"early{n}", START - 9 * hours, START - 3 * hours) for n in range(30)),
    )
    collect(data)
    later(clock)
    collect(data)
    assert heads(hook) == [
        "New incident at Acme (API inference): Trouble open",
        "Resolved at Acme (API inference): Trouble just",
    ]


def test_a_storm_is_twenty_messages_and_one_line_for_the_rest(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    page[LIST] = listed(*(opened(f"n{n:02}", START) for n in range(30)))
    collect(data)
    later(clock)
    collect(data)
    assert len(texts(hook)) == 21
    assert texts(hook)[-1] == "And 10 more. new incident: 10."


def test_only_the_watched_surface_is_told(data: Path, page: Site, hook: Site, clock: Hands) -> None:
    (data / FILE).write_text('providers = ["acme"]\nsurfaces = ["console"]\n')
    page[LIST] = listed(opened("api", START), opened("console", START, part=1))
    collect(data)
    assert heads(hook) == ["New incident at Acme (console): Trouble console"]


def test_a_silent_source_is_told_once_its_budget_is_over(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    collect(data)
    page[LIST] = reply(500)
    later(clock, timedelta(minutes=60))
    collect(data, code=3)
    assert texts(hook) == []
    for _ in range(2):
        later(clock)
        collect(data, code=3)
    [told] = texts(hook)
    assert told.startswith("Stale source at Acme: no good answer since 2026-01-10 12:00 UTC\n")
    assert f"{page.url}{LIST}: http_5xx at the last try." in told


def test_a_page_on_another_engine_is_told(data: Path, page: Site, hook: Site, clock: Hands) -> None:
    collect(data)
    page[LIST] = reply(body=b"<!doctype html><title>Status, now by somebody else</title>")
    for _ in range(3):
        later(clock)
        collect(data, code=3)
    assert heads(hook) == ["Changed page at Acme: it no longer answers in the form of statuspage"]


def test_a_publication_that_failed_is_told_until_one_works(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Mock(side_effect=OSError(28, "No space left on device", "snapshots/x.duckdb"))
    collect(data)
    later(clock)
    with monkeypatch.context() as full:
        full.setattr(publishing, "publish_after", broken)
        for _ in range(2):
            assert "No space left" in only_line(collect(data, code=5))
            assert collect(data, code=5).stdout.endswith(": 0 captures, nothing due\n")
            later(clock)
    failed = "Publishing failed: snapshots/x.duckdb: No space left on device"
    assert heads(hook) == [failed]
    page[LIST] = listed(opened("one", clock.at))
    collect(data)
    assert heads(hook)[1:] == ["New incident at Acme (API inference): Trouble one"]
    later(clock)
    monkeypatch.setattr(publishing, "publish_after", broken)
    collect(data, code=5)
    assert heads(hook)[2:] == [failed]


def test_a_publication_that_failed_before_all_others_is_no_first_look(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(publishing, "publish_after", Mock(side_effect=OSError(28, "No space left")))
        collect(data, code=5)
    over = START - timedelta(hours=5)
    page[LIST] = listed(closed("early", over, over))
    later(clock)
    collect(data)
    assert heads(hook) == ["Publishing failed: No space left"]


@pytest.mark.parametrize(("end", "code"), [(KeyboardInterrupt(), 130), (LockHeldError("busy"), 4)])
def test_a_publication_interrupted_or_left_to_another_run_is_no_news(
    data: Path, hook: Site, monkeypatch: pytest.MonkeyPatch, end: BaseException, code: int
) -> None:
    monkeypatch.setattr(publishing, "publish_after", Mock(side_effect=end))
    collect(data, code)
    assert texts(hook) == []


def test_without_publishing_nothing_is_told(data: Path, page: Site, hook: Site) -> None:
    page[LIST] = listed(opened("one", START))
    assert cli(data, "collect", "acme", "--no-publish").exit_code == 0
    assert texts(hook) == []


def test_what_the_provider_wrote_is_no_markup(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    page[LIST] = listed({**opened("one", START), "name": "<!here> & <http://a.test|b>\x07\x1b[31m"})
    collect(data)
    assert heads(hook) == [
        "New incident at Acme (API inference): &lt;!here&gt; &amp; &lt;http://a.test|b&gt; [31m"
    ]
