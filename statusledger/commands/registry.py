"""Commands about the registry: what is listed, which engine serves a page, what became of one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from ingest.safe_text import amount, strip_control
from statusledger import options
from statusledger.options import Format
from statusledger.terminal import GOOD, NO, SOME_FAILED, USAGE, fail, progress, reported

if TYPE_CHECKING:
    import polars as pl

    from ingest.registry import Registry
    from ingest.runs.page_check import PageCheck
    from ingest.runs.page_probe import Probed

#: Folder of what ``check --record`` saved.
RECORDED = "recorded"


def list_(
    *,
    coverage: Annotated[
        bool,
        typer.Option("--coverage", help="What was read of each: since when, components, surfaces."),
    ] = False,
    format_: options.Form = Format.TABLE,
    out: options.Out = None,
    data: options.Data,
) -> None:
    """List every provider and page we know of, and whether it is collected."""
    import polars as pl

    from ingest.runs import data_folder
    from statusledger.output import show

    with reported():
        registry = data_folder.registry_of(data)
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
        listed = pl.DataFrame(rows)
        show(_with_coverage(listed, registry, data) if coverage else listed, format_, out)


def _with_coverage(listed: pl.DataFrame, registry: Registry, data: Path) -> pl.DataFrame:
    """Say of each page whether it was read, since when, and how much of it is mapped.

    Without a snapshot nothing was read.
    """
    import polars as pl

    from analytics import open_snapshot
    from analytics.read_models.page_coverage import PAGE_COVERAGE, page_coverage
    from analytics.snapshot import NoSnapshotError

    notes = {p.slug: p.note for p in registry.providers}
    try:
        with open_snapshot(data) as snapshot:
            found = page_coverage(snapshot)
    except NoSnapshotError:
        found = pl.DataFrame(schema=PAGE_COVERAGE)
    keys = pl.Series("page_key", [page.page_key for page in registry.pages])
    why = pl.Series("why_not", [notes[page.provider] for page in registry.pages])
    joined = listed.with_columns(keys, why).join(
        found, on="page_key", how="left", maintain_order="left"
    )
    read = pl.col("covered_since").is_not_null()
    shut = ~pl.col("status").is_in(["live", "unverified"])
    return joined.select(
        *("provider", "platform", "status"),
        read.alias("read"),
        "covered_since",
        pl.col("components", "surfaces").fill_null(0),
        pl.when(shut).then("why_not").alias("why_not"),
    )


def probe(
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of a status page.")],
    *,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="It may be on a private network.")
    ] = False,
    data: options.Data,
) -> None:
    """Find out which engine serves a page, and print its table for the registry.

    By what it answers with, never by a status code. Exit 1 when no engine answers as itself.
    """
    from ingest.fetching.fetcher import Fetcher
    from ingest.files.lock import hold_lock
    from ingest.models import Page
    from ingest.platforms import PLATFORMS
    from ingest.runs import data_folder, page_probe

    address = urlsplit(url if "://" in url else f"https://{url}")
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise fail(f"{url}: not an address like https://status.example.com", USAGE)
    if address.scheme == "http" and not allow_private:
        raise fail(f"{url}: must start with https://, or give --allow-private", USAGE)
    slug = slug_of(address.hostname)
    base = f"{address.scheme}://{address.netloc}{address.path.rstrip('/')}"
    page = Page(f"{slug}.probe", slug, "probe", base, allow_private=allow_private, zone_given=False)
    with reported(), hold_lock(data), progress(f"probing {base}"):
        told = page_probe.probe(page, PLATFORMS, Fetcher().get, data_folder.now)
    if told.found is None:
        reasons = {str(one.failure) for one in told.asked.values() if one.failure is not None}
        why = f" ({', '.join(sorted(reasons))})" if reasons else ""
        raise fail(f"{base}: none of our engines answers as itself there{why}", NO)
    for line in table_of(told.found).splitlines():
        print(strip_control(line))


def slug_of(host: str) -> str:
    """Make a slug of a host's name.

    >>> slug_of("status.acme-ai.com"), slug_of("acmestatus.com"), slug_of("127.0.0.1")
    ('acme-ai', 'acmestatus', 'page')
    """
    parts = [part for part in host.lower().split(".") if part not in {"www", "status"}]
    name = parts[-2] if len(parts) > 1 else parts[0]
    return name if not name.replace("-", "").isdigit() else "page"


def table_of(found: Probed) -> str:
    """Write the table of a page for ``providers.toml``."""
    page = found.page
    keys = [f'base_url = "{page.base_url}"']
    if page.page_id is not None:
        keys.append(f'page_id = "{page.page_id}"')
    keys += ['feed = "complete"', 'confidence = "high"']
    if page.allow_private:
        keys.append("allow_private = true")
    counts = f"{amount(len(found.parsed.components), 'component')}, " + amount(
        len(found.parsed.incidents), "incident"
    )
    return "\n".join(
        [
            f"# {found.capture.url}: {counts}",
            f"[{page.provider}]",
            f'name = "{page.provider.replace("-", " ").title()}"',
            'category = "app"',
            "",
            f"[{page.provider}.pages.{page.platform}]",
            *keys,
            "",
        ]
    )


def check(
    providers: Annotated[
        list[str] | None, typer.Argument(metavar="SLUG", help="The providers to check.")
    ] = None,
    *,
    every: options.Every = False,
    record: Annotated[
        bool,
        typer.Option("--record", help="Save each payload with its counts, in the data folder."),
    ] = False,
    format_: options.Form = Format.TABLE,
    out: options.Out = None,
    data: options.Data,
) -> None:
    """Ask pages once, and say which moved, died, fell silent or changed; nothing is archived.

    Exit 0 when all are good, 3 when some are not, 1 when none is.
    """
    from ingest.fetching.fetcher import Fetcher
    from ingest.files.lock import hold_lock
    from ingest.platforms import PLATFORMS
    from ingest.runs import data_folder, page_check, page_selection
    from statusledger.output import show

    if not providers and not every:
        raise fail("say which: a SLUG, or --all", USAGE)
    with reported():
        registry = data_folder.registry_of(data)
        pages = page_selection.chosen_pages(
            registry, providers or [], every, data_folder.now().date()
        )
        with hold_lock(data), progress(f"checking {amount(len(pages), 'page')}"):
            checks = page_check.check_pages(pages, PLATFORMS, Fetcher().get, data_folder.now)
        show(checked_rows(checks), format_, out)
        for one in checks:
            for path in page_check.record(one, data / RECORDED) if record else []:
                print(f"statusledger: saved {path}", file=sys.stderr)
    good = sum(one.verdict == page_check.GOOD for one in checks)
    raise typer.Exit(GOOD if good == len(checks) else SOME_FAILED if good else NO)


def checked_rows(checks: list[PageCheck]) -> pl.DataFrame:
    """Tabulate checks: a row for each document that was asked for.

    Returns:
        provider, platform, verdict (of the page), url, components, incidents, rejects and
        warnings (counts), newest_at (when its newest post moved), reason.
    """
    import polars as pl

    counts = ("components", "incidents", "rejects", "warnings")
    schema: dict[str, Any] = {
        **dict.fromkeys(("provider", "platform", "verdict", "url"), pl.String),
        **dict.fromkeys(counts, pl.Int64),
        "newest_at": pl.Datetime("us", "UTC"),
        "reason": pl.String,
    }
    rows = [
        {
            "provider": check.page.provider,
            "platform": check.page.platform,
            "verdict": check.verdict,
            "url": one.capture.url,
            **one.numbers(),
            "newest_at": max(one.listed, default=None),
            "reason": strip_control(one.message or check.reason),
        }
        for check in checks
        for one in check.sources
    ]
    silent = [
        {"provider": c.page.provider, "platform": c.page.platform, "verdict": c.verdict}
        | {"url": c.page.base_url, **dict.fromkeys(counts, 0), "newest_at": None}
        | {"reason": strip_control(c.reason)}
        for c in checks
        if not c.sources
    ]
    return pl.DataFrame([*rows, *silent], schema=schema)


def check_overrides(
    *,
    format_: options.Form = Format.TABLE,
    out: options.Out = None,
    data: options.Data,
) -> None:
    """List the entries of overrides.toml; exit 1 when one of them matches nothing."""
    import polars as pl

    from analytics import open_snapshot
    from ingest.labels import overrides
    from statusledger.output import show

    with reported():
        own = overrides.load(data / overrides.FILE)
        with open_snapshot(data) as snapshot:
            posts = {*snapshot.table("incidents").select("page_key", "incident_id").iter_rows()}
            known = {*snapshot.table("components").select("page_key", "component_id").iter_rows()}
        rows = [
            {"what": what, "page_key": key[0], "id": key[1], "sets": sets, "matches": key in found}
            for what, entries, found in (
                ("incident", {key: one.sets for key, one in own.incidents.items()}, posts),
                ("component", {key: one.surface for key, one in own.components.items()}, known),
            )
            for key, sets in entries.items()
        ]
        schema = dict.fromkeys(("what", "page_key", "id", "sets"), pl.String)
        show(pl.DataFrame(rows, schema={**schema, "matches": pl.Boolean}), format_, out)
    raise typer.Exit(GOOD if all(row["matches"] for row in rows) else NO)
