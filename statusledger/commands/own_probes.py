"""Take in a user's own probes: ``import FILE --as probe``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer

from ingest.models import UsageError
from ingest.safe_text import amount, strip_control
from statusledger.terminal import GOOD, NO, SOME_FAILED, reported

#: Kind of import that is about probes.
PROBE = "probe"
#: Refused rows that are named; more are counted.
MOST_NAMED = 20


class ProbeOptionError(UsageError):
    """Options of an import of probes that do not go together; one line that says which to give."""


def take_probes(
    data: Path, paths: Sequence[Path], kind: str, provider: str | None, surface: str | None
) -> NoReturn:
    """Take the rows of each file into the data folder, and say what came of them.

    Args:
        data: The data folder.
        paths: CSV or JSON Lines.
        kind: What the files hold.
        provider: Whom the probes asked.
        surface: What of it.

    Raises:
        typer.Exit: Always; how it went.
    """
    from ingest.labels.surfaces import SURFACES
    from ingest.runs import data_folder
    from ingest.runs.page_selection import require_provider
    from ingest.runs.probe_import import import_probes

    taken = known = 0
    refused: list[str] = []
    with reported():
        if kind != PROBE:
            raise ProbeOptionError(f"--as {kind!r}: only {PROBE}")
        if not paths or provider is None or surface is None:
            raise ProbeOptionError("--as probe needs PATH, --provider SLUG and --surface NAME")
        require_provider(data_folder.registry_of(data), provider)
        if surface not in SURFACES:
            raise ProbeOptionError(f"surface {surface!r} is not one of {', '.join(SURFACES)}")
        for path in paths:
            done = import_probes(data, path, provider, surface, data_folder.now())
            known += done.taken if done.known_already else 0
            taken += 0 if done.known_already else done.taken
            refused += done.refused
    for line in refused[:MOST_NAMED]:
        print(f"statusledger: {strip_control(line)}", file=sys.stderr)
    if len(refused) > MOST_NAMED:
        print(f"statusledger: and {len(refused) - MOST_NAMED} more", file=sys.stderr)
    print(f"{amount(taken, 'probe')} taken, {known} known already, {len(refused)} refused")
    good = taken + known
    raise typer.Exit(NO if refused and not good else SOME_FAILED if refused else GOOD)
