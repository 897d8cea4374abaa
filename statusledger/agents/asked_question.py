"""Pin the snapshot of one call, and make its arguments a question that can be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics import Question, Snapshot
from analytics.downtime.regions import in_region
from analytics.scope import known_providers
from statusledger.agents.pinned_snapshot import PinnedSnapshots
from statusledger.agents.questions import QuestionArguments
from statusledger.asked_providers import named_by_slug, question_notices


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """Hold a question, the snapshot it is asked of, and what an answer does not show by itself."""

    snapshot: Snapshot
    question: Question
    notes: Sequence[str]


def asked_question(
    snapshots: PinnedSnapshots, asked: QuestionArguments, providers: list[str]
) -> AskedQuestion:
    """Return the question of a call about these providers.

    Args:
        snapshots: Where it is asked.
        asked: Arguments of the call.
        providers: Whom it is about, by any of their names; none means everyone.

    Raises:
        UsageError: It cannot be asked; the message says what is allowed.
        UnansweredError: There is no snapshot, or nothing is collected of any of them.
    """
    question = asked.question(providers)
    whole = snapshots.pin()
    snapshot = whole if asked.region is None else in_region(whole, asked.region)
    named, dark = named_by_slug(snapshot, question, snapshots.data)
    known_providers(snapshot, named)
    return AskedQuestion(snapshot, named, [*dark, *question_notices(snapshot, named)])
