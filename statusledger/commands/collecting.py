"""Commands that collect: ``collect`` once, ``up`` until interrupted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dashboard.serve import HOST, PORT
from ingest.safe_text import amount, strip_control
from statusledger import options
from statusledger.commands.serving import ended, show_demo
from statusledger.demo_data import DEMO
from statusledger.terminal import GOOD, NO, SOME_FAILED, fail, progress, reported

if TYPE_CHECKING:
    from ingest.fetching.page_visit import PageRun
    from ingest.models import Page
    from ingest.registry import Registry


def collect(
    providers: options.Slugs = None,
    *,
    every: options.Every = False,
    backfill: options.Backfill = False,
    shard: options.Shard = None,
    as_json: options.AsJson = False,
    no_publish: options.NoPublish = False,
    data: options.Data,
) -> None:
    """Do one scheduled run: fetch what is due, keep it, publish."""
    from ingest.runs import data_folder
    from ingest.runs.collecting import in_trouble, nothing_came
    from ingest.runs.continuous import line_of
    from ingest.runs.page_selection import chosen_pages, share
    from ingest.runs.publishing import behind, emptied
    from statusledger.alerts.around_publishing import alerts_after
    from statusledger.commands.archive import publish_now

    started = data_folder.now()
    with reported():
        registry = data_folder.registry_of(data)
        watching = alerts_after(data, registry, data_folder.now, wait=True)
        pages = chosen_pages(registry, _slugs(registry, providers or []), every, started.date())
        runs = _collected(data, share(pages, shard), backfill)
        for one in runs:
            print(line_of(one, as_json))
        taken = sum(one.captures for one in runs)
        troubled = sum(in_trouble(one) for one in runs)
        empty: list[str] = []
        if not no_publish:
            with watching:
                if taken or behind(data):
                    done = publish_now(data, registry, started, taken, troubled, quiet=as_json)
                    empty = emptied(done, started)
                    troubled += len(done.failed)
        for line in empty:
            print(f"statusledger: {strip_control(line)}", file=sys.stderr)
    if runs and all(nothing_came(one) for one in runs):
        raise fail("nothing could be collected: is this machine online?", NO)
    raise typer.Exit(SOME_FAILED if troubled or empty else GOOD)


def _slugs(registry: Registry, providers: Sequence[str]) -> list[str]:
    """Return the slugs of providers, whatever they were called."""
    from analytics.asking.provider_search import find_provider

    names = {one.slug: one.name for one in registry.providers}
    return [find_provider(text, names) for text in providers]


def _collected(data: Path, pages: Sequence[Page], backfill: bool) -> list[PageRun]:
    """Collect pages with a spinner."""
    from ingest.fetching.fetcher import Fetcher
    from ingest.fetching.page_visit import LIMIT
    from ingest.runs.collecting import collect_now
    from ingest.runs.continuous import WHOLE_HISTORY, counted

    fetcher = Fetcher()
    with progress(f"collecting {amount(len(pages), 'page')}:") as tell:
        return collect_now(
            data,
            pages,
            fetcher,
            fill=backfill,
            limit=WHOLE_HISTORY if backfill else LIMIT,
            on_capture=counted(tell),
        )


def up(
    *,
    demo_if_offline: options.DemoIfOffline = False,
    interval: options.Interval = 300,
    every: options.Every = False,
    host: options.Host = HOST,
    port: options.Port = PORT,
    data: options.Data,
) -> None:
    """Collect, publish and serve the pages, until interrupted."""
    from dashboard.serve import require_free, serve
    from ingest.runs import data_folder
    from ingest.runs.continuous import keep_going
    from ingest.runs.page_selection import chosen_pages, reachable
    from statusledger.alerts.around_publishing import alerts_after

    with reported():
        registry = data_folder.registry_of(data)
        watching = alerts_after(data, registry, data_folder.now, wait=False)
        pages = chosen_pages(registry, [], every, data_folder.now().date())
        require_free(host, port)
        if not data_folder.has_captured(data) and not reachable(pages):
            if demo_if_offline:
                print("no network and nothing stored yet: showing the demo, which is invented")
                show_demo(data / DEMO, host, port)
                return
            raise fail("no network and nothing stored yet: try `statusledger demo`", NO)
        data.mkdir(parents=True, exist_ok=True)
        with serve(data, host, port) as shown:
            number = amount(len(pages), "status page")
            print(f"Collecting {number} into {data}, for as long as this runs.")
            print(f"Look at http://{host}:{port}: something is there after the first page, and all")
            print(
                "pages after a minute or two. Their past comes in meanwhile, which may take hours."
            )
            print("Ctrl-C ends it; the next run goes on where this one stopped.", flush=True)
            keep_going(
                data,
                registry,
                pages,
                interval,
                alive=lambda: shown.poll() is None,
                sleep=partial(_sleep, shown),
                around=watching,
            )
            raise ended(shown)


def _sleep(shown: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait, but no longer than there is somebody to collect for."""
    with suppress(subprocess.TimeoutExpired):
        shown.wait(seconds)
