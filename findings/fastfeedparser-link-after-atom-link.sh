#!/bin/sh
# fastfeedparser 0.6.5: an RSS item whose <link> stands after an <atom:link> has no link. The order
# of elements in an item is free, and in the other order the link is there. feedparser 6.0.14 gives
# it in both. An id that is taken from the link is lost with it.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    fastfeedparser==0.6.5 feedparser==6.0.14 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import fastfeedparser
import feedparser

LINK = "<link>https://status.example/incidents/1</link>"
SELF = '<atom:link rel="self" href="https://status.example/incidents/1.rss"/>'


def feed(*links):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Status</title>
<link>https://status.example/</link><description>Incidents</description>
<item><title>Elevated errors</title>{"".join(links)}</item></channel></rss>"""


seen = {
    module.__name__: [
        module.parse(feed(*links)).entries[0].get("link") for links in ((LINK, SELF), (SELF, LINK))
    ]
    for module in (feedparser, fastfeedparser)
}
print("with the link before, and after the atom:link")
print(*(f"{name} {version(name)}: {links}" for name, links in seen.items()), sep="\n")
address = "https://status.example/incidents/1"
expected = {"feedparser": [address, address], "fastfeedparser": [address, None]}
assert seen == expected, "the behaviour has changed"
PYTHON
