"""Send messages by mail, as plain text. The password is a secret, and said nowhere.

Headers are written by ``email.message``, which refuses a line break in one.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from ingest.fetching.request_budget import RequestBudget
from ingest.fetching.responses import trouble as kind_of
from ingest.models import FetchFailure
from ingest.safe_text import amount, excerpt, strip_control
from statusledger.alerts.channels import STARTTLS, TLS, Mailbox
from statusledger.alerts.delivered import Delivery
from statusledger.alerts.watchlist import WatchError
from statusledger.alerts.webhook import ANSWER_SECONDS, Reply

#: What sending can end in; a name of a host that can be none is an error of its letters.
MAIL_ERRORS = (smtplib.SMTPException, OSError, UnicodeError)


class MailSender:
    """Send messages through an open connection to a mail server."""

    def __init__(self, mailbox: Mailbox, server: smtplib.SMTP, budget: RequestBudget) -> None:
        """Keep the connection."""
        self._mailbox = mailbox
        self._server = server
        self._budget = budget

    def send(self, message: Delivery, now: datetime) -> Reply:
        """Send a message to everybody at once."""
        try:
            with self._budget:
                turned_down = self._server.send_message(written(message, self._mailbox, now))
        except MAIL_ERRORS as error:
            return mail_trouble(error, self._budget)
        if not turned_down:
            return Reply(None)
        # The others have it: sent again, they would have it twice.
        few = f"{len(turned_down)} of {amount(len(self._mailbox.to), 'recipient')}"
        return Reply(None, left_out=f"taken, but not for {few}")


def mail_trouble(error: Exception, budget: RequestBudget) -> Reply:
    """Word what went wrong: the server's number or a kind of failure, never its own words."""
    if budget.expired:
        return Reply(FetchFailure.TIMEOUT)
    if isinstance(error, smtplib.SMTPResponseException):
        # A number of 500 or more about the content is final; one about us is not.
        return Reply(
            f"answered {error.smtp_code}",
            isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500,
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return Reply("no recipient was taken")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Reply("the server offers no STARTTLS or no login")
    return Reply(kind_of(error))


def written(message: Delivery, mailbox: Mailbox, now: datetime) -> EmailMessage:
    """Write a mail: the first line of the message is its subject.

    Args:
        message: What to send, with what is attached to it.
        mailbox: From whom and to whom.
        now: The time of sending.
    """
    mail = EmailMessage()
    mail["From"] = mailbox.sender
    mail["To"] = ", ".join(mailbox.to)
    mail["Subject"] = excerpt(message.text.split("\n")[0])
    mail["Date"] = format_datetime(now)
    # A mail sent again is known by its id as the same one.
    mail["Message-ID"] = f"<{message.id}@statusledger>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(map(strip_control, message.text.split("\n"))) + "\n")
    if message.attached is not None:
        main, _, sub = message.attached.media.partition("/")
        mail.add_attachment(
            message.attached.content, maintype=main, subtype=sub, filename=message.attached.name
        )
    return mail


@contextmanager
def open_server(mailbox: Mailbox, budget: RequestBudget) -> Iterator[smtplib.SMTP]:
    """Connect to a mail server, secure the line, log in.

    Raises:
        WatchError: The password is not there, or cannot be sent.
        SMTPException: The server turns us down.
        OSError: It cannot be reached.
    """
    password = None
    if mailbox.password is not None:
        password = mailbox.password.read()
        if not password.isascii():
            raise WatchError(f"{mailbox.password.name}: a password for mail must be ASCII")
    context = ssl.create_default_context()
    with budget:
        if mailbox.security == TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mailbox.host, mailbox.port, timeout=ANSWER_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(mailbox.host, mailbox.port, timeout=ANSWER_SECONDS)
        budget.follow(server.sock)
        try:
            if mailbox.security == STARTTLS:
                server.starttls(context=context)
                budget.follow(server.sock)
            if mailbox.user is not None and password is not None:
                server.login(mailbox.user, password)
        except MAIL_ERRORS:
            server.close()
            raise
    try:
        yield server
    finally:
        with budget, suppress(*MAIL_ERRORS):
            server.quit()
        server.close()
