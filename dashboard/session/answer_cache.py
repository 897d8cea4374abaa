"""Answers kept for whoever asks the same again: another session, a page visited before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import polars as pl
import streamlit as st

from analytics import Question, Snapshot
from analytics.rules import HEADLINE

Asked = Callable[[Snapshot, Question], pl.DataFrame]
#: Answers kept at once. The largest are some megabytes.
MOST = 200


def kept(asked: Asked, snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """What ``asked`` answers, worked out once for a snapshot and question."""
    name = f"{asked.__module__}.{asked.__qualname__}"
    where = str(snapshot.path), snapshot.digest, snapshot.as_of
    return _kept(name, where, question, lambda: asked(snapshot, question))


def of_no_rule(question: Question) -> Question:
    """The question for what does not depend on its rule, which is then kept across rules."""
    return replace(question, rule=HEADLINE, weights=None)


@st.cache_data(max_entries=MOST, show_spinner=False)
def _kept(
    name: str,
    where: tuple[str, str, datetime],
    question: Question,
    _ask: Callable[[], pl.DataFrame],
) -> pl.DataFrame:
    return _ask()
