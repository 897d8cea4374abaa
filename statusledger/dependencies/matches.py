"""Look up in the registry whose hosts and packages these are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ingest.registry import Provider
from statusledger.dependencies.hosts import is_address, under
from statusledger.dependencies.lock_files import package_url


@dataclass(frozen=True, slots=True)
class Match:
    """Hold a host or package of a provider, and how often the file names it."""

    provider: str
    found: str
    by: str
    times: int


@dataclass(frozen=True, slots=True)
class Matches:
    """Hold the result of a look-up.

    ``strangers``: names of no provider. ``addresses``: IP addresses, which say no name.
    """

    found: tuple[Match, ...]
    strangers: tuple[str, ...]
    addresses: tuple[str, ...]


def matched(counted: Mapping[str, int], providers: Iterable[Provider]) -> Matches:
    """Give every host and package to the provider whose entry is the most telling.

    That is the one with most parts between dots, and of those the longest: an address of Bedrock
    is also one of all of AWS.

    Args:
        counted: How often each host or package URL is named.
        providers: With their hosts and packages.
    """
    providers = list(providers)
    hosts = Entries({one: each.slug for each in providers for one in each.hosts})
    packages = Entries({package_url(one): each.slug for each in providers for one in each.packages})
    found: list[Match] = []
    strangers: list[str] = []
    addresses: list[str] = []
    for name, times in sorted(counted.items()):
        is_package = name.startswith("pkg:")
        if is_address(name):
            addresses.append(name)
        elif (
            slug := packages.of(name, [name], fnmatchcase)
            if is_package
            else hosts.of(name, tails(name), under)
        ):
            found.append(Match(slug, name, "package" if is_package else "host", times))
        else:
            strangers.append(name)
    found.sort(key=lambda one: (one.provider, one.by, one.found))
    return Matches(tuple(found), tuple(strangers), tuple(addresses))


def tails(host: str) -> Iterator[str]:
    """Yield a host and the domains above it.

    >>> list(tails("api.openai.com"))
    ['api.openai.com', 'openai.com', 'com']
    """
    parts = host.split(".")
    return (".".join(parts[n:]) for n in range(len(parts)))


class Entries:
    """Hold entries of the registry, with whose they are."""

    def __init__(self, owners: Mapping[str, str]) -> None:
        """Keep those with a ``*`` apart: each of them has to be tried."""
        self._owners = owners
        self._wild = [one for one in owners if "*" in one]

    def of(self, name: str, spelled: Iterable[str], fits: Callable[[str, str], bool]) -> str | None:
        """Return whose a name is, by the most telling entry that fits.

        Args:
            name: Host or package URL.
            spelled: Entries that would fit as they are written.
            fits: Tells whether an entry with a ``*`` fits a name.
        """
        plain = [one for one in spelled if one in self._owners]
        wild = [one for one in self._wild if fits(name, one)]
        entry = max([*plain, *wild], key=_telling, default=None)
        return None if entry is None else self._owners[entry]


def _telling(entry: str) -> tuple[int, int]:
    return entry.count("."), len(entry.replace("*", ""))
