"""The few places where Streamlit's own colours are too faint to read."""

from __future__ import annotations

import streamlit as st

#: Captions are drawn at 60 % of the text colour; 4.5 : 1 needs more. Chips write white on the
#: primary colour, which a dark theme must keep light.
#: The first screen is for the answer: the frame above it is half as high as usual, the one
#: beside it narrower, so that a row of the league table fits, and below it is next to nothing.
READABLE = """<style>
[data-testid="stMainBlockContainer"] {
  padding-top: 3.5rem !important; padding-bottom: 2rem !important;
}
@media (min-width: 60rem) {
  [data-testid="stMainBlockContainer"] {
    padding-left: 3rem !important; padding-right: 3rem !important;
  }
}
@media (max-width: 40rem) {
  [data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem !important; }
  [data-testid="stMainBlockContainer"] { padding-top: 3.25rem !important; }
}
[data-testid="stMainBlockContainer"] h1 { padding-top: 0 !important; padding-bottom: 0 !important; }
[data-testid="stCaptionContainer"] { opacity: 0.85 !important; }
[data-tag] { background-color: #005a9c !important; }
[data-tag] span, [data-tag] button { color: #ffffff !important; }
</style>"""


def raise_contrast() -> None:
    """Raise the contrast of captions and chips."""
    st.html(READABLE)


def on_dark_page() -> bool:
    """Tell whether the reader looks at the dark theme."""
    return st.context.theme.type == "dark"
