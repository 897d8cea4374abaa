"""Deliver what is new to every channel: beside the work, never in its way.

Every round is sent in a thread of its own, after the lock on the archive is released, and each
channel in one beside it: a channel may take ``SECONDS``, and holds up no other. Addresses and
passwords are secrets: lines about trouble name a host only.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from analytics.snapshot import NoSnapshotError, Snapshot, open_snapshot
from ingest.archive.page_history import retry_after
from ingest.fetching.fetcher import Clock
from ingest.fetching.request_budget import RequestBudget
from ingest.files import atomic_write
from ingest.files.lock import LockHeldError
from ingest.models import UnansweredError, UsageError
from ingest.safe_text import strip_control
from ingest.snapshot.pointer import current
from statusledger.alerts import delivered
from statusledger.alerts.brief import brief_news, with_brief
from statusledger.alerts.channels import Channel
from statusledger.alerts.delivered import Delivery, DeliveryLog, News
from statusledger.alerts.mail import MAIL_ERRORS, MailSender, mail_trouble, open_server
from statusledger.alerts.messages import alerts
from statusledger.alerts.watchlist import EventKind, WatchError
from statusledger.alerts.webhook import HttpSender, Reply, open_session

#: A round's messages to one channel may take this long together.
SECONDS = 20.0
#: A command that ends waits so long for its channels, and then ends without them.
PATIENCE = 2 * SECONDS
LOCK = "watch.lock"
#: Letters of an error that are sent.
WORDS = 300
Send = Callable[[Delivery, datetime], Reply]


@dataclass(frozen=True, slots=True)
class AlertsAfter:
    """Send what is new when it is left, however that came about."""

    data: Path
    channels: tuple[Channel, ...]
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
            thread.join(PATIENCE)

    def _deliver(self, error: Exception | None) -> None:
        try:
            with FileLock(self.data / LOCK, timeout=SECONDS):
                self._rounds(error)
        except Timeout:
            for channel in self.channels:
                log_line(channel, "another run is telling it")
        except OSError as here:
            log_line(self.channels[0], f"{here.filename or self.data}: {here.strerror or here}")

    def _rounds(self, error: Exception | None) -> None:
        """Find what there is to send, channel by channel; then send to all at once."""
        if error is not None:
            self._send([_Round(self.data, one, self.now, None) for one in self.channels], error)
            return
        try:
            snapshot = open_snapshot(self.data)
        except NoSnapshotError:
            return
        with snapshot:
            rounds = [_Round(self.data, one, self.now, snapshot) for one in self.channels]
            self._send(rounds, error)

    def _send(self, rounds: Sequence[_Round], error: Exception | None) -> None:
        threads = []
        for one in rounds:
            with one.logged():
                send = one.prepare(error)
                threads.append(threading.Thread(target=send, name=one.channel.name, daemon=True))
                threads[-1].start()
        # However long that takes: they read the snapshot, and hold the lock on what was sent.
        for thread in threads:
            thread.join()


@dataclass(frozen=True, slots=True)
class _Found:
    """Hold what a channel was told before, what there is, and the brief that is due."""

    known: DeliveryLog
    news: Sequence[News]
    brief: News | None


@dataclass(frozen=True, slots=True)
class _Round:
    """Hold what one channel is told of one publication; without a snapshot, that it failed."""

    data: Path
    channel: Channel
    now: Clock
    snapshot: Snapshot | None

    @property
    def path(self) -> Path:
        return self.data / self.channel.memory

    @contextmanager
    def logged(self) -> Iterator[None]:
        """Turn what goes wrong with one channel into a line about it."""
        try:
            yield
        except OSError as here:
            log_line(self.channel, f"{here.filename or self.data}: {here.strerror or here}")
        except UsageError as here:
            log_line(self.channel, str(here))

    def look(self) -> _Found:
        """Find what there is to send, and what was sent before; nothing is written."""
        known = delivered.load(self.path)
        assert self.snapshot is not None
        news = alerts(self.snapshot, self.now(), self.channel.watchlist, known)
        brief = brief_news(self.snapshot, self.channel)
        covers = [key for one in news for key in one.covers]
        seen = news if brief is None else [*news, brief]
        known = delivered.observe(known, seen, [failed_key(self.data), *covers])
        return _Found(known, news, None if brief is None or brief.key in known.keys else brief)

    def prepare(self, error: Exception | None) -> Callable[[], None]:
        """Find what there is to send; return what sends it."""
        now = self.now()
        atomic_write.clear(self.data, now, of=self.channel.memory)
        before = delivered.load(self.path)
        if error is None:
            found = self.look()
        else:
            wanted = EventKind.FAILED in self.channel.watchlist.kinds
            found = _Found(before, [failed(error, failed_key(self.data))] if wanted else [], None)
        known, lost = delivered.expire(found.known, now)
        passed = [key for one in found.news if one.key in known.keys for key in one.covers]
        known = delivered.mark_delivered(known, passed)
        if lost:
            log_line(self.channel, f"gave up on {lost} that could not be told for a day")
        return partial(self._deliver, before, replace(found, known=known))

    def _deliver(self, before: DeliveryLog, found: _Found) -> None:
        with self.logged():
            now, brief = self.now(), found.brief
            known, unsent = self.due(found, now)
            due = bool(unsent)
            if known.rests_until is None or now >= known.rests_until:
                known, unsent = self._send(unsent, known)
                if due and not unsent:
                    known = self._digested(known, now)
                # A brief takes seconds to write: only where the channel takes messages.
                if brief is not None and not unsent:
                    known, unsent = self._send(self._brief(brief), known)
            keys = [key for message in unsent for key in message.keys]
            keys += [] if brief is None or brief.key in known.keys else [brief.key]
            known = delivered.mark_failed(known, keys, now)
            if known != before:
                delivered.save(self.path, known)

    def _brief(self, news: News) -> list[Delivery]:
        """Write the brief that is due; what cannot be asked is a line, and asked again."""
        assert self.snapshot is not None
        try:
            return [with_brief(news, self.snapshot, self.channel, self.data)]
        except (UsageError, UnansweredError) as error:
            log_line(self.channel, f"no brief: {error}")
            return []

    def _hour(self, now: datetime) -> datetime:
        assert self.channel.digest is not None
        return delivered.last_due(now, self.channel.digest, self.channel.zone)

    def _digested(self, known: DeliveryLog, now: datetime) -> DeliveryLog:
        """Note that the digest of today is done, unless it told only that publishing failed."""
        if self.channel.digest is None or self.snapshot is None:
            return known
        return replace(known, digest_at=self._hour(now))

    def due(self, found: _Found, now: datetime) -> tuple[DeliveryLog, list[Delivery]]:
        """Return the messages that are due; a digest is, once a day, if there is anything."""
        known = found.known
        if self.channel.digest is None:
            return known, delivered.pending(known, found.news)
        due = self._hour(now)
        if known.digest_at is None:
            return replace(known, digest_at=due), []
        messages = delivered.pending_digest(known, found.news) if known.digest_at < due else []
        return (known if messages else self._digested(known, now)), messages

    def _send(
        self, messages: Sequence[Delivery], known: DeliveryLog
    ) -> tuple[DeliveryLog, list[Delivery]]:
        """Send messages in turn; return the log then, and what is left for another round."""
        known = replace(known, rests_until=None)
        left: list[Delivery] = []
        trouble: str | None = None
        if not messages:
            return known, left
        with sending(self.channel) as send:
            for nr, message in enumerate(messages):
                reply = send(message, self.now())
                if reply.trouble is None:
                    known = delivered.mark_delivered(known, message.settled)
                    delivered.save(self.path, known)  # at once: ended now, it would be told again
                    if reply.left_out is not None:
                        log_line(self.channel, reply.left_out)
                    continue
                trouble = reply.trouble
                if not reply.refused:
                    left += messages[nr:]
                    now = self.now()
                    wait = retry_after(reply.retry_after, now) or delivered.backoff(known, now)
                    known = replace(known, rests_until=now + wait if wait else None)
                    break
                left.append(message)
        if trouble is not None:
            log_line(
                self.channel,
                f"{trouble}, {len(left)} of {len(messages)} messages wait for the next run",
            )
        return known, left


def preview(snapshot: Snapshot, data: Path, channel: Channel, now: Clock) -> list[str]:
    """Return the messages a channel would be sent at the next chance; nothing is sent.

    Args:
        snapshot: The current one.
        data: The data folder.
        channel: One of its channels.
        now: The clock.

    Raises:
        UsageError: What is asked cannot be.
    """
    found = _Round(data, channel, now, snapshot).look()
    word = delivered.pending if channel.digest is None else delivered.pending_digest
    texts = [message.text for message in word(found.known, found.news)]
    return [*texts, *([] if found.brief is None else [found.brief.text])]


def send_test(channel: Channel, now: datetime) -> str | None:
    """Send a message that says it is a test; return what went wrong."""
    text = f"Test of channel {channel.name}\nStatus Ledger can reach it. Nothing happened."
    news = News(f"test:{channel.name}", "test", True, text, at=now, data={"kind": "test"})
    with sending(channel) as send:
        reply = send(Delivery((news.key,), news.text, (news,)), now)
        return reply.trouble or reply.left_out


@contextmanager
def sending(channel: Channel) -> Iterator[Send]:
    """Give what sends a message to a channel, within ``SECONDS`` in all.

    What keeps a channel from being reached at all is the answer to each message.
    """
    budget = RequestBudget(allow_private=True, seconds=SECONDS, again=lambda: None)
    with ExitStack() as stack:
        try:
            sender: HttpSender | MailSender
            if channel.mailbox is None:
                sender = HttpSender(channel, stack.enter_context(open_session()), budget)
            else:
                server = stack.enter_context(open_server(channel.mailbox, budget))
                sender = MailSender(channel.mailbox, server, budget)
            send: Send = sender.send
        except WatchError as error:
            send = partial(_unsent, Reply(str(error)))
        except MAIL_ERRORS as error:
            send = partial(_unsent, mail_trouble(error, budget))
        yield send


def _unsent(reply: Reply, message: Delivery, now: datetime) -> Reply:
    return reply


def log_line(channel: Channel, what: str) -> None:
    """Say to standard error what is wrong with a channel: with its host, never its address."""
    host = channel.host
    where = f"{channel.label} at {host}" if host else channel.label
    print(f"statusledger: {where}: {strip_control(what)}", file=sys.stderr)


def failed_key(data: Path) -> str:
    """Return the key of a failed publication; it stays while no newer snapshot comes."""
    newest = current(data / "snapshots")
    return f"publish:{newest.name if newest else None}:failed"


def failed(error: Exception, key: str) -> News:
    """Make the event that publishing failed.

    What and where it was for the machine's errors, else the error's own words.
    """
    if isinstance(error, OSError) and error.strerror:
        why = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    else:
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:WORDS]}"
    text = f"Publishing failed: {why}\nThe dashboard stays as it was."
    return News(key, EventKind.FAILED, True, text, data={"key": key, "why": why})
