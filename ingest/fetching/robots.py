"""Tell what a host's robots.txt allows us, by RFC 9309.

A host is asked once a UTC day; the answer is archived like any capture. Any 4xx, or a
redirect that leads away from the page's hosts, means there are no rules. While the host
cannot tell (5xx, no whole answer) the last good copy counts until it is 24 hours old;
after that nothing is fetched. What then stands in place of a capture is ``robots``, or how
the host could not be reached: that is trouble, not a rule.

A group is meant for us if it names our product token whole, with or without something behind
it: ``statusledger/0.1.0`` is, ``status`` is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from ingest.archive.page_history import Memory
from ingest.archive.source_history import ROBOTS
from ingest.models import Capture, FetchFailure, Page
from ingest.sources import Source

AGENT = "statusledger"
GOOD_FOR = timedelta(hours=24)
#: A line that begins a group; the parser is as generous with the spelling.
GROUP = re.compile(r"\s*user[- ]?agent\s*(?::|\s)\s*([^#]*)", re.IGNORECASE)
#: A product token (RFC 9309, 2.2.1), and what stands for all of them.
TOKEN = re.compile(r"[a-zA-Z_-]+")
EVERYBODY = re.compile(r"\*(?:\s|$)")
SOMEBODY_ELSE = "somebody-else"
#: Bytes of a robots.txt that are read; RFC 9309 asks for 500 KiB at least.
LONGEST = 512 * 2**10

#: What may keep a robots.txt from us, and would keep everything else at its host.
UNREACHABLE = frozenset(
    {
        FetchFailure.DNS,
        FetchFailure.REFUSED,
        FetchFailure.RESET,
        FetchFailure.TLS,
        FetchFailure.TIMEOUT,
        FetchFailure.TRUNCATED,
    }
)

#: What keeps us from a URL; None where it may be fetched.
Rules = Callable[[str], FetchFailure | None]


def source(page: Page, url: str) -> Source:
    """Return the source of the rules for ``url``."""
    parts = urlsplit(url)
    return Source(page.page_key, f"{parts.scheme}://{parts.netloc}/robots.txt", ROBOTS, GOOD_FOR)


def settles(answer: Capture) -> bool:
    """Say whether a capture of robots.txt settles what is allowed (RFC 9309).

    Rules were delivered, or the host has none: a 4xx, or a redirect that leads away.
    """
    return (
        answer.failure in (None, FetchFailure.REDIRECT) or 400 <= (answer.http_status or 0) <= 499
    )


def only_our_groups(robots: str) -> str:
    r"""Rewrite the names of groups as the parser compares them: ours, everybody's, or others'.

    >>> print(only_our_groups("User-Agent: StatusLedger/2.0 # us\nuser-agent: status"))
    User-agent: statusledger
    User-agent: somebody-else
    """
    return "\n".join(map(_with_plain_name, robots.splitlines()))


def _with_plain_name(line: str) -> str:
    group = GROUP.match(line)
    if group is None:
        return line
    name = TOKEN.match(group[1])
    if name is not None and name[0].lower() == AGENT:
        return f"User-agent: {AGENT}"
    everybody = EVERYBODY.match(group[1])
    return f"User-agent: {'*' if everybody else SOMEBODY_ELSE}"


class Gate:
    """Answers what keeps us from a URL, by the robots.txt of its host."""

    def __init__(self, page: Page, memory: Memory, ask: Callable[[Source], Capture]) -> None:
        """Judge for ``page``; ``ask`` fetches and archives a robots.txt."""
        self._page = page
        self._memory = memory
        self._ask = ask
        self._rules: dict[str, Rules] = {}

    def refuses(self, url: str) -> FetchFailure | None:
        """Return what keeps our agent from ``url``, if anything; ask its host once a run."""
        robots = source(self._page, url)
        if robots.url not in self._rules:
            self._rules[robots.url] = self._find(robots)
        return self._rules[robots.url](url)

    def _find(self, robots: Source) -> Rules:
        now = self._memory.now
        copy = self._memory.last_robots(robots.url)
        known = None if copy is None else self._read(copy)
        if copy is not None and known is not None and copy.captured_at.date() == now.date():
            return known
        answer = self._ask(robots)
        fresh = self._read(answer) if settles(answer) else None
        if fresh is not None:
            return fresh
        if copy is not None and known is not None and now - copy.captured_at < GOOD_FOR:
            return known
        why = answer.failure if answer.failure in UNREACHABLE else FetchFailure.ROBOTS
        return lambda _: why

    def _read(self, answer: Capture) -> Rules | None:
        """Read the rules of a settling answer; None when its body is not at hand."""
        if answer.failure is not None:
            return lambda _: None
        body = (
            answer.body if answer.body is not None else self._memory.body(answer.url, answer.sha256)
        )
        if body is None:
            return None
        from protego import Protego

        if len(body) > LONGEST:
            body = body[:LONGEST].rpartition(b"\n")[0]
        rules = Protego.parse(only_our_groups(body.decode("utf-8-sig", "replace")))
        return lambda url: None if rules.can_fetch(url, AGENT) else FetchFailure.ROBOTS
