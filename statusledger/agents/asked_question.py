"""Make the arguments of a call a question that can be asked of its snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics import Question, Snapshot
from analytics.evidence.provenance import left_unrated, overridden
from analytics.scope import known_providers
from analytics.wording.comparison import unrated_sentence
from analytics.wording.rows import overrides_sentence
from statusledger.agents.questions import QuestionArguments
from statusledger.asked_providers import named_by_slug, question_notices


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """Hold a question, the snapshot it is asked of, and what an answer does not show by itself."""

    snapshot: Snapshot
    question: Question
    notes: Sequence[str]


def asked_question(
    snapshot: Snapshot, data: Path, asked: QuestionArguments, providers: list[str]
) -> AskedQuestion:
    """Return the question of a call about these providers.

    Args:
        snapshot: What it is asked of.
        data: Folder with the user's own registry.
        asked: Arguments of the call.
        providers: Whom it is about, by any of their names; none means everyone.

    Raises:
        UsageError: It cannot be asked; the message says what is allowed.
        UnansweredError: Nothing is collected of any of them.
    """
    named, dark = named_by_slug(snapshot, asked.question(providers), data)
    known_providers(snapshot, named)
    notes = [
        *dark,
        *question_notices(snapshot, named),
        overrides_sentence(*overridden(snapshot, named)),
    ]
    return AskedQuestion(snapshot, named, list(filter(None, notes)))


def with_unrated(found: AskedQuestion) -> list[str]:
    """Return the notes, and whose incidents the minimum state leaves out unjudged, if any."""
    unrated = left_unrated(found.snapshot, found.question)
    line = unrated_sentence(unrated, found.snapshot.table("providers"))
    return [*found.notes, *([line] if line else [])]
