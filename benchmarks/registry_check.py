"""Hold the registry's addresses against another list of status pages, by hand.

The list is an unpacked npm package ``@sentry/status-page-list``: ``npm pack`` brings it. Run
``python -m benchmarks.registry_check FOLDER``. A difference is a question, no verdict: either
list may be the older one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ingest.registry import Registry, load

ADDRESS = re.compile(r"statusPageUrl[$\w]*\s*[:=]\s*[\"']([^\"']+)[\"']")
DOMAINS = re.compile(r"domains[$\w]*\s*[:=]\s*\[([^\]]*)\]")
QUOTED = re.compile(r"[\"']([^\"']+)[\"']")
#: Domain under which an engine serves pages of many.
HOSTED = "statuspage.io"
ENDINGS = (".ts", ".mjs", ".json")


def listed_addresses(folder: Path) -> dict[str, str]:
    """Read the package: the host of the status page of each domain it knows."""
    found: dict[str, str] = {}
    for path in sorted(one for one in folder.rglob("*") if one.suffix in ENDINGS):
        text = path.read_text(encoding="utf-8", errors="replace")
        addresses, domains = ADDRESS.findall(text), DOMAINS.findall(text)
        for address, named in zip(addresses, domains, strict=False):
            host = urlsplit(address).hostname or ""
            found |= {one.removeprefix("*."): host for one in QUOTED.findall(named)}
    return found


def differences(registry: Registry, listed: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each page whose own domain has another address in the list."""
    homes = {one.slug: one.homepage for one in registry.providers}
    for page in registry.pages:
        addresses = page.base_url, *page.alternates, homes[page.provider]
        own = [urlsplit(url).hostname or "" for url in addresses]
        domains = {".".join(host.split(".")[-2:]) for host in own} - {HOSTED}
        theirs = {listed[one] for one in domains if one in listed}
        if theirs and not theirs & {*own}:
            yield f"{page.page_key}: {own[0]} here, {', '.join(sorted(theirs))} there"


def main(folder: str) -> None:
    """Print the differences, and how many pages both lists know."""
    listed = listed_addresses(Path(folder))
    registry = load()
    lines = [*differences(registry, listed)]
    for line in lines:
        print(line)
    print(f"{len(lines)} of {len(registry.pages)} pages differ; {len(listed)} domains there")


if __name__ == "__main__":
    main(sys.argv[1])
