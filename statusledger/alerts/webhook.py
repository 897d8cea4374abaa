"""Send messages over HTTP. An address is a secret: what is said of trouble holds none of it.

It may be a private one, since it is the user's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import requests

from ingest.fetching.connections import GuardedAdapter
from ingest.fetching.fetcher import user_agent
from ingest.fetching.request_budget import RequestBudget
from ingest.fetching.responses import NETWORK_ERRORS
from ingest.fetching.responses import trouble as kind_of
from ingest.models import FetchFailure
from statusledger.alerts.channels import Channel
from statusledger.alerts.delivered import Delivery
from statusledger.alerts.message_forms import FORMS, SECRET_PREFIX, signed_form, signing_key
from statusledger.alerts.watchlist import WatchError

#: Waiting for one answer.
ANSWER_SECONDS = 10.0
#: Answers that turn down the message rather than us.
MESSAGE_REFUSED = (400, 413, 422)


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold the receiver's answer to a message; no ``trouble`` is success.

    ``refused``: only this message is turned down. ``retry_after``: the wait it asks for.
    ``left_out``: who did not get a message that was taken, in words.
    """

    trouble: str | None
    refused: bool = False
    retry_after: str | None = None
    left_out: str | None = None


class HttpSender:
    """Send messages to the address of a channel."""

    def __init__(self, channel: Channel, session: requests.Session, budget: RequestBudget) -> None:
        """Read the address and the key.

        Raises:
            WatchError: One of them is not there, or has another form.
        """
        assert channel.address is not None
        self._address = channel.address.address()
        self._key = None
        if channel.secret is not None:
            self._key = signing_key(channel.secret.read())
            if self._key is None:
                raise WatchError(
                    f"{channel.secret.name}: must be {SECRET_PREFIX} and 24 to 64 bytes in base64"
                )
        self._kind = channel.kind
        self._session = session
        self._budget = budget

    def send(self, message: Delivery, now: datetime) -> Reply:
        """Send a message. An error's own words hold the address, so only its kind is kept."""
        body, headers = self._written(message, now)
        try:
            with (
                self._budget,
                self._session.post(
                    self._address,
                    data=body,
                    headers=headers,
                    timeout=ANSWER_SECONDS,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                status = response.status_code
                if 200 <= status <= 299:
                    return Reply(None)
                wait = response.headers.get("retry-after")
                return Reply(f"answered {status}", status in MESSAGE_REFUSED, wait)
        except NETWORK_ERRORS as error:
            return Reply(FetchFailure.TIMEOUT if self._budget.expired else kind_of(error))

    def _written(self, message: Delivery, now: datetime) -> tuple[bytes, dict[str, str]]:
        if self._key is not None:
            return signed_form(message, self._key, now)
        body = json.dumps(FORMS[self._kind](message)).encode()
        return body, {"content-type": "application/json"}


@contextmanager
def open_session() -> Iterator[requests.Session]:
    """Give a session that keeps our manners."""
    with requests.Session() as session:
        session.headers["User-Agent"] = user_agent()
        for scheme in ("https://", "http://"):
            session.mount(scheme, GuardedAdapter())
        yield session
