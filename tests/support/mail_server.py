"""Serve mail on the loopback interface, with aiosmtpd."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.support.loopback import a_port


@dataclass
class Post:
    """Record what was delivered, and answer as told; an empty answer is a good one.

    ``seen``: every mail that was sent, taken or not. ``unknown``: a recipient it turns down.
    """

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    seen: list[EmailMessage] = field(default_factory=list)
    answer: str = ""
    unknown: str = ""

    async def handle_RCPT(self, _: Any, __: Any, envelope: Envelope, address: str, ___: Any) -> str:
        if address == self.unknown:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:
        mail = message_from_bytes(envelope.content or b"", policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.seen.append(mail)
        if self.answer:
            return self.answer
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(self, _: Any, __: Any, ___: Any, ____: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login, login.password))
        return AuthResult(success=login.password == b"right", handled=False)


@contextmanager
def serve_mail(certificate: Path | None = None) -> Iterator[Post]:
    """Make a server for the length of a test; with a certificate it wants STARTTLS and a login."""
    post = Post()
    secure: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        secure = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": post.authenticate,
            "auth_required": True,
        }
    post.port = a_port()
    server = Controller(post, hostname="127.0.0.1", port=post.port, **secure)
    server.start()
    try:
        yield post
    finally:
        server.stop()


def make_certificate(folder: Path) -> Path:
    """Make a certificate of 127.0.0.1, signed by itself, with its key in the same file."""
    file = folder / "server.pem"
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    about = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    where = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*words.split(), *about, *where], check=True, capture_output=True)
    file.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return file
