"""One HTTP request without its redirects, by the client whose connections are guarded."""

from __future__ import annotations

import os
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urljoin
from urllib.request import getproxies

import requests

from ingest.archive.page_history import Validators
from ingest.fetching.connections import GuardedAdapter
from ingest.fetching.request_budget import RequestBudget
from ingest.fetching.responses import NETWORK_ERRORS, HttpResult, read, trouble
from ingest.models import FetchFailure

CONNECT_SECONDS = 10.0
#: Variables that name the certificates to trust, the first of them first.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class _Session(requests.Session):
    """Leaves redirects to us; requests would read all of their bodies first."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def open_session(user_agent: str) -> requests.Session:
    """Open a client that keeps no cookies and looks for no credentials.

    The environment is asked for its proxies once, where it names none: each request would go
    through all of its variables.
    """
    session = _Session()
    session.trust_env = bool(getproxies())
    session.verify = next(filter(None, map(os.environ.get, BUNDLES)), True)
    session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip"})
    session.auth = _no_credentials
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter())
    return session


def ask(
    session: requests.Session,
    url: str,
    validators: Validators,
    budget: RequestBudget,
    seconds: float,
    max_bytes: int,
) -> HttpResult:
    """Ask for one address; network trouble is the result's ``failure``.

    Args:
        session: The client.
        url: What to ask for.
        validators: Those of the body last seen.
        budget: What the request may do.
        seconds: Most seconds for one read.
        max_bytes: Most bytes of a body, decompressed.

    Raises:
        PrivateAddressError: The address is not public.
    """
    conditions = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    headers = {name: value for name, value in conditions.items() if value is not None}
    answer = HttpResult(FetchFailure.RESET)
    try:
        with (
            budget,
            session.get(
                url,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
            ) as response,
        ):
            answer = read(response, bool(headers), max_bytes)
    except NETWORK_ERRORS as error:
        answer = HttpResult(trouble(error))
    return HttpResult(FetchFailure.TIMEOUT, answer.status) if budget.expired else answer


def redirect_target(url: str, location: str | None) -> str | None:
    """Return where a redirect leads, in the form it will be asked for; None off TLS.

    In that form because two readers of one address may see two hosts in it.
    """
    if location is None:
        return None
    try:
        target = requests.Request("GET", urljoin(url, location)).prepare().url or ""
    except (requests.RequestException, ValueError):
        return None
    schemes = ("https:",) if url.startswith("https:") else ("https:", "http:")
    return target if target.startswith(schemes) else None


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from looking for credentials, in ``.netrc`` say."""
    return request
