"""A webhook's list and address that are wrong are one line, and nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from statusledger.alerts.channels import MEMORY
from statusledger.alerts.watchlist import FILE, WEBHOOK
from tests.support.command_line import cli, only_line
from tests.support.loopback import Site
from tests.support.webhooks import SECRET, clock, collect, data, hook, page

__all__ = ["clock", "data", "hook", "page"]


def test_without_a_webhook_a_wrong_list_is_nobodys_business(data: Path) -> None:
    (data / FILE).write_text("provider = 1")
    collect(data)
    assert not (data / MEMORY).exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("surface = []", "watch.toml: surface: unknown key; one of providers, surfaces"),
        ('providers = "acme"', "watch.toml: providers: must be a list"),
        ("surfaces = []", "watch.toml: surfaces: must be a list"),
        ('providers = ["acmee"]', "'acmee' is not one of them; did you mean acme?"),
        ('surfaces = ["api"]', "watch.toml: surfaces: 'api' is not one of them"),
        ("providers = [1]", "watch.toml: providers: 1 is not one of them"),
        ("providers = [", "watch.toml: not TOML: "),
    ],
)
@pytest.mark.parametrize("command", ["collect", "up"])
def test_a_wrong_list_is_one_line_that_names_file_and_key(
    data: Path, page: Site, hook: Site, command: str, text: str, told: str
) -> None:
    (data / FILE).write_text(text)
    result = cli(data, command)
    assert result.exit_code == 2
    assert told in only_line(result)
    assert page.asked == []


@pytest.mark.parametrize("address", ["hooks.test/x", "ftp://hooks.test/x", "https://", "http://[x"])
def test_a_wrong_address_is_one_line_without_the_address(
    data: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv(WEBHOOK, f"{address}{SECRET}" if address != "https://" else address)
    result = collect(data, code=2)
    assert only_line(result).startswith(f"{WEBHOOK}: must be an address like https://")
