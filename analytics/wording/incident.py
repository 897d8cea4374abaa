"""One post in words: its clocks, class, duration and flags.

Words: METHODOLOGY, "Times" and "Incident classes".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any

import polars as pl

from analytics.wording.grammar import join_words
from analytics.wording.numbers import format_count

#: What a start was taken from.
STARTS: Mapping[str, str] = {
    "started_at": "the start its page states",
    "created_at": "when it was made",
    "display_at": "the earliest time shown with an update",
    "in_progress": "its first update that says work is in progress",
    "scheduled_start_at": "the start it announced",
}
#: What an end was taken from.
ENDS: Mapping[str, str] = {
    "display_at": "the time shown with its last resolving update",
    "resolved_at": "the end its page states",
    "last_update": "its last update",
    "impact": "the end of the last impact it states",
    "absence": "the first list of what is open without it",
}
#: How well a duration is known.
DURATIONS: Mapping[str, str] = {
    "exact": "known",
    "inferred_end": "known, its end inferred",
    "single_update": "not known: it has a single update",
    "open": "still running",
    "contradictory": "not known: it ends before it starts",
}
#: What a class was given for; else a rule for words in the text.
CLASSES: Mapping[str, str] = {
    "override": "by hand",
    "kind": "by its kind",
    "measured": "measured by the page's own monitor, no post",
    "default": "by its impact and component states",
}
#: What of a post or an update was edited.
EDITED: Mapping[str, str] = {
    "title": "title",
    "status": "status",
    "impact": "impact",
    "created_at": "when it was made",
    "started_at": "the start its page states",
    "monitoring_at": "when monitoring began",
    "resolved_at": "the end its page states",
    "scheduled_start_at": "the start it announced",
    "scheduled_end_at": "the end it announced",
    "component_ids": "components it names",
    "impacts": "impacts it states by component",
    "display_at": "the time shown",
    "body": "text",
    "changes": "states of components",
}
#: What came or went as a whole.
WHOLE: Mapping[str, str] = {"update": "a whole update", "post": "the whole post"}
#: What was done to it.
REWRITTEN: Mapping[str, str] = {
    "progress": "went on",
    "edit": "edited",
    "downgrade": "made milder",
    "upgrade": "made worse",
    "retraction": "withdrawn",
    "addition": "written in later",
}
#: What of a post names a component.
RELATIONS: Mapping[str, str] = {
    "declared": "its list of components",
    "transitioned": "an update of its state",
}
FLAGS: Mapping[str, str] = {
    "retrospective": "posted afterwards",
    "backdated": "backdated",
    "zombie": "forgotten open",
    "auto": "short and repeated",
    "bulk_linked": "names every component",
    "upstream": "of a supplier",
    "removed": "removed",
    "reopened": "reopened",
    "overridden": "set by hand",
}
#: What the flags mean, for whoever reads them.
FLAGS_HELP = (
    "Posted afterwards: the first update already said “resolved”. Backdated: the first update "
    "shows a time more than an hour before it was written. Forgotten open: no update for two "
    "weeks. Short and repeated: several short posts under one title. Names every component: all "
    "that the page had, three or more. Of a supplier: the post names a component of a supplier. "
    "Removed: gone from the page's list. Reopened: back on a list of what is open. Set by hand: by "
    "an entry of overrides.toml."
)


def describe_flags(names: Iterable[str]) -> str:
    """Write flags in words; empty where there is none.

    >>> describe_flags(["backdated", "bulk_linked"])
    'backdated, names every component'
    """
    return ", ".join(FLAGS.get(name, name) for name in names)


def describe_incident(post: Mapping[str, Any]) -> str:
    """Say how a post's start, end, class and duration were found.

    ``post``: a row of incidents.
    """
    start = STARTS.get(post["start_basis"])
    end = ENDS.get(post["end_basis"])
    why = CLASSES.get(post["class_basis"], f"by the rule “{post['class_basis']}”")
    return (
        f"Start: {start or 'not known'}. End: {end or 'none yet'}. Class {post['class']}, {why}. "
        f"Impact in the provider's own word: {post['impact']}. "
        f"Duration: {DURATIONS[post['duration_quality']]}."
    )


def changes_sentence(revisions: pl.DataFrame) -> str:
    """Say what of a post was changed later; empty where it only went on to its end.

    ``revisions`` as in ``incident_list.Detail``.
    """
    later = revisions.filter(pl.col("kind") != "progress")
    if later.is_empty():
        return ""
    told = [
        f"impact {REWRITTEN[kind]}, from {old} to {new}"
        for kind, old, new in later.select("kind", "old_value", "new_value").iter_rows()
        if kind in ("downgrade", "upgrade")
    ]
    if edited := later.filter(kind="edit").height:
        told.append(f"{format_count(edited, 'field')} edited")
    for kind in ("retraction", "addition"):
        mine = later.filter(kind=kind)
        if updates := mine.filter(field="update").height:
            told.append(f"{format_count(updates, 'update')} {REWRITTEN[kind]}")
        if mine.height > updates:
            told.append(f"the whole post {REWRITTEN[kind]}")
    after = int(later["after_end"].sum())
    aside = f", {after} of these changes after its end" if after else ""
    return f"Changed later: {join_words(told)}{aside}."


def override_lines(post: Mapping[str, Any]) -> str:
    """Write the entry of ``overrides.toml`` that would set the class of a post.

    ``post``: a row of incidents.
    """
    return "\n".join(
        [
            "[[incident]]",
            f"page = {dumps(post['page_key'])}",
            f"id = {dumps(post['incident_id'])}",
            f"class = {dumps(post['class'])}",
            'note = "why"',
        ]
    )
