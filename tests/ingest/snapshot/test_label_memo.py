"""What was read in the words of an incident is kept, and never stands for other words."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from ingest.archive.store import Archive
from ingest.models import Capture
from ingest.runs import data_folder, publishing
from ingest.snapshot import label_memo
from tests.support.command_line import ACME
from tests.support.ledgers.sightings import NOON, seen
from tests.support.payloads.statuspage import incident, incidents_json, update

DNS = "Between 10:00 and 11:00 UTC requests failed because of a DNS issue."
ATTACK = "Between 10:00 and 11:10 UTC requests failed due to a denial of service."


def listed(text: str, minute: int = 0) -> Capture:
    """Capture a list of an incident that tells its reason, and of one that tells none."""
    first = update("u1", "investigating", "2026-01-05T10:00:00Z")
    last = update("u2", "resolved", "2026-01-05T11:30:00Z", body=text)
    told = incident("told11111111", updates=[first, last])
    return seen(incidents_json(told, incident()), minute)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "providers.toml").write_text(ACME)
    Archive(tmp_path / "archive").append([listed(DNS)])
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the incidents whose words are read."""
    found: list[str] = []
    real = label_memo.read_labels

    def noted(
        post: label_memo.IncidentReport, evidence: label_memo.IncidentEvidence
    ) -> label_memo.IncidentLabels:
        found.append(post.incident_id)
        return real(post, evidence)

    monkeypatch.setattr(label_memo, "read_labels", noted)
    return found


def published(data: Path) -> list[tuple[object, ...]]:
    """Publish, and give what the words of each incident were read as."""
    path = publishing.publish_after(data, data_folder.registry_of(data), NOON, 0, 0).path
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(
            "SELECT incident_id, class, class_basis, class_reason, causes, stated_text, "
            "stated_confidence, stated_start_at::VARCHAR, stated_end_at::VARCHAR "
            "FROM incidents ORDER BY incident_id"
        ).fetchall()


def memos(data: Path) -> list[Path]:
    return sorted((data / "derived" / "labels").iterdir())


def test_words_are_read_once_and_say_the_same_ever_after(data: Path, read: list[str]) -> None:
    first = published(data)
    assert sorted(read) == ["iiii1111jjjj", "told11111111"]
    assert first[1][5] == "Between 10:00 and 11:00 UTC"
    assert published(data) == first
    assert len(read) == 2


def test_an_incident_whose_words_changed_is_read_again_and_no_other(
    data: Path, read: list[str]
) -> None:
    before = published(data)
    read.clear()
    Archive(data / "archive").append([listed(ATTACK, minute=10)])
    after = published(data)
    assert read == ["told11111111"]
    assert after[0] == before[0]
    assert after[1][4] != before[1][4]
    assert after[1][5] == "Between 10:00 and 11:10 UTC"


def test_words_that_nothing_says_any_more_are_forgotten(data: Path) -> None:
    published(data)
    [before] = memos(data)
    Archive(data / "archive").append([listed(ATTACK, minute=10)])
    published(data)
    [after] = memos(data)
    assert before.name != after.name


def test_other_rules_read_every_incident_again(
    data: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    published(data)
    monkeypatch.setattr(label_memo, "_reading_version", lambda: "another")
    published(data)
    assert len(read) == 4
    assert len(memos(data)) == 1


def test_a_damaged_memo_is_thrown_away_and_made_again(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = published(data)
    [memo] = memos(data)
    whole = memo.read_bytes()
    memo.write_bytes(whole.replace(b"outage", b"notice"))
    assert published(data) == wanted
    assert memo.read_bytes() == whole
    assert caplog.messages == [f"{memo} is damaged: thrown away and made again"]


def test_a_snapshot_of_the_past_leaves_the_memo_of_the_present(data: Path) -> None:
    Archive(data / "archive").append([listed(ATTACK, minute=10)])
    published(data)
    kept = memos(data)
    registry = data_folder.registry_of(data)
    publishing.publish_aside(data, registry, data / "past.duckdb", NOON)
    assert memos(data) == kept
