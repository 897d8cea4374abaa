"""Complete words in a shell, besides commands and options: metrics and slugs of providers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files

from analytics.metrics.catalogue import MEASUREMENTS
from statusledger.own_folder import default_data


def metrics_like(incomplete: str) -> list[str]:
    """Return the metrics whose names begin so."""
    return [name for name in MEASUREMENTS if name.startswith(incomplete)]


def providers_like(incomplete: str) -> list[str]:
    """Return the slugs that begin so, of the registry and of the user's own."""
    return sorted({slug for slug in _slugs() if slug.startswith(incomplete.lower())})


def _slugs() -> Iterator[str]:
    """Yield every slug; a shell that completes is told nothing of a file that cannot be read.

    The registry is not loaded: it knows every engine, which takes longer than a person waits.
    """
    for file in (files("ingest") / "providers.toml", default_data() / "providers.toml"):
        with suppress(OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            yield from tomllib.loads(file.read_text(encoding="utf-8"))
