"""Sensitivity: other classes, other rules, and whether an order of providers survives them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from analytics import ask
from analytics.comparison.ranking import grid
from analytics.comparison.sensitivity import RULES, by_rule, leaders, under_classes
from analytics.wording.comparison import left_out_sentence, sensitivity_sentence, survival_sentence
from tests.support.outages import HALF_YEAR, outages, world
from tests.support.snapshots import covered, made, post, state

AS_OF = "2026-03-01"


def test_every_rule_is_asked_of_every_row(tmp_path: Path) -> None:
    found = by_rule(world(tmp_path, outages("acme", [1]), outages("globex", [2])), HALF_YEAR)
    assert found["rule"].to_list() == [rule for rule in RULES for _ in range(2)]


def test_classes_are_told_as_asked_with_notices_and_all_together(tmp_path: Path) -> None:
    kinds = ("outage", "notice", "billing_console", "maintenance")
    posts = [post(its, "2026-02-01", "2026-02-02", **{"class": its}) for its in kinds]
    states = [
        state("major", f"2026-02-1{n}", f"2026-02-1{n} 01:00", post=its)
        for n, its in enumerate(kinds)
    ]
    snapshot = made(
        tmp_path,
        as_of=AS_OF,
        coverage=[covered("2025-01-01", AS_OF)],
        posts=posts,
        states=states,
    )
    found = under_classes(snapshot, ask())
    rates = found.filter(metric="frequency")
    assert dict(rates.select("chosen", "n").iter_rows()) == {
        "as asked": 1,
        "with notices": 2,
        "every class": 3,
    }
    down = found.filter(metric="availability")
    assert down["down_s"].to_list() == [3600, 7200, 10_800]


def test_notices_that_were_asked_for_are_taken_out(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[covered("2025-01-01", AS_OF)])
    for classes, chosen in (("outage,notice", {"without notices"}), ("notice", set())):
        found = under_classes(snapshot, ask(classes=classes))
        assert set(found["chosen"]) == {"as asked", "every class"} | chosen


def led(found: pl.DataFrame, metric: str) -> list[tuple[object, ...]]:
    return list(found.filter(metric=metric).select("provider", "led", "cells", "same_order").rows())


def test_an_order_that_is_the_same_everywhere_survives(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("good", [9]), outages("poor", range(5, 170, 5)))
    found = leaders(grid(snapshot, HALF_YEAR))
    for metric in ("common_frequency", "common_downtime"):
        assert led(found, metric) == [("good", 12, 12, True)]


def test_an_order_that_a_rule_turns_does_not(tmp_path: Path) -> None:
    partial = outages("often", range(5, 170, 5), worst="partial")
    snapshot = world(tmp_path, partial, outages("hard", [20, 40, 60]))
    found = leaders(grid(snapshot, HALF_YEAR))
    assert led(found, "common_downtime") == [("hard", 8, 12, False), ("often", 4, 12, False)]


def test_those_who_tie_lead_together(tmp_path: Path) -> None:
    snapshot = world(tmp_path, outages("acme", [9]), outages("globex", [99]))
    found = leaders(grid(snapshot, HALF_YEAR))
    assert led(found, "common_downtime") == [("acme", 12, 12, True), ("globex", 12, 12, True)]


def test_without_ranks_nobody_leads(tmp_path: Path) -> None:
    assert leaders(grid(world(tmp_path, outages("alone", [9])), HALF_YEAR)).is_empty()


def told(*rows: tuple[str, int, bool]) -> str:
    columns = ["provider", "led", "same_order"]
    frame = pl.DataFrame(rows, columns, orient="row").with_columns(pl.lit(12).alias("cells"))
    return survival_sentence(frame, NAMES, against())


NAMES = {"acme": "Acme", "globex": "Globex"}


def against(metric: str = "downtime", **known: Any) -> pl.DataFrame:
    """Return the one pair, as far as the unknown is concerned."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("unknown_s", "unknown_other_s", "unrated", "unrated_other"), 0
    )
    nothing |= {"settled": True, "favoured": "acme"}
    return pl.DataFrame(
        [{"provider": "acme", "other": "globex", "metric": metric, **nothing, **known}]
    )


def test_what_the_unknown_could_turn_does_not_survive() -> None:
    leading = pl.DataFrame({"provider": ["acme"], "led": [12], "same_order": [True], "cells": [12]})
    turned = survival_sentence(leading, NAMES, against(settled=False))
    assert turned.startswith("The ranking does not survive the unknown")
    assert turned.endswith("could reverse Acme and Globex.")
    behind = survival_sentence(
        leading.with_columns(same_order=False), NAMES, against(settled=False)
    )
    assert behind.endswith(
        "the order behind changes. The unknown, counted as trouble, could reverse Acme and Globex."
    )


def order(**more: Any) -> str:
    """Return what is said of two providers, Acme always ahead; ``more`` replaces columns."""
    rules = [
        {"provider": who, "rule": rule, "value": value, "low": None, "high": None, "coverage": 1.0}
        for rule in RULES
        for who, value in (("acme", 0.99), ("globex", 0.98))
    ]
    told = [{**row, **more} if row["provider"] == "acme" else row for row in rules]
    names = pl.DataFrame({"provider": list(NAMES), "name": list(NAMES.values())})
    nobody = pl.DataFrame(schema={"provider": pl.String, "other": pl.String})
    return sensitivity_sentence(pl.DataFrame(told), names, nobody, nobody)


def test_an_order_under_every_rule_is_told_only_of_those_covered_alike_and_known() -> None:
    whose = "The order of the 2 providers"
    assert whose + " is the same under every rule." in order()
    assert whose + " is not given: their coverage differs too much." in order(coverage=0.9)
    assert whose + " is the same under every rule." in order(low=0.985, high=0.99)
    assert whose + " is not known: the unknown time could change it." in order(low=0.97, high=0.99)


def test_where_all_stand_level_there_is_no_order_to_survive() -> None:
    level = pl.DataFrame(
        {"provider": ["acme", "globex"], "led": 12, "same_order": True, "cells": 12}
    )
    nobody = against().with_columns(pl.lit(None, pl.String).alias("favoured"))
    assert survival_sentence(level, NAMES, nobody) == (
        "All are equal in all 12 ways of counting: there is no order to test."
    )
    unsettled = nobody.with_columns(settled=False)
    assert survival_sentence(level, NAMES, unsettled).startswith(
        "The ranking does not survive the unknown"
    )


def test_what_a_ranking_leaves_out_is_told_in_its_own_unit() -> None:
    assert left_out_sentence(against(), NAMES) == ""
    assert left_out_sentence(against(unknown_s=7200, unknown_other_s=60), NAMES) == (
        "Left out as unknown: 2 h of Acme and 1 min of Globex."
    )
    assert left_out_sentence(against("count", unrated_other=3), NAMES) == (
        "Left out as unknown: 3 posts of Globex."
    )


def test_whether_a_ranking_survives_is_said() -> None:
    assert told(("acme", 12, True)) == (
        "The ranking survives: the order is the same in all 12 ways of counting."
    )
    assert told(("acme", 12, False)) == (
        "Acme comes first in all 12 ways of counting; the order behind changes."
    )
    assert told(("acme", 8, False), ("globex", 4, False)) == (
        "The ranking does not survive: of 12 ways of counting, Acme in 8, Globex in 4 come first."
    )
