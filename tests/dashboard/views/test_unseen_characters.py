"""What would turn or hide text never reaches a page: control characters and marks of direction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from google.protobuf.message import Message

from tests.support.pages.streamlit_pages import VIEWS, shown
from tests.support.snapshots import (
    Row,
    component,
    covered,
    made,
    page_of,
    post,
    provider_row,
    source,
    state,
    update,
)

NOW = datetime.now(UTC).replace(microsecond=0)
UNSEEN = "\u202e\u2066\u2069\u200f\u061c\u2028\x85\x9b\x1b\x07"
EVIL = f"Down{UNSEEN}[31mnow"
BOTH = ("acme", "globex")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish two providers whose every foreign text holds such characters."""
    posts: list[Row] = [post("open", ago(0.1), None, title=EVIL)]
    states: list[Row] = []
    for provider in BOTH:
        for n in range(1, 12):
            begun, over = ago(9 * n), ago(9 * n - 0.1)
            posts.append(post(f"p{n}", begun, over, provider=provider, title=EVIL, status=EVIL))
            states.append(state("major", begun, over, provider=provider, post=f"p{n}"))
    about = {"page_key": page_of("acme"), "at": ago(1), "last_at": NOW, "n": 1}
    snapshot = made(
        tmp_path_factory.mktemp("hostile"),
        as_of=NOW,
        posts=posts,
        states=states,
        coverage=[covered(ago(200), NOW, provider=provider) for provider in BOTH],
        components=[{**component(provider=provider), "name": EVIL} for provider in BOTH],
        providers=[{**provider_row("acme"), "name": EVIL, "note": EVIL}, provider_row("globex")],
        updates=[update("open", "investigating", ago(0.1), body_text=EVIL)],
        captures=source("https://acme.test/i.json", NOW, failed=NOW),
        warnings=[{**about, "kind": "stale_suspect", "record": EVIL, "reason": EVIL}],
        breaks=[
            {"provider": "acme", "page_key": page_of("acme"), "at": ago(9), "kind": "zone"}
            | {"note": EVIL}
        ],
    )
    contract = '["main"]\nprovider = "acme"\nsurface = "api_inference"\nterms = "aws-bedrock"\n'
    fee = "monthly_fee = 1000\nstart = 2026-02-01\n"
    (snapshot.path.parent / "contracts.toml").write_text(contract + fee, encoding="utf-8")
    return snapshot.path


def elements(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from elements(child)


def texts(message: Message) -> Iterator[str]:
    """Yield every text of a message, those of the tables it holds among them.

    The bytes of a message are not searched as they are: its lengths, and the numbers of a table,
    may be the bytes of any character.
    """
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if isinstance(one, Message):
                yield from texts(one)
            elif isinstance(one, str):
                yield one
            elif isinstance(one, bytes) and one:
                with pa.ipc.open_stream(one) as table:
                    yield from _texts_of_table(table.read_all())


def _texts_of_table(table: pa.Table) -> Iterator[str]:
    yield from table.column_names
    for column in table.columns:
        yield from (str(value) for value in column.to_pylist() if value is not None)


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_is_sent_any_of_them(
    hostile: Path, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown(view, hostile, monkeypatch, surface="api_inference", provider="acme")
    sent = [node.proto for node in elements(app._tree) if hasattr(node, "proto")]
    said = [text for one in sent if isinstance(one, Message) for text in texts(one)]
    assert any("Down" in text for text in said) or view == "methodology"
    # A chart is sent as JSON, which may escape a character.
    forms = {form for mark in UNSEEN for form in (mark, f"\\u{ord(mark):04x}")}
    assert {form for form in forms for text in said if form in text} == set()
