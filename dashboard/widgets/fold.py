"""Fold away what a page shows only to those who ask: it is worked out once it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

#: Whether folds are open from the start.
EXPANDED = False


@contextmanager
def fold(label: str, key: str, *, opened: bool = False) -> Iterator[bool]:
    """Open a fold of the page; tell whether a reader opened it.

    Args:
        label: Words on it.
        key: Tells it from the other folds of the page.
        opened: Whether it is open until the reader closes it.
    """
    box = st.expander(
        label, EXPANDED or opened, key=f"fold-{key}", type="compact", on_change="rerun"
    )
    with box:
        yield bool(box.open)
