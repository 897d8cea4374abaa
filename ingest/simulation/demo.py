"""The demo: an invented world served over loopback and collected over real HTTP.

Fourteen months pass in fast-forward, with a capture a month and then one every other day,
so that the ledger has history, edits and gaps to show. Everything published from it is
marked as simulated.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from ingest.fetching.fetcher import Fetcher
from ingest.fetching.page_visit import PageRun
from ingest.models import Page
from ingest.registry import load
from ingest.runs import collecting, data_folder, publishing
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage
from ingest.simulation.scenario import Story, tell
from ingest.simulation.server import serving
from ingest.snapshot.publish import Published

MONTHS = 14
SEED = 20260302
#: slug, name, incidents a month, parts as (name, group)
CAST: Sequence[tuple[str, str, float, Sequence[tuple[str, str | None]]]] = (
    (
        "northwind-ai",
        "Northwind AI (invented)",
        9.0,
        (("Northwind API", None), ("Northwind Chat", None), ("Northwind Code", None)),
    ),
    (
        "bluejay-models",
        "Bluejay Models (invented)",
        4.0,
        (("Inference API", "Platform"), ("Console", "Platform"), ("Chat app", None)),
    ),
    (
        "cobalt-inference",
        "Cobalt Inference (invented)",
        6.0,
        (("Chat completions API", None), ("Embeddings", None), ("Dashboard", None)),
    ),
    (
        "driftwood-labs",
        "Driftwood Labs (invented)",
        2.0,
        (("API", None), ("Web chat", None), ("Login", None)),
    ),
    (
        "ember-code",
        "Ember Code (invented)",
        5.0,
        (("Code assistant", None), ("CLI", None), ("Billing", None)),
    ),
)
#: Days before now on which the invented contract begins.
CONTRACT_DAYS = 300
FORBIDS_API = "driftwood-labs"
#: Who has an incident open now, since when, and how long it lasts at least.
IN_TROUBLE = "northwind-ai"
OPEN_FOR, LASTS = timedelta(minutes=25), timedelta(minutes=60)
ZONES = {"bluejay-models": "America/New_York"}


def demo_world(now: datetime) -> list[ScriptedPage]:
    """Invent the providers; their lives run past ``now``, one incident is open."""
    start = now - timedelta(days=MONTHS * 30)
    sites = []
    for number, (slug, name, a_month, parts) in enumerate(CAST):
        page_id = f"demo{number:08}"
        page = Page(
            page_key=f"{slug}.statuspage.{page_id}",
            provider=slug,
            platform="statuspage",
            base_url="http://127.0.0.1",
            page_id=page_id,
            zone=ZONES.get(slug, "Etc/UTC"),
            allow_private=True,
        )
        whole = [
            ScriptedComponent(f"{number}part{nr:07}", part, group, date(start.year, start.month, 1))
            for nr, (part, group) in enumerate(parts)
        ]
        # A little into the future: what is under way now has not ended yet.
        story = Story(incidents_a_month=a_month, leftovers=0.02)
        live = partial(tell, SEED + number, page, name, whole, days=MONTHS * 30 + 3, story=story)
        site = live(start)
        if slug == IN_TROUBLE:
            site = live(start + until_trouble(site, now))
        site.forbids_api = slug == FORBIDS_API
        sites.append(site)
    return sites


def until_trouble(site: ScriptedPage, now: datetime) -> timedelta:
    """Return by how much a life must begin later for an incident to be open at ``now``."""
    begun = [
        post.created_at
        for post in site.posts
        if post.component_ids and not (post.scheduled or post.moved_to or post.deleted_at)
        for ended in [next((m.created_at for m in post.messages if m.status == "resolved"), None)]
        if ended is not None and ended - post.created_at >= LASTS
    ]
    return now - OPEN_FOR - max(at for at in begun if at <= now - OPEN_FOR)


def build_demo(
    data: Path, now: datetime, progress: Callable[[str], None] = data_folder.silent
) -> Published:
    """Collect the invented world into ``data`` anew, and publish it.

    ``data`` is emptied first: it holds nothing that cannot be made again.
    """
    _empty(data)
    clock = Hands(now)
    sites = demo_world(now)
    with serving(sites, clock) as pages:
        (data / "providers.toml").write_text(registry_toml(sites, pages), encoding="utf-8")
        (data / "contracts.toml").write_text(contract_toml(now), encoding="utf-8")
        registry = load(path=data / "providers.toml")
        fetcher = Fetcher(spacing=0.0)
        runs: list[PageRun] = []
        for at in instants(now):
            clock.at = at
            progress(f"{at:%Y-%m-%d}")
            runs += collecting.collect_now(data, registry.pages, fetcher, clock)
    taken, troubled = sum(one.captures for one in runs), sum(map(collecting.in_trouble, runs))
    return publishing.publish_after(data, registry, now, taken, troubled, progress)


def _empty(data: Path) -> None:
    """Make room for a demo; the mark goes first, so a killed run can be repeated."""
    mark = data / data_folder.SIMULATED
    if data.exists() and not mark.exists() and any(data.iterdir()):
        raise FileExistsError(f"{data} holds something other than a demo: move it away first")
    data.mkdir(parents=True, exist_ok=True)
    mark.write_text("An invented world; see `statusledger demo`.\n")
    for old in data.iterdir():
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        elif old != mark:
            old.unlink()


class Hands:
    """A clock that stands where it is put."""

    def __init__(self, at: datetime) -> None:
        """Stand at ``at``."""
        self.at = at

    def __call__(self) -> datetime:
        """Read the clock."""
        return self.at


def instants(now: datetime) -> Iterator[datetime]:
    """Yield when the demo collects: so often that no list is cut, and now."""
    at = now - timedelta(days=MONTHS * 30 - 1)
    while at < now:
        yield at
        at += timedelta(days=2 if now - at <= timedelta(days=14) else 30)
    yield now


def contract_toml(now: datetime) -> str:
    """Write an invented contract, as users write theirs."""
    return (
        "# Invented, for the demo.\n\n"
        "[northwind-api]\n"
        'provider = "northwind-ai"\n'
        'surface = "api_inference"\n'
        "target = 99.9\n"
        "credits = [[99.0, 99.9, 10], [95.0, 99.0, 25], [0, 95.0, 50]]\n"
        "claim_days = 30\n"
        "monthly_fee = 4000\n"
        'zone = "America/New_York"\n'
        f"start = {(now - timedelta(days=CONTRACT_DAYS)).date().replace(day=1)}\n"
    )


def registry_toml(sites: Sequence[ScriptedPage], pages: Sequence[Page]) -> str:
    """Write the invented providers in the registry's own form."""
    tables = []
    for site, page in zip(sites, pages, strict=True):
        tables.append(
            f"[{page.provider}]\n"
            f"name = {json.dumps(site.name)}\n"
            'category = "model-lab"\n'
            "starter = true\n"
            'note = "Invented, for the demo."\n\n'
            f"[{page.provider}.pages.statuspage]\n"
            f"base_url = {json.dumps(page.base_url)}\n"
            f"page_id = {json.dumps(page.page_id)}\n"
            'feed = "complete"\n'
            'confidence = "high"\n'
            f"zone = {json.dumps(page.zone)}\n"
            "allow_private = true\n"
        )
    return "\n".join(tables)
