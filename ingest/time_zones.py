"""Read the rules of time zones from the pinned package ``tzdata``, whatever the host has.

Python reads the host's zone folder first and the package only for what is missing there. So
the same question would cut its days at other instants on a host that was not updated.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from importlib.metadata import version
from zoneinfo import ZoneInfo

PACKAGE = "tzdata"
#: Listed by the package, and no place: what a machine has before anybody sets its zone.
NO_PLACE = frozenset({"Factory"})


class UnknownZoneError(ValueError):
    """A name that the pinned rules do not list."""


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones that a day can be cut in."""
    listed = resources.files(PACKAGE).joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - NO_PLACE


@cache
def time_zone(name: str) -> ZoneInfo:
    """Return a zone by its IANA name.

    >>> time_zone("America/Vancouver").key
    'America/Vancouver'

    Raises:
        UnknownZoneError: The pinned rules list no such zone.
    """
    if name not in zone_names():
        raise UnknownZoneError(f"{name!r} is not an IANA zone such as Etc/UTC")
    rules = resources.files(PACKAGE).joinpath("zoneinfo", *name.split("/"))
    with rules.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@cache
def zone_rules() -> str:
    """Return the name and version of the table that decides local days."""
    return f"{PACKAGE} {version(PACKAGE)}"
