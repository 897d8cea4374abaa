"""Commands over the archive and the registry: what needs no page and no number."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ingest.files.disk_errors import require_folder_of
from ingest.files.lock import hold_lock
from ingest.safe_text import amount, strip_control
from statusledger import options
from statusledger.demo_data import data_to_read

if TYPE_CHECKING:
    from ingest.registry import Registry
    from ingest.snapshot.publish import Published
from statusledger.terminal import GOOD, NO, SOME_FAILED, USAGE, fail, instant, progress, reported

#: Begins the line that names a snapshot no reader sees.
NOT_CURRENT = "the current snapshot knows more and stays; written beside it:"


def publish_now(
    data: Path,
    registry: Registry,
    started: datetime,
    captures: int,
    failures: int,
    quiet: bool = False,
) -> Published:
    """Publish with a spinner and say which snapshot is current."""
    from ingest.runs import publishing

    with progress("publishing") as tell:
        published = publishing.publish_after(data, registry, started, captures, failures, tell)
    for key, reason in published.failed.items():
        line = f"{key}: could not be worked out, its rows stay as they were: {reason}"
        print(f"statusledger: {strip_control(line)}", file=sys.stderr)
    if not published.current:
        print(f"statusledger: {NOT_CURRENT} {published.path.name}", file=sys.stderr)
    elif not quiet:
        print(f"published {published.path.name} (snapshot {published.digest[:12]})")
    return published


def replay(*, no_publish: options.NoPublish = False, data: options.Data) -> None:
    """Derive everything again from the archive."""
    from ingest.runs import data_folder, publishing

    with reported():
        registry = data_folder.registry_of(data)
        data_folder.stored(data)
        publishing.forget_memos(data)
        if no_publish:
            with progress("deriving") as tell:
                publishing.derive_again(data, registry, tell)
            print("derived again, nothing published")
        else:
            published = publish_now(data, registry, data_folder.now(), 0, 0)
            raise typer.Exit(SOME_FAILED if published.failed else GOOD)


def compact(*, data: options.Data) -> None:
    """Merge each month's archive files into one."""
    from ingest.runs import data_folder

    with reported():
        archive = data_folder.stored(data)
        with hold_lock(data):
            written = archive.compact()
    print(f"{amount(len(written), 'month')} merged")


def verify(*, data: options.Data) -> None:
    """Check every archived body against its hash."""
    from ingest.runs import data_folder

    with reported():
        archive = data_folder.stored(data)
        problems = archive.verify()
    for problem in problems:
        print(f"statusledger: {strip_control(problem)}", file=sys.stderr)
    print(f"{amount(len(archive.files()), 'file')}, {amount(len(problems), 'problem')}")
    raise typer.Exit(NO if problems else GOOD)


def publish(
    *,
    as_of: options.AsOf = None,
    out: options.Aside = None,
    parquet: options.Release = None,
    with_text: options.WithText = False,
    site: options.Site = None,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Write the snapshot from what the archive holds."""
    from ingest.runs import data_folder, publishing

    at = instant(as_of, "--as-of") if as_of else None
    _refuse_mixed(at, out, parquet, with_text, site)
    with reported():
        _require_places(out, parquet, site)
        data = data_to_read(data, demo)
        registry = data_folder.registry_of(data)
        data_folder.stored(data)
        if out is not None:
            with progress("publishing") as tell:
                aside = publishing.publish_aside(data, registry, out, at, progress=tell)
            print(f"wrote {out} as of {aside.as_of:%Y-%m-%dT%H:%M:%SZ}")
            return
        published = publish_now(data, registry, data_folder.now(), 0, 0)
        # Before the release, which may lie in it: a new site takes an empty folder.
        if site is not None:
            from statusledger.commands.site import write_site

            with progress("writing the site"):
                files, changed = write_site(data, site, parquet)
            print(f"{amount(files, 'file')} in {site}, {changed} of them changed")
        if parquet is not None:
            from ingest.release import parquet_release

            with progress("writing the release"):
                manifest = parquet_release.write(
                    published.path, parquet, data_folder.now(), with_text=with_text
                )
            print(f"wrote {amount(len(manifest['tables']), 'table')} to {parquet}")
    raise typer.Exit(SOME_FAILED if published.failed else GOOD)


def _refuse_mixed(
    at: datetime | None, out: Path | None, parquet: Path | None, with_text: bool, site: Path | None
) -> None:
    """Refuse options of ``publish`` that do not go together."""
    if with_text and parquet is None:
        raise fail("--with-text goes with --parquet DIR", USAGE)
    if parquet is not None and (at is not None or out is not None):
        raise fail("--parquet releases the current snapshot: leave out --as-of and --out", USAGE)
    if site is not None and (at is not None or out is not None):
        raise fail("--site shows the current snapshot: leave out --as-of and --out", USAGE)
    if site and parquet and site.resolve().is_relative_to(parquet.resolve()):
        raise fail("--parquet needs a folder of its own: inside that of --site, or apart", USAGE)
    if at is not None and out is None:
        raise fail("--as-of writes a snapshot of the past: say where with --out FILE", USAGE)
    if out is not None and out.exists():
        raise fail(f"{out} exists already: choose another name", USAGE)


def _require_places(out: Path | None, parquet: Path | None, site: Path | None) -> None:
    """Refuse places that hold something else, before anything is worked out."""
    if parquet is not None:
        from ingest.release.manifest import require_room

        require_room(parquet)
    if site is not None:
        from statusledger.commands.site import require_site

        require_site(site)
    for target in (out, parquet, site):
        # The folder of the site is made for the release that lies in it.
        if target is not None and (site is None or target.parent != site):
            require_folder_of(target)
