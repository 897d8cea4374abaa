"""What the webhook does not take waits for the next run, and is in nobody's way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock

from ingest.files.lock import hold_lock
from ingest.runs import data_folder
from ingest.simulation.demo import Hands
from ingest.snapshot.pointer import current
from statusledger.alerts import delivery
from statusledger.alerts.channels import MEMORY
from statusledger.alerts.delivery import LOCK
from statusledger.alerts.watchlist import WEBHOOK
from tests.support.command_line import cli, only_line
from tests.support.loopback import Reply, Site, a_port, in_turn, reply
from tests.support.webhooks import (
    HOOK,
    LIST,
    SECRET,
    START,
    clock,
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
    monkeypatch.setattr(delivery, "SECONDS", 0.5)
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
    (data / data_folder.SIMULATED).write_text("Invented.\n")
    own = data / "providers.toml"
    own.write_text(own.read_text().replace("[acme]\n", "[acme]\nstarter = true\n"))
    ended = {True: 0, False: None}

    def wait(_: float | None = None) -> int:
        wait_until(lambda: "told" in order)
        later(clock)
        return 0

    process = SimpleNamespace(poll=lambda: ended["collected again" in order], wait=wait)
    monkeypatch.setattr("dashboard.serve.serve", lambda *_: nullcontext(process))
    assert cli(data, "up", "--port", a_port()).exit_code == 0
    assert answered.wait(10)
    assert order[:3] == ["told", "collected again", "answered"]
    assert heads(hook)[0].startswith("Simulated data: New incident at Acme")
    # What is still sent or written belongs to this test, not to the next one.
    for thread in threading.enumerate():
        if thread.name == "watch":
            thread.join(10)


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
    monkeypatch.setattr(delivery, "SECONDS", 0.1)
    page[LIST] = listed(opened("one", START))
    with FileLock(data / LOCK):
        assert only_line(collect(data)) == "webhook at 127.0.0.1: another run is telling it"
    assert texts(hook) == []


def test_a_memory_that_cannot_be_kept_is_a_line_and_no_failed_run(data: Path, hook: Site) -> None:
    (data / MEMORY).mkdir()
    assert str(data / MEMORY) in only_line(collect(data))
