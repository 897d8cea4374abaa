"""Keep the labels of incidents from one publication to the next.

Reading every message of every incident again is most of the work of a publication, and nearly
all of them say what they said before. ``derived/labels`` holds the labels of each page's
incidents, each under a hash of all that the labels follow from: the incident's words and times,
the code and the word lists of ``ingest``, and the rules of time zones. Safe to delete.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from ingest.files import checked_file
from ingest.incidents.incident import IncidentReport
from ingest.labels.classification import IncidentClass, IncidentEvidence
from ingest.labels.stated_window import StatedWindow
from ingest.snapshot.incident_labels import IncidentLabels, read_labels
from ingest.time_zones import zone_rules

log = logging.getLogger(__name__)

SUFFIX = ".json"
#: Hexadecimal digits of the hash of an incident, and of that of a page.
DIGITS = 24


@dataclass(slots=True)
class _PageMemo:
    """The labels of one page's incidents: those kept before, those asked for now."""

    path: Path | None
    kept: Mapping[str, Any]
    asked: dict[str, IncidentLabels] = field(default_factory=dict[str, IncidentLabels])


class LabelMemo:
    """The labels of incidents read before; what is not there is read now."""

    def __init__(self, folder: Path) -> None:
        """Open the memos of ``folder``, which need not exist."""
        self._folder = folder
        self._files = checked_file.by_stem(folder, SUFFIX)
        self._pages: dict[str, _PageMemo] = {}

    def labels(self, incident: IncidentReport, evidence: IncidentEvidence) -> IncidentLabels:
        """Return the labels of an incident as ``read_labels`` does."""
        page = self._page(evidence.page_key)
        key = _incident_key(incident, evidence)
        kept = page.kept.get(key)
        found = read_labels(incident, evidence) if kept is None else _labels(kept)
        page.asked[key] = found
        return found

    def save(self) -> None:
        """Write the labels asked for, and forget all others. Raises ``OSError``."""
        used = set()
        for page_key, page in self._pages.items():
            path = page.path
            if path is None or page.asked.keys() != page.kept.keys():
                body = json.dumps({key: _plain(page.asked[key]) for key in sorted(page.asked)})
                path = checked_file.write(self._folder, _stem(page_key), SUFFIX, body.encode())
            used.add(path)
        for path in self._folder.glob(f"*{SUFFIX}"):
            if path not in used:
                path.unlink(missing_ok=True)

    def _page(self, page_key: str) -> _PageMemo:
        if page_key not in self._pages:
            path = self._files.get(_stem(page_key))
            self._pages[page_key] = _PageMemo(path, {})
            if path is not None:
                try:
                    self._pages[page_key].kept = json.loads(checked_file.read(path))
                except checked_file.DamagedFileError as error:
                    log.warning("%s: thrown away and made again", error)
                    path.unlink(missing_ok=True)
                    self._pages[page_key].path = None
        return self._pages[page_key]


def _stem(page_key: str) -> str:
    return _hash(f"{_reading_version()} {page_key}")


def _incident_key(incident: IncidentReport, evidence: IncidentEvidence) -> str:
    """Hash everything that the labels of an incident follow from."""
    times = incident.times
    dated = (times.started_at, times.published_at, times.resolved_at, incident.explicit)
    moved = sorted(evidence.moved)  # a set is printed in any order
    told = [repr((replace(evidence, moved=frozenset()), moved, dated))]
    for update in incident.updates:
        body = update["body"]
        at = f"{update['created_at']} {update['display_at']} {update['edited_at']}"
        # With its length: no text can be taken for another one and what follows it.
        told.append(f"{at} {body is None} {len(body or '')} {body}")
    return _hash("\n".join(told))


@cache
def _reading_version() -> str:
    """Hash the code and the word lists that labels are read by, and the rules of time zones.

    All of ``ingest`` counts: that a module has no part in it is nothing to rely on.
    """
    root = Path(__file__).parents[1]
    digest = hashlib.sha256(zone_rules().encode())
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            digest.update(f"\n{path.relative_to(root).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _hash(text: str) -> str:
    # A text may hold half a character, which UTF-8 has no bytes for.
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:DIGITS]


def _plain(labels: IncidentLabels) -> list[Any]:
    """Turn labels into JSON."""
    given, window = labels.given, labels.window
    stated = None
    if window is not None:
        span = [window.start_at.isoformat(), window.end_at.isoformat()]
        stated = [*span, window.text, window.confidence]
    return [given.name, given.basis, given.reason, list(labels.causes), stated]


def _labels(row: list[Any]) -> IncidentLabels:
    name, basis, reason, causes, stated = row
    window = None
    if stated is not None:
        start, end, text, confidence = stated
        start_at, end_at = map(datetime.fromisoformat, (start, end))
        window = StatedWindow(start_at, end_at, text, confidence)
    return IncidentLabels(IncidentClass(name, basis, reason), tuple(causes), window)
