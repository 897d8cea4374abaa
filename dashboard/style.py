"""The few places where Streamlit's own colours are too faint to read."""

from __future__ import annotations

import streamlit as st

#: Captions are drawn at 60 % of the text colour; 4.5 : 1 needs more. Chips write white on the
#: primary colour, which a dark theme must keep light.
#: The first screen is for the answer: the frame above it is half as high as usual.
READABLE = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem !important; }
[data-testid="stCaptionContainer"] { opacity: 0.85 !important; }
[data-tag] { background-color: #005a9c !important; }
[data-tag] span, [data-tag] button { color: #ffffff !important; }
</style>"""


def readable() -> None:
    """Raise the contrast of captions and chips."""
    st.html(READABLE)
