"""Contract of ``platform.py``: what a status-page engine provides to be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.models import Kind, Parsed
from ingest.pages import Capture, Page, Shape, Source

if TYPE_CHECKING:
    from ingest.archive.page_history import Memory


@dataclass(frozen=True, slots=True)
class Platform:
    """Status-page engine: pure functions, and a version that renews their memos.

    ``sources`` lists what to poll, ``parse`` reads a capture and raises ``ReadError`` only,
    ``follow`` says what to read after the payload of a source. ``recognise`` names the shape
    of an imported body and the path it is served under. ``impact_basis``: what component
    states made of posted impacts are worth: ``impacts`` (per component) or ``incident``
    (one state for the whole incident). ``explicit_window``: incidents give their own start
    and end. ``indexes``: shapes that lead on into the past without being asked for again.
    ``active_only``: shapes whose documents list only what is open, and the kinds of which that
    is true: what is gone from the next of them is over, not removed. ``measures``: states and
    days of components are what the page's own monitors saw, not what people posted.
    ``seen`` False: known from documentation alone, so its pages are unverified.
    """

    name: str
    version: int
    shapes: tuple[Shape, ...]
    sources: Callable[[Page], Sequence[Source]]
    parse: Callable[[Capture, Page], Parsed]
    follow: Callable[[Parsed, Source, Page, Memory], Sequence[Source]]
    recognise: Callable[[bytes], tuple[str, str]]
    impact_basis: str = "impacts"
    explicit_window: bool = False
    indexes: frozenset[str] = frozenset()
    active_only: Mapping[str, frozenset[Kind]] = field(default_factory=dict[str, frozenset[Kind]])
    measures: bool = False
    seen: bool = True
