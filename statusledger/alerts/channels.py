"""Channels that alerts are sent to: read from ``watch.toml`` and the environment."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from analytics.asking.own_tables import OwnTables
from analytics.question import MINIMA, UTC_ZONE
from ingest.labels.surfaces import SURFACES
from ingest.models import UnknownZoneError, UsageError, time_zone
from ingest.registry import Registry
from statusledger.alerts.watchlist import (
    AHEAD,
    EVENTS,
    FILE,
    HISTORY,
    WEBHOOK,
    WatchError,
    Watchlist,
    check_names,
)

TABLES = OwnTables(FILE, "channel", WatchError)
SLACK, TEAMS, DISCORD, SIGNED, MAIL = "slack", "teams", "discord", "webhook", "mail"
STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
#: Each way to secure a connection for mail, with its usual port.
PORTS = {STARTTLS: 587, TLS: 465, PLAIN: 25}
#: What was sent to the webhook of the environment.
MEMORY = "watch.json"
MONTH, QUARTER = "month", "quarter"
FILTERS = ("question", "providers", "surfaces", "components", "state", "events", "remind")
#: Keys of every kind; the rest belong to one.
SHARED = ("kind", *FILTERS, "digest", "zone")
ADDRESS = ("address_env", "address_file")
KEYS: Mapping[str, tuple[str, ...]] = {
    SLACK: (*SHARED, *ADDRESS),
    TEAMS: (*SHARED, *ADDRESS),
    DISCORD: (*SHARED, *ADDRESS),
    SIGNED: (*SHARED, *ADDRESS, "secret_env", "secret_file"),
    MAIL: (
        *SHARED,
        *("host", "port", "security", "user", "password_env", "password_file"),
        *("from", "to", "brief"),
    ),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """Name where a secret is; the secret itself is read when it is used, and kept nowhere."""

    variable: str | None = None
    file: Path | None = None

    @property
    def name(self) -> str:
        """Return the name of the variable or file."""
        return str(self.variable or self.file)

    def read(self) -> str:
        """Return the secret.

        Raises:
            WatchError: It is not there; one line that names the variable or file.
        """
        if self.variable is not None:
            text = os.environ.get(self.variable, "").strip()
        else:
            assert self.file is not None
            try:
                text = self.file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise WatchError(f"{self.file} cannot be read") from None
        if not text:
            raise WatchError(f"{self.name} is empty or not set")
        return text

    def address(self) -> str:
        """Return the secret, which must be an address.

        Raises:
            WatchError: It is none; the message does not hold it.
        """
        text = self.read()
        try:
            url = urlsplit(text)
            good = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
        except ValueError:
            good = False
        if not good:
            raise WatchError(f"{self.name}: must be an address like https://hooks.example.com/...")
        return text


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Say by which server mail goes, from whom and to whom. A user needs a password."""

    host: str
    port: int
    security: str
    sender: str
    to: tuple[str, ...]
    user: str | None
    password: Secret | None


@dataclass(frozen=True, slots=True)
class Channel:
    """Hold a channel: where alerts go, and which.

    ``address``: of what takes HTTP. ``secret``: signs what is sent. ``digest``: hour of the one
    message a day, in ``zone``; None: each event at once. ``brief``: the period of which a brief
    of the saved ``question`` is sent. ``label``: how lines about it begin.
    """

    name: str
    kind: str
    watchlist: Watchlist
    label: str
    memory: str
    address: Secret | None = None
    secret: Secret | None = None
    mailbox: Mailbox | None = None
    digest: time | None = None
    zone: str = UTC_ZONE
    brief: str | None = None
    question: str | None = None

    @property
    def host(self) -> str:
        """Name the receiver without what is secret of it; nothing where it is not known."""
        if self.mailbox is not None:
            return self.mailbox.host
        assert self.address is not None
        try:
            return urlsplit(self.address.address()).hostname or ""
        except WatchError:
            return ""

    def require_secrets(self) -> None:
        """Check that what is secret is where the settings say.

        Raises:
            WatchError: It is not; one line with the name of the variable or file.
        """
        if self.address is not None:
            self.address.address()
        password = None if self.mailbox is None else self.mailbox.password
        for secret in (self.secret, password):
            if secret is not None:
                secret.read()


@dataclass(frozen=True, slots=True)
class _Known:
    """Hold what a table may name."""

    data: Path
    names: Mapping[str, str] = field(repr=False)


def read_channels(data: Path, registry: Registry) -> tuple[Channel, ...]:
    """Return the channels of a data folder; the webhook of the environment first.

    Without any, keys at the top of the file are nobody's business.

    Raises:
        WatchError: The address or the file is wrong.
        QuestionError: A saved question cannot be read, or there is none of that name.
    """
    given = _file(data / FILE)
    known = _Known(data, {one.slug: one.name for one in registry.providers})
    webhook = _webhook()
    if webhook is None and not any(isinstance(value, dict) for value in given.values()):
        return ()
    allowed: dict[str, Collection[str]] = {"providers": known.names, "surfaces": SURFACES}
    for key in given:
        if key not in {*allowed, "channels"}:
            raise WatchError(f"{FILE}: {key}: unknown key; one of {', '.join(allowed)}, channels")
    tables = given.get("channels", {})
    if not isinstance(tables, dict):
        raise WatchError(f"{FILE}: channels: must be tables such as [channels.team]")
    named = {key: check_names(key, given[key], allowed[key]) for key in allowed if key in given}
    simple = Watchlist(named.get("providers", ()), named.get("surfaces", ()))
    first = []
    if webhook is not None:
        first = [Channel("webhook", SLACK, simple, "webhook", MEMORY, address=webhook)]
    return (*first, *(_channel(name, table, known) for name, table in tables.items()))


def _file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WatchError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WatchError(f"{FILE}: not TOML: {error}") from None


def _webhook() -> Secret | None:
    """Return the webhook of the environment, if its variable is set."""
    secret = Secret(WEBHOOK)
    if not os.environ.get(WEBHOOK, "").strip():
        return None
    secret.address()
    return secret


def _channel(name: str, given: Any, known: _Known) -> Channel:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
        raise TABLES.refusal(f"channel {name!r}: a name is made of a-z, 0-9 and -")
    if not isinstance(given, dict) or given.get("kind") not in KEYS:
        raise TABLES.refusal(f"kind of {name!r} is not one of {', '.join(KEYS)}")
    kind = given["kind"]
    TABLES.check_keys(name, given, KEYS[kind])
    zone = _zone(name, given.get("zone", UTC_ZONE))
    digest = None if "digest" not in given else _hour(name, given["digest"])
    brief = given.get("brief")
    if brief is not None:
        _one_of(name, "brief", brief, (MONTH, QUARTER))
        if "question" not in given:
            raise TABLES.refusal(f"brief of {name!r} needs a question of questions.toml")
    return Channel(
        name,
        kind,
        _watchlist(name, given, known, digest is not None),
        f"channel {name}",
        f"watch-{name}.json",
        address=None if kind == MAIL else _secret(name, given, "address", known.data),
        secret=_secret(name, given, "secret", known.data) if kind == SIGNED else None,
        mailbox=_mailbox(name, given, known.data) if kind == MAIL else None,
        digest=digest,
        zone=zone,
        brief=brief,
        question=given.get("question"),
    )


def _watchlist(name: str, given: Mapping[str, Any], known: _Known, digest: bool) -> Watchlist:
    """Fill what a table leaves open from its saved question."""
    providers: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    region = state = None
    if "question" in given:
        from analytics.asking.provider_search import find_provider
        from analytics.question import RELIABILITY
        from statusledger.saved_question import saved_question

        saved = saved_question(known.data, TABLES.word(name, "question", given["question"]))
        providers = tuple(find_provider(text, known.names) for text in saved.providers)
        surfaces = (saved.surface,) if saved.surface else ()
        classes, region = saved.classes or RELIABILITY, saved.region
        state = saved.minimum
    providers = _listed(name, given, "providers", known.names) or providers
    surfaces = _listed(name, given, "surfaces", SURFACES) or surfaces
    if "state" in given:
        state = given["state"]
        _one_of(name, "state", state, MINIMA)
    return Watchlist(
        providers,
        surfaces,
        TABLES.words(name, "components", given.get("components", [])),
        classes,
        state,
        region,
        _listed(name, given, "events", EVENTS) or tuple(EVENTS),
        _ahead(name, given["remind"]) if "remind" in given else AHEAD,
        # A digest tells of a day, and of what came a little late.
        2 * HISTORY if digest else HISTORY,
    )


def _listed(
    name: str, given: Mapping[str, Any], key: str, known: Collection[str]
) -> tuple[str, ...]:
    return check_names(f"{key} of {name!r}", given[key], known) if key in given else ()


def _one_of(name: str, key: str, value: Any, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise TABLES.refusal(f"{key} of {name!r} is not one of {', '.join(allowed)}")


def _ahead(name: str, value: Any) -> tuple[timedelta, ...]:
    from analytics.portfolio.failover import parse_delay

    try:
        found = {timedelta(seconds=parse_delay(one)) for one in TABLES.words(name, "remind", value)}
    except UsageError:
        found = set()
    if not found or timedelta(0) in found:
        raise TABLES.refusal(f'remind of {name!r} is no list of times such as ["24h", "1h"]')
    return tuple(sorted(found))


def _hour(name: str, value: Any) -> time:
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise TABLES.refusal(f'digest of {name!r} is no time of day in quotes such as "08:00"')
    return time.fromisoformat(value)


def _zone(name: str, value: Any) -> str:
    try:
        time_zone(word := TABLES.word(name, "zone", value))
    except UnknownZoneError as error:
        raise TABLES.refusal(f"zone of {name!r}: {error}") from None
    return word


def _secret(name: str, given: Mapping[str, Any], key: str, data: Path) -> Secret:
    """Read where a secret is: ``key_env`` or ``key_file``, one of them."""
    variable, file = given.get(f"{key}_env"), given.get(f"{key}_file")
    if (variable is None) == (file is None):
        raise TABLES.refusal(f"{name!r} needs {key}_env or {key}_file, one of them")
    if variable is not None:
        return Secret(variable=TABLES.word(name, f"{key}_env", variable))
    return Secret(file=data / TABLES.word(name, f"{key}_file", file))


def _mailbox(name: str, given: Mapping[str, Any], data: Path) -> Mailbox:
    for key in ("host", "from", "to"):
        if key not in given:
            raise TABLES.refusal(f"{name!r} needs {key}")
    security = given.get("security", STARTTLS)
    _one_of(name, "security", security, tuple(PORTS))
    port = given.get("port", PORTS[security])
    if type(port) is not int or not 0 < port < 65_536:
        raise TABLES.refusal(f"port of {name!r} is no number from 1 to 65535")
    user = None if "user" not in given else TABLES.word(name, "user", given["user"])
    if user and not user.isascii():
        raise TABLES.refusal(f"user of {name!r} must be ASCII")
    if user and security == PLAIN:
        raise TABLES.refusal(f"user of {name!r}: a password needs security = starttls or tls")
    sender = TABLES.word(name, "from", given["from"])
    to = TABLES.words(name, "to", given["to"])
    for one in (sender, *to):
        if not one.isascii() or not re.fullmatch(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"]+", one):
            raise TABLES.refusal(f"from and to of {name!r} are addresses such as ops@example.com")
    if not to:
        raise TABLES.refusal(f"to of {name!r} names nobody")
    password = _secret(name, given, "password", data) if user else None
    return Mailbox(
        TABLES.word(name, "host", given["host"]), port, security, sender, to, user, password
    )
