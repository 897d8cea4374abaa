"""Command ``import``: captured payloads from disk, one by one or by a manifest."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ingest.models import UsageError
from ingest.safe_text import amount, strip_control
from statusledger import options
from statusledger.commands.archive import publish_now
from statusledger.commands.own_probes import take_probes
from statusledger.terminal import GOOD, NO, SOME_FAILED, instant, progress, reported

if TYPE_CHECKING:
    from ingest.registry import Registry
    from ingest.runs.importing import Imported
    from ingest.runs.payload_import import Listed
    from ingest.snapshot.publish import Published

#: Payloads of one import that are named with what they cover.
MOST_NAMED = 20


class ImportOptionError(UsageError):
    """Options that do not go together; one line that says which to give."""


def import_(
    paths: options.Payloads = None,
    *,
    manifest: options.Manifest = None,
    provider: options.OwnProvider = None,
    platform: options.OwnPlatform = None,
    page: options.OwnPage = None,
    captured_at: options.CapturedAt = None,
    complete_since: options.CompleteSince = None,
    kind: options.Kind = None,
    surface: options.Probed = None,
    dry_run: options.DryRun = False,
    no_publish: options.NoPublish = False,
    data: options.Data,
) -> None:
    """Take captured payloads through the same path as live ones; or, with --as, your own probes.

    Give PATH... and --provider, or a manifest. The engine is found by the form of each payload.
    """
    from ingest.runs import data_folder, importing, publishing
    from ingest.runs.manifest import read_manifest

    if kind is not None:
        with reported():
            if dry_run or any((manifest, platform, page, captured_at, complete_since)):
                raise ImportOptionError(
                    "--as takes PATH, --provider and --surface: no other option"
                )
        take_probes(data, paths or [], kind, provider, surface)
    started = data_folder.now()
    with reported():
        if surface is not None:
            raise ImportOptionError("--surface goes with --as probe")
        registry = data_folder.registry_of(data)
        told = (provider, platform, page, captured_at, complete_since)
        if manifest is None:
            listed = _of_options(registry, paths or [], *told)
        elif paths or any(told):
            raise ImportOptionError("a manifest says what each file is: give nothing beside it")
        else:
            listed = read_manifest(manifest, registry)
        with tempfile.TemporaryDirectory(prefix="statusledger-") as folder:
            into = Path(folder) if dry_run else data
            with progress("importing") as tell:
                done = importing.import_payloads(data, listed, tell, into)
            published: Published | None = None
            if dry_run and done.taken:
                published = publishing.publish_after(into, registry, started, 0, 0)
            elif not (dry_run or no_publish) and (
                done.taken or (done.known_already and publishing.behind(data))
            ):
                published = publish_now(data, registry, started, len(done.taken), done.refused)
        bad, good = _tell(done, published, every=dry_run or manifest is not None)
    if dry_run:
        print("a dry run: nothing was written")
    raise typer.Exit(NO if bad and not good else SOME_FAILED if bad else GOOD)


def _of_options(
    registry: Registry,
    paths: Sequence[Path],
    provider: str | None,
    platform: str | None,
    page: str | None,
    captured_at: str | None,
    complete_since: str | None,
) -> list[Listed]:
    """Return what the options say of the paths.

    Args:
        registry: Providers and pages.
        paths: Files, folders and series.
        provider: Whose they are.
        platform: Engine, if it is named.
        page: Page key, if it is named.
        captured_at: Time of capture, if it is stated.
        complete_since: From when on lists are whole, if it is stated.

    Raises:
        UsageError: Something needed is missing, or no page is meant.
    """
    from ingest.runs.page_selection import pages_of
    from ingest.runs.payload_import import Listed

    if not paths:
        raise ImportOptionError("give PATH... and --provider, or --manifest FILE")
    if provider is None:
        raise ImportOptionError("whose are they? Give --provider SLUG")
    at = instant(captured_at, "--captured-at") if captured_at else None
    since = instant(complete_since, "--complete-since") if complete_since else None
    return [Listed(tuple(paths), tuple(pages_of(registry, provider, platform, page)), at, since)]


def _tell(done: Imported, published: Published | None, *, every: bool) -> tuple[int, int]:
    """Say what came of each payload; return how many are bad and how many good.

    Args:
        done: What was taken.
        published: What was made of it, if anything.
        every: Name every payload, not the first of many only.
    """
    from ingest.runs import publishing

    unread: list[str] = []
    failed = 0
    if published is not None:
        unread = publishing.unreadable(published, done.taken)
        failed = len(published.failed)
        print_covered(publishing.covered(published, done.taken), every)
    for line in (*done.lines, *unread):
        print(f"statusledger: {strip_control(line)}", file=sys.stderr)
    print(f"{amount(len(done.taken), 'capture')} taken, {done.known_already} known already", end="")
    print(f", {done.refused} refused, {len(unread)} unreadable")
    good = len(done.taken) - len(unread) + done.known_already
    return done.refused + len(unread) + failed, good


def print_covered(lines: Sequence[str], every: bool) -> None:
    """Print which time each payload covers, for the first ``MOST_NAMED`` of them or for all."""
    shown = lines if every else lines[:MOST_NAMED]
    for line in shown:
        print(strip_control(line))
    if len(lines) > len(shown):
        print(f"and {len(lines) - len(shown)} more")
