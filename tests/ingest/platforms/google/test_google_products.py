"""Products of Google's dashboards, and rows from before ids."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.archive.store import Archive
from ingest.fetching.collector import collect
from ingest.fetching.fetcher import Fetcher
from ingest.incidents.incident import IncidentReport
from ingest.ledger import memo
from ingest.models import Impact, Stage, State, labelled
from ingest.platforms import PLATFORMS
from ingest.registry import load
from ingest.snapshot import tables as snapshot_tables
from tests.support.ledgers.page_tables import page_tables
from tests.support.loopback import reply, serve
from tests.support.payloads.google import (
    AT,
    BEGIN,
    END,
    PAGE,
    QUEUE,
    STORE,
    incident,
    legacy,
    one,
    parse,
    posts,
    product,
    products,
    stages,
    tables,
    update,
)

# ---- products ----


def test_every_product_of_a_post_has_its_one_state_for_its_whole_window() -> None:
    row = incident(products=[product(STORE), product(QUEUE), product(STORE)])
    found = one(row)
    assert found.component_ids == (QUEUE, STORE)
    assert {(i.component_id, i.start_at, i.end_at) for i in found.impacts or ()} == {
        (QUEUE, BEGIN, END),
        (STORE, BEGIN, END),
    }
    states = tables(posts(row))["component_states"]
    assert {(s["component_id"], s["state"], s["basis"]) for s in states} == {
        (QUEUE, State.PARTIAL, "incident"),
        (STORE, State.PARTIAL, "incident"),
    }


def test_a_product_goes_by_its_current_title_and_remembers_the_old_one() -> None:
    old = posts(incident(products=[product(STORE)]))
    new = posts(incident(products=[product(STORE, current_title="Acme Buckets")]))
    (known,) = tables(old, new)["components"]
    assert (known["component_id"], known["name"]) == (STORE, "Acme Buckets")
    assert known["name_history"] == ["Acme Storage", "Acme Buckets"]


def test_the_list_of_products_is_a_complete_roster() -> None:
    whole = products(product(STORE, current_title="Acme Buckets"), product(QUEUE))
    parsed = parse(whole)
    assert (parsed.roster, parsed.horizon) == (True, None)
    assert [(c.component_id, c.name) for c in parsed.components] == [
        (STORE, "Acme Buckets"),
        (QUEUE, "Acme Queue"),
    ]
    without = products(product(QUEUE))
    known = tables(whole, without, without, without)["components"]
    assert {c["component_id"]: c["retired_at"] is not None for c in known} == {
        STORE: True,
        QUEUE: False,
    }


def test_a_page_shared_with_other_products_is_cut_by_product_id() -> None:
    ours = replace(PAGE, product_ids=(QUEUE,))
    body = posts(
        incident("both", products=[product(STORE), product(QUEUE, current_title="Queues NG")]),
        incident("theirs", products=[product(STORE)], external_desc="Acme Queue in the title only"),
        incident("nobodys", products=[]),
    )
    found = tables(body, page=ours)
    assert [post["incident_id"] for post in found["incidents"]] == ["both"]
    assert [c["component_id"] for c in found["components"]] == [QUEUE]
    assert {s["component_id"] for s in found["component_states"]} == {QUEUE}


def test_products_of_others_do_not_make_a_post_bulk_linked() -> None:
    three = ("AAAA", "BBBB", "CCCC")
    scoped = replace(PAGE, product_ids=three)
    catalogue = products(*({"id": c, "title": c} for c in (*three, "DDDD", "EEEE")))
    affected = [{"id": c, "title": c} for c in ("AAAA", "DDDD", "EEEE")]
    (post,) = tables(catalogue, posts(incident(products=affected)), page=scoped)["incidents"]
    assert "bulk_linked" not in post["flags"]


def test_vertex_and_the_gemini_app_are_live_and_cut_by_product_id() -> None:
    pages = [p for p in load().pages if p.provider in {"google-vertex", "google-gemini-app"}]
    assert [page.status for page in pages] == ["live", "live"]
    assert all(page.product_ids for page in pages)


# ---- old forms ----


def test_a_row_without_an_id_goes_by_its_service_and_number() -> None:
    parsed = parse(posts(legacy()))
    (found,) = parsed.incidents
    assert parsed.shape == "legacy"
    assert found.incident_id == "storage/20001"
    assert found.url == "https://status.acme.test/incident/storage/20001"
    assert (found.started_at, found.resolved_at, found.impact) == (BEGIN, END, Impact.MAJOR)


def test_both_forms_of_a_post_have_begin_and_service_in_common() -> None:
    old, new = one(legacy(begin="2026-01-05T10:00:00.250Z")), one(incident())
    assert old.also_known_by == new.also_known_by == f"{BEGIN.timestamp():.0f}|Acme Storage"
    assert one(incident(service_name=None)).also_known_by is None


def test_a_version_of_an_update_ends_after_it_began_whichever_form_showed_it_first() -> None:
    versions = tables(posts(legacy()), posts(legacy()), posts(incident()))["versions"]
    of_updates = [one for one in versions if one["update_id"] is not None]
    assert of_updates
    assert {one["known_until"] for one in of_updates} == {None}


def test_both_forms_of_a_post_have_the_same_updates() -> None:
    old, new = one(legacy()).updates, one(incident()).updates
    assert [(u.update_id, u.stage, u.display_at) for u in old] == [
        (u.update_id, u.stage, u.display_at) for u in new
    ]
    assert {u.status for u in old} == {""}


def test_the_first_update_without_a_word_opens_its_post_even_past_the_end() -> None:
    rows = [update("2026-01-05T12:00:00Z", None), update("2026-01-05T12:20:00Z", None)]
    assert stages(legacy(updates=rows[::-1])) == [Stage.INVESTIGATING, Stage.RESOLVED]


def test_the_service_of_a_row_without_products_is_its_product() -> None:
    parsed = parse(posts(legacy()))
    assert parsed.incidents[0].component_ids == (labelled("Acme Storage"),)
    assert parsed.components == ()


def test_a_post_that_got_an_id_is_one_post_of_the_product_that_got_one_too() -> None:
    before, after = posts(legacy()), posts(incident())
    untitled = posts(incident(products=[product(None)]))
    assert parse(untitled).shape == "titles"
    found = tables(before, untitled, after)
    (post,) = found["incidents"]
    assert (post["incident_id"], post["update_count"]) == ("Xy7Xy7Xy7Xy7Xy7Xy7Xy", 2)
    assert (post["revision_count"], post["removed_at"]) == (0, None)
    assert [c["component_id"] for c in found["components"]] == [STORE]
    assert len(found["component_states"]) == 1


def test_a_post_that_never_got_an_id_counts_for_the_product_of_that_name() -> None:
    gone = legacy(20002, begin="2026-01-03T10:00:00Z", end="2026-01-03T11:00:00Z")
    found = tables(posts(legacy(), gone), posts(incident()))
    assert {p["incident_id"] for p in found["incidents"]} == {
        "Xy7Xy7Xy7Xy7Xy7Xy7Xy",
        "storage/20002",
    }
    assert {s["component_id"] for s in found["component_states"]} == {STORE}


def test_one_document_serves_the_page_of_everything_and_the_page_of_some_products(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path / "archive")
    with serve() as site:
        site["/incidents.json"] = reply(
            body=posts(incident("a", products=[product(STORE)]), incident("b", products=[]))
        )
        site["/products.json"] = reply(body=products(product(STORE), product(QUEUE)))
        whole = replace(PAGE, base_url=site.url, allow_private=True)
        some = replace(whole, page_key="some", provider="some", product_ids=(STORE,))
        fetcher = Fetcher(spacing=0, seconds=5)
        runs = collect([whole, some], PLATFORMS, archive, fetcher, lambda: AT)
        fetcher.close()
    assert sorted(site.asked) == ["/incidents.json", "/products.json", "/robots.txt"]
    assert [run.failures for run in runs] == [{}, {}]
    pages = {page.page_key: page for page in (whole, some)}
    found = page_tables(
        memo.derive_ledger(archive, tmp_path / "derived", pages, PLATFORMS), pages.values(), AT
    )
    shown = [(post["provider"], post["incident_id"]) for post in found["incidents"]]
    assert shown == [("acme", "a"), ("acme", "b"), ("some", "a")]


def test_what_names_only_products_of_others_is_left_out_unread_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = replace(PAGE, product_ids=(STORE,))
    body = posts(
        incident("ours", products=[product(STORE), product(QUEUE)]),
        incident("theirs", products=[product(QUEUE)]),
        incident("of-none", products=[]),
    )
    read: list[str] = []
    real = snapshot_tables.read_incident

    def noted(row: dict[str, Any], *rest: Any, **more: Any) -> IncidentReport:
        read.append(row["incident_id"])
        return real(row, *rest, **more)

    monkeypatch.setattr(snapshot_tables, "read_incident", noted)
    found = tables(body, page=some)
    assert read == ["of-none", "ours"]
    monkeypatch.setattr(snapshot_tables, "foreign_incidents", lambda *_: set())
    assert tables(body, page=some) == found
    assert read[2:] == ["of-none", "ours", "theirs"]
