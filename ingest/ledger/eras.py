"""Read bodies under the era of their address that they belong to.

A page may change its engine or its id under the same address. What it answers then is refused
as another page's, and stays in the archive. Once the registry knows the new era, the bodies
are read again as its own, so that no week of a migration is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date
from itertools import groupby

from ingest.ledger.sightings import Reading
from ingest.models import Capture, Page, Parsed, ReadError, ReadFailure
from ingest.platforms.contract import Platform
from ingest.validation import captures
from ingest.validation.records import SoundIncidents

#: Failures of a body that may be another era's.
FOREIGN = frozenset({ReadFailure.WRONG_PAGE, ReadFailure.CHANGED_PLATFORM})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads captures of some pages, each under the era it belongs to.

    ``sound``: incidents found sound before, where captures are read in a row.
    """

    pages: Mapping[str, Page]
    platforms: Mapping[str, Platform]
    eras: Mapping[str, Sequence[Page]] = field(default_factory=dict[str, Sequence[Page]])
    sound: SoundIncidents | None = None

    def read(self, capture: Capture) -> tuple[Capture, Reading]:
        """Return a capture, as one of the page it is of, and what it says.

        An error where it cannot be read; None where it brought no body.
        """
        page = self.pages[capture.page_key]
        later = self._later_era(page, capture.captured_at.astimezone(UTC).date())
        if capture.body is None or capture.failure is not None or capture.shape == "robots":
            ended = page.valid_to is not None and later is not None
            return (replace(capture, page_key=later.page_key) if ended and later else capture), None
        reading = self._as(page, capture)
        if later is None or not _is_of(later, reading):
            return capture, reading
        moved = replace(capture, page_key=later.page_key)
        again = self._as(later, moved)
        return (moved, again) if isinstance(again, Parsed) else (capture, reading)

    def _as(self, page: Page, capture: Capture) -> Parsed | ReadError:
        try:
            return captures.read(capture, page, self.platforms[page.platform], self.sound)
        except ReadError as error:
            return error

    def _later_era(self, page: Page, day: date) -> Page | None:
        """Return the newest other era of the page's address that a day belongs to."""
        if page.valid_to is not None and day < page.valid_to:
            return None
        here = [
            one
            for one in self.eras.get(page.page_key, ())
            if one.valid_from is not None and one.valid_from <= day
            if one.valid_to is None or day < one.valid_to
        ]
        return here[-1] if here else None


def eras_of(pages: Mapping[str, Page]) -> dict[str, Sequence[Page]]:
    """Return the other eras of each page's address, by its key, the oldest first."""

    def address(page: Page) -> tuple[str, str]:
        return page.provider, page.base_url

    found: dict[str, Sequence[Page]] = {}
    for _, alike in groupby(sorted(pages.values(), key=address), key=address):
        here = sorted(alike, key=lambda page: (page.valid_from or date.min, page.page_key))
        if len(here) > 1:
            found |= {page.page_key: [one for one in here if one != page] for page in here}
    return found


def _is_of(era: Page, reading: Parsed | ReadError) -> bool:
    """Tell whether a body may be of an era, by what it says as one of another."""
    if isinstance(reading, ReadError):
        return reading.kind in FOREIGN
    return era.page_id is not None and reading.page_id == era.page_id
