"""The document: one question answered in a single HTML file that loads nothing.

For those who must defend a choice: scorecards, a comparison on common time, its sensitivity,
caveats, and every post behind the numbers with the captures that prove it. The same snapshot
and question give the same bytes.
"""

from __future__ import annotations

from analytics import Question, Snapshot
from analytics.wording.grammar import AS_POSTED
from dashboard.document.answers import answer_all
from dashboard.document.caveats import find_caveats
from dashboard.document.day_strips import strip_legend
from dashboard.document.definitions import definition_table
from dashboard.document.evidence import list_evidence
from dashboard.document.question_text import (
    document_title,
    name_surface,
    question_facts,
    question_sentence,
    report_command,
    surface_heading,
)
from dashboard.document.scorecard import provider_scorecards
from dashboard.document.surface_section import opening_sentence, surface_section
from dashboard.document.templates import TEMPLATES


def render_document(snapshot: Snapshot, question: Question) -> str:
    """Answer ``question`` as an HTML document.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    answers = answer_all(snapshot, question)
    found = [surface_section(answers, name) for name in answers.surfaces]
    surfaces = sorted(found, key=lambda side: side.pairs is None)
    providers = answers.question.providers
    return TEMPLATES.get_template("document.html").render(
        snapshot=snapshot,
        question=answers.question,
        names=answers.names,
        title=document_title(answers),
        question_sentence=question_sentence(answers),
        about=question_facts(answers),
        command=report_command(answers),
        name_surface=name_surface,
        surface_heading=surface_heading,
        as_posted=AS_POSTED,
        surfaces=surfaces,
        opening=opening_sentence(surfaces) if len(providers) > 1 else "",
        cards=[card for provider in providers for card in provider_scorecards(answers, provider)],
        legend=strip_legend(),
        caveats=find_caveats(answers),
        evidence=list_evidence(answers),
        definitions=definition_table(),
    )
