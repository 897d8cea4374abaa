"""The webhook hears of everything once, over real HTTP, and is in nobody's way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from filelock import FileLock

import statusledger
from ingest import rounds, run, webhook
from ingest.demo import Hands
from ingest.fetch import Fetcher
from ingest.lock import LockHeld, hold_lock
from ingest.publish import current
from ingest.watchlist import FILE, WEBHOOK
from ingest.webhook import LOCK, MEMORY
from tests.loopback import Reply, Site, a_port, in_turn, reply, serve
from tests.statuspage_payloads import about_page, component, incident, incidents_json, update
from tests.test_import import Result, cli, only_line
from tests.test_publish import ACME

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
ROUND = timedelta(minutes=6)
SECRET = "T0P-s3cr3t"
HOOK = f"/services/{SECRET}"
LIST = "/api/v2/incidents.json"
PARTS = [component("aaaa1111bbbb", name="Acme API"), component("cccc1111dddd", name="Console")]
OLD = incident("old", name="Long ago", components=PARTS)


def listed(*incidents: Any) -> Reply:
    return reply(body=incidents_json(*incidents, OLD))


def opened(name: str, at: datetime, part: int = 0) -> dict[str, Any]:
    return incident(
        name,
        [update("u1", "investigating", f"{at:%Y-%m-%dT%H:%M:%SZ}")],
        name=f"Trouble {name}",
        components=[PARTS[part]],
    )


def closed(name: str, at: datetime, end: datetime) -> dict[str, Any]:
    updates = [
        update("u1", "investigating", f"{at:%Y-%m-%dT%H:%M:%SZ}"),
        update("u2", "resolved", f"{end:%Y-%m-%dT%H:%M:%SZ}"),
    ]
    return incident(name, updates, name=f"Trouble {name}", components=PARTS[:1])


def texts(site: Site) -> list[str]:
    """What the webhook was sent; every body is Slack's JSON."""
    bodies = [json.loads(body) for path, body in site.posted if path == HOOK]
    assert all(body.keys() == {"text"} for body in bodies)
    return [body["text"] for body in bodies]


def heads(site: Site) -> list[str]:
    return [text.splitlines()[0] for text in texts(site)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands, real = Hands(START), run.collect_now

    def by_hand(data: Path, pages: Any, fetcher: Fetcher, *_: object, **more: Any) -> Any:
        return real(data, pages, fetcher, hands, **more)

    monkeypatch.setattr(run, "now", hands)
    monkeypatch.setattr(run, "collect_now", by_hand)
    monkeypatch.setattr(statusledger, "keep_going", partial(rounds.keep_going, clock=hands))
    return hands


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for module in (statusledger, rounds):
        monkeypatch.setattr(module, "Fetcher", partial(Fetcher, spacing=0, seconds=5))
    roster = {"page": about_page(), "status": {}, "components": PARTS}
    with serve() as site:
        site[LIST] = listed()
        site["/api/v2/summary.json"] = reply(body=json.dumps(roster).encode())
        waiting = {"page": about_page(), "scheduled_maintenances": []}
        site["/api/v2/scheduled-maintenances.json"] = reply(body=json.dumps(waiting).encode())
        yield site


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve() as site:
        site[HOOK] = reply(body=b"ok")
        monkeypatch.setenv(WEBHOOK, site.url + HOOK)
        yield site


@pytest.fixture
def data(tmp_path: Path, page: Site, clock: Hands) -> Path:
    own = ACME.replace("https://status.acme.test", page.url)
    (tmp_path / "providers.toml").write_text(f"{own}allow_private = true\n")
    return tmp_path


def collect(data: Path, code: int = 0) -> Result:
    result = cli(data, "collect", "acme")
    assert result.exit_code == code, result
    assert SECRET not in result.stdout + result.stderr
    return result


def later(clock: Hands, by: timedelta = ROUND) -> datetime:
    clock.at += by
    return clock.at


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
        full.setattr(run, "publish_after", broken)
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
    monkeypatch.setattr(run, "publish_after", broken)
    collect(data, code=5)
    assert heads(hook)[2:] == [failed]


def test_a_publication_that_failed_before_all_others_is_no_first_look(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as full:
        full.setattr(run, "publish_after", Mock(side_effect=OSError(28, "No space left")))
        collect(data, code=5)
    over = START - timedelta(hours=5)
    page[LIST] = listed(closed("early", over, over))
    later(clock)
    collect(data)
    assert heads(hook) == ["Publishing failed: No space left"]


@pytest.mark.parametrize("trouble", [reply(500), reply(404), reply(302, Location="/elsewhere")])
def test_what_was_turned_down_is_told_by_the_next_run(
    data: Path, page: Site, hook: Site, clock: Hands, trouble: Reply
) -> None:
    hook["/elsewhere"] = reply()
    hook[HOOK] = in_turn(trouble, reply(204))
    page[LIST] = listed(opened("one", START), opened("two", START))
    told = only_line(collect(data))
    assert told.startswith("webhook at 127.0.0.1: answered ")
    assert told.endswith(", 2 of 2 messages wait for the next run")
    assert len(texts(hook)) == 1
    for _ in range(2):
        later(clock)
        assert collect(data).stderr == ""
    assert sorted(heads(hook)[1:]) == [
        "New incident at Acme (API inference): Trouble one",
        "New incident at Acme (API inference): Trouble two",
    ]


def test_what_nobody_was_there_to_hear_is_told_by_the_next_run(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    page[LIST] = listed(opened("one", START))
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv(WEBHOOK, f"http://user:{SECRET}@127.0.0.1:1{HOOK}")
        told = only_line(collect(data))
    assert told == "webhook at 127.0.0.1: refused, 1 of 1 messages wait for the next run"
    later(clock)
    collect(data)
    assert heads(hook) == ["New incident at Acme (API inference): Trouble one"]


def test_what_cannot_be_told_for_a_day_is_given_up_with_a_line(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    hook[HOOK] = reply(500)
    page[LIST] = listed(opened("one", START))
    collect(data)
    later(clock, timedelta(days=1))
    assert only_line(collect(data)) == (
        "webhook at 127.0.0.1: gave up on 1 that could not be told for a day"
    )
    later(clock)
    assert collect(data).stderr == ""
    assert len(texts(hook)) == 1


def test_a_webhook_that_asks_for_a_pause_gets_it(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    hook[HOOK] = in_turn(reply(429, Retry_After="600"), reply())
    page[LIST] = listed(opened("one", START))
    for wanted in (1, 1, 2, 2):
        collect(data)
        assert len(texts(hook)) == wanted
        later(clock)


def test_one_message_that_is_refused_does_not_hold_up_the_others(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    hook[HOOK] = in_turn(reply(400), reply())
    page[LIST] = listed(opened("one", START), opened("two", START + timedelta(seconds=1)))
    assert "answered 400, 1 of 2 messages" in only_line(collect(data))
    later(clock)
    collect(data)
    assert [head[-3:] for head in heads(hook)] == ["one", "two", "one"]


def test_the_webhook_is_told_after_everything_else_is_done(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.5)
    seen: list[tuple[bool, bool]] = []

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        with hold_lock(data, timeout=0):
            seen.append((current(data / "snapshots") is not None, (data / MEMORY).exists()))
        hook.over.wait(60)

    hook[HOOK] = slowly
    page[LIST] = listed(opened("one", START))
    result = collect(data)
    assert seen == [(True, False)]
    assert "published " in result.stdout
    assert "webhook at 127.0.0.1: timeout, 1 of 1 messages wait" in only_line(result)


def test_up_collects_again_while_the_webhook_has_not_answered_yet(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    again, answered = threading.Event(), threading.Event()

    def noted(name: str, body: Reply, event: threading.Event) -> Reply:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            order.append(name)
            event.set()
            body(handler)

        return answer

    def slowly(handler: BaseHTTPRequestHandler) -> None:
        order.append("told")
        if not again.wait(10):
            order.append("nobody collected meanwhile")
        noted("answered", reply(), answered)(handler)

    one = listed(opened("one", START))
    page[LIST] = in_turn(one, noted("collected again", one, again))
    hook[HOOK] = slowly
    (data / run.SIMULATED).write_text("Invented.\n")
    own = data / "providers.toml"
    own.write_text(own.read_text().replace("[acme]\n", "[acme]\nstarter = true\n"))
    ended = {True: 0, False: None}

    def wait(_: float | None = None) -> int:
        wait_until(lambda: "told" in order)
        later(clock)
        return 0

    process = SimpleNamespace(poll=lambda: ended["collected again" in order], wait=wait)
    monkeypatch.setattr(statusledger, "serve", lambda *_: nullcontext(process))
    assert cli(data, "up", "--port", a_port()).exit_code == 0
    assert answered.wait(10)
    assert order[:3] == ["told", "collected again", "answered"]
    assert heads(hook)[0].startswith("Simulated data: New incident at Acme")


def wait_until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if holds():
            return
        pause.wait(0.01)
    raise AssertionError("never came about")


def test_two_runs_do_not_tell_at_the_same_time(
    data: Path, page: Site, hook: Site, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.1)
    page[LIST] = listed(opened("one", START))
    with FileLock(data / LOCK):
        assert only_line(collect(data)) == "webhook at 127.0.0.1: another run is telling it"
    assert texts(hook) == []


def test_a_memory_that_cannot_be_kept_is_a_line_and_no_failed_run(data: Path, hook: Site) -> None:
    (data / MEMORY).mkdir()
    assert str(data / MEMORY) in only_line(collect(data))


@pytest.mark.parametrize(("end", "code"), [(KeyboardInterrupt(), 130), (LockHeld("busy"), 4)])
def test_a_publication_interrupted_or_left_to_another_run_is_no_news(
    data: Path, hook: Site, monkeypatch: pytest.MonkeyPatch, end: BaseException, code: int
) -> None:
    monkeypatch.setattr(run, "publish_after", Mock(side_effect=end))
    collect(data, code)
    assert texts(hook) == []


def test_without_publishing_nothing_is_told(data: Path, page: Site, hook: Site) -> None:
    page[LIST] = listed(opened("one", START))
    assert cli(data, "collect", "acme", "--no-publish").exit_code == 0
    assert texts(hook) == []


def test_without_a_webhook_a_wrong_list_is_nobodys_business(data: Path) -> None:
    (data / FILE).write_text("provider = 1")
    collect(data)
    assert not (data / MEMORY).exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("surface = []", "watch.toml: surface: unknown key; one of providers, surfaces"),
        ('providers = "acme"', "watch.toml: providers: must be a list"),
        ("surfaces = []", "watch.toml: surfaces: must be a list"),
        ('providers = ["acmee"]', "'acmee' is not one of them; did you mean acme?"),
        ('surfaces = ["api"]', "watch.toml: surfaces: 'api' is not one of them"),
        ("providers = [1]", "watch.toml: providers: 1 is not one of them"),
        ("providers = [", "watch.toml: not TOML: "),
    ],
)
@pytest.mark.parametrize("command", ["collect", "up"])
def test_a_wrong_list_is_one_line_that_names_file_and_key(
    data: Path, page: Site, hook: Site, command: str, text: str, told: str
) -> None:
    (data / FILE).write_text(text)
    result = cli(data, command)
    assert result.exit_code == 2
    assert told in only_line(result)
    assert page.asked == []


@pytest.mark.parametrize("address", ["hooks.test/x", "ftp://hooks.test/x", "https://", "http://[x"])
def test_a_wrong_address_is_one_line_without_the_address(
    data: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(WEBHOOK, f"{address}{SECRET}" if address != "https://" else address)
    result = collect(data, code=2)
    assert only_line(result).startswith(f"{WEBHOOK}: must be an address like https://")


def test_what_the_provider_wrote_is_no_markup(
    data: Path, page: Site, hook: Site, clock: Hands
) -> None:
    page[LIST] = listed({**opened("one", START), "name": "<!here> & <http://a.test|b>\x07\x1b[31m"})
    collect(data)
    assert heads(hook) == [
        "New incident at Acme (API inference): &lt;!here&gt; &amp; &lt;http://a.test|b&gt;  [31m"
    ]
