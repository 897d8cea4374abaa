"""Brief of a saved question, sent by mail when a month or quarter is over."""

from __future__ import annotations

import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from analytics import Question, Snapshot
from analytics.downtime.regions import in_region
from analytics.sla.contract_window import in_period
from dashboard.shown_text import SIMULATED
from statusledger.alerts.channels import MONTH, QUARTER, Channel
from statusledger.alerts.delivered import Attachment, Delivery, News
from statusledger.contract_file import contracts_of
from statusledger.report_file import HTML, PDF, TYPESETTER, write_report
from statusledger.saved_question import as_question, saved_question

#: The period that is over, as a question names it.
PERIODS = {MONTH: "last-month", QUARTER: "last-quarter"}
MEDIA = {PDF: "application/pdf", HTML: "text/html"}


def brief_news(snapshot: Snapshot, channel: Channel, data: Path) -> News | None:
    """Return the news that a period is over whose brief a channel wants, if it wants one.

    It is none to somebody who never heard anything: the first brief is that of the next period.

    Raises:
        UsageError: The saved question cannot be asked.
    """
    if channel.brief is None:
        return None
    question = _question(snapshot, channel, data)
    days = f"{question.since} up to, not including, {question.until}"
    text = f"Brief of {channel.question}: {days}\nIt is attached."
    text += f" {SIMULATED}" if snapshot.simulated else ""
    return News(f"brief:{channel.brief}:{question.since}", "brief", False, text)


def with_brief(news: News, snapshot: Snapshot, channel: Channel, data: Path) -> Delivery:
    """Write the brief, and return the message it is attached to.

    Raises:
        UsageError: The question cannot be asked of this snapshot.
        OSError: The brief cannot be written.
    """
    question = _question(snapshot, channel, data)
    region = saved_question(data, channel.question or "").region
    part = snapshot if region is None else in_region(snapshot, region)
    form = HTML if find_spec(TYPESETTER) is None else PDF
    with tempfile.TemporaryDirectory(prefix="statusledger-") as folder:
        file = Path(folder) / f"brief-{question.since}{form}"
        write_report(part, question, file, appendix=False, data=data)
        attached = Attachment(file.name, MEDIA[form], file.read_bytes())
    return Delivery((news.key,), news.text, (news,), attached)


def _question(snapshot: Snapshot, channel: Channel, data: Path) -> Question:
    """Ask what was saved about the period that is over."""
    assert channel.brief is not None
    saved = saved_question(data, channel.question or "")
    question = as_question(snapshot, saved, data, channel.zone)
    return in_period(question, snapshot.as_of, PERIODS[channel.brief], partial(contracts_of, data))
