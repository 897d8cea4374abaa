"""Connections that keep our manners: public addresses, and one time limit in all.

urllib3 limits each read, not their sum, and connects wherever a name points. Here every
request runs under an ``RequestBudget``: the address is checked on the connected socket, before a
byte is sent (so a name that changes its mind gains nothing), and again when a kept line is
used by another request; the line is cut when the time is up, wherever the request stands.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Mapping
from http.client import HTTPResponse, IncompleteRead
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError, ResponseError
from urllib3.util.retry import Retry

from ingest.fetching.request_budget import PrivateAddressError, current_budget

#: A longer Retry-After is not sat out: the answer is recorded and the page rests until then.
RETRY_AFTER_CAP = 5.0
#: Hosts, and idle connections to each, that are kept for the next request.
CONNECTIONS = 32
GLOBAL_UNICAST = IPv6Network("2000::/3")
#: Where a translator makes IPv4 addresses into IPv6 ones (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Say whether an IP address is public; an IPv4 one inside IPv6 counts as IPv4."""
    ip = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address):
        inside = _inside(ip)
        if inside is None:
            return ip.is_global and ip in GLOBAL_UNICAST
        ip = inside
    return ip.is_global and not ip.is_multicast


def require_public(url: str) -> None:
    """Raise ``PrivateAddressError`` where the host of ``url`` has an address that is not public."""
    host = urlsplit(url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, address in found:
        if not is_public(str(address[0])):
            raise PrivateAddressError(f"{host} is {address[0]}")


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
        current_budget().follow(sock)
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.line is not None:
            self._admit()
            current_budget().follow(self.line)
        super().request(*args, **kwargs)

    def _admit(self) -> None:
        private = self.proxy is None and not is_public(self.address)
        if private and not current_budget().allow_private:
            raise PrivateAddressError(f"{self.host} is {self.address}")


class _GuardedTLS(_Guarded, HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        self.line = self.sock
        current_budget().follow(self.line)


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
        if current_budget().expired or (asked is not None and asked > RETRY_AFTER_CAP):
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
        current_budget().wait(lambda: super(RetryPolicy, self).sleep(response))


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

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Send; through a proxy only what is not known to be private.

        The connection then is the proxy's, so the name is looked up before. A name that only
        the proxy can look up is the proxy's to judge.
        """
        url = request.url or ""
        if not current_budget().allow_private and select_proxy(url, proxies):
            require_public(url)
        return super().send(request, stream, timeout, verify, cert, proxies)

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
