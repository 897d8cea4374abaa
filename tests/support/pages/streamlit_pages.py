"""TODO."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import format

DASHBOARD = Path(format.__file__).parent


VIEWS = ("overview", "head_to_head", "profile", "surfaces", "incidents", "health", "methodology")


HOSTILE = "<script>alert(1)</script> **bold** [x](javascript:1) $a$"


def shown(view: str, snapshot: Path, monkeypatch: pytest.MonkeyPatch, **params: str) -> AppTest:
    monkeypatch.setenv("STATUSLEDGER_DATA", str(snapshot))
    app = AppTest.from_file(str(DASHBOARD / "app.py"), default_timeout=60)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    if view != "overview":
        app.switch_page(f"views/{view}.py").run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    kinds = ("title", "markdown", "caption", "info", "warning", "header", "subheader", "text")
    return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind))
