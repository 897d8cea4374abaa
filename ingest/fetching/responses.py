"""Tell what one HTTP response, or the lack of one, means.

Before the headers trouble is dns (also an address that is none), refused, tls, reset or
timeout. After them it is truncated (the connection broke, or the length or the compression
shows that bytes are missing), too_large or timeout. A status that is no answer to what we
asked (a 304 nobody asked for, a redirect) is ``redirect``.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import requests
import urllib3.exceptions as u3

from ingest.models import FetchFailure

CHUNK = 64 * 2**10
#: A header longer than this says nothing we could use, and no server would take it back.
LONGEST_HEADER = 1_000
KEPT_HEADERS = (
    "age",
    "cache-control",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "retry-after",
)
REDIRECTS = (301, 302, 303, 307, 308)
CHALLENGE_STATUSES = (403, 429, 503)
CHALLENGES = (b"just a moment", b"captcha", b"cf-chl", b"challenge-platform", b"_incapsula_")
#: What may come out of a request that fails, whatever layer it fails in.
NETWORK_ERRORS = (
    requests.RequestException,
    u3.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)
#: Kinds of trouble before the headers, by the exceptions behind it; any other is ``reset``.
TROUBLE: tuple[tuple[tuple[type[BaseException], ...], FetchFailure], ...] = (
    ((requests.exceptions.InvalidHeader,), FetchFailure.RESET),
    # Before names: a certificate that does not hold is an error of values too.
    ((u3.SSLError, ssl.SSLError), FetchFailure.TLS),
    ((u3.NameResolutionError, socket.gaierror, ValueError), FetchFailure.DNS),
    ((u3.NewConnectionError, u3.ProxyError, ConnectionRefusedError), FetchFailure.REFUSED),
    ((u3.TimeoutError, requests.Timeout, TimeoutError), FetchFailure.TIMEOUT),
)


@dataclass(frozen=True, slots=True)
class HttpResult:
    """Record of what one request brought. ``location`` is where a redirect points."""

    failure: FetchFailure | None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    location: str | None = None


class TooLargeError(Exception):
    """More bytes than a capture may have."""


class TruncatedError(Exception):
    """The bytes end before their content does."""


def read(response: requests.Response, conditional: bool, max_bytes: int) -> HttpResult:
    """Read a streamed response; ``conditional`` if a 304 was invited."""
    status = response.status_code
    headers = _kept(response.headers)
    if status in REDIRECTS:
        location = response.headers.get("location")
        return HttpResult(FetchFailure.REDIRECT, status, headers, location=location)
    if status == 304 and conditional:
        return HttpResult(None, status, headers)
    if 200 <= status <= 299 and status != 206:
        failure, body = _whole(response, max_bytes)
        return HttpResult(failure, status, headers, body)
    return HttpResult(_refusal(response), status, headers)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Select the headers we keep, without those that could bend a line when sent back."""
    known = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return {
        name: value
        for name, value in known.items()
        if value.isascii() and value.isprintable() and len(value) <= LONGEST_HEADER
    }


def _whole(response: requests.Response, max_bytes: int) -> tuple[FetchFailure | None, bytes | None]:
    stated = response.headers.get("content-length", "")
    if re.fullmatch("[0-9]{1,18}", stated) and int(stated) > max_bytes:
        return FetchFailure.TOO_LARGE, None
    try:
        return None, b"".join(_decoded(response, max_bytes))
    except TooLargeError:
        return FetchFailure.TOO_LARGE, None
    except (u3.TimeoutError, TimeoutError):
        return FetchFailure.TIMEOUT, None
    except (TruncatedError, *NETWORK_ERRORS):
        return FetchFailure.TRUNCATED, None


def _decoded(response: requests.Response, max_bytes: int) -> Iterator[bytes]:
    """Yield the body in pieces.

    Raises ``TooLargeError``, ``TruncatedError`` and network errors. We ask for gzip only;
    anything else is archived as it came, for its reader to refuse.
    """
    pieces: Iterable[bytes] = response.raw.stream(CHUNK, decode_content=False)
    if response.headers.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip"):
        pieces = _inflated(pieces)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            raise TooLargeError
        yield piece


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip a chunk at a time, so that a bomb is noticed before it is in memory."""
    gzip: zlib._Decompress | None = None
    try:
        for piece in pieces:
            while piece:
                gzip = zlib.decompressobj(wbits=31) if gzip is None or gzip.eof else gzip
                yield gzip.decompress(piece, CHUNK)
                piece = gzip.unused_data if gzip.eof else gzip.unconsumed_tail
    except zlib.error as error:
        raise TruncatedError(f"damaged gzip: {error}") from error
    if gzip is not None and not gzip.eof:
        raise TruncatedError("gzip ends early")


def _refusal(response: requests.Response) -> FetchFailure:
    status = response.status_code
    if _is_challenge(response):
        return FetchFailure.BLOCKED
    match status:
        case 206:
            return FetchFailure.TRUNCATED
        case 401 | 403:
            return FetchFailure.HTTP_401_403
        case 404 | 410:
            return FetchFailure.HTTP_404_410
        case 429:
            return FetchFailure.HTTP_429
        case _ if 400 <= status <= 499:
            return FetchFailure.HTTP_4XX
        case _ if status >= 500:
            return FetchFailure.HTTP_5XX
    return FetchFailure.REDIRECT


def _is_challenge(response: requests.Response) -> bool:
    """Say whether we are asked to prove that we are no robot, which we are."""
    if "cf-mitigated" in response.headers:
        return True
    if response.status_code not in CHALLENGE_STATUSES:
        return False
    if "html" not in response.headers.get("content-type", "").lower():
        return False
    try:
        head = next(chain(_decoded(response, CHUNK), [b""])).lower()
    except (TooLargeError, TruncatedError, *NETWORK_ERRORS):
        return False
    return any(challenge in head for challenge in CHALLENGES)


def trouble(error: BaseException) -> FetchFailure:
    """Name the failure of a request that never got its headers."""
    behind = list(_behind(error))
    for kinds, failure in TROUBLE:
        if any(isinstance(one, kinds) for one in behind):
            return failure
    return FetchFailure.RESET


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those it wraps: the libraries keep them in three places."""
    yield error
    for inner in (*error.args, getattr(error, "reason", None), error.__cause__):
        if isinstance(inner, BaseException):
            yield from _behind(inner)
