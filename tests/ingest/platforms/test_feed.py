"""Any feed: an entry is a post, and its date is read by our own table."""

from __future__ import annotations

import pytest

from ingest.models import Kind, ReadError, Stage
from tests.support.payloads.acme import acme, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("feed")


def item(
    title: str = "API errors",
    at: str = "Mon, 05 Jan 2026 02:00:00 PST",
    body: str = "&lt;b&gt;Resolved&lt;/b&gt; - Over.",
    guid: str = "g1",
) -> str:
    return f"""<item><title>{title}</title><link>https://status.acme.test/1</link>
<guid>{guid}</guid><pubDate>{at}</pubDate><description>{body}</description></item>"""


def rss(*items: str, head: str = "") -> bytes:
    title = "<title>Acme</title>"
    return f'{head}<rss version="2.0"><channel>{title}{"".join(items)}</channel></rss>'.encode()


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Acme</title><entry>
<id>tag:status.acme.test,2026:1</id><title>[Investigating] API errors</title>
<published>2026-01-05T10:00:00Z</published><updated>2026-01-05T10:30:00Z</updated>
<content type="html">We look.</content></entry></feed>"""
GOLDEN = (Golden(PAGE, "/feed", rss(item())), Golden(PAGE, "/feed", ATOM))


def test_an_abbreviated_zone_is_read_and_an_unknown_one_refused() -> None:
    parsed = parse(PAGE, rss(item(), item(at="Mon, 05 Jan 2026 02:00:00 XYZ", guid="g2")))
    assert [one.created_at for one in parsed.incidents] == [utc("2026-01-05T10:00:00")]
    assert [one.record for one in parsed.rejects] == ["g2"]
    assert "XYZ" in parsed.rejects[0].reason


@pytest.mark.parametrize(
    ("title", "body", "stage"),
    [
        ("[Monitoring] API errors", "Words.", Stage.MONITORING),
        ("API errors", "&lt;p&gt;Identified - Found.&lt;/p&gt;", Stage.IDENTIFIED),
        ("API errors", "The issue was not resolved by that.", Stage.UNKNOWN),
    ],
)
def test_where_a_post_stands_is_a_heading_or_unknown(title: str, body: str, stage: Stage) -> None:
    (found,) = parse(PAGE, rss(item(title, body=body))).incidents
    assert found.stage is stage


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("<title>Slow &lt;eu&gt; &amp; us</title>", "Slow <eu> & us"),
        (
            '<title type="html">R&amp;amp;D: &lt;b&gt;slow&lt;/b&gt; &amp;lt;eu&amp;gt;</title>',
            "R&D: slow <eu>",
        ),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">R&amp;D <b>slow</b>'
            "</div></title>",
            "R&D slow",
        ),
    ],
)
def test_a_title_is_words_in_each_of_the_three_forms_of_atom(title: str, words: str) -> None:
    plain = b"<title>[Investigating] API errors</title>"
    (found,) = parse(PAGE, ATOM.replace(plain, title.encode())).incidents
    assert found.title == words


def test_planned_work_is_told_by_its_title() -> None:
    (found,) = parse(PAGE, rss(item("Scheduled maintenance of the API"))).incidents
    assert found.kind is Kind.MAINTENANCE


def test_an_entry_that_changed_has_its_change_as_its_update() -> None:
    (found,) = parse(PAGE, ATOM).incidents
    assert (found.created_at, found.updates[0].display_at) == (
        utc("2026-01-05T10:00:00"),
        utc("2026-01-05T10:30:00"),
    )


def test_an_id_is_no_address() -> None:
    without, linked = parse(PAGE, ATOM), parse(PAGE, rss(item(guid="tag:status.acme.test,2026:1")))
    assert [one.url for one in without.incidents] == [None]
    assert [one.url for one in linked.incidents] == ["https://status.acme.test/1"]


def test_a_document_type_of_its_own_is_refused() -> None:
    with pytest.raises(ReadError, match="document type"):
        parse(PAGE, rss(item(), head='<!DOCTYPE rss [<!ENTITY a "b">]>'))
