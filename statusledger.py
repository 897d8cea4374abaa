"""The front door: ``statusledger``. Every command is a call into a package."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from analytics import METRICS, BadQuestion, ask
from analytics.freshness import freshness, sources
from analytics.query import QueryRefused
from analytics.query import query as read_only
from analytics.question import CLASSES, RELIABILITY, SLO, UTC_ZONE
from analytics.rules import HEADLINE, RULES
from analytics.snapshot import NoSnapshot, open_snapshot
from dashboard.document import document
from dashboard.messages import messages
from dashboard.serve import HOST, PORT, serve
from ingest import release, run
from ingest.archive import Archive
from ingest.collect import LIMIT
from ingest.demo import build_demo
from ingest.disk import FULL
from ingest.fetch import Fetcher
from ingest.imports import NotImportable
from ingest.lock import LockHeld, hold_lock
from ingest.oneline import plainly
from ingest.printing import Format, Unprintable, show
from ingest.publish import NothingCaptured, Published
from ingest.registry import Registry, RegistryError
from ingest.rounds import WHOLE_HISTORY, BadShare, counted, keep_going, line_of, share
from ingest.terminal import (
    DISK,
    GOOD,
    LOCKED,
    NO,
    SOME_FAILED,
    USAGE,
    default_data,
    fail,
    instant,
    log_plainly,
    progress,
    run_command,
)
from ingest.watchlist import WatchError
from ingest.webhook import watch

app = typer.Typer(
    name="statusledger",
    help="What AI vendors' status pages said, when, what they changed, and what it adds up to.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
providers_app = typer.Typer(help="The registry of providers.")
app.add_typer(providers_app, name="providers")

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        help="Folder that holds the archive and the snapshots.",
        default_factory=default_data,
        readable=False,  # a folder that may not be read is no wrong word: exit 5
        show_default="data/ in a checkout, else the user's data folder",
        envvar="STATUSLEDGER_DATA",
    ),
]
NoPublish = Annotated[bool, typer.Option("--no-publish", help="Leave the snapshot as it is.")]
Form = Annotated[Format, typer.Option("--format", help="How to print the rows.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file instead.")]
AsOf = Annotated[
    str | None,
    typer.Option(help="What was known at this time: captures made up to it (needs the archive)."),
]


@contextmanager
def reported() -> Iterator[None]:
    """Turn what can go wrong outside the program into one line and an exit code."""
    try:
        yield
    except (BadQuestion, BadShare, NotImportable, RegistryError, Unprintable, WatchError) as error:
        raise fail(str(error), USAGE) from None
    except (run.NoSuchPage, release.NotARelease) as error:
        raise fail(str(error), USAGE) from None
    except (NoSnapshot, NothingCaptured) as error:
        raise fail(str(error), NO) from None
    except LockHeld as error:
        raise fail(str(error), LOCKED) from None
    except PermissionError as error:
        raise fail(f"{error.filename}: permission denied", DISK) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        full = (
            "; free some and run it again: what was stored is whole" if error.errno in FULL else ""
        )
        raise fail(f"{where}{error.strerror or error}{full}", DISK) from None


@app.callback(invoke_without_command=True)
def front_door(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """What AI vendors' status pages said, when, what they changed, and what it adds up to."""
    if version:
        print(f"statusledger {run.code_version()}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or .tar.xz series.")],
    *,
    provider: Annotated[str, typer.Option(help="Slug of the provider they belong to.")],
    platform: Annotated[
        str | None, typer.Option(help="Engine, if the page has had several.")
    ] = None,
    page: Annotated[str | None, typer.Option(help="Page key, if there are several pages.")] = None,
    captured_at: Annotated[
        str | None, typer.Option(help="Time of capture; default: the UTC stamp in each name.")
    ] = None,
    complete_since: Annotated[
        str | None, typer.Option(help="Date they are complete from; default: their own horizon.")
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
    print(f"{len(done.taken)} captures taken, {done.known_already} known already", end="")
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


@app.command()
def replay(*, no_publish: NoPublish = False, data: Data) -> None:
    """Derive everything again from the archive."""
    with reported():
        registry = run.registry_of(data)
        run.forget_memos(data)
        if no_publish:
            with progress("deriving") as tell:
                run.derive_again(data, registry, tell)
            print("derived again, nothing published")
        else:
            publish_now(data, registry, run.now(), 0, 0)


@app.command()
def compact(*, data: Data) -> None:
    """Merge each month's archive files into one."""
    with reported(), hold_lock(data):
        written = Archive(data / "archive").compact()
    print(f"{len(written)} months merged")


@app.command()
def verify(*, data: Data) -> None:
    """Check every archived body against its hash."""
    with reported():
        archive = Archive(data / "archive")
        problems = archive.verify()
    for problem in problems:
        print(f"statusledger: {plainly(problem)}", file=sys.stderr)
    print(f"{len(archive.files())} files, {len(problems)} problems")
    raise typer.Exit(NO if problems else GOOD)


@app.command()
def publish(
    *,
    as_of: AsOf = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the snapshot here and leave the current one.")
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(help="Also write the tables to this folder as partitioned Parquet."),
    ] = None,
    with_text: Annotated[
        bool, typer.Option("--with-text", help="With the providers' wording, which is theirs.")
    ] = False,
    data: Data,
) -> None:
    """Write the snapshot from what the archive holds."""
    if with_text and parquet is None:
        raise fail("--with-text goes with --parquet DIR", USAGE)
    if parquet is not None and (as_of is not None or out is not None):
        raise fail("--parquet releases the current snapshot: leave out --as-of and --out", USAGE)
    with reported():
        if parquet is not None:
            release.require_room(parquet)
        registry = run.registry_of(data)
        if as_of is None and out is None:
            published = publish_now(data, registry, run.now(), 0, 0)
            if parquet is not None:
                now = run.now()
                manifest = release.write(published.path, parquet, now, with_text=with_text)
                print(f"wrote {len(manifest['tables'])} tables to {parquet}")
            return
        if out is None:
            raise fail("--as-of writes a snapshot of the past: say where with --out FILE", USAGE)
        if out.exists():
            raise fail(f"{out} exists already: choose another name", USAGE)
        at = instant(as_of, "--as-of") if as_of else None
        with progress("publishing") as tell:
            published = run.publish_aside(data, registry, out, at, progress=tell)
        print(f"wrote {out} as of {published.as_of:%Y-%m-%dT%H:%M:%SZ}")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the snapshot's tables.")],
    *,
    format_: Form = Format.TABLE,
    out: Out = None,
    as_of: AsOf = None,
    data: Data,
) -> None:
    """Read-only SQL over the snapshot: no files, no network, no settings."""
    with reported(), snapshot_place(data, as_of) as place:
        try:
            frame = read_only(place, sql)
        except QueryRefused as error:
            raise fail(str(error), NO) from None
        show(frame, format_, out)


@contextmanager
def snapshot_place(data: Path, as_of: str | None, at: str | None = None) -> Iterator[Path]:
    """Where the snapshot is: the data folder's current one, or one of the past made for this.

    ``as_of``: what was known then. ``at``: what had been written by then.
    """
    if as_of is None and at is None:
        yield data
        return
    known = instant(as_of, "--as-of") if as_of else None
    written = instant(at, "--at") if at else None
    if not (data / "archive").exists():
        option = "--as-of" if as_of else "--at"
        raise fail(f"{option} needs the archive, and {data} holds none", USAGE)
    with tempfile.TemporaryDirectory(prefix="statusledger-") as folder:
        path = Path(folder) / "past.duckdb"
        run.publish_aside(data, run.registry_of(data), path, known, written)
        yield path


@providers_app.command("list")
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


@app.command()
def collect(
    providers: Annotated[list[str] | None, typer.Argument(help="Slugs; default: starters.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every page that can be read.")] = False,
    backfill: Annotated[
        bool,
        typer.Option("--backfill", help="Also read what is left of the past; resumable."),
    ] = False,
    shard: Annotated[str | None, typer.Option(help="I/N: the I-th of N equal shares.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per page.")] = False,
    no_publish: NoPublish = False,
    data: Data,
) -> None:
    """One scheduled run: fetch what is due, keep it, publish."""
    started = run.now()
    with reported():
        registry = run.registry_of(data)
        watching = watch(data, registry, messages, run.now, wait=True)
        pages = share(run.chosen_pages(registry, providers or [], every), shard)
        fetcher = Fetcher()
        with progress(f"collecting {len(pages)} pages:") as tell:
            runs = run.collect_now(
                data,
                pages,
                fetcher,
                fill=backfill,
                limit=WHOLE_HISTORY if backfill else LIMIT,
                on_capture=counted(tell),
            )
        for one in runs:
            print(line_of(one, as_json))
        taken = sum(one.captures for one in runs)
        troubled = sum(run.in_trouble(one) for one in runs)
        empty: list[str] = []
        if not no_publish:
            with watching:
                if taken or run.behind(data):
                    done = publish_now(data, registry, started, taken, troubled, quiet=as_json)
                    empty = run.emptied(done, started)
        for line in empty:
            print(f"statusledger: {plainly(line)}", file=sys.stderr)
    if runs and all(run.nothing_came(one) for one in runs):
        raise fail("nothing could be collected: is this machine online?", NO)
    raise typer.Exit(SOME_FAILED if troubled or empty else GOOD)


Host = Annotated[str, typer.Option(help="Address to serve on; there is no login.")]
Port = Annotated[int, typer.Option(help="Port to serve on.")]


@app.command()
def dashboard(*, host: Host = HOST, port: Port = PORT, data: Data) -> None:
    """Serve the pages."""
    with reported(), serve(data, host, port) as pages:
        print(f"pages at http://{host}:{port}")
        raise ended(pages)


def ended(pages: subprocess.Popen[bytes]) -> typer.Exit:
    """Wait until nothing is served any more; raise the result."""
    return typer.Exit(NO if pages.wait() else GOOD)


@app.command()
def up(
    *,
    demo_if_offline: Annotated[
        bool, typer.Option("--demo-if-offline", help="Without a network, show the demo instead.")
    ] = False,
    interval: Annotated[
        int, typer.Option(help="Most seconds between rounds, 60 or more.", min=60)
    ] = 300,
    every: Annotated[bool, typer.Option("--all", help="Every page that can be read.")] = False,
    host: Host = HOST,
    port: Port = PORT,
    data: Data,
) -> None:
    """Collect, publish and serve the pages, until interrupted."""
    with reported():
        registry = run.registry_of(data)
        watching = watch(data, registry, messages, run.now, wait=False)
        pages = run.chosen_pages(registry, [], every)
        if not (data / "archive").exists() and not run.reachable(pages):
            if demo_if_offline:
                print("no network and nothing stored yet: showing the demo (invented data)")
                show_demo(data / "demo", host, port)
                return
            raise fail("no network and nothing stored yet: try `statusledger demo`", NO)
        data.mkdir(parents=True, exist_ok=True)
        with serve(data, host, port) as shown:

            def sleep(seconds: float) -> None:
                """No longer than there is somebody to collect for."""
                with suppress(subprocess.TimeoutExpired):
                    shown.wait(seconds)

            print(f"pages at http://{host}:{port}; collecting {len(pages)} pages, Ctrl-C ends")
            keep_going(
                data,
                registry,
                pages,
                interval,
                alive=lambda: shown.poll() is None,
                sleep=sleep,
                around=watching,
            )
            raise ended(shown)


@app.command()
def demo(*, host: Host = HOST, port: Port = PORT, data: Data) -> None:
    """Look around in an invented world, collected over real HTTP from this machine."""
    with reported():
        show_demo(data / "demo", host, port)


def show_demo(data: Path, host: str, port: int) -> None:
    """Build the invented world in its own folder and serve the pages over it."""
    with progress("building the demo:") as tell:
        published = build_demo(data, run.now(), tell)
    print(f"invented data in {data} (snapshot {published.digest[:12]})")
    with serve(data, host, port) as pages:
        print(f"pages at http://{host}:{port}, Ctrl-C ends")
        raise ended(pages)


Surface = Annotated[str | None, typer.Option(help="Only this surface.")]
Since = Annotated[str | None, typer.Option(help="First day, inclusive.")]
Until = Annotated[str | None, typer.Option(help="Day after the last, exclusive.")]
Zone = Annotated[str, typer.Option(help="IANA zone of the days.")]
Rule = Annotated[str, typer.Option(help=f"One of {', '.join(RULES)}.")]
Weights = Annotated[
    str | None, typer.Option(help="degraded,partial,major for rule custom, as 0,0.3,1.")
]
Classes = Annotated[str, typer.Option(help=f"Classes that count, of {', '.join(CLASSES)}.")]
Unit = Annotated[str, typer.Option(help="posts or episodes.")]
Combine = Annotated[str | None, typer.Option(help="any, all or mean over the components.")]
Minimum = Annotated[
    str | None, typer.Option(help="Only posts that reached degraded, partial or major.")
]
TROUBLE = ",".join(RELIABILITY)


@app.command()
def metrics(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(METRICS)}.")],
    *,
    provider: Annotated[list[str] | None, typer.Option(help="Slug; repeat for several.")] = None,
    surface: Surface = None,
    since: Since = None,
    until: Until = None,
    zone: Zone = UTC_ZONE,
    rule: Rule = HEADLINE,
    weights: Weights = None,
    classes: Classes = TROUBLE,
    unit: Unit = "posts",
    combine: Combine = None,
    minimum: Minimum = None,
    slo: Annotated[
        float, typer.Option(help="Objective of the error budget, as a fraction of the time.")
    ] = SLO,
    as_of: AsOf = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Only what had been written by this time (needs the archive)."),
    ] = None,
    format_: Form = Format.TABLE,
    out: Out = None,
    data: Data,
) -> None:
    """One metric with its interval, n, rule, window and coverage."""
    if name not in METRICS:
        raise fail(f"no metric {name!r}: one of {', '.join(METRICS)}", USAGE)
    with reported(), snapshot_place(data, as_of, at) as place:
        question = ask(
            providers=provider or (),
            surface=surface,
            since=since,
            until=until,
            zone=zone,
            rule=rule,
            weights=weights,
            classes=classes,
            unit=unit,
            combine=combine,
            minimum=minimum,
            slo=slo,
        )
        with open_snapshot(place) as snapshot:
            show(METRICS[name](snapshot, question), format_, out)


@app.command()
def report(
    *,
    provider: Annotated[list[str], typer.Option(help="Slug; repeat to compare several.")],
    out: Annotated[Path, typer.Option(help="File to write, ending in .html.")],
    surface: Surface = None,
    since: Since = None,
    until: Until = None,
    zone: Zone = UTC_ZONE,
    rule: Rule = HEADLINE,
    weights: Weights = None,
    classes: Classes = TROUBLE,
    unit: Unit = "posts",
    combine: Combine = None,
    minimum: Minimum = None,
    as_of: AsOf = None,
    data: Data,
) -> None:
    """One HTML document to hand on: scorecards, comparison, sensitivity, evidence."""
    if out.suffix != ".html":
        raise fail(f"{out}: a report is written as HTML, so give a name that ends in .html", USAGE)
    with reported(), snapshot_place(data, as_of) as place:
        question = ask(
            providers=provider,
            surface=surface,
            since=since,
            until=until,
            zone=zone,
            rule=rule,
            weights=weights,
            classes=classes,
            unit=unit,
            combine=combine,
            minimum=minimum,
        )
        with open_snapshot(place) as snapshot, progress("writing the report"):
            out.write_text(document(snapshot, question), encoding="utf-8", newline="\n")
            print(f"wrote {out} as of {snapshot.as_of:%Y-%m-%dT%H:%M:%SZ}")


@app.command()
def health(
    *,
    format_: Form = Format.TABLE,
    data: Data,
) -> None:
    """Freshness and failures by source; exit 1 when one is stale past its budget."""
    with reported(), open_snapshot(data) as snapshot:
        now = run.now()
        show(sources(snapshot, now), format_, None)
        stale = freshness(snapshot, now).stale
    raise typer.Exit(NO if stale else GOOD)


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the console script; always ends in ``SystemExit``."""
    log_plainly()
    sys.exit(run_command(app, argv))


if __name__ == "__main__":
    main()
