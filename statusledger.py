"""The front door: ``statusledger``. Every command is a call into a package."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer

from analytics import METRICS, BadQuestion, Question, Snapshot, ask
from analytics.comparison_words import unrated_sentence
from analytics.freshness import freshness, sources
from analytics.provenance import left_unrated
from analytics.query import QueryRefused, QueryTooLarge
from analytics.query import query as read_only
from analytics.question import SLO, UTC_ZONE
from analytics.scope import reached_from
from analytics.snapshot import NoSnapshot, open_snapshot
from analytics.words import early_sentence
from dashboard import options
from dashboard.document import document
from dashboard.messages import messages
from dashboard.serve import HOST, PORT, BadAddress, PortTaken, require_free, serve
from ingest import commands, run
from ingest.collect import LIMIT
from ingest.commands import publish_now
from ingest.demo import build_demo
from ingest.disk import require_folder_of
from ingest.fetch import Fetcher
from ingest.oneline import amount, plainly
from ingest.printing import Format, show
from ingest.rounds import WHOLE_HISTORY, counted, keep_going, line_of, share
from ingest.terminal import (
    GOOD,
    NO,
    SOME_FAILED,
    USAGE,
    AsOf,
    At,
    Data,
    Form,
    NoPublish,
    Out,
    fail,
    log_plainly,
    progress,
    reported,
    run_command,
    snapshot_place,
)
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


@contextmanager
def answered() -> Iterator[None]:
    """``reported``, for what asks the snapshot or serves pages too."""
    with reported():
        try:
            yield
        except (BadAddress, BadQuestion) as error:
            raise fail(str(error), USAGE) from None
        except (NoSnapshot, PortTaken) as error:
            raise fail(str(error), NO) from None


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


@app.command()
def up(
    *,
    demo_if_offline: Annotated[
        bool, typer.Option("--demo-if-offline", help="Without a network, show the demo instead.")
    ] = False,
    interval: Annotated[
        int, typer.Option(metavar="N", help="Most seconds between rounds, 60 or more.", min=60)
    ] = 300,
    every: Annotated[bool, typer.Option("--all", help="Every page that can be read.")] = False,
    host: options.Host = HOST,
    port: options.Port = PORT,
    data: Data,
) -> None:
    """Collect, publish and serve the pages, until interrupted."""
    with answered():
        registry = run.registry_of(data)
        watching = watch(data, registry, messages, run.now, wait=False)
        pages = run.chosen_pages(registry, [], every)
        number = amount(len(pages), "page")
        require_free(host, port)
        if not run.has_captured(data) and not run.reachable(pages):
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

            print(f"pages at http://{host}:{port}; collecting {number}, Ctrl-C ends")
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
def demo(*, host: options.Host = HOST, port: options.Port = PORT, data: Data) -> None:
    """Look around in an invented world.

    It is served on this machine in real formats, and collected over real HTTP.
    """
    with answered():
        run.require_folder(data)
        require_free(host, port)
        show_demo(data / "demo", host, port)


def show_demo(data: Path, host: str, port: int) -> None:
    """Build the invented world in its own folder and serve the pages over it."""
    with progress("building the demo:") as tell:
        published = build_demo(data, run.now(), tell)
    print(f"invented data in {data} (snapshot {published.digest[:12]})")
    with serve(data, host, port) as pages:
        print(f"pages at http://{host}:{port}, Ctrl-C ends")
        raise ended(pages)


@app.command()
def collect(
    providers: Annotated[
        list[str] | None, typer.Argument(metavar="SLUG", help="Default: the starters.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every page that can be read.")] = False,
    backfill: Annotated[
        bool,
        typer.Option("--backfill", help="Also read what is left of the past; resumable."),
    ] = False,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="The I-th of N equal shares.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per page.")] = False,
    no_publish: NoPublish = False,
    data: Data,
) -> None:
    """One scheduled run: fetch what is due, keep it, publish."""
    started = run.now()
    with answered():
        registry = run.registry_of(data)
        watching = watch(data, registry, messages, run.now, wait=True)
        pages = share(run.chosen_pages(registry, providers or [], every), shard)
        fetcher = Fetcher()
        with progress(f"collecting {amount(len(pages), 'page')}:") as tell:
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


@app.command()
def dashboard(*, host: options.Host = HOST, port: options.Port = PORT, data: Data) -> None:
    """Serve the pages."""
    with answered():
        if data.is_file():
            with open_snapshot(data):  # else the page would be the first to say that it is none
                pass
        require_free(host, port)
        with serve(data, host, port) as pages:
            print(f"pages at http://{host}:{port}")
            raise ended(pages)


def ended(pages: subprocess.Popen[bytes]) -> typer.Exit:
    """Wait until nothing is served any more; raise the result."""
    return typer.Exit(NO if pages.wait() else GOOD)


@app.command()
def metrics(
    name: options.Metric,
    *,
    provider: options.Providers = None,
    surface: options.Surface = None,
    since: options.Since = None,
    until: options.Until = None,
    zone: options.Zone = UTC_ZONE,
    rule: options.Rule = None,
    weights: options.Weights = None,
    classes: options.Classes = options.TROUBLE,
    unit: options.Unit = "posts",
    combine: options.Combine = None,
    minimum: options.Minimum = None,
    slo: options.Objective = SLO,
    as_of: AsOf = None,
    at: At = None,
    format_: Form = Format.TABLE,
    out: Out = None,
    data: Data,
) -> None:
    """One metric with its interval, n, rule, window and coverage."""
    if name not in METRICS:
        raise fail(f"no metric {name!r}: one of {', '.join(METRICS)}", USAGE)
    with answered(), snapshot_place(data, as_of, at) as place:
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
            found = METRICS[name](snapshot, question)
            tell_if_early(snapshot, question)
            if found["minimum"].is_not_null().any():
                tell_if_unrated(snapshot, question)
            show(found, format_, out)


def tell_if_early(snapshot: Snapshot, question: Question) -> None:
    """Say to standard error that the window lies before the data, if it does."""
    _, end = question.window(snapshot.as_of)
    if line := early_sentence(end, reached_from(snapshot, question)):
        print(f"statusledger: {line}", file=sys.stderr)


def tell_if_unrated(snapshot: Snapshot, question: Question) -> None:
    """Say to standard error whose posts a least state leaves out unjudged, if any."""
    left_out = left_unrated(snapshot, question)
    if line := unrated_sentence(left_out, snapshot.table("providers")):
        print(f"statusledger: {line}", file=sys.stderr)


@app.command()
def report(
    *,
    provider: options.Compared,
    out: options.Document,
    surface: options.Surface = None,
    since: options.Since = None,
    until: options.Until = None,
    zone: options.Zone = UTC_ZONE,
    rule: options.Rule = None,
    weights: options.Weights = None,
    classes: options.Classes = options.TROUBLE,
    unit: options.Unit = "posts",
    combine: options.Combine = None,
    minimum: options.Minimum = None,
    as_of: AsOf = None,
    data: Data,
) -> None:
    """One HTML document to hand on.

    Scorecards, comparison, sensitivity, caveats and evidence, without scripts or requests.
    """
    if out.suffix != ".html":
        raise fail(f"{out}: a report is written as HTML, so give a name that ends in .html", USAGE)
    with answered(), snapshot_place(data, as_of) as place:
        require_folder_of(out)
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
            tell_if_early(snapshot, question)
            print(f"wrote {out} as of {snapshot.as_of:%Y-%m-%dT%H:%M:%SZ}")


@app.command()
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help="One SELECT over the snapshot's tables.")
    ],
    *,
    format_: Form = Format.TABLE,
    out: Out = None,
    as_of: AsOf = None,
    data: Data,
) -> None:
    """Ask the snapshot in SQL, read-only.

    The statement reaches no file, no network and no setting.
    """
    with answered(), snapshot_place(data, as_of) as place:
        try:
            frame = read_only(place, sql)
        except QueryRefused as error:
            raise fail(str(error), USAGE) from None
        except QueryTooLarge as error:
            raise fail(str(error), NO) from None
        show(frame, format_, out)


@app.command()
def health(
    *,
    format_: Form = Format.TABLE,
    data: Data,
) -> None:
    """How fresh each source is; exit 1 when one is stale.

    With failures; stale is past its own budget. One read on no schedule is never stale.
    """
    with answered(), open_snapshot(data) as snapshot:
        now = run.now()
        show(sources(snapshot, now), format_, None)
        stale = freshness(snapshot, now).stale
    raise typer.Exit(NO if stale else GOOD)


app.command("import")(commands.import_)
app.command()(commands.replay)
app.command()(commands.compact)
app.command()(commands.verify)
app.command()(commands.publish)
providers_app.command("list")(commands.providers_list)


def main(argv: Sequence[str] | None = None) -> None:
    """Entry point of the console script; always ends in ``SystemExit``."""
    log_plainly()
    sys.exit(run_command(app, argv))


if __name__ == "__main__":
    main()
