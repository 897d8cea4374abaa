"""Tell what to put around a publication so that the webhook hears what came of it.

Sending loads an HTTP client and the metrics; without a webhook neither is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

from ingest.registry import Registry
from statusledger.alerts import watchlist


def alerts_after(
    data: Path, registry: Registry, now: Callable[[], datetime], *, wait: bool
) -> AbstractContextManager[object, None]:
    """Return what to put around publishing, so that the webhook hears what came of it.

    It may be entered again and again. Without a webhook it does nothing.

    Args:
        data: The data folder.
        registry: Providers, whose slugs the settings may name.
        now: The clock.
        wait: Whether to leave only when all is sent, or its time is up.

    Raises:
        WatchError: The settings are wrong.
    """
    address = watchlist.webhook()
    if address is None:
        return nullcontext()
    wanted = watchlist.load(data, registry)
    from statusledger.alerts.webhook import AlertsAfter

    return AlertsAfter(data, address, wanted, now, wait)
