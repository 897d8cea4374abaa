"""Local days go by the pinned rules of time zones, whatever the host's folder holds."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from analytics.question import QuestionError, ask, midnight
from dashboard.filters.bar import ZONES
from ingest.time_zones import UnknownZoneError, time_zone, zone_names, zone_rules
from tests.support.command_line import STAMPED, bring, cli, put, rows


@pytest.fixture
def outdated(tmp_path: Path) -> Iterator[None]:
    """Have a host whose folder knows one set of rules for every place, and those are UTC's."""
    for name in ("America/Vancouver", "Europe/Berlin", "localtime", "right/Europe/Berlin"):
        place = tmp_path / "host" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(Path(zoneinfo.TZPATH[0], "Etc/UTC").read_bytes())
    zoneinfo.reset_tzpath([tmp_path / "host"])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("outdated")
@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/Vancouver", date(2026, 11, 2), datetime(2026, 11, 2, 7, tzinfo=UTC)),
        ("America/Winnipeg", date(2026, 11, 20), datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ("Africa/Casablanca", date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 11, 20), datetime(2026, 11, 19, 23, tzinfo=UTC)),
    ],
)
def test_a_day_begins_by_the_pinned_rules(zone: str, day: date, begins: datetime) -> None:
    assert midnight(day, zone) == begins


@pytest.mark.usefixtures("outdated")
@pytest.mark.parametrize(
    "name",
    [
        "localtime",
        "posixrules",
        "Factory",
        "right/Europe/Berlin",
        "posix/UTC",
        "europe/berlin",
        "Europe",
        "../zones",
        "/etc/localtime",
        "",
    ],
)
def test_a_name_that_the_pinned_rules_do_not_list_is_no_zone(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        time_zone(name)
    with pytest.raises(QuestionError, match=f"zone '{name}' is not an IANA zone such as Etc/UTC"):
        ask(zone=name)
    assert name not in ZONES


def test_every_zone_that_is_listed_can_be_read() -> None:
    assert {time_zone(name).key for name in zone_names()} == zone_names()
    assert {*ZONES} == zone_names()


def test_a_command_refuses_such_a_zone_in_one_line(data: Path) -> None:
    bring(data, put(data, STAMPED))
    result = cli(data, "metrics", "availability", "--zone", "localtime")
    assert result.exit_code == 2
    assert result.stderr == ("statusledger: zone 'localtime' is not an IANA zone such as Etc/UTC\n")


def test_a_snapshot_names_the_rules_it_was_made_by(data: Path) -> None:
    bring(data, put(data, STAMPED))
    assert zone_rules() == f"tzdata {version('tzdata')}"
    assert ("zone_rules", zone_rules()) in rows(data, "meta", "key", "value")
