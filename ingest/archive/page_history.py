"""Tell what the archive remembers of one page: attempts, validators, failures, silences.

There is no other scheduler state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from ingest.archive.source_history import SourceHistory
from ingest.models import Capture, FetchFailure

#: A page that challenged us as a bot is left alone for this long.
BLOCKED_FOR = timedelta(days=1)
#: No Retry-After keeps us away longer, be it a slip of the server or not.
LONGEST_WAIT = timedelta(days=1)

Load = Callable[[str, str], bytes | None]


@dataclass(frozen=True, slots=True)
class Validators:
    """Record of what makes a request conditional, and the hash of the body it is conditional on."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None


NOTHING_KNOWN = Validators()


@dataclass(frozen=True, slots=True)
class Memory:
    """Past captures of one page, without bodies, as of ``now``.

    ``load(file, sha256)`` reads a body, as ``Archive.body`` does.
    """

    now: datetime
    sources: Mapping[str, SourceHistory]
    load: Load

    def last_attempt(self, url: str) -> Capture | None:
        """Return the newest capture of ``url``, whatever it brought."""
        known = self.sources.get(url)
        return None if known is None else known.attempt

    def last_success(self, url: str) -> Capture | None:
        """Return the newest capture of ``url`` that brought a body or confirmed one (304)."""
        known = self.sources.get(url)
        return None if known is None else known.success

    def last_robots(self, url: str) -> Capture | None:
        """Return the newest capture of a robots.txt that settled what is allowed."""
        known = self.sources.get(url)
        return None if known is None else known.robots

    def validators(self, url: str) -> Validators:
        """Return those of the body last seen at ``url``; empty where that is not at hand."""
        known = self.sources.get(url)
        if known is None or known.tagged is None or known.tagged.sha256 not in known.files:
            return NOTHING_KNOWN
        headers = known.tagged.headers
        return Validators(headers.get("etag"), headers.get("last-modified"), known.tagged.sha256)

    def failures(self, url: str) -> int:
        """Count the attempts at ``url`` since its last success."""
        known = self.sources.get(url)
        return 0 if known is None else len(known.failed_at)

    def silence(self, url: str) -> tuple[datetime, datetime] | None:
        """Return the successes before and after the newest long silence of ``url``."""
        known = self.sources.get(url)
        if known is None or len(known.successes) < 2:
            return None
        before, after = known.successes[-2:]
        return before[1], after[0]

    def body(self, url: str, sha256: str | None) -> bytes | None:
        """Read the body with that hash last seen at ``url``, if the archive has it."""
        known = self.sources.get(url)
        file = None if known is None or sha256 is None else known.files.get(sha256)
        return None if file is None or sha256 is None else self.load(file, sha256)

    def newest_attempt(self) -> datetime | None:
        """Return when any source of the page was asked last."""
        return max((known.attempt.captured_at for known in self.sources.values()), default=None)

    def rests_until(self) -> datetime | None:
        """Return until when the page is left alone: a bot challenge, or a Retry-After."""
        attempts = (known.attempt for known in self.sources.values())
        return max(filter(None, map(_asked_to_wait, attempts)), default=None)


def _asked_to_wait(attempt: Capture) -> datetime | None:
    if attempt.failure == FetchFailure.BLOCKED:
        return attempt.captured_at + BLOCKED_FOR
    if attempt.failure in (FetchFailure.HTTP_429, FetchFailure.HTTP_5XX):
        wait = retry_after(attempt.headers.get("retry-after"), attempt.captured_at)
        return None if wait is None else attempt.captured_at + wait
    return None


def retry_after(text: str | None, at: datetime) -> timedelta | None:
    """Read a Retry-After header (seconds or an HTTP date) as a wait, a day at most.

    An HTTP date is in GMT even in the two old forms, one of which names no zone: the standard
    library reads that one as local time.
    """
    if text is None:
        return None
    try:
        if text.strip().isdigit():
            wait = timedelta(seconds=min(int(text), LONGEST_WAIT.total_seconds()))
        else:
            until = parsedate_to_datetime(text)
            wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - at
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
