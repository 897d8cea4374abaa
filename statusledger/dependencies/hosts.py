"""Read host names out of lines: lists of hosts, addresses of the web, logs of a proxy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from ipaddress import ip_address

#: An address of the web, up to what may end it in a log.
WEB = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>\\]+", re.IGNORECASE)
#: What stands between the words of a line.
BETWEEN = re.compile(r"[\s\"'<>(){},;|=\\]+")
HOST = re.compile(
    r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+([a-z]{2,63}|xn--[a-z0-9-]+)"
)


def hosts_in(line: str) -> Iterator[str]:
    """Yield the hosts and IP addresses that a line names, in lower case.

    A line that begins with # is a comment; a name that begins with a star stands for those below.

    >>> list(hosts_in("CONNECT API.OpenAI.com:443 HTTP/1.1"))
    ['api.openai.com']
    >>> list(hosts_in('"GET https://me@claude.ai:8443/a?to=https://x.ai/ HTTP/2" [::1]:9'))
    ['claude.ai', '::1']
    """
    if line.lstrip().startswith("#"):
        return
    for found in WEB.finditer(line):
        if host := _host(found[0].split("://", 1)[1]):
            yield host
    for word in BETWEEN.split(WEB.sub(" ", line)):
        # With an @ but no scheme it is somebody's mail.
        if "@" not in word and (host := _host(word)):
            yield host


def _host(text: str) -> str | None:
    """Return the host that a text begins with, without port, path or who asks for it."""
    place = re.split(r"[/?#]", text, maxsplit=1)[0].rpartition("@")[2]
    if place.startswith("["):
        name = place[1:].partition("]")[0]
    elif place.count(":") > 1 and is_address(place):
        return place.lower()
    else:
        # Beside a port there may be what the log calls it: sni:api.openai.com:443.
        found = (_name(part) for part in place.split(":"))
        return next((name for name in found if name), None)
    return name.lower() if is_address(name) else None


def _name(text: str) -> str | None:
    """Return a host's name as it is asked for in the DNS, or an address; None for other words."""
    name = re.sub(r"^\*?\.", "", text.rstrip(".").lower())
    if "." not in name:
        return None
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return None
    return name if HOST.fullmatch(name) or is_address(name) else None


def is_address(name: str) -> bool:
    """Tell an IP address from a name."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def under(host: str, suffix: str) -> bool:
    """Tell whether a host is a suffix, or below it; ``*`` stands for a part between two dots.

    >>> under("api.openai.com", "openai.com"), under("notopenai.com", "openai.com")
    (True, False)
    >>> under("bedrock-runtime.eu-west-1.amazonaws.com", "bedrock-runtime.*.amazonaws.com")
    True
    """
    parts, wanted = host.split("."), suffix.split(".")
    ends = parts[-len(wanted) :]
    return len(ends) == len(wanted) and all(map(fnmatchcase, ends, wanted))
