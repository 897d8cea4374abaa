"""One post whole: its clocks, what it said and when, its edits, and the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from analytics import Snapshot
from analytics.read_models.incident_list import Detail, detail, keys
from analytics.wording import incident
from dashboard import format as said
from dashboard.session import pinned_snapshot
from dashboard.tables import shared
from dashboard.tables.columns import DETAIL, linked

PARAM = "incident"
TIMES = (
    "A page shows several clocks, which need not agree. Start and end say which one was used. "
    "Open: from when the first update was really written to the last that resolved it. Impact: "
    "while any component it names was partial or worse, on whichever surface."
)


def show_detail(snapshot: Snapshot) -> None:
    """The post named in the address, if any: by its key, or by its id where one page has it."""
    name = st.query_params.get(PARAM)
    if name is None:
        return
    meant = keys(snapshot, name)
    whole = detail(snapshot, meant[0]) if len(meant) == 1 else None
    with st.container(border=True):
        if whole is None:
            st.info(_unclear(name, meant))
        else:
            _show(whole, snapshot.simulated)
        if st.button("Close", key="close"):
            del st.query_params[PARAM]
            st.session_state.pop("chosen", None)
            st.rerun()


def _unclear(name: str, meant: list[str]) -> str:
    if not meant:
        return (
            f"This snapshot holds no post {said.escape_markdown(name)}. "
            "A post is named as `<page_key>/<id>`, or as its id where no other page has it."
        )
    told = ", ".join(said.escape_markdown(key) for key in meant)
    return (
        f"{len(meant)} pages hold a post {said.escape_markdown(name)}. "
        f"Name it as `<page_key>/<id>`: {told}."
    )


def _show(whole: Detail, simulated: bool) -> None:
    post: dict[str, Any] = whole.post
    st.header(said.escape_markdown(str(post["title"])))
    clocks = st.columns(4)
    ongoing = post["duration_quality"] == "open"
    for column, (label, value) in zip(
        clocks,
        (
            ("Began", said.instant(post["started_at"])),
            ("Ended", "ongoing" if ongoing else said.instant(post["resolved_at"])),
            ("Open for", shared.open_for({**post, "ongoing": ongoing})),
            ("Impact lasted", said.duration(post["impact_seconds"])),
        ),
        strict=True,
    ):
        column.caption(label)
        column.markdown(f"**{value}**")
    st.caption(
        f"{said.escape_markdown(incident.describe_incident(post))}{_exactly(post)}",
        help=f"{TIMES} {pinned_snapshot.defined('Times')}",
    )
    if post["flags"]:
        st.caption(
            f"Flags: {incident.flags(post['flags'])}.",
            help=f"{incident.FLAGS_HELP} {pinned_snapshot.defined('Times')}",
        )
    url = said.link(post["url"])
    if url and simulated:
        st.caption(
            f"Its own page would be {said.escape_markdown(url)}: invented, so there is none."
        )
    elif url:
        st.link_button("Provider's own page", url)
    st.markdown("**What was posted**, newest first")
    for update in whole.updates.iter_rows(named=True):
        _update(update)
    _table("Components", shared.components(whole.components), simulated)
    _table("Edits we saw", shared.edits(whole.revisions), simulated)
    _table("Evidence: captured payloads", whole.evidence, simulated)


def _exactly(post: dict[str, Any]) -> str:
    told = [
        f"{what} {post[column]:,} s"
        for what, column in (
            ("open", "open_seconds"),
            ("impact of any component", "impact_seconds"),
        )
        if post[column] is not None
    ]
    return f" In full: {', '.join(told)}." if told else ""


def _update(update: dict[str, Any]) -> None:
    posted: datetime | None = update["posted_at"]
    shown: datetime | None = update["display_at"]
    backdated = shown is not None and posted is not None and shown != posted
    aside = f", shown as {said.instant(shown)}" if backdated else ""
    st.markdown(
        f"**{said.escape_markdown(str(update['status']))}** · {said.instant(posted)}{aside}"
    )
    st.text(update["body_text"] or "(no text)")
    if update["components"]:
        st.caption(said.escape_markdown(update["components"]))


def _table(label: str, rows: Any, simulated: bool) -> None:
    if not rows.is_empty():
        with st.expander(f"{label} ({len(rows)})"):
            st.dataframe(
                shared.headed(rows),
                column_config=linked(DETAIL, simulated),
                hide_index=True,
                placeholder=said.NONE,
            )
