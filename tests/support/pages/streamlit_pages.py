"""Run a page of the dashboard without a browser and read the words on it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, app_test

import dashboard
from dashboard.widgets import fold

DASHBOARD = Path(dashboard.__file__).parent


VIEWS = (
    *("overview", "now", "head_to_head", "profile", "surfaces", "incidents"),
    *("portfolio", "contracts", "health"),
    "methodology",
)


HOSTILE = "<script>alert(1)</script> **bold** [x](javascript:1) $a$"

# Every ``AppTest`` looks through all installed packages for components, and compiles the pages,
# which takes longer than to run them. Neither changes for as long as the tests run.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
app_test.ScriptCache = cache(app_test.ScriptCache)


def opened(view: str, **params: str | list[str]) -> AppTest:
    """Open a page as a link to it does, with ``params`` in its address."""
    app = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    if view == "head_to_head":
        # A page whose address is not its file's name is known only after a first run.
        app.switch_page("views/methodology.py").run()
    if view != "overview":
        app.switch_page(f"views/{view}.py")
    app.run()
    assert not app.exception
    return app


def shown(view: str, snapshot: Path, monkeypatch: pytest.MonkeyPatch, **params: str) -> AppTest:
    """Open a page over a snapshot with all its folds open; see ``opened``."""
    monkeypatch.setenv("STATUSLEDGER_DATA", str(snapshot))
    monkeypatch.setattr(fold, "EXPANDED", True)
    return opened(view, **params)


def words(app: AppTest) -> str:
    """Join everything a page says outside tables and charts."""
    kinds = ("title", "markdown", "caption", "info", "warning", "header", "subheader", "text")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind))
