"""A proxy in the environment carries requests; it opens no private address."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Any

import pytest

from ingest.fetching.fetcher import Fetcher
from ingest.fetching.http_hop import open_session
from ingest.models import FetchFailure, Page
from tests.support.ledgers.fetching import BODY, get, page_on
from tests.support.loopback import Site, reply


@pytest.fixture
def proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, site.url)
    return site


def page(base_url: str, site: Site, allow_private: bool = False) -> Page:
    return replace(page_on(site, allow_private), base_url=base_url)


def resolve(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    """Let ``status_example`` stand for status.example; other names are not known here."""
    real = socket.getaddrinfo
    known = {name.replace("_", "."): address for name, address in names.items()}

    def look_up(host: Any, *args: Any, **more: Any) -> Any:
        if host in known:
            return real(known[host], *args, **more)
        if str(host).endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return real(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9",
        "http://169.254.169.254",
        "http://10.1.2.3",
        "http://[::1]:9",
        "http://2130706433",
        "http://0x7f.1",
        "http://localhost:9",
    ],
)
def test_a_private_address_is_refused_before_the_proxy_is_asked(
    proxy: Site, fetcher: Fetcher, address: str
) -> None:
    assert get(fetcher, page(address, proxy)).failure is FetchFailure.REFUSED
    assert proxy.asked == []


def test_a_name_that_leads_to_a_private_address_is_refused(
    proxy: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, status_example="192.168.7.7")
    assert get(fetcher, page("http://status.example", proxy)).failure is FetchFailure.REFUSED
    assert proxy.asked == []


def test_a_public_name_and_one_only_the_proxy_knows_go_through_it(
    proxy: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, status_example="93.184.216.34")
    for host in ("status.example", "elsewhere.example"):
        proxy[f"http://{host}/feed.json"] = reply(body=BODY)
        assert get(fetcher, page(f"http://{host}", proxy)).body == BODY


def test_a_redirect_to_a_private_address_is_refused(
    proxy: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, status_example="93.184.216.34", inside_example="10.0.0.7")
    proxy["http://status.example/feed.json"] = reply(302, location="http://inside.example/x")
    there = replace(page("http://status.example", proxy), alternates=("http://inside.example",))
    assert get(fetcher, there).failure is FetchFailure.REDIRECT
    assert proxy.asked == ["http://status.example/feed.json"]


def test_a_page_that_may_be_private_is_asked_through_the_proxy(
    proxy: Site, fetcher: Fetcher
) -> None:
    proxy["http://10.1.2.3/feed.json"] = reply(body=BODY)
    assert get(fetcher, page("http://10.1.2.3", proxy, allow_private=True)).body == BODY


def test_certificates_that_the_environment_names_are_trusted_with_a_proxy_or_without(
    proxy: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("CURL_CA_BUNDLE", "/etc/own.pem")
    assert open_session("acme").verify == "/etc/own.pem"
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/first.pem")
    session = open_session("acme")
    assert (session.verify, session.trust_env) == ("/etc/first.pem", False)
