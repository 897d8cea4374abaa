"""A ledger of every capture on this machine that can be imported, through our own import."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ingest.runs import data_folder, importing, page_selection, publishing
from ingest.runs.payload_import import Listed

FEEDS = Path(os.environ.get("STATUSLEDGER_FEEDS", Path(__file__).parents[2] / "shared" / "feeds"))
ANTHROPIC = FEEDS / "statuspage" / "anthropic"
GITHUB = FEEDS / "statuspage" / "github"
INCIDENT_IO = FEEDS / "incidentio"
OPENAI, GROQ = INCIDENT_IO / "openai", INCIDENT_IO / "groq"
SERIES = ANTHROPIC / "series-incidents-json-20260414-20260710.tar.xz"
FULL = ANTHROPIC / "incidents-full-20260709.jsonl"
GOOGLE = FEEDS / "gcp" / "gcp" / "series-incidents-json-202011-202507.tar.xz"
#: When the weekly archives were written, each row with the vendor's payload inside.
WEEKS = "2026-08-18T13:16:05Z"
JULY = "2026-07-01"


@dataclass(frozen=True, slots=True)
class Found:
    """Captures of a provider's page at ``path``. ``at`` None: their names say when."""

    provider: str
    platform: str
    path: Path
    at: str | None = None
    complete_since: str | None = None


CAPTURES = (
    Found("anthropic", "statuspage", FULL, "2026-07-09T07:58:17Z"),
    Found("anthropic", "statuspage", SERIES),
    Found(
        "anthropic", "statuspage", ANTHROPIC / "uptime-data-20260710.json", "2026-07-10T23:55:34Z"
    ),
    Found("github-copilot", "statuspage", GITHUB / "series-history-atom-20220611-20251231.tar.xz"),
    Found(
        "github-copilot", "statuspage", GITHUB / "incidents-20260731.json", "2026-07-31T06:49:58Z"
    ),
    Found("google-cloud", "google_cloud", GOOGLE),
    Found("google-vertex", "google_cloud", GOOGLE),
    *(
        Found("openai", "incident_io", OPENAI / name, at)
        for name, at in {
            "compat-summary-20260722-minor.json": "2026-07-22T14:49:05Z",
            "weekly-raw-2026W30.json": WEEKS,
            "weekly-raw-2026W31.json": WEEKS,
            "weekly-raw-2026W32.json": WEEKS,
            "feed-20260914.atom": "2026-09-14T04:56:53Z",
            "compat-incidents-20260915.json": "2026-09-15T12:22:09Z",
            "compat-summary-20260929-minor.json": "2026-09-29T18:42:55Z",
        }.items()
    ),
    *(
        Found("groq", "incident_io", GROQ / name, "2026-09-29T12:00:00Z", since)
        for name, since in {
            "native-structure-20260929-excerpt.json": None,
            "native-impacts-20260929-excerpt.json": JULY,
        }.items()
    ),
    Found(
        "cohere",
        "incident_io",
        INCIDENT_IO / "cohere" / "native-incident-20260929-excerpt.json",
        "2026-09-29T04:49:57Z",
        JULY,
    ),
)


def build(data: Path, captures: Sequence[Found] = CAPTURES) -> Path:
    """Import captures into ``data``, publish them, and give the snapshot's path."""
    registry = data_folder.registry_of(data)
    started, taken = data_folder.now(), 0
    for found in captures:
        pages = page_selection.pages_of(registry, found.provider, found.platform)
        at = datetime.fromisoformat(found.at) if found.at else None
        since = found.complete_since
        complete = datetime.combine(date.fromisoformat(since), time(), UTC) if since else None
        path = found.path
        if path.stem.startswith("weekly"):
            path = unwrapped(path, data)
        listed = Listed((path,), tuple(pages), at, complete)
        taken += len(importing.import_payloads(data, [listed]).taken)
    return publishing.publish_after(data, registry, started, taken, 0).path


def unwrapped(path: Path, into: Path) -> Path:
    """Write the vendor's own objects of a weekly archive as JSON Lines, and return the file."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    target = into / f"{path.stem}.jsonl"
    target.write_text("\n".join(json.dumps(row["raw"]) for row in rows), encoding="utf-8")
    return target
