#!/bin/sh
# CacheControl 0.14.4 and requests-cache 1.3.3: a response that names the time it already spent in
# another cache (Age) counts as new. With max-age=60 and Age: 100 it is stale on arrival (RFC 9111,
# 4.2), and both serve it for a minute more without asking. Behind a CDN a status page is thus seen
# up to twice as late as it allows.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    CacheControl==0.14.4 requests-cache==1.3.3 requests==2.34.2 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

import requests
import requests_cache
from cachecontrol import CacheControl

asked = []


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        body = str(len(asked)).encode()
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=60")
        self.send_header("Age", "100")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


server = HTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()


def requests_made(session):
    session.trust_env = False
    asked.clear()
    for _ in range(3):
        session.get(f"http://127.0.0.1:{server.server_port}/")
    return len(asked)


seen = {
    "CacheControl": requests_made(CacheControl(requests.Session())),
    "requests-cache": requests_made(
        requests_cache.CachedSession(backend="memory", cache_control=True)
    ),
}
print("of three readings of a stale response the server was asked, by")
print(*(f"{name} {version(name)}: {n}" for name, n in seen.items()), sep="\n")
assert seen == {"CacheControl": 1, "requests-cache": 1}, "the behaviour has changed"
PYTHON
