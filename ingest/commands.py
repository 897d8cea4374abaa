"""Commands over the archive and the registry: what needs no page and no number."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from ingest import release, run
from ingest.disk import require_folder_of
from ingest.lock import hold_lock
from ingest.oneline import amount, plainly
from ingest.printing import Format, show
from ingest.publish import Published
from ingest.registry import Registry
from ingest.terminal import (
    GOOD,
    NO,
    SOME_FAILED,
    TIME,
    USAGE,
    AsOf,
    Data,
    Form,
    NoPublish,
    Out,
    fail,
    instant,
    progress,
    reported,
)


def import_(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, folders or .tar.xz series.")
    ],
    *,
    provider: Annotated[str, typer.Option(metavar="SLUG", help="The provider they belong to.")],
    platform: Annotated[
        str | None, typer.Option(metavar="NAME", help="Engine, if the page has had several.")
    ] = None,
    page: Annotated[
        str | None, typer.Option(metavar="KEY", help="Page key, if there are several pages.")
    ] = None,
    captured_at: Annotated[
        str | None,
        typer.Option(metavar=TIME, help="Time of capture; default: the UTC stamp in each name."),
    ] = None,
    complete_since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="Complete from, as YYYY-MM-DD; default: their own horizon."
        ),
    ] = None,
    no_publish: NoPublish = False,
    data: Data,
) -> None:
    """Take captured payloads through the same path as live ones."""
    started = run.now()
    with reported():
        registry = run.registry_of(data)
        chosen = run.page_of(registry, provider, platform, page)
        at = instant(captured_at, "--captured-at") if captured_at else None
        since = instant(complete_since, "--complete-since") if complete_since else None
        with progress("importing") as tell:
            done = run.import_payloads(data, paths, chosen, at, since, tell)
        unread: list[str] = []
        if (done.taken or (done.known_already and run.behind(data))) and not no_publish:
            published = publish_now(data, registry, started, len(done.taken), done.refused)
            unread = run.unreadable(published, done.taken)
        for line in (*done.lines, *unread):
            print(f"statusledger: {plainly(line)}", file=sys.stderr)
    print(f"{amount(len(done.taken), 'capture')} taken, {done.known_already} known already", end="")
    print(f", {done.refused} refused, {len(unread)} unreadable")
    good = len(done.taken) - len(unread) + done.known_already
    bad = done.refused + len(unread)
    raise typer.Exit(NO if bad and not good else SOME_FAILED if bad else GOOD)


def publish_now(
    data: Path,
    registry: Registry,
    started: datetime,
    captures: int,
    failures: int,
    quiet: bool = False,
) -> Published:
    """Publish with a spinner and say which snapshot is current."""
    with progress("publishing") as tell:
        published = run.publish_after(data, registry, started, captures, failures, tell)
    if not quiet:
        print(f"published {published.path.name} (snapshot {published.digest[:12]})")
    return published


def replay(*, no_publish: NoPublish = False, data: Data) -> None:
    """Derive everything again from the archive."""
    with reported():
        registry = run.registry_of(data)
        run.stored(data)
        run.forget_memos(data)
        if no_publish:
            with progress("deriving") as tell:
                run.derive_again(data, registry, tell)
            print("derived again, nothing published")
        else:
            publish_now(data, registry, run.now(), 0, 0)


def compact(*, data: Data) -> None:
    """Merge each month's archive files into one."""
    with reported():
        archive = run.stored(data)
        with hold_lock(data):
            written = archive.compact()
    print(f"{amount(len(written), 'month')} merged")


def verify(*, data: Data) -> None:
    """Check every archived body against its hash."""
    with reported():
        archive = run.stored(data)
        problems = archive.verify()
    for problem in problems:
        print(f"statusledger: {plainly(problem)}", file=sys.stderr)
    print(f"{amount(len(archive.files()), 'file')}, {amount(len(problems), 'problem')}")
    raise typer.Exit(NO if problems else GOOD)


def publish(
    *,
    as_of: AsOf = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the snapshot here and leave the current one."),
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also write the tables there as partitioned Parquet."),
    ] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="With the providers' wording, which is theirs.")
    ] = False,
    data: Data,
) -> None:
    """Write the snapshot from what the archive holds."""
    at = instant(as_of, "--as-of") if as_of else None
    if with_text and parquet is None:
        raise fail("--with-text goes with --parquet DIR", USAGE)
    if parquet is not None and (at is not None or out is not None):
        raise fail("--parquet releases the current snapshot: leave out --as-of and --out", USAGE)
    if at is not None and out is None:
        raise fail("--as-of writes a snapshot of the past: say where with --out FILE", USAGE)
    if out is not None and out.exists():
        raise fail(f"{out} exists already: choose another name", USAGE)
    with reported():
        if parquet is not None:
            release.require_room(parquet)
        if target := parquet or out:
            require_folder_of(target)
        registry = run.registry_of(data)
        run.stored(data)
        if out is not None:
            with progress("publishing") as tell:
                aside = run.publish_aside(data, registry, out, at, progress=tell)
            print(f"wrote {out} as of {aside.as_of:%Y-%m-%dT%H:%M:%SZ}")
            return
        published = publish_now(data, registry, run.now(), 0, 0)
        if parquet is not None:
            manifest = release.write(published.path, parquet, run.now(), with_text=with_text)
            print(f"wrote {amount(len(manifest['tables']), 'table')} to {parquet}")


def providers_list(
    *,
    format_: Form = Format.TABLE,
    out: Out = None,
    data: Data,
) -> None:
    """Every provider and page we know of, and whether it is collected."""
    with reported():
        registry = run.registry_of(data)
        names = {p.slug: p for p in registry.providers}
        rows = [
            {
                "provider": page.provider,
                "name": names[page.provider].name,
                "category": names[page.provider].category,
                "platform": page.platform,
                "status": str(page.status),
                "starter": names[page.provider].starter,
                "page": page.base_url,
            }
            for page in registry.pages
        ]
        show(pl.DataFrame(rows), format_, out)
