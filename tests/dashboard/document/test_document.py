"""The document: what a board reads and a lawyer takes apart, in one file that loads nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml.html import HtmlElement

from analytics import METRICS, Snapshot, ask
from analytics.question import QuestionError
from analytics.wording.head_to_head import verdict_sentence
from dashboard.document import render_document
from dashboard.document.answers import answer_all
from dashboard.document.definitions import MEASURES
from ingest.snapshot.file import METHOD_VERSION
from tests.support.methodology_text import SECTIONS
from tests.support.outages import outages
from tests.support.pages.documents import (
    AS_OF,
    BOTH,
    FIRST,
    LATER,
    START,
    URL,
    cells,
    half_a_year,
    line,
    page,
    table,
    text,
)
from tests.support.pages.streamlit_pages import HOSTILE
from tests.support.snapshots import (
    ACME,
    Row,
    at,
    component,
    covered,
    made,
    page_of,
    page_row,
    post,
    provider_row,
    source,
    state,
)

HEADINGS = """
1 Reliability as posted: Acme and Globex, API inference
2 1. What can be said
2 2. Scorecards
3 Acme
3 Globex
2 3. Side by side
2 4. Sensitivity
2 5. Caveats
2 6. Evidence
3 Acme
3 Globex
3 Captured payloads
2 7. Definitions
2 8. How to get this again
"""


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return half_a_year(tmp_path_factory.mktemp("usual"))


def test_the_headings_are_in_order(usual: Snapshot) -> None:
    whole = page(usual)
    headings = [(int(h.tag[1]), text(h)) for h in whole.xpath("//h1|//h2|//h3|//h4")]
    assert [f"{level} {words}" for level, words in headings] == HEADINGS.strip().splitlines()
    assert all(after - before <= 1 for (before, _), (after, _) in pairwise(headings))


def test_every_table_says_what_it_is_about_and_what_its_cells_belong_to(usual: Snapshot) -> None:
    for found in page(usual).iter("table"):
        caption = text(found.find("caption"))
        if not caption.startswith(("Definitions", "Captured payloads")):
            assert "2025-12-31 00:00:00 UTC to 2026-07-01 00:00:00 UTC" in caption
        heads = found.find("thead/tr")
        assert {head.get("scope") for head in heads} == {"col"}
        for row in found.find("tbody"):
            assert len(row) == len(heads)
            assert (row[0].tag, row[0].get("scope")) == ("th", "row")


def test_the_first_page_says_what_every_number_rests_on(usual: Snapshot) -> None:
    whole = page(usual)
    about = dict(
        zip(
            map(text, whole.xpath("//dl[@class='about']/dt")),
            map(text, whole.xpath("//dl[@class='about']/dd")),
            strict=True,
        )
    )
    assert about["Rule"] == "incident_io: degraded 0, partial 1, major 1"
    assert about["Beside it"] == "statuspage: degraded 0, partial 0.3, major 1"
    assert about["Classes of posts"] == "outage, degradation"
    assert about["Window"].startswith("2025-12-31 00:00:00 UTC up to, not including, 2026-07-01")
    assert about["Data up to"] == "2026-07-01 00:00:00 UTC, the newest capture used"
    assert about["Snapshot"] == usual.digest
    assert about["Method, code"] == f"method version {METHOD_VERSION}, code unknown"
    assert "As posted by the provider, not measured." in text(whole.find("body/header"))
    assert "Simulated" not in text(whole)


def test_what_is_said_of_a_pair_is_said_in_the_exact_words(usual: Snapshot) -> None:
    answers = answer_all(usual, BOTH)
    told_of = verdict_sentence(answers.pairs, answers.names, mark="")
    assert told_of is not None
    assert "by incidents Globex is better than Acme (P > 0.99, 12 of 12 ways" in told_of
    said = text(page(usual).get_element_by_id("said").getparent())
    assert f"Acme and Globex. {told_of}" in said


def test_pages_that_are_posted_differently_are_compared_by_downtime_only(tmp_path: Path) -> None:
    kinds = [provider_row("acme"), provider_row("globex", source_class="automatic")]
    whole = page(half_a_year(tmp_path, providers=kinds))
    assert "incidents are not compared, because the two providers post differently" in text(whole)
    by_count, by_downtime = cells(table(whole, "Pair by pair"))
    assert by_count[-1] == "not compared: posted differently"
    assert by_downtime[-1] == "better"


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ("replay", "By time down Globex is better than Acme"),
        ("impacts", "rest on different kinds of evidence: see the caveats"),
        ("incident", "is not compared, because that of Globex rests on whole posts"),
    ],
)
def test_states_of_different_making_are_not_compared_without_saying_so(
    tmp_path: Path, basis: str, told: str
) -> None:
    once, down = outages("globex", [9])
    often, states = outages("acme", range(3, 180, 4))
    made = [{**row, "basis": basis} for row in down]
    whole = page(half_a_year(tmp_path, posts=[*often, *once], states=[*states, *made]))
    said = text(whole.get_element_by_id("said").getparent())
    assert told in said
    assert ("evidence: see the caveats" in said) is (basis == "impacts")
    pair = cells(table(whole, "Pair by pair"))
    by_time = [row[-1] for row in pair if "time down" in row[1]]
    apart = ["not compared: one rests on whole posts"]
    assert by_time == (apart if basis == "incident" else ["better"])


@pytest.mark.parametrize(("unlike", "compared"), [(False, "yes"), (True, "no")])
def test_compared_is_only_who_is_compared_with_somebody(
    tmp_path: Path, unlike: bool, compared: str
) -> None:
    once, down = outages("globex", [9])
    often, states = outages("acme", range(3, 180, 4))
    whole_posts = [{**row, "basis": "incident"} for row in down]
    monitors = {"source_class": "automatic"} if unlike else {}
    snapshot = half_a_year(
        tmp_path,
        posts=[*often, *once],
        states=[*states, *(whole_posts if unlike else down)],
        providers=[provider_row("acme"), provider_row("globex", **monitors)],
    )
    found = table(page(snapshot), "Side by side")
    told = line(found, "Compared")[1:]
    assert [cell.split()[0] for cell in told] == [compared, compared]
    reasons = "posted differently one rests on whole posts"
    assert all(cell.endswith(reasons) for cell in told) is unlike
    pictures = [row for row in found.iter("tr") if row.find(".//svg") is not None]
    assert (len(pictures) == 0) is unlike


def drawn(whole: HtmlElement) -> list[str]:
    """Measures whose values are drawn side by side on one scale."""
    rows = table(whole, "Side by side").iter("tr")
    return [text(row[0]) for row in rows if row.find(".//svg") is not None]


COMMON = ["Incidents per 30 common days", "Share of common time down"]


def test_only_values_that_are_compared_are_drawn_on_one_scale(
    usual: Snapshot, tmp_path: Path
) -> None:
    assert drawn(page(usual)) == COMMON
    kinds = [provider_row("acme"), provider_row("globex", source_class="automatic")]
    assert drawn(page(half_a_year(tmp_path, providers=kinds))) == COMMON[1:]
    one_page = [page_row(name, base_url=URL) for name in ("acme", "globex")]
    whole = page(half_a_year(tmp_path, pages=one_page))
    assert drawn(whole) == []
    told = "no the same posts count for both"
    assert line(table(whole, "Side by side"), "Compared")[1:] == [told, told]


def test_who_takes_no_part_does_not_keep_the_others_from_being_drawn(tmp_path: Path) -> None:
    _, states = outages("acme", range(3, 180, 4))
    brief = state("major", "2026-06-02", "2026-06-03", provider="initech", basis="incident")
    names = ("acme", "globex", "initech")
    snapshot = half_a_year(
        tmp_path,
        states=[*states, brief],
        coverage=[
            *(covered(START, AS_OF, provider=name) for name in names[:2]),
            covered("2026-06-01", AS_OF, provider="initech"),
        ],
    )
    assert drawn(page(snapshot, replace(BOTH, providers=names))) == COMMON


def test_every_number_of_a_scorecard_carries_its_n_and_coverage(usual: Snapshot) -> None:
    found = table(page(usual), "Measures")
    heads = [text(head) for head in found.find("thead/tr")]
    assert heads == ["Measure", "Value", "95 % interval", "n", "Coverage", "Rests on"]
    for row in cells(found):
        assert re.fullmatch(r"[\d,]+", row[3])
        assert row[4] == "100 %"
    assert line(found, "Availability, rule incident_io")[1:4] == ["98.969 %", "–", "46"]
    assert line(found, "Availability, rule statuspage")[1] == "98.969 %"
    assert line(found, "Time down")[1] == "1 d 21 h (162,000 s)"
    assert line(found, "Incidents per 30 days")[1:3] == ["7.58", "5.55 to 10.11"]
    assert line(found, "Median open")[1] == "1 h"


def test_the_numbers_are_those_of_the_metrics(usual: Snapshot) -> None:
    shown_rows = cells(table(page(usual), "At a glance"))
    for row in METRICS["frequency"](usual, BOTH).to_dicts():
        [cell] = [cells[3] for cells in shown_rows if cells[0].lower() == row["provider"]]
        assert cell.startswith(f"{row['value']:.2f}")
        assert cell.endswith(f"n {row['n']}")


def test_the_longest_carries_the_n_of_the_posts_it_is_the_longest_of(tmp_path: Path) -> None:
    hour = ("2026-02-01 10:00", "2026-02-01 11:00")
    alone: dict[str, list[Row]] = {"states": [], "updates": [], "versions": []}
    posts = [post(f"p{n}", *hour, impact_s=600 if n < 7 else None) for n in range(9)]
    found = table(page(half_a_year(tmp_path, posts=posts, **alone)), "Measures")
    for longest, median in (
        ("Longest open", "Median open"),
        ("Longest impact", "Median impact"),
    ):
        assert line(found, longest)[3] == line(found, median)[3] != "0"
    assert line(found, "Longest impact")[3] == "7"
    quiet = table(page(half_a_year(tmp_path, posts=[], **alone)), "Measures")
    assert line(quiet, "Longest impact")[1::2] == ["none", "0", "no post with a known length"]


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ("replay", "states replayed from updates and captures; n: posts open"),
        ("incident", "incident level only: a whole post has one state; n: posts open"),
    ],
)
def test_an_availability_says_what_the_states_it_rests_on_are_made_of(
    tmp_path: Path, basis: str, told: str
) -> None:
    _, states = outages("acme", range(3, 180, 4))
    made = [{**row, "basis": basis} for row in states]
    found = table(page(half_a_year(tmp_path, states=made)), "Measures")
    for rule in ("incident_io", "statuspage"):
        assert line(found, f"Availability, rule {rule}")[5] == told


def test_an_availability_by_open_posts_does_not_claim_to_rest_on_states(usual: Snapshot) -> None:
    found = table(page(usual, replace(BOTH, rule="incident_open")), "Measures")
    told = "posts open, whatever the states; n: posts open"
    assert line(found, "Availability, rule incident_open")[5] == told
    assert line(found, "Availability, rule statuspage")[5].startswith("states replayed")


def test_what_still_runs_has_lasted_so_far(tmp_path: Path) -> None:
    ended = [post(f"p{n}", f"2026-02-0{n} 10:00", f"2026-02-0{n} 11:00") for n in range(1, 7)]
    running = post("on", "2026-06-30 20:00", None, impact_s=3600)
    alone: dict[str, list[Row]] = {"states": [], "updates": [], "versions": []}
    whole = page(half_a_year(tmp_path, posts=[*ended, running], **alone))
    found = table(whole, "Measures")
    assert line(found, "Longest open")[1] == "4 h (14,400 s) so far"
    assert line(found, "Longest impact")[1] == "1 h (3,600 s) so far"
    newest, *older = cells(table(whole, "Posts"))
    assert newest[2].startswith("open 4 h (14,400 s) so far impact 1 h (3,600 s) so far")
    assert not any("so far" in row[2] for row in older)
    over = table(page(half_a_year(tmp_path, posts=ended, **alone)), "Measures")
    assert line(over, "Longest open")[1] == "1 h (3,600 s)"


def test_every_month_is_told_with_its_days(usual: Snapshot) -> None:
    found = table(page(usual), "Month by month")
    rows = cells(found)
    assert [row[0][:7] for row in rows] == ["2025-12", *(f"2026-0{n}" for n in range(1, 7))]
    february = found.find("tbody")[2]
    assert len(february.findall(".//svg/rect")) == 28
    assert "7 major" in text(february.find(".//svg/title"))


def test_days_and_months_are_those_of_the_zone(usual: Snapshot) -> None:
    tokyo = ask(providers=["acme"], surface="api_inference", since="2026-01-01", zone="Asia/Tokyo")
    whole = page(usual, tokyo)
    assert "from 1 January 2026 to 1 July 2026" in text(whole)
    found = table(whole, "Month by month")
    assert "days and months of Asia/Tokyo" in text(found.find("caption"))
    assert cells(found)[0][0] == "2026-01 01 Jan to 01 Feb"


def test_the_evidence_is_what_was_counted_and_adds_up(usual: Snapshot) -> None:
    whole = page(usual)
    rows = cells(table(whole, "Posts"))
    assert len(rows) == 46
    [rate] = METRICS["frequency"](usual, BOTH).filter(provider="acme").to_dicts()
    assert sum("rate" in row[3] for row in rows) == rate["n"] == 46
    sums = [text(p) for p in whole.get_element_by_id("evidence").getparent().iter("p")]
    assert (
        "API inference: the posts took it down for 162,000 s by themselves. It was down for "
        "162,000 s: time in which several posts on different components took it down counts once."
    ) in sums


def test_a_post_leads_to_the_captures_that_prove_it(usual: Snapshot) -> None:
    whole = page(usual)
    [bad] = [row for row in table(whole, "Posts").find("tbody") if "alert(1)" in text(row)]
    told_of = text(bad)
    for fact in ("2026-01-05 00:00:00", "class outage", "posted impact major", "flags: auto"):
        assert fact in told_of
    assert "open 1 d (86,400 s)" in told_of
    first, newest = bad[4].xpath(".//a")
    assert "2026-01-05 01:00:00" in told_of
    proof = {
        link.get("href"): whole.get_element_by_id(link.get("href")[1:]) for link in bad[4].iter("a")
    }
    hashes = [text(name.getparent().getparent()) for name in proof.values()]
    assert FIRST in hashes[0]
    assert LATER in hashes[1]
    assert URL in hashes[0]
    assert (text(first), text(newest)) == ("C1", "C2")


def test_a_post_whose_clock_is_not_known_is_still_evidence(tmp_path: Path) -> None:
    clockless = post("p", "2026-01-05", "2026-01-06", published_at=None, open_seconds=None)
    rows = cells(table(page(half_a_year(tmp_path, posts=[clockless], states=[])), "Posts"))
    assert [row[0] for row in rows] == ["– closed 2026-01-06 00:00:00"]


def test_texts_are_left_out(usual: Snapshot) -> None:
    assert "SECRET WORDING" not in render_document(usual, BOTH)


def test_hostile_wording_stays_text(usual: Snapshot) -> None:
    whole = page(usual)
    assert whole.xpath("//script") == []
    assert [a for e in whole.iter() for a in e.attrib if a.lower().startswith("on")] == []
    assert HOSTILE in [text(one) for one in whole.iter("bdi")]
    for link in whole.iter("a"):
        assert re.match(r"#|https?://", link.get("href"))
        if not link.get("href").startswith("#"):
            assert link.get("rel") == "noopener noreferrer"


def test_characters_that_hide_or_turn_are_blanks(tmp_path: Path) -> None:
    turned = post("p", "2026-01-05", "2026-01-06", title="a\u202eb\x07c\nd")
    snapshot = half_a_year(tmp_path, posts=[turned], states=[])
    assert "a b c d" in [text(one) for one in page(snapshot).iter("bdi")]


def test_wording_of_a_template_is_not_obeyed(tmp_path: Path) -> None:
    sly = post("p", "2026-01-05", "2026-01-06", title="{{ 6 * 7 }}{% raw %}")
    assert "{{ 6 * 7 }}{% raw %}" in text(page(half_a_year(tmp_path, posts=[sly], states=[])))


def test_below_the_minimum_it_says_insufficient_and_why(tmp_path: Path) -> None:
    seen = [covered("2026-06-20", AS_OF), covered(START, AS_OF, provider="globex")]
    whole = page(half_a_year(tmp_path, coverage=seen))
    found = table(whole, "Measures")
    assert line(found, "Incidents per 30 days")[1] == (
        "insufficient 11.0 of the 30 covered days needed"
    )
    assert line(found, "p90 open")[1] == "insufficient n 3, needs 50"
    told_of = text(whole.get_element_by_id("said").getparent())
    assert "Acme: it was observed for 11.0 of the 90 days" in told_of
    for word in ("better", "leaning", "no clear difference"):
        assert word not in told_of
    assert "No two providers are compared here" in text(whole)
    assert "12 ways of counting." not in text(whole)


def test_under_every_rule_it_says_what_the_unknown_could_make_of_an_availability(
    tmp_path: Path,
) -> None:
    dark = state("unknown", "2026-06-01", "2026-06-02")
    found = table(page(half_a_year(tmp_path, states=[dark])), "Every rule")
    rule, acme, globex = line(found, "incident_open")
    assert rule.endswith("for contrast only")
    assert "with the unknown" in acme
    assert "with the unknown" not in globex


def test_a_provider_without_coverage_is_neither_up_nor_down(tmp_path: Path) -> None:
    names = [provider_row(name) for name in ("acme", "globex", "initech")]
    snapshot = half_a_year(tmp_path, providers=names, components=[component(provider="initech")])
    asked = ask(providers=["acme", "globex", "initech"], surface="api_inference", since=START)
    whole = page(snapshot, asked)
    told_of = text(whole)
    assert "No coverage. No capture covers API inference in this window." in told_of
    assert "Initech. Not compared: it was observed for 0.0 of the 90 days" in told_of
    glance = line(table(whole, "At a glance"), "Initech")
    assert glance[2:4] == ["no coverage no capture covers it"] * 2
    assert glance[5] == "0.0 % –"
    assert "100 %" not in " ".join(glance)


def test_a_provider_of_which_nothing_was_ever_collected_is_there_too(tmp_path: Path) -> None:
    names = [provider_row(name) for name in ("acme", "globex", "initech")]
    snapshot = half_a_year(tmp_path, providers=names)
    for surface in ("api_inference", None):
        whole = page(snapshot, ask(providers=["initech", "acme"], surface=surface, since=START))
        assert "Initech" in [text(h) for h in whole.iter("h3")]
        assert "No coverage. No capture covers" in text(whole)


def test_where_nothing_is_covered_nothing_is_said(tmp_path: Path) -> None:
    nothing = made(tmp_path, as_of=AS_OF, components=[component()])
    whole = page(nothing, ask(providers=["acme"]))
    assert "so nothing can be said about it" in text(whole)


def test_unknown_time_is_bounded_even_where_a_sibling_is_known(tmp_path: Path) -> None:
    two = ("one", "two")
    snapshot = half_a_year(
        tmp_path,
        components=[component(name) for name in two],
        coverage=[covered(START, AS_OF, of=name) for name in two],
        states=[state("unknown", "2026-02-01", "2026-02-11", of="one")],
        posts=[],
    )
    whole = page(snapshot, ask(providers=["acme"], surface="api_inference", since=START))
    found = table(whole, "Measures")
    assert line(found, "Availability, rule incident_io")[1] == "100 %"
    assert line(found, "Time unknown")[1] == "10 d (864,000 s)"
    assert line(found, "Availability, whatever")[1] == "94.505 % to 100 %"
    assert "10 d unknown: 94.505 % to 100 %" in cells(table(whole, "At a glance"))[0][2]


def a_post(**more: Any) -> dict[str, list[Row]]:
    return {"posts": [post("p", "2026-01-05", "2026-01-06", **more)], "states": []}


A_BREAK = {"page_key": page_of(ACME), "at": at("2026-03-01"), "kind": "migration", "note": ""}
CAVEATS = {
    "Posts, but never down": a_post(),
    "Incident level only": {
        "states": [state("major", "2026-01-05", "2026-01-06", basis="incident")]
    },
    "No impact stated": a_post(max_impact="unknown"),
    "Posts of other classes": a_post(**{"class": "notice"}),
    "Coverage is not whole": {"coverage": [covered("2026-02-01", AS_OF)]},
    "History before the first capture": {"captures": source(URL, "2026-06-30")},
    "Posted differently": {
        "providers": [provider_row("acme"), provider_row("globex", source_class="automatic")]
    },
    "Breaks in the series": {"breaks": [{"provider": ACME, **A_BREAK}]},
    "Components without a surface": {
        "components": [component(), component("x", surface="other", surface_basis="unmapped")]
    },
}


def test_a_post_that_names_no_component_is_told_with_where_it_counts(tmp_path: Path) -> None:
    nameless = component("unattributed", surface="other", surface_basis="unmapped")
    posts = [post("p", "2026-01-05", "2026-01-06", of=["unattributed"])]
    whole = page(half_a_year(tmp_path, components=[component(), nameless], posts=posts, states=[]))
    [told] = whole.xpath("//dt[contains(., 'Posts that name no component')]/following::dd[1]")
    assert "On a page shared with other products a keyword in its text may" in text(told)
    assert "the whole window, covered or not" in text(told)
    assert "Acme: 1 of 1 post" in text(told)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the caveats of a document of which none of ``CAVEATS`` holds."""
    return heads(half_a_year(tmp_path_factory.mktemp("plain"), captures=[]))


def heads(snapshot: Snapshot) -> set[str]:
    return {text(dt) for dt in page(snapshot).xpath("//dl[@class='caveats']/dt")}


@pytest.mark.parametrize("head", CAVEATS)
def test_a_caveat_is_there_where_it_holds(plain: set[str], tmp_path: Path, head: str) -> None:
    always = {"Self-reported", "Not your service, not your contract"}
    assert always <= plain
    assert head not in plain
    assert head in heads(half_a_year(tmp_path, **{"captures": [], **CAVEATS[head]}))


def test_invented_data_says_so_at_the_beginning_and_the_end(tmp_path: Path) -> None:
    whole = page(half_a_year(tmp_path, simulated=True))
    assert text(whole.find("body/header")).startswith("Simulated data. Every provider")
    assert "Simulated data." in text(whole.find("body/footer"))


def test_each_surface_is_told_by_itself(tmp_path: Path) -> None:
    chat = component("chat", surface="chat_web")
    snapshot = half_a_year(
        tmp_path,
        components=[component(), chat, component(provider="globex")],
        coverage=[
            covered(START, AS_OF),
            covered(START, AS_OF, of="chat"),
            covered(START, AS_OF, provider="globex"),
        ],
    )
    whole = page(snapshot, ask(providers=["acme", "globex"], since=START))
    headings = [text(h) for h in whole.iter("h3")]
    assert headings[:2] == ["API inference", "Chat web"]
    assert {"Acme, API inference", "Acme, chat web", "Globex, API inference"} <= set(headings)
    assert "Globex, chat web" not in headings


def test_every_measure_is_defined_where_it_says(usual: Snapshot) -> None:
    assert {one.section for one in MEASURES.values()} <= SECTIONS.keys()
    defined = {row[0] for row in cells(table(page(usual), "Definitions"))}
    assert defined == {one.label for one in MEASURES.values()}


def test_an_unknown_provider_cannot_be_asked_about(usual: Snapshot) -> None:
    with pytest.raises(QuestionError, match="did you mean acme"):
        render_document(usual, ask(providers=["acmee"]))
