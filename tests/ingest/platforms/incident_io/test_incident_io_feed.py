"""Quirks of incident.io's Atom and RSS feeds, each by the behaviour that meets it."""

from __future__ import annotations

import pytest

from ingest.models import Impact, Kind, ReadError, ReadFailure, Stage, label_of
from ingest.platforms import PLATFORMS
from tests.support.instants import utc
from tests.support.payloads.incident_io import FIXED, LOOKING, atom, entry, parse, rss, said, ulid

RESOLVED = said("Resolved", "API (Operational)", "Login (Operational)")


def names(*parts: str) -> list[str | None]:
    (one,) = parse(atom(entry(LOOKING, FIXED, said("Resolved", *parts)))).incidents
    return [label_of(component) for component in one.component_ids]


def test_an_entry_shows_when_a_post_was_made_and_when_its_stage_now_began() -> None:
    (one,) = parse(atom(entry(LOOKING, "2026-01-05T11:30:00.771Z", RESOLVED))).incidents
    assert (one.stage, one.status, one.kind) == (Stage.RESOLVED, "resolved", Kind.INCIDENT)
    assert one.created_at == utc(2026, 1, 5, 10)
    assert one.resolved_at == utc(2026, 1, 5, 11, 30).replace(microsecond=771_000)
    assert one.impact is Impact.UNKNOWN


def test_the_only_update_shown_is_not_taken_for_all_of_them() -> None:
    """Read as a list of updates, an entry would say that the post began resolved."""
    (one,) = parse(atom(entry(LOOKING, FIXED, RESOLVED))).incidents
    assert one.updates == ()
    (feed,) = (s for s in PLATFORMS["incident_io"].shapes if s.name == "feed")
    assert "updates" not in feed.carries


def test_an_open_post_has_no_end() -> None:
    (one,) = parse(atom(entry(LOOKING, FIXED, said("Monitoring")))).incidents
    assert (one.stage, one.resolved_at) == (Stage.MONITORING, None)


def test_the_id_is_the_tail_of_a_link_that_has_one_slash_too_many() -> None:
    (one,) = parse(atom(entry(LOOKING, FIXED, RESOLVED))).incidents
    assert one.incident_id == ulid(LOOKING)
    assert one.url == f"https://status.acme.test/incidents/{ulid(LOOKING)}"


def test_a_link_to_the_feed_before_the_entrys_own_is_not_its_id() -> None:
    body = atom(entry(LOOKING, FIXED, RESOLVED))
    first = body.replace("<link ", '<link rel="self" href="https://status.acme.test/feed"/><link ')
    (one,) = parse(first).incidents
    assert one.incident_id == ulid(LOOKING)


def test_components_are_known_by_name_and_their_state_now_is_left_out() -> None:
    assert names("File uploads (Operational)", "API (Degraded performance)") == [
        "API",
        "File uploads",
    ]
    (one,) = parse(atom(entry(LOOKING, FIXED, RESOLVED))).incidents
    assert one.impacts is None


def test_two_components_of_one_name_are_one_label() -> None:
    assert names("Login (Operational)", "Login (Operational)") == ["Login"]


def test_a_name_keeps_its_own_brackets() -> None:
    assert names("Chat (beta) (Operational)", "Plain") == ["Chat (beta)", "Plain"]


def test_a_list_inside_the_message_names_no_component() -> None:
    text = "Done:<ul><li>moved traffic (east)</li></ul>"
    body = said("Resolved", "API (Operational)", text=text)
    (one,) = parse(atom(entry(LOOKING, FIXED, body))).incidents
    assert [label_of(component) for component in one.component_ids] == ["API"]
    (bare,) = parse(atom(entry(LOOKING, FIXED, said("Resolved", text=text)))).incidents
    assert bare.component_ids == ()


def test_a_title_is_read_as_the_html_it_is() -> None:
    (one,) = parse(atom(entry(LOOKING, FIXED, RESOLVED, title="Files &amp; images"))).incidents
    assert one.title == "Files & images"


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("Maintenance scheduled", Stage.SCHEDULED),
        ("Maintenance in progress", Stage.IN_PROGRESS),
        ("Maintenance complete", Stage.COMPLETED),
        ("Completed", Stage.COMPLETED),
    ],
)
def test_a_maintenance_is_told_by_its_words(words: str, stage: Stage) -> None:
    (one,) = parse(atom(entry(LOOKING, FIXED, said(words)))).incidents
    assert (one.kind, one.stage) == (Kind.MAINTENANCE, stage)


def test_the_feed_is_cut_by_the_time_of_the_newest_state() -> None:
    late = entry("2026-01-02T00:00:00Z", FIXED, RESOLVED)
    early = entry("2026-01-03T00:00:00Z", "2026-01-03T01:00:00.500Z", RESOLVED)
    assert parse(atom(late, early)).horizon == utc(2026, 1, 3, 1)


def test_rss_tells_the_same_story_but_is_not_known_to_be_cut_by_its_times() -> None:
    parsed = parse(rss(LOOKING, "Mon, 05 Jan 2026 11:30:00 +0000", RESOLVED))
    assert parsed.incidents == parse(atom(entry(LOOKING, FIXED, RESOLVED))).incidents
    assert parsed.horizon is None


def test_an_unknown_status_is_unknown_with_a_warning() -> None:
    parsed = parse(atom(entry(LOOKING, FIXED, said("Pondering"))))
    assert parsed.incidents[0].stage is Stage.UNKNOWN
    assert [w.kind for w in parsed.warnings] == ["unknown_word"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (entry(LOOKING, "2026-01-05T11:30:00", RESOLVED), "no time zone"),
        (entry(LOOKING, FIXED, "<p>Nothing to see</p>"), "no status"),
        (entry(LOOKING, FIXED, RESOLVED).replace(" href=", " ref="), "names no incident"),
    ],
)
def test_an_entry_that_cannot_be_read_is_rejected_with_a_reason(bad: str, reason: str) -> None:
    parsed = parse(atom(bad, entry("2026-01-06T10:00:00Z", "2026-01-06T10:00:00Z", RESOLVED)))
    assert len(parsed.incidents) == 1
    assert reason in parsed.rejects[0].reason


def test_an_entry_without_a_title_goes_by_its_id() -> None:
    parsed = parse(atom(entry(LOOKING, FIXED, RESOLVED, title="")))
    assert [i.title for i in parsed.incidents] == [ulid(LOOKING)]
    assert [r.reason for r in parsed.rejects] == ["title is missing"]


def test_a_feed_of_another_page_is_refused() -> None:
    with pytest.raises(ReadError) as raised:
        parse(atom(entry(LOOKING, FIXED, RESOLVED)).replace("status.acme", "status.other"))
    assert raised.value.kind is ReadFailure.WRONG_PAGE


def test_why_a_feed_is_no_xml_is_told_in_one_line() -> None:
    cut = atom(entry(LOOKING, FIXED, "Line one\nLine two")).partition("two")[0]
    with pytest.raises(ReadError) as raised:
        parse(cut)
    assert raised.value.kind is ReadFailure.PARSE
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("at", ["Fri, 31 Dec 9999 23:00:00 -0400", "5 Jan 2026 10:00", ""])
def test_an_rss_item_without_a_time_we_can_use_is_rejected(at: str) -> None:
    whole, bad = (rss(LOOKING, one, RESOLVED) for one in ("Mon, 05 Jan 2026 11:30:00 GMT", at))
    item = bad[bad.index("<item>") : bad.index("</channel>")]
    parsed = parse(whole.replace("</channel>", item + "</channel>"))
    assert (len(parsed.incidents), len(parsed.rejects)) == (1, 1)


def test_an_empty_feed_is_read() -> None:
    parsed = parse(atom())
    assert (parsed.incidents, parsed.horizon) == ((), None)
