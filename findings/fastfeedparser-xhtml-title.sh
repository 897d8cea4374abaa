#!/bin/sh
# fastfeedparser 0.6.5: a title of an Atom entry in XHTML (RFC 4287, 3.1.1.3) is empty. feedparser
# 6.0.14 gives its text. A post without its title cannot be classed or told from others.
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

FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Status</title><id>urn:example:feed</id>
<updated>2026-01-05T12:00:00Z</updated><author><name>Example</name></author>
<entry><id>urn:example:1</id><updated>2026-01-05T11:30:00Z</updated>
<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Elevated <b>errors</b></div></title>
<link href="https://status.example/incidents/1"/></entry></feed>"""
seen = {
    "feedparser": feedparser.parse(FEED).entries[0].title,
    "fastfeedparser": fastfeedparser.parse(FEED).entries[0].title,
}
print(*(f"{name} {version(name)}: {title!r}" for name, title in seen.items()), sep="\n")
expected = {"feedparser": "Elevated <b>errors</b>", "fastfeedparser": ""}
assert seen == expected, "the behaviour has changed"
PYTHON
