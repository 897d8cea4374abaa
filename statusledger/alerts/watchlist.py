"""Alert settings: the webhook's address, and an optional file of what to watch."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.labels.surfaces import SURFACES
from ingest.models import UsageError
from ingest.registry import Registry

#: The environment variable with the webhook's address, which is a secret.
WEBHOOK = "STATUSLEDGER_WEBHOOK"
FILE = "watch.toml"


class WatchError(UsageError):
    """A wrong address or file; one line with the file and key, never the address."""


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Slugs and surfaces to alert on; empty means all."""

    providers: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()


def webhook() -> str | None:
    """Read the address of the webhook, if there is one. Raises ``WatchError``."""
    address = os.environ.get(WEBHOOK, "").strip()
    if not address:
        return None
    try:
        url = urlsplit(address)
        good = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        good = False
    if not good:
        raise WatchError(f"{WEBHOOK}: must be an address like https://hooks.example.com/...")
    return address


def load(data: Path, registry: Registry) -> Watchlist:
    """Read the data folder's ``watch.toml``; all without one. Raises ``WatchError``."""
    path = data / FILE
    if not path.exists():
        return Watchlist()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WatchError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WatchError(f"{FILE}: not TOML: {error}") from None
    known = {
        "providers": [provider.slug for provider in registry.providers],
        "surfaces": list(SURFACES),
    }
    for key in table:
        if key not in known:
            raise WatchError(f"{FILE}: {key}: unknown key; one of {', '.join(known)}")
    return Watchlist(**{key: _names(key, value, known[key]) for key, value in table.items()})


def _names(key: str, value: Any, known: Collection[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise WatchError(f"{FILE}: {key}: must be a list of names; leave it out for all")
    for name in value:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=3)
            hint = f"did you mean {', '.join(near)}?" if near else f"such as {min(known)}"
            raise WatchError(f"{FILE}: {key}: {name!r} is not one of them; {hint}")
    return tuple(value)
