"""Settings that are wrong are one line that names table and key, and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.models import UsageError
from ingest.registry import load
from statusledger.alerts.channels import read_channels
from statusledger.alerts.watchlist import FILE
from tests.support.channels import SECRET, channel

MAIL = 'kind = "mail"\nhost = "mail.test"\nfrom = "a@b.test"\nto = ["c@d.test"]'


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("channels = 1\n[x]", "x: unknown key; one of providers, surfaces, channels"),
        ("[channel.team]", "channel: unknown key; one of providers, surfaces, channels"),
        ("[channels.team]", "kind of 'team' is not one of slack, teams, discord, webhook, mail"),
        ('[channels."A/b"]\nkind = "slack"', "channel 'A/b': a name is made of a-z, 0-9 and -"),
        ('[channels.team]\nkind = "slack"', "'team' needs address_env or address_file"),
        (channel("slack", 'address_file = "x"'), "'team' needs address_env or address_file, one"),
        (channel("slack", 'address = "https://x"'), "key 'address' of 'team' is not one of kind,"),
        (channel("slack", 'secret_env = "X"'), "key 'secret_env' of 'team' is not one of kind,"),
        (channel("webhook"), "'team' needs secret_env or secret_file"),
        (
            channel("slack", 'state = "bad"'),
            "state of 'team' is not one of degraded, partial,",
        ),
        (channel("slack", 'events = ["new"]'), "events of 'team': 'new' is not one of them"),
        (channel("slack", 'providers = ["opena"]'), "'opena' is not one of them; did you mean"),
        (channel("slack", "components = 1"), "components of 'team' is no list of words in quotes"),
        (channel("slack", "digest = 8"), "digest of 'team' is no time of day in quotes"),
        (channel("slack", 'digest = "24:00"'), "digest of 'team' is no time of day in quotes"),
        (channel("slack", 'zone = "Mars/Base"'), "zone of 'team': "),
        (channel("slack", 'remind = ["soon"]'), "remind of 'team' is no list of times such as"),
        (channel("slack", "remind = []"), "remind of 'team' is no list of times such as"),
        (channel("slack", 'question = "none"'), "no saved question 'none'"),
        ('[channels.m]\nkind = "mail"\nhost = "x"', "'m' needs from"),
        (f"[channels.m]\n{MAIL}\nport = 0", "port of 'm' is no number from 1 to 65535"),
        (f'[channels.m]\n{MAIL}\nsecurity = "ssl"', "security of 'm' is not one of starttls, tls,"),
        (f'[channels.m]\n{MAIL}\nuser = "x"', "'m' needs password_env or password_file, one of"),
        (f'[channels.m]\n{MAIL}\npassword = "{SECRET}"', "key 'password' of 'm' is not one of"),
        (
            f'[channels.m]\n{MAIL}\nuser = "x"\nsecurity = "none"',
            "user of 'm': a password needs security = starttls or tls",
        ),
        (f"[channels.m]\n{MAIL.replace('c@d', 'c@d>,<')}", "from and to of 'm' are addresses"),
        (f'[channels.m]\n{MAIL}\nuser = "ä"', "user of 'm' must be ASCII"),
        (f'[channels.m]\n{MAIL}\nbrief = "month"', "brief of 'm' needs a question"),
        (f'[channels.m]\n{MAIL}\nbrief = "week"', "brief of 'm' is not one of month, quarter"),
    ],
)
def test_a_wrong_table_is_one_line(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / FILE).write_text(table)
    with pytest.raises(UsageError) as wrong:
        read_channels(tmp_path, load())
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)
    assert SECRET not in str(wrong.value)


def test_no_secret_is_in_what_is_printed_of_a_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_HOOK", f"https://hooks.test/{SECRET}")
    monkeypatch.setenv("TEAM_KEY", SECRET)
    mail = f'[channels.m]\n{MAIL}\nuser = "x"\npassword_env = "TEAM_KEY"'
    signed = channel("webhook", 'secret_env = "TEAM_KEY"')
    (tmp_path / FILE).write_text(f"{signed}\n{mail}")
    team, mailbox = read_channels(tmp_path, load())
    assert SECRET not in repr([team, mailbox])
    assert (team.host, mailbox.host) == ("hooks.test", "mail.test")
