"""Tell the form of a document, by one table for reading and for recognising.

A platform lists the forms its documents have, the most telling first. ``read`` takes the first
one a captured body has; ``recognise`` gives shape and path of the same one for a body from
disk. So nothing is recognised that could not be read, nor read as something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from ingest.models import MISREADINGS, Capture, Page, Parsed, ReadError, ReadFailure
from ingest.platforms import payload
from ingest.platforms.notices import Notices, with_notices
from ingest.platforms.payload import Media

#: The first key behind a page with an id.
FIRST_KEY = re.compile(rb'\s*\{\s*"page"\s*:\s*\{[^{}]*"id"\s*:\s*"[^{}]*\}\s*,\s*"(\w+)"\s*:')


def always(data: Any) -> bool:
    """Accept any document: its keys tell enough."""
    return True


def own_id(data: Any) -> str:
    """Return the id of the one record a document holds."""
    return str(data.get("incident", data)["id"])


class Origin(NamedTuple):
    """Origin of a document: its page, its address, and when it was captured."""

    page: Page
    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of document: what tells it, and how it is read.

    ``keys``: an object with all of these has it, if ``fits`` agrees. Without keys ``fits``
    decides alone: it is given the JSON value, or the text of markup. ``shape`` and ``path``:
    where such a document is served; ``{id}`` in the path is the id of its one record, and no
    path means that nothing in the document says what it is. ``named``: how that id is found.
    ``leads``: a document that begins
    with this key, behind its page, has this form, so the rest of it need not be looked at.
    """

    shape: str
    path: str | None
    read: Callable[[Any, Origin, Notices], Parsed]
    keys: frozenset[str] = frozenset()
    fits: Callable[[Any], bool] = always
    media: Media = Media.JSON
    leads: str | None = None
    named: Callable[[Any], str] = own_id


#: Makes a JSON value or the text of markup of a body; may refuse it.
Opener = Callable[[bytes], tuple[Media, Any]]


def read(
    forms: Sequence[Form], capture: Capture, page: Page, opened: Opener = payload.opened
) -> Parsed:
    """Read a capture by the first form its body has.

    The form of the body decides how it is read, not its address: imports and compatible
    hosts serve the same objects elsewhere.

    Args:
        forms: The platform's table, the most telling form first.
        capture: A capture with a body.
        page: The page it is of.
        opened: Makes a value of the body before its form is told; may refuse it.

    Returns:
        What the body says, with what of it was refused.

    Raises:
        ReadError: The body has none of the forms, or not what its form needs.
    """
    try:
        form, data = _first(forms, *opened(payload.of(capture)))
        notices = Notices()
        return with_notices(
            form.read(data, Origin(page, capture.url, capture.captured_at), notices), notices
        )
    except MISREADINGS as error:
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"{type(error).__name__}: {error}") from error


def recognise(
    forms: Sequence[Form], body: bytes, opened: Opener = payload.opened
) -> tuple[str, str]:
    """Return shape and path of a body from disk. Raises ``ReadError``."""
    found = FIRST_KEY.match(body[:4096].lstrip(payload.BLANK))
    for form in forms:
        if found and form.leads is not None and form.leads == found[1].decode() and form.path:
            return form.shape, form.path
    try:
        form, data = _first(forms, *opened(body))
        if form.path is None:
            raise ValueError("it does not say of what it is")
        if "{id}" not in form.path:
            return form.shape, form.path
        return form.shape, form.path.format(id=quote(form.named(data), safe=""))
    except MISREADINGS as error:
        raise ReadError(ReadFailure.SHAPE_CHANGED, f"not to be recognised: {error}") from error


def _first(forms: Sequence[Form], media: Media, data: Any) -> tuple[Form, Any]:
    """Return the first form that a value has, and the value. Raises ``ReadError``."""
    keys = data.keys() if isinstance(data, dict) else frozenset()
    for form in forms:
        if form.media is media and form.keys <= keys and form.fits(data):
            return form, data
    if media is not Media.JSON:
        raise ReadError(ReadFailure.NOT_JSON, f"{media} where data was expected")
    if isinstance(data, dict):
        message = f"none of our keys among {sorted(data)[:6]}"
    else:
        message = f"a {type(data).__name__} is none of our documents"
    raise ReadError(ReadFailure.SHAPE_CHANGED, message)
