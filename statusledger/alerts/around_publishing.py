"""Tell what to put around a publication so that channels hear what came of it.

Sending loads an HTTP client and the metrics; without a channel neither is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path

from ingest.registry import Registry
from statusledger.alerts.channels import read_channels


def alerts_after(
    data: Path, registry: Registry, now: Callable[[], datetime], *, wait: bool
) -> AbstractContextManager[object, None]:
    """Return what to put around publishing, so that channels hear what came of it.

    It may be entered again and again. Without a channel it does nothing.

    Args:
        data: The data folder.
        registry: Providers, whose slugs the settings may name.
        now: The clock.
        wait: Whether to leave only when all is sent, or its time is up.

    Raises:
        UsageError: The settings are wrong.
    """
    channels = read_channels(data, registry)
    if not channels:
        return nullcontext()
    from statusledger.alerts.delivery import AlertsAfter

    return AlertsAfter(data, channels, now, wait)
