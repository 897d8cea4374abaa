"""Connections that keep our manners: public addresses, and one time limit in all.

urllib3 limits each read, not their sum, and connects wherever a name points. Here every
request runs under an ``RequestBudget``: the address is checked on the connected socket, before a
byte is sent (so a name that changes its mind gains nothing), and again when a kept line is
used by another request; the line is cut when the time is up, wherever the request stands.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse, IncompleteRead
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError, ResponseError
from urllib3.util.retry import Retry

#: A longer Retry-After is not sat out: the answer is recorded and the page rests until then.
RETRY_AFTER_CAP = 5.0
#: Hosts, and idle connections to each, that are kept for the next request.
CONNECTIONS = 32
GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Where a translator makes IPv4 addresses into IPv6 ones (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


_here = threading.local()


class PrivateAddressError(Exception):
    """A name led to an address that is not on the public internet."""


class RequestBudget:
    """What the connections of one request may do, and how long they may take in all.

    Within its ``with`` block everything sent from this thread belongs to the request and its
    time runs; a retry waits for its turn (``again``) outside of that time.
    """

    def __init__(self, allow_private: bool, seconds: float, again: Callable[[], None]) -> None:
        """Allow ``seconds`` in all, and private addresses if asked to."""
        self.allow_private = allow_private
        self.expired = False
        self._again = again
        self._left = seconds
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Let the time run."""
        self._outer: RequestBudget | None = getattr(_here, "budget", None)
        _here.budget = self
        self._resume()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the time."""
        self._pause()
        _here.budget = self._outer

    def wait(self, sleep: Callable[[], None]) -> None:
        """Let ``sleep`` pass, then wait for a turn, without using up the time."""
        self._pause()
        sleep()
        self._again()
        self._resume()

    def _resume(self) -> None:
        self._since = time.monotonic()
        self._timer = threading.Timer(self._left, self.expire)
        self._timer.daemon = True
        self._timer.start()

    def _pause(self) -> None:
        self._timer.cancel()
        self._left = max(0.0, self._left - (time.monotonic() - self._since))

    def follow(self, line: socket.socket | None) -> None:
        """Cut ``line`` too when the time is up; at once if it already is."""
        with self._lock:
            if line is not None and line not in self._lines:
                self._lines.append(line)
        if self.expired:
            self.expire()

    def expire(self) -> None:
        """Cut every line: a blocked read returns, and the request ends as a timeout."""
        with self._lock:
            self.expired = True
            for line in self._lines:
                with suppress(OSError):  # already closed
                    socket.socket.shutdown(line, socket.SHUT_RDWR)


def _budget() -> RequestBudget:
    budget: RequestBudget = _here.budget
    return budget


def is_public(address: str) -> bool:
    """Say whether an IP address is public; an IPv4 one inside IPv6 counts as IPv4."""
    ip = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address):
        inside = _inside(ip)
        if inside is None:
            return ip.is_global and ip in GLOBAL_UNICAST
        ip = inside
    return ip.is_global and not ip.is_multicast


def _inside(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to ``ip`` may end up at."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class _Response(HTTPResponse):
    """Refuses a chunk of negative length, which would read all that ever comes."""

    def _safe_read(self, amt: int) -> bytes:
        data = self.fp.read(max(0, amt))
        if len(data) != amt:
            raise IncompleteRead(data, amt - len(data))
        return data


class _Guarded(HTTPConnection):
    """Checks whom it reached; the budget may cut it. A proxy's address is its owner's."""

    response_class = _Response
    line: socket.socket | None = None
    address: str = ""

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        self.address = sock.getpeername()[0]
        try:
            self._admit()
        except PrivateAddressError:
            sock.close()
            raise
        self.line = sock
        _budget().follow(sock)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.line is not None:
            self._admit()
            _budget().follow(self.line)
        super().request(*args, **kwargs)

    def _admit(self) -> None:
        private = self.proxy is None and not is_public(self.address)
        if private and not _budget().allow_private:
            raise PrivateAddressError(f"{self.host} is {self.address}")


class _GuardedTLS(_Guarded, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.line = self.sock
        _budget().follow(self.line)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Guarded


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _GuardedTLS


class RetryPolicy(Retry):
    """One more try of what may pass by itself, in its turn like any request."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Give up where the time is up or the wait asked for is too long."""
        asked = self.get_retry_after(response) if response is not None else None
        if _budget().expired or (asked is not None and asked > RETRY_AFTER_CAP):
            assert _pool is not None
            raise MaxRetryError(_pool, url or "", error or ResponseError("not now"))
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def parse_retry_after(self, retry_after: str) -> float:
        """Read seconds; what cannot be read may mean any time, so there is no second try."""
        try:
            return super().parse_retry_after(retry_after)
        except (InvalidHeader, OverflowError, ValueError):
            return math.inf

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait outside of the request's time."""
        _budget().wait(lambda: super(RetryPolicy, self).sleep(response))


class GuardedAdapter(HTTPAdapter):
    """A transport adapter whose every connection is guarded."""

    def __init__(self) -> None:
        """Retry once what may pass by itself."""
        patience = RetryPolicy(
            total=1,
            redirect=False,
            status_forcelist=(500, 502, 503, 504),
            raise_on_status=False,
        )
        super().__init__(CONNECTIONS, CONNECTIONS, max_retries=patience)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make guarded connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make guarded connections through a proxy too."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _PoolTLS}
        return manager
