"""Every captured file in a provider's own form is imported, and told in one table.

The list names path, platform, address and id of the page, and the shapes that are expected; beside
it stands a list of the other files, with the reason that each is no provider's own form. Of a long
series some members are read: its history has tests of its own. Of a weekly archive the provider's
own objects are read, which stand inside its rows.
"""

from __future__ import annotations

import csv
import json
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import pytest

from ingest.models import Capture, Page, Parsed
from ingest.platforms import PLATFORMS
from ingest.validation import captures
from tests.support.captured.feeds import needs_feeds
from tests.support.paths import FEEDS, ROOT

pytestmark = [needs_feeds, pytest.mark.captures]

LIST = ROOT / "tests" / "support" / "captured" / "provider_files.csv"
OTHERS = LIST.with_name("other_files.csv")
#: After the last of the captures, so that nothing in them is yet to come.
AT = datetime(2026, 11, 29, 3, tzinfo=UTC)
#: How many members of a series are read, evenly spread.
MEMBERS = 12
COLUMNS = ("files", "incidents", "updates", "components", "days", "rejected", "warnings")


def listed(path: Path = LIST) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def bodies(path: str) -> Iterator[bytes]:
    if "/weekly-raw-" in path:
        for row in json.loads((FEEDS / path).read_bytes()):
            alone = [row["raw"]] if path.startswith("gcp/") else row["raw"]
            yield json.dumps(alone).encode()
        return
    if not path.endswith(".tar.xz"):
        yield (FEEDS / path).read_bytes()
        return
    with tarfile.open(FEEDS / path) as series:
        members = [one for one in series.getmembers() if one.isfile() and one.size]
        for member in members[:: max(1, len(members) // MEMBERS)]:
            opened = series.extractfile(member)
            assert opened is not None
            yield opened.read()


def read(row: dict[str, str]) -> Iterator[Parsed]:
    platform = PLATFORMS[row["platform"]]
    page = Page("p", "acme", platform.name, row["base_url"], page_id=row["page_id"] or None)
    for body in bodies(row["path"]):
        shape, path = platform.recognise(body)
        capture = Capture("p", page.base_url + path, shape, AT, body=body)
        yield captures.read(capture, page, platform)


def test_each_listed_file_is_read_as_the_shape_it_is() -> None:
    told: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[tuple[str, str]] = Counter()
    for row in listed():
        for parsed in read(row):
            assert parsed.shape in row["shape"].split(), row["path"]
            told[row["platform"]].update(
                files=1,
                incidents=len(parsed.incidents),
                updates=sum(len(one.updates) for one in parsed.incidents),
                components=len(parsed.components),
                days=len(parsed.posted_days),
                rejected=len(parsed.rejects),
                warnings=len(parsed.warnings),
            )
            reasons.update((row["path"], one.reason) for one in parsed.rejects)
    print(f"{'platform':<20}", *(f"{name:>10}" for name in COLUMNS))
    for platform, counts in sorted(told.items()):
        print(f"{platform:<20}", *(f"{counts[name]:>10}" for name in COLUMNS))
    for (path, reason), n in sorted(reasons.items()):
        print(f"{path}: {n} x {reason}")
    assert all(reason for _, reason in reasons)


def test_the_list_names_every_engine_of_which_a_body_is_known() -> None:
    known = {row["platform"] for row in listed()}
    # Known from their documentation alone, or in the form of another engine's.
    unseen = {"rootly", "cachet", "feed", "google_workspace"}
    assert PLATFORMS.keys() - known == unseen


def test_each_file_of_the_captures_is_read_or_has_a_reason_why_not() -> None:
    files = {path.relative_to(FEEDS).as_posix() for path in FEEDS.rglob("*") if path.is_file()}
    read = [row["path"] for row in listed()]
    others = listed(OTHERS)
    assert len(read) == len({*read})
    assert all(row["reason"] for row in others)
    unread = files - {*read}
    matched = {
        row["path"]: {path for path in unread if fnmatch(path, row["path"])} for row in others
    }
    assert [pattern for pattern, found in matched.items() if not found] == []
    assert unread == set[str]().union(*matched.values())
    assert {*read} <= files
