"""The document: one question answered in a single HTML file that loads nothing.

For those who must defend a choice: scorecards, a comparison on common time, its sensitivity,
caveats, and every post behind the numbers with the captures that prove it. The same snapshot
and question give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analytics import Question, Snapshot
from dashboard import format as said
from dashboard.document import question_text as asked
from dashboard.document.answers import numbers
from dashboard.document.caveats import caveats
from dashboard.document.day_strips import legend
from dashboard.document.definitions import definitions
from dashboard.document.evidence import evidence
from dashboard.document.scorecard import scorecards
from dashboard.document.surface_section import on_one_surface, opening

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def document(snapshot: Snapshot, question: Question) -> str:
    """The answer to ``question`` as an HTML document. Raises ``QuestionError``."""
    answers = numbers(snapshot, question)
    found = [on_one_surface(answers, name) for name in answers.surfaces]
    surfaces = sorted(found, key=lambda side: side.pairs is None)
    return TEMPLATES.get_template("document.html").render(
        numbers=answers,
        snapshot=snapshot,
        names=answers.names,
        title=asked.title(answers),
        question=asked.sentence(answers),
        about=asked.facts(answers),
        command=asked.command(answers),
        said=asked,
        as_posted=said.AS_POSTED,
        surfaces=surfaces,
        opening=opening(surfaces) if len(answers.question.providers) > 1 else "",
        cards=[c for provider in answers.question.providers for c in scorecards(answers, provider)],
        legend=legend(),
        caveats=caveats(answers),
        evidence=evidence(answers),
        definitions=definitions(),
    )
