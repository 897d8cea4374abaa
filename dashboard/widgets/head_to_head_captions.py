"""Captions of the page Head-to-head."""

from __future__ import annotations

_DEFINED = "[How this is made](/methodology#head-to-head)."


#: What the pictures and tables of the page are, below them.
VERDICT = (
    "Like for like: components partial or worse for five minutes or longer, by the rule's "
    "weights. Better takes P of at least 0.95 and every way of counting (rules, posts or "
    "episodes, notices in or out); leaning takes 0.80. The same must hold with all that is unknown "
    "of the better one counted as trouble. "
    "As posted, not measured. "
    "[How it is decided](/methodology#ranking)."
)


OWN_WINDOW = (
    "Everything vouched for of each by itself, as on the Overview. Where the two were not "
    "observed alike, these numbers are not comparable: read the coverage first."
)


DOTS = (
    "A dot is the value, the line its 95 % interval; metrics without one are in the table only. "
    f"Every metric has its own scale, which need not start at zero. {_DEFINED}"
)


ADDING_UP = (
    "Steps at the end of each day, weighted by the rule. Grey: not both were observed, and "
    f"neither line grows. {_DEFINED}"
)


TIMELINE = (
    "Bars are posts from start to end of impact, whether or not a component was down; the row "
    "“both down” is by component states under the rule. Grey: not both were observed."
)


DURATIONS = (
    "One mark per post whose impact began in the common time, hollow while it lasts. A post "
    "stays open through monitoring and paperwork: impact is when components were down."
)


COMMON = "Over the common time"


RULES = "Instatus weighs like statuspage, incident_open is for contrast."


NO_POSTS = "Neither posted anything of these classes in the window, which is not proof of peace."


NO_DURATIONS = "No post of the common time has a duration."
