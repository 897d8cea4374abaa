"""What must be said beside a page's numbers, where there is something to say."""

from __future__ import annotations

import streamlit as st


def show_captions(*told: str) -> None:
    """Each sentence as a caption of its own; an empty one says nothing."""
    for sentence in filter(None, told):
        st.caption(sentence)
