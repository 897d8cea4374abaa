"""Captions beside a page's numbers."""

from __future__ import annotations

import streamlit as st


def show_captions(*sentences: str) -> None:
    """Show each sentence as a caption of its own; leave out empty ones."""
    for sentence in filter(None, sentences):
        st.caption(sentence)
