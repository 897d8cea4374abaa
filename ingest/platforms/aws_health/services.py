"""AWS names a service in a region by one key, and what state it is in by a digit."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.models import Component, State

#: ``bedrock-us-east-1``; a key without a region is of a global service.
KEY = re.compile(r"(?P<service>.+?)-(?P<region>[a-z]{2}(?:-(?:gov|iso[a-z]?))?-[a-z]+-\d)")
#: ``Amazon Bedrock (N. Virginia)``: the place is told by the region already.
PLACE = re.compile(r"\s*\([^()]*\)$")
STATES = {"0": State.OPERATIONAL, "1": State.DEGRADED, "2": State.DEGRADED, "3": State.MAJOR}


@lru_cache(maxsize=4096)
def component(key: str, name: str | None = None) -> Component:
    """Return the service that a key names; without a name it is called as in its key.

    >>> component("bedrock-us-east-1", "Amazon Bedrock (N. Virginia)").name
    'Amazon Bedrock'
    """
    parts = KEY.fullmatch(key)
    service, region = (parts["service"], parts["region"]) if parts else (key, None)
    return Component(key, PLACE.sub("", name or "").strip() or service, region=region)
