"""Brief of a saved question, sent by mail when a month or quarter is over."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from analytics import Snapshot
from analytics.asking.period import period_days
from analytics.downtime.regions import in_region
from dashboard.shown_text import SIMULATED
from statusledger.alerts.channels import MONTH, QUARTER, Channel
from statusledger.alerts.delivered import Attachment, Delivery, News
from statusledger.report_file import HTML, PDF, TYPESETTER, write_report
from statusledger.saved_question import as_question, saved_question

#: The period that is over, as a question names it.
PERIODS = {MONTH: "last-month", QUARTER: "last-quarter"}
MEDIA = {PDF: "application/pdf", HTML: "text/html"}


def brief_news(snapshot: Snapshot, channel: Channel) -> News | None:
    """Return the news that a period is over whose brief a channel wants, if it wants one.

    It is none to somebody who never heard anything: the first brief is that of the next period.
    """
    if channel.brief is None:
        return None
    since, until = _days(snapshot, channel.brief, channel.zone)
    days = f"{since} up to, not including, {until}"
    text = f"Brief of {channel.question}: {days}\nIt is attached."
    text += f" {SIMULATED}" if snapshot.simulated else ""
    return News(f"brief:{channel.brief}:{since}", "brief", False, text)


def with_brief(news: News, snapshot: Snapshot, channel: Channel, data: Path) -> Delivery:
    """Write the brief, and return the message it is attached to.

    Raises:
        UsageError: The question cannot be asked of this snapshot.
        UnansweredError: The snapshot lists none of its providers.
        OSError: The brief cannot be written.
    """
    assert channel.brief is not None
    assert channel.question is not None
    saved = saved_question(data, channel.question)
    since, until = _days(snapshot, channel.brief, channel.zone)
    question = as_question(snapshot, saved, data, channel.zone)
    question = replace(question, since=since, until=until)
    part = snapshot if saved.region is None else in_region(snapshot, saved.region)
    form = HTML if find_spec(TYPESETTER) is None else PDF
    with tempfile.TemporaryDirectory(prefix="statusledger-") as folder:
        file = Path(folder) / f"brief-{since}{form}"
        write_report(part, question, file, appendix=False, data=data)
        attached = Attachment(file.name, MEDIA[form], file.read_bytes())
    return Delivery((news.key,), news.text, (news,), attached)


def _days(snapshot: Snapshot, period: str, zone: str) -> tuple[date, date]:
    """Return the first day of the period that is over, and the day after its last."""
    return period_days(PERIODS[period], snapshot.as_of, zone)
