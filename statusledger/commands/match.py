"""Command ``match``: which providers a piece of software depends on."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.models import PageStatus
from ingest.safe_text import amount, strip_control
from statusledger import options
from statusledger.options import Format
from statusledger.terminal import GOOD, NO, fail, reported

if TYPE_CHECKING:
    import polars as pl

    from ingest.models import Page
    from ingest.registry import Registry
    from statusledger.dependencies.matches import Match, Matches

#: Names of no provider that are given.
MOST_NAMED = 10


def match(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A list of hosts, an egress log, a lock file (requirements, poetry, uv, Pipfile, "
            "pylock, npm, yarn, pnpm, Cargo, Go, Ruby, Composer, NuGet, Gradle) or an SBOM "
            "(CycloneDX or SPDX).",
        ),
    ],
    *,
    format_: options.Form = Format.TABLE,
    out: options.Out = None,
    data: options.Data,
) -> None:
    """List the providers that a file depends on, by hosts and packages; nothing is sent.

    With their pages, and whether anything is collected of them. Exit 1 when it names none.
    """
    from ingest.runs import data_folder
    from statusledger.dependencies.dependency_file import dependencies
    from statusledger.dependencies.matches import matched
    from statusledger.output import show

    with reported():
        registry = data_folder.registry_of(data)
        result = matched(dependencies(file), registry.providers)
        if result.found:
            show(rows_of(result.found, registry, _collected(data)), format_, out)
        for line in left_open(result):
            print(f"statusledger: {strip_control(line)}", file=sys.stderr)
    if not result.found:
        raise fail(f"{file}: names no host and no package of a provider in the registry", NO)
    raise typer.Exit(GOOD)


def _collected(data: Path) -> Collection[str]:
    """Return the providers of whom anything was captured; none without a snapshot."""
    from analytics import open_snapshot
    from analytics.directory import captured_providers
    from analytics.snapshot import NoSnapshotError

    try:
        with open_snapshot(data) as snapshot:
            return captured_providers(snapshot)
    except NoSnapshotError:
        return ()


def rows_of(found: Sequence[Match], registry: Registry, collected: Collection[str]) -> pl.DataFrame:
    """Tabulate matches, a row for each host or package.

    Returns:
        provider, name, by (host or package), found, times (how often the file names it), pages
        (addresses of those not gone), status (what can be read of them), collected.
    """
    import polars as pl

    names = {one.slug: one.name for one in registry.providers}
    everyone = {one.provider for one in found}
    pages = {slug: _pages(registry, slug) for slug in everyone}
    rows = [
        {
            "provider": one.provider,
            "name": names[one.provider],
            "by": one.by,
            "found": one.found,
            "times": one.times,
            "pages": [page.base_url for page in pages[one.provider]],
            "status": sorted({str(page.status) for page in pages[one.provider]}),
            "collected": one.provider in collected,
        }
        for one in found
    ]
    return pl.DataFrame(rows)


def _pages(registry: Registry, slug: str) -> list[Page]:
    """Return a provider's pages that are not gone; where all are, those."""
    mine = [page for page in registry.pages if page.provider == slug]
    return [page for page in mine if page.status is not PageStatus.RETIRED] or mine


def left_open(result: Matches) -> list[str]:
    """Say in lines what is not known of the file's names."""
    lines = []
    for what in ("host", "package"):
        mine = [one for one in result.strangers if one.startswith("pkg:") == (what == "package")]
        if mine:
            more = f" and {len(mine) - MOST_NAMED} more" if len(mine) > MOST_NAMED else ""
            lines.append(
                f"{amount(len(mine), what)} of no provider in the registry: "
                f"{', '.join(mine[:MOST_NAMED])}{more}"
            )
    if result.addresses:
        n = len(result.addresses)
        lines.append(f"IP addresses without a name, not known whose: {n}")
    if any(one.by == "package" for one in result.found):
        lines.append("a package says whom it is made for, not which host it is pointed at")
    return lines
