"""Send what is new to one webhook: beside the work, never in its way.

Every round is sent in a thread of its own, after the lock on the archive is released, and
may take ``SECONDS`` in all. The address is a secret: messages name its host only. It may be
a private one, since it is the user's own.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import requests
from filelock import FileLock, Timeout

from ingest.archive.page_history import retry_after
from ingest.fetching.connections import GuardedAdapter
from ingest.fetching.fetcher import Clock, user_agent
from ingest.fetching.request_budget import RequestBudget
from ingest.fetching.responses import NETWORK_ERRORS
from ingest.fetching.responses import trouble as kind_of
from ingest.files import atomic_write
from ingest.files.lock import LockHeldError
from ingest.models import FetchFailure
from ingest.safe_text import strip_control
from ingest.snapshot.pointer import current
from statusledger.alerts import delivered
from statusledger.alerts.delivered import Delivery, DeliveryLog, News
from statusledger.alerts.messages import find_alerts
from statusledger.alerts.watchlist import Watchlist

#: A round's messages may take this long together.
SECONDS = 20.0
#: Waiting for one answer, of those.
ANSWER_SECONDS = 10.0
MEMORY = "watch.json"
LOCK = "watch.lock"
#: Answers that turn down the message rather than us.
MESSAGE_REFUSED = (400, 413, 422)
#: Letters of an error that are sent.
WORDS = 300


@dataclass(frozen=True, slots=True)
class Failed:
    """The event that publishing failed; its key stays while no newer snapshot comes."""

    why: str
    key: str
    kind: str = "failed publication"
    fresh: bool = True

    @property
    def text(self) -> str:
        """Word the message."""
        return f"Publishing failed: {self.why}\nThe dashboard stays as it was."


@dataclass(frozen=True, slots=True)
class AlertsAfter:
    """Sends what is new when it is left, however that came about."""

    data: Path
    address: str = field(repr=False)
    wanted: Watchlist
    now: Clock
    wait: bool

    def __enter__(self) -> None:
        """Begin: what there is to send is known at the end."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Send what there is to tell, however the block ended."""
        if error is not None and (
            isinstance(error, LockHeldError) or not isinstance(error, Exception)
        ):
            return  # another run is at it, or we were interrupted: neither is news
        thread = threading.Thread(target=self._deliver, args=(error,), name="watch", daemon=True)
        thread.start()
        if self.wait or error is not None:
            thread.join(2 * SECONDS)

    def _deliver(self, error: Exception | None) -> None:
        try:
            with FileLock(self.data / LOCK, timeout=SECONDS):
                self._round(error)
        except Timeout:
            self._log("another run is telling it")
        except OSError as here:
            self._log(f"{here.filename or self.data}: {here.strerror or here}")

    def _round(self, error: Exception | None) -> None:
        path, now = self.data / MEMORY, self.now()
        atomic_write.clear(self.data, now, of=MEMORY)
        before = known = delivered.load(path)
        found = self._found(known, error, now)
        if found is None:
            return
        if error is None:
            known = delivered.observe(known, found, [self._failed_key()])
        known, lost = delivered.expire(known, now)
        if lost:
            self._log(f"gave up on {lost} that could not be told for a day")
        unsent = delivered.pending(known, found)
        if known.rests_until is None or now >= known.rests_until:
            known, unsent = self._send(unsent, known, path)
        known = delivered.mark_failed(
            known, [key for message in unsent for key in message.keys], now
        )
        if known != before:
            delivered.save(path, known)

    def _found(
        self, known: DeliveryLog, error: Exception | None, now: datetime
    ) -> Sequence[News] | None:
        """Find the events; after a failure only that one, for the snapshot is an old one."""
        if error is not None:
            return [Failed(_why(error), self._failed_key())]
        wanted = self.wanted
        return find_alerts(self.data, now, wanted.providers, wanted.surfaces, known.keys)

    def _failed_key(self) -> str:
        newest = current(self.data / "snapshots")
        return f"publish:{newest.name if newest else None}:failed"

    def _send(
        self, messages: Sequence[Delivery], known: DeliveryLog, path: Path
    ) -> tuple[DeliveryLog, list[Delivery]]:
        """Send messages in turn; return the log then, and what is left for another round."""
        budget = RequestBudget(allow_private=True, seconds=SECONDS, again=lambda: None)
        known = replace(known, rests_until=None)
        left: list[Delivery] = []
        trouble: str | None = None
        with _session() as session:
            for nr, message in enumerate(messages):
                reply = _post(session, self.address, message.text, budget)
                if reply.trouble is None:
                    known = delivered.mark_delivered(known, message.keys)
                    delivered.save(path, known)  # at once: ended now, it would be told again
                    continue
                trouble = reply.trouble
                if reply.status not in MESSAGE_REFUSED:
                    left += messages[nr:]
                    wait = retry_after(reply.retry_after, self.now())
                    known = replace(known, rests_until=self.now() + wait if wait else None)
                    break
                left.append(message)
        if trouble is not None:
            self._log(f"{trouble}, {len(left)} of {len(messages)} messages wait for the next run")
        return known, left

    def _log(self, what: str) -> None:
        host = urlsplit(self.address).hostname
        print(f"statusledger: webhook at {host}: {strip_control(what)}", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class _Reply:
    """The receiver's answer to a message; no ``trouble`` is success."""

    trouble: str | None
    status: int | None = None
    retry_after: str | None = None


def _session() -> requests.Session:
    session = requests.Session()
    session.headers["User-Agent"] = user_agent()
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter())
    return session


def _post(session: requests.Session, address: str, text: str, budget: RequestBudget) -> _Reply:
    """Send ``text``. An error's own words hold the address, so only its kind is kept."""
    try:
        with (
            budget,
            session.post(
                address,
                json={"text": escape_slack(text)},
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response,
        ):
            status = response.status_code
            if 200 <= status <= 299:
                return _Reply(None, status)
            return _Reply(f"answered {status}", status, response.headers.get("retry-after"))
    except NETWORK_ERRORS as error:
        return _Reply(FetchFailure.TIMEOUT if budget.expired else kind_of(error))


def escape_slack(text: str) -> str:
    """Drop Slack's markup and all control characters but the ends of lines."""
    plain = "\n".join(map(strip_control, text.split("\n")))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _why(error: Exception) -> str:
    """Word an error in one line: what and where for the machine's, else its own words."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    words = " ".join(str(error).split())[:WORDS]
    return f"{type(error).__name__}: {words}"
