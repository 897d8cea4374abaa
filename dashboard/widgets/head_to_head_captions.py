"""Captions of the page Head-to-head."""

from __future__ import annotations

_DEFINED = "[How this is made](/methodology?section=head-to-head#head-to-head)."


#: What the pictures and tables of the page are, below them.
VERDICT = (
    "Counted: components partial or worse for five minutes or longer, weighed by the rule. "
    "“Better” takes P of at least 0.95 and every way of counting (rules, posts or episodes, "
    "notices in or out). “Likely better” takes 0.80. Both must hold even if all unknown time of "
    "the better one is counted as trouble. As posted, not measured. "
    "[How it is decided](/methodology?section=ranking#ranking)."
)


OWN_WINDOW = (
    "Each provider over its own coverage, as on the Overview. The two were observed at different "
    "times, so these numbers are not comparable: read the coverage first."
)


DOTS = (
    "A dot is the value, the line its 95 % interval. Metrics without an interval are in the table "
    f"only. Every metric has its own scale, which need not start at zero. {_DEFINED}"
)


ADDING_UP = (
    "Steps at the end of each day, weighted by the rule. Grey: not both were observed, and "
    f"neither line grows. {_DEFINED}"
)


TIMELINE = (
    "Bars are posts from start to end of impact, whether or not a component was down. The row "
    "“both down” goes by component states under the rule. Grey: not both were observed."
)


DURATIONS = (
    "One mark per post whose impact began in the common time, hollow while the post is open. "
    "*Post open* includes monitoring and paperwork; *impact* is when components were down."
)


COMMON = "Over the common time"


RULES = "Rule instatus weighs like statuspage. Rule incident_open is for contrast."


NO_POSTS = (
    "Neither posted anything of these classes in the window. That does not mean that nothing broke."
)


NO_DURATIONS = "No post of the common time has a duration."
