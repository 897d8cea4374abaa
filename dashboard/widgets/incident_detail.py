"""One post whole: its clocks, its updates, its edits, and the evidence."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from analytics import Snapshot
from analytics.read_models.incident_list import Detail, detail, keys
from analytics.wording.incident import (
    FLAGS_HELP,
    changes_sentence,
    describe_flags,
    describe_incident,
    override_lines,
)
from analytics.wording.numbers import format_duration, format_instant
from dashboard.differences import word_differences
from dashboard.session.pinned_snapshot import definition_link
from dashboard.shown_text import escape_markdown, http_url, mark_differences
from dashboard.tables.columns import DETAIL, with_links
from dashboard.tables.shared import (
    changed_texts,
    component_table,
    edit_table,
    open_time,
    with_headings,
)
from dashboard.widgets.data_table import show_rows

INCIDENT_PARAM = "incident"
TIMES = (
    "A page shows several clocks, which need not agree. Start and end name the clock used. Open: "
    "from when the first update was written to the last update that resolved the post. Impact: "
    "while any component the post names was partial or worse, on whichever surface."
)


def show_detail(snapshot: Snapshot) -> None:
    """Show the post named in the address, if any: by key, or by an id of one page."""
    name = st.query_params.get(INCIDENT_PARAM)
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
            del st.query_params[INCIDENT_PARAM]
            st.session_state.pop("chosen", None)
            st.rerun()


def _unclear(name: str, meant: list[str]) -> str:
    if not meant:
        return (
            f"This snapshot holds no post {escape_markdown(name)}. "
            "A post is named as `<page_key>/<id>`, or as its id where no other page has it."
        )
    words = ", ".join(escape_markdown(key) for key in meant)
    return (
        f"{len(meant)} pages hold a post {escape_markdown(name)}. "
        f"Name it as `<page_key>/<id>`: {words}."
    )


def _show(whole: Detail, simulated: bool) -> None:
    post: dict[str, Any] = whole.post
    st.header(escape_markdown(str(post["title"])))
    clocks = st.columns(4)
    ongoing = post["duration_quality"] == "open"
    for column, (label, value) in zip(
        clocks,
        (
            ("Began", format_instant(post["started_at"])),
            ("Ended", "ongoing" if ongoing else format_instant(post["resolved_at"])),
            ("Open for", open_time({**post, "ongoing": ongoing})),
            ("Impact lasted", format_duration(post["impact_seconds"])),
        ),
        strict=True,
    ):
        column.caption(label)
        column.markdown(f"**{value}**")
    st.caption(
        f"{escape_markdown(describe_incident(post))}{_exactly(post)}",
        help=f"{TIMES} {definition_link('Times')}",
    )
    if post["flags"]:
        st.caption(
            f"Flags: {describe_flags(post['flags'])}.",
            help=f"{FLAGS_HELP} {definition_link('Times')}",
        )
    if post["aliases"]:
        others = ", ".join(escape_markdown(one) for one in post["aliases"])
        st.caption(f"Its page gave it another id since: {others}. It is counted once.")
    url = http_url(post["url"])
    if url and simulated:
        st.caption(f"Its own page would be {escape_markdown(url)}: invented, so there is none.")
    elif url:
        st.link_button("Provider's own page", url)
    st.markdown("**What was posted**, newest first")
    for update in whole.updates.iter_rows(named=True):
        _update(update)
    _table("Components", component_table(whole.components), simulated)
    if told := changes_sentence(whole.revisions):
        st.markdown(escape_markdown(told))
    _table("Edits seen", edit_table(whole.revisions), simulated)
    _texts(whole.revisions)
    _table("Evidence: captured payloads", whole.evidence, simulated)
    with st.expander("Set its class by hand"):
        st.caption("For `overrides.toml` in the data folder; then `statusledger publish`.")
        st.code(override_lines(post), language="toml")


def _exactly(post: dict[str, Any]) -> str:
    words = [
        f"{what} {post[column]:,} s"
        for what, column in (
            ("open", "open_seconds"),
            ("impact of any component", "impact_seconds"),
        )
        if post[column] is not None
    ]
    return f" In full: {', '.join(words)}." if words else ""


def _update(update: dict[str, Any]) -> None:
    posted: datetime | None = update["posted_at"]
    shown: datetime | None = update["display_at"]
    backdated = shown is not None and posted is not None and shown != posted
    aside = f", shown as {format_instant(shown)}" if backdated else ""
    st.markdown(f"**{escape_markdown(str(update['status']))}** · {format_instant(posted)}{aside}")
    st.text(update["body_text"] or "(no text)")
    if update["components"]:
        st.caption(escape_markdown(update["components"]))


def _texts(revisions: Any) -> None:
    """Show each text that was changed, with the words deleted and inserted."""
    texts = changed_texts(revisions)
    if texts.is_empty():
        return
    with st.expander(f"Texts as they were changed ({len(texts)})"):
        st.caption("Struck out: deleted. Underlined: inserted.")
        for row in texts.iter_rows(named=True):
            st.markdown(f"**{row['kind']}** · {row['field']} · {format_instant(row['known_from'])}")
            st.html(mark_differences(word_differences(row["old_value"], row["new_value"])))


def _table(label: str, rows: Any, simulated: bool) -> None:
    if not rows.is_empty():
        with st.expander(f"{label} ({len(rows)})"):
            show_rows(with_headings(rows), with_links(DETAIL, simulated))
