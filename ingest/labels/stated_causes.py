"""Read the causes a message states in words.

Strict on purpose: only sentences with a causal cue count (METHODOLOGY, "Stated causes").
"""

from __future__ import annotations

import re

NOT_STATED = "not_stated"
CUE = re.compile(
    r"\b(?:due to|caused by|root cause|because of|resulted from|issue was)\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
#: What is rolled out to end an incident did not cause it.
REMEDY = re.compile(
    r"\b(?:deploy|roll|implement|ship)\w*(?:[ -]?out)?(?: of)?(?: an?| the| our)?(?: \w+)?"
    r" (?:fix|mitigation|patch|rollback|revert)\w*",
    re.IGNORECASE,
)
#: A cloud after "on", "in" or "via" is where it happened, not why.
_NOT_A_PLACE = r"(?<!\bon )(?<!\bin )(?<!\bvia )(?<!\bthrough )(?<!\bfor )"
CAUSES = {
    "config_deploy": r"\b(?:mis)?config(?:uration)?s?\b|\bmisconfigur"
    r"|\bdeploy(?:s|ed|ing|ments?)?\b|\broll(?:ed)?[ -]?out\b|\brollouts?\b|\bcode change"
    r"|\bregression|\bfeature flag"
    r"|\b(?:bad|faulty|recent|new) (?:release|change|update|version)|\bmigration\b",
    "capacity_load": r"\bcapacity\b|\boverload|\b(?:traffic|load|demand) (?:spike|surge|increase)"
    r"|\b(?:spike|surge|increase) in (?:\w+ )?(?:traffic|load|demand|requests|usage)"
    r"|\b(?:high|heavy|elevated|increased|unexpected) (?:\w+ )?(?:traffic|load|demand|usage)\b"
    r"|\bresource exhaustion|\bsaturat|\b(?:auto)?scaling\b",
    "network_dns": r"\bnetwork|\bdns\b|\brouting\b|\bload balanc|\bcertificate|\btls\b|\bbgp\b"
    r"|\bconnectivity\b",
    "datastore": r"\bdatabases?\b|\bdb\b|\bpostgres|\bmysql\b|\bredis\b|\bcach(?:e|es|ing)\b"
    r"|\bstorage\b|\breplication\b|\bdata ?stores?\b",
    "hardware_infra": r"\bhardware\b|\bpower (?:loss|outage|failure)|\bgpus?\b|\bdisks?\b"
    r"|\bdata ?cent(?:er|re)s?\b|\bnode failure|\b(?:host|server) failure|\bcooling\b"
    r"|\bkubernetes\b|\binfrastructure (?:failure|issue|problem|fault)",
    "upstream_cloud": rf"\bupstream\b|\bthird[- ]party\b|\b(?:cloud|infrastructure|hosting) "
    rf"(?:provider|vendor|partner)|{_NOT_A_PLACE}\b(?:aws|amazon|azure|google cloud|gcp|cloudflare"
    rf"|fastly|akamai)\b",
    "security_ddos": r"\bddos\b|\bdenial[- ]of[- ]service\b|\battack|\bmalicious|\babus(?:e|ive)\b",
}
_CAUSES = {label: re.compile(words, re.IGNORECASE) for label, words in CAUSES.items()}


def causes(text: str) -> tuple[str, ...]:
    """Return the causes ``text`` states in a fixed order; ``("not_stated",)`` when none.

    Only sentences with a causal cue count: a word elsewhere says where, not why.
    """
    telling = [REMEDY.sub(" ", s) for s in SENTENCE_END.split(text) if CUE.search(s)]
    found = tuple(
        label for label, words in _CAUSES.items() if any(words.search(s) for s in telling)
    )
    return found or (NOT_STATED,)
