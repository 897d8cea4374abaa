"""Mail goes out by a real server, over a line that is secured, and says no secret."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.simulation.demo import Hands
from statusledger.alerts import brief
from tests.support.channels import clock, publish, settings, tell
from tests.support.loopback import a_port
from tests.support.mail_server import Post, make_certificate, serve_mail
from tests.support.snapshots import at, covered, post

__all__ = ["clock"]

HOSTILE = "Down\r\nBcc: victim@x.test\n\n<b>body</b> \x1b[31m é"
PASSWORD = "T0P-s3cr3t"


@pytest.fixture
def server() -> Iterator[Post]:
    with serve_mail() as server:
        yield server


def mailbox(port: int | str, *more: str, security: str = "none") -> str:
    return "\n".join(
        [
            '[channels.ops]\nkind = "mail"\nhost = "127.0.0.1"',
            f'port = {port}\nsecurity = "{security}"',
            'from = "ledger@acme.test"\nto = ["ops@acme.test", "boss@acme.test"]',
            *more,
        ]
    )


def test_a_mail_is_plain_text_and_a_title_cannot_add_a_header_however_often_it_is_sent(
    tmp_path: Path, clock: Hands, server: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path, mailbox(server.port))
    publish(tmp_path, post(HOSTILE, "2026-01-10 11:00", url="https://acme.test/i"))
    ids = set()
    for code in (451, 554, 0):
        server.answer = f"{code} not now" if code else ""
        tell(tmp_path, clock)
        line = f"statusledger: channel ops at 127.0.0.1: answered {code}, 1 of 1 messages wait"
        assert capsys.readouterr().err.startswith(line if code else "")
        ids.add(server.seen[-1]["Message-ID"])
        clock.at += timedelta(minutes=5)
    tell(tmp_path, clock)
    assert len(ids) == 1
    [envelope] = server.envelopes
    mail = server.seen[-1]
    assert envelope.rcpt_tos == ["ops@acme.test", "boss@acme.test"]
    assert mail.keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
    ]
    assert mail["Subject"] == (
        "New incident at Acme (API inference): Down Bcc: victim@ x.test <b>body</b> [31m é"
    )
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines()[1:] == [
        "Impact major, began 2026-01-10 11:00 UTC, as posted by the provider.",
        "https://acme.test/i",
    ]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl: install it to run this")
def test_the_password_goes_over_a_secured_line_only(
    tmp_path: Path,
    clock: Hands,
    server: Post,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    login = ('user = "ledger"', 'password_env = "MAIL_PASSWORD"')
    publish(tmp_path, post("one", "2026-01-10 11:00"))
    with serve_mail(certificate) as secured:

        def tried(port: int) -> str:
            settings(tmp_path, mailbox(port, *login, security="starttls"))
            tell(tmp_path, clock)
            clock.at += timedelta(hours=1)
            error = capsys.readouterr().err
            assert PASSWORD not in error
            return error.removeprefix("statusledger: channel ops at 127.0.0.1: ").split(",")[0]

        assert tried(a_port()) == "refused"
        monkeypatch.setenv("MAIL_PASSWORD", f"{PASSWORD}\u00e4")
        assert tried(a_port()) == "MAIL_PASSWORD: a password for mail must be ASCII"
        monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
        assert tried(server.port) == "the server offers no STARTTLS or no login"
        assert tried(secured.port) == "tls"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert tried(secured.port) == "answered 535"
        monkeypatch.setenv("MAIL_PASSWORD", "right")
        assert tried(secured.port) == ""
    assert (server.logins, server.seen) == ([], [])
    assert {*secured.logins} == {(b"ledger", PASSWORD.encode()), (b"ledger", b"right")}
    assert len(secured.seen) == 1


def test_the_brief_of_a_saved_question_comes_when_a_month_is_over(
    tmp_path: Path, clock: Hands, server: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief, "find_spec", lambda _: None)
    settings(
        tmp_path,
        mailbox(server.port, 'question = "mine"', 'brief = "month"', 'events = ["withdrawn"]'),
    )
    (tmp_path / "questions.toml").write_text(
        '[mine]\nproviders = ["acme", "globex"]\nsurface = "api_inference"\n'
    )
    spans = [covered("2025-11-01", "2026-01-02", provider=slug) for slug in ("acme", "globex")]
    down = post("Down", "2025-12-10 10:00", "2025-12-10 11:00")
    for moment in ("2025-12-31 23:58", "2026-01-01 00:03"):
        clock.at = at(moment)
        publish(tmp_path, down, coverage=spans, as_of=clock.at)
        tell(tmp_path, clock)
    tell(tmp_path, clock)
    [mail] = server.seen
    assert mail["Subject"] == "Brief of mine: 2025-12-01 up to, not including, 2026-01-01"
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "brief-2025-12-01.html"
    assert attached.get_content_type() == "text/html"
    assert "on the API</h1>" in attached.get_content()


def test_a_brief_that_cannot_be_asked_keeps_no_alert_back(
    tmp_path: Path, clock: Hands, server: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(
        tmp_path,
        mailbox(server.port, 'question = "mine"', 'brief = "month"', 'providers = ["acme"]'),
    )
    (tmp_path / "questions.toml").write_text('[mine]\nproviders = ["anthropic"]\n')
    for moment in ("2025-12-31 23:58", "2026-01-01 00:03"):
        clock.at = at(moment)
        publish(tmp_path, post("Down", "2025-12-31 23:50"), as_of=clock.at)
        tell(tmp_path, clock)
    assert [mail["Subject"] for mail in server.seen] == [
        "New incident at Acme (API inference): Down"
    ]
    assert "channel ops at 127.0.0.1: no brief: " in capsys.readouterr().err


def test_a_recipient_that_is_turned_down_is_told_of_and_the_others_get_the_mail_once(
    tmp_path: Path, clock: Hands, server: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(tmp_path, mailbox(server.port))
    publish(tmp_path, post("Down", "2026-01-10 11:00"))
    server.unknown = "boss@acme.test"
    for _ in range(2):
        tell(tmp_path, clock)
    assert [one.rcpt_tos for one in server.envelopes] == [["ops@acme.test"]]
    assert capsys.readouterr().err == (
        "statusledger: channel ops at 127.0.0.1: taken, but not for 1 of 2 recipients\n"
    )
