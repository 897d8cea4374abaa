"""The few places where Streamlit's own look stands between a reader and the answer."""

from __future__ import annotations

import streamlit as st

#: Keys of the frame's parts, which become classes of the page.
ASKED, CHANGE, FRESHNESS, SIMULATED = "asked", "change", "freshness", "simulated"
#: Keys of what a wide and a narrow screen show in each other's place, and of numbers that take less
#: room on a narrow one.
WIDE, NARROW, NUMBERS = "wide", "narrow", "numbers"
#: Classes of what pages write as HTML.
LEGEND, DAYS, CARDS = "legend", "days", "cards"

#: Captions are drawn at 60 % of the text colour, and so are the words on folds; 4.5 : 1 needs
#: more. Chips write white on the primary colour, which a dark theme must keep light. What copies a
#: text is there without a mouse.
READABLE = """
[data-testid="stCaptionContainer"] { opacity: 0.85 !important; }
summary { opacity: 0.85 !important; }
[data-tag] { background-color: #005a9c !important; }
[data-tag] span, [data-tag] button { color: #ffffff !important; }
[data-testid="stCode"] div:has([data-testid="stElementToolbarButton"]) {
  visibility: visible !important; opacity: 1 !important;
}
summary:focus-visible, a:focus-visible, button:focus-visible, [role="radio"]:focus-visible {
  outline: 2px solid currentColor !important; outline-offset: 2px !important;
}
"""
#: The first screen is for the answer: how old the data is stands beside the names of the pages,
#: the question and the button that changes it in one row.
FRAME = f"""
[data-testid="stMainBlockContainer"] {{
  padding-top: 4.25rem !important; padding-bottom: 2rem !important;
}}
[data-testid="stMainBlockContainer"] h3 {{ padding: 0.5rem 0 0 !important; }}
[data-testid="stMainBlockContainer"] h1 {{
  padding-top: 0 !important; padding-bottom: 0.3rem !important;
  margin-bottom: 0 !important;
}}
.st-key-{FRESHNESS} {{
  position: fixed; top: 1.1rem; right: 1.25rem; z-index: 999991; width: auto !important;
}}
.st-key-{FRESHNESS} p {{ white-space: nowrap; }}
.st-key-{SIMULATED} [data-testid="stAlertContainer"] {{ padding: 0.4rem 0.75rem; }}
.st-key-{ASKED} .st-key-of label {{ display: none; }}
.st-key-{CHANGE} {{ flex: 0 0 auto !important; width: fit-content !important; }}
.st-key-{CHANGE}:has(details[open]) {{
  flex: 1 1 100% !important; width: 100% !important; order: 9;
}}
"""
#: What pages write as HTML.
PARTS = f"""
.{LEGEND} {{ display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.875rem; }}
.{LEGEND} i {{
  display: inline-block; width: 0.8rem; height: 0.8rem; margin-right: 0.4rem;
  border-radius: 2px; vertical-align: -0.05rem;
}}
"""
#: Incidents under the days they began on.
LISTED = f"""
.{DAYS} h3 {{ font-size: 1rem !important; padding: 1rem 0 0.25rem !important; }}
.{DAYS} small {{ font-weight: normal; opacity: 0.85; }}
.{DAYS} h3 small {{ margin-left: 0.5rem; }}
.{DAYS} ul {{ list-style: none; margin: 0; padding: 0; }}
.{DAYS} li {{
  display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.75rem;
  margin: 0; padding: 0.3rem 0 0.3rem 0.6rem; border-left: 4px solid;
}}
.{DAYS} li > span {{ width: 1rem; }}
.{DAYS} a {{ color: inherit !important; text-underline-offset: 0.2rem; }}
.{DAYS} b {{ font-weight: 600; min-width: 8rem; }}
.{DAYS} b i {{
  display: inline-block; width: 0.6rem; height: 0.6rem; margin-right: 0.4rem; border-radius: 50%;
}}
"""
#: Rows of a table as cards.
CARDED = f"""
.{CARDS} article {{
  border: 1px solid rgb(128 128 128 / 35%); border-radius: 0.5rem;
  padding: 0.75rem; margin-bottom: 0.6rem;
}}
.{CARDS} i {{
  display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.5rem; border-radius: 50%;
}}
.{CARDS} dl {{
  display: grid; grid-template-columns: 1fr 1fr; gap: 0.4rem 1rem;
  margin: 0.5rem 0 0 !important; padding: 0 !important;
}}
.{CARDS} dt {{ font-size: 0.8rem; opacity: 0.85; }}
.{CARDS} dd {{ margin: 0; }}
.{CARDS} p {{ font-size: 0.8rem; opacity: 0.85; margin: 0.5rem 0 0; }}
"""
#: A phone shows cards in place of wide tables, and the filters as a sheet over the page.
PHONE = f"""
.st-key-{NARROW} {{ display: none !important; }}
@media (min-width: 60rem) {{
  [data-testid="stMainBlockContainer"] {{
    padding-left: 3rem !important; padding-right: 3rem !important;
  }}
}}
@media (max-width: 40rem) {{
  .st-key-{NARROW} {{ display: flex !important; }}
  .st-key-{WIDE} {{ display: none !important; }}
  [data-testid="stMainBlockContainer"] {{ padding-top: 3.5rem !important; }}
  [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 0.6rem; }}
  .st-key-{ASKED} {{ gap: 0.25rem 0.5rem !important; }}
  .st-key-{ASKED} > :nth-child(2) {{ order: 8; }}
  [data-testid="stMainBlockContainer"] h1 {{
    font-size: 1.6rem !important;
  }}
  .st-key-{NARROW} > div {{ width: 100%; }}
  [data-testid="stMainBlockContainer"] h2 {{ font-size: 1.3rem !important; }}
  .{DAYS} li a {{ flex: 1 1 100%; padding: 0.35rem 0; order: 8; }}
  .{DAYS} li small {{ flex: 1 1 100%; order: 9; }}
  .{DAYS} h3 small {{ display: block; margin-left: 0; }}
  .st-key-{NUMBERS} {{ gap: 0.4rem !important; }}
  .st-key-{NUMBERS} [data-testid="stMetric"], .st-key-{NUMBERS} [data-testid="stMetric"] > div {{
    display: flex; flex-direction: row; align-items: center; justify-content: space-between;
    width: 100%;
  }}
  .st-key-{NUMBERS} [data-testid="stMetric"] {{ padding: 0.4rem 0.75rem; }}
  .st-key-{NUMBERS} [data-testid="stMetricLabel"] {{ width: auto; }}
  .st-key-{NUMBERS} [data-testid="stMetricValue"] {{ font-size: 1.2rem; width: auto; }}
  .st-key-{SIMULATED} {{ margin-top: 0.5rem; }}
  .st-key-{FRESHNESS} {{ right: 0.75rem; }}
  .st-key-{FRESHNESS} p {{ font-size: 0.75rem !important; }}
  summary, [data-testid="stPageLink"] a, [data-testid="stBaseButton-secondary"] {{
    min-height: 2.75rem;
  }}
  .st-key-{CHANGE} details[open] {{
    position: fixed; inset: auto 0 0 0; z-index: 999992; max-height: 85dvh; overflow-y: auto;
    border-radius: 1rem 1rem 0 0; background: light-dark(#ffffff, #11161d);
    box-shadow: 0 0 2rem rgb(0 0 0 / 40%);
  }}
  .st-key-{CHANGE} details[open] > summary {{
    position: sticky; top: 0; z-index: 1; background: light-dark(#ffffff, #11161d);
  }}
}}
"""


def show_style() -> None:
    """Send the style that every page needs."""
    st.html(f"<style>{READABLE}{FRAME}{PARTS}{LISTED}{CARDED}{PHONE}</style>")


def on_dark_page() -> bool:
    """Tell whether the reader looks at the dark theme."""
    return st.context.theme.type == "dark"
