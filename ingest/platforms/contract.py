"""Contract of ``platform.py``: what a status-page engine provides to be polled and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ingest.models import Capture, Kind, Page, Parsed
from ingest.platforms import forms, payload
from ingest.platforms.forms import Form
from ingest.platforms.payload import Media
from ingest.sources import Shape, Source

if TYPE_CHECKING:
    from ingest.archive.page_history import Memory

MINUTE = timedelta(minutes=1)
#: Fields of incidents that give their own start and end, planned or not.
WINDOW = frozenset({"started_at", "resolved_at", "scheduled_start_at", "scheduled_end_at"})
INCIDENTS = frozenset({Kind.INCIDENT})
EVERY_KIND = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Platform:
    """Status-page engine: pure functions, and a version that renews their memos.

    ``forms`` tells its documents apart and reads each. ``sources`` lists what to poll,
    ``follow`` says what to read after the payload of a source. ``opened`` makes a JSON value
    or a text of a body, and may refuse it. ``impact_basis``: what component states made of
    posted impacts are worth: ``impacts`` (per component) or ``incident`` (one state for the
    whole incident). ``explicit_window``: incidents give their own start and end. ``indexes``:
    shapes that lead on into the past without being asked for again.
    ``active_only``: shapes whose documents list only what is open, and the kinds of which that
    is true: what is gone from the next of them is over, not removed. ``present``: other shapes
    whose documents show all that is the matter when they are read, so that one after the other
    covers the time between them. ``measures``: states and days of components are what the
    page's own monitors saw, not what people posted. ``onset_stated``: the start of an incident
    is what its text states. ``seen`` False: known from documentation alone, so its pages are
    unverified.
    """

    name: str
    version: int
    shapes: tuple[Shape, ...]
    forms: tuple[Form, ...]
    sources: Callable[[Page], Sequence[Source]]
    follow: Callable[[Parsed, Source, Page, Memory], Sequence[Source]] = lambda *_: ()
    opened: Callable[[bytes], tuple[Media, Any]] = payload.opened
    impact_basis: str = "impacts"
    explicit_window: bool = False
    indexes: frozenset[str] = frozenset()
    active_only: Mapping[str, frozenset[Kind]] = field(default_factory=dict[str, frozenset[Kind]])
    present: frozenset[str] = frozenset()
    measures: bool = False
    onset_stated: bool = False
    seen: bool = True

    @property
    def shows_present(self) -> frozenset[str]:
        """Return the shapes whose documents show all that is the matter when they are read."""
        listing = {shape for shape, kinds in self.active_only.items() if Kind.INCIDENT in kinds}
        return self.present | listing

    def parse(self, capture: Capture, page: Page) -> Parsed:
        """Read everything one body says. Raises ``ReadError`` only."""
        return forms.read(self.forms, capture, page, self.opened)

    def recognise(self, body: bytes) -> tuple[str, str]:
        """Return shape and path of an imported body. Raises ``ReadError``."""
        return forms.recognise(self.forms, body, self.opened)


def source(
    page: Page, address: str, shape: str, minutes: int, otherwise: tuple[Source, ...] = ()
) -> Source:
    """Describe an address to poll every so many minutes, or five while open.

    Args:
        page: The page it belongs to.
        address: A path of the page, or a whole address elsewhere.
        shape: What is expected there.
        minutes: The interval.
        otherwise: What is polled only where this is not to be had.

    Returns:
        The source.
    """
    url = address if address.startswith("https://") else page.base_url + address
    every = timedelta(minutes=minutes)
    return Source(page.page_key, url, shape, every, otherwise, brisk=min(every, 5 * MINUTE))


def front_page(page: Page) -> Sequence[Source]:
    """Return the front page, where the registry says that its data may be read."""
    return (source(page, "/", "page", 15),) if page.page_data else ()


def polled(*listed: tuple[str, str, int]) -> Callable[[Page], Sequence[Source]]:
    """Return the sources of pages that all serve the same: addresses, shapes and minutes."""

    def sources(page: Page) -> Sequence[Source]:
        return tuple(source(page, *one) for one in listed)

    return sources
