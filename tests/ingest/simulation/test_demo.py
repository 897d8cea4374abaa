"""The demo's own folder: made anew each time, and never somebody else's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics import open_snapshot
from ingest.simulation import demo

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "instants", lambda now: [now])
    monkeypatch.setattr(demo, "CAST", demo.CAST[:1])


def test_what_a_killed_demo_left_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "demo"
    data.mkdir()  # the first step of all
    demo.build_demo(data, NOW)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            demo.build_demo(data, NOW)
    demo.build_demo(data, NOW)
    with open_snapshot(data) as snapshot:
        assert snapshot.simulated
        assert snapshot.table("runs").height == 1


def test_its_run_says_how_many_captures_were_taken(tmp_path: Path) -> None:
    demo.build_demo(tmp_path / "demo", NOW)
    with open_snapshot(tmp_path / "demo") as snapshot:
        [run] = snapshot.table("runs").to_dicts()
        assert run["captures"] == snapshot.table("captures")["polls"].sum() > 0
        assert run["failures"] == 0


def test_a_folder_that_is_no_demo_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("years of captures")
    with pytest.raises(FileExistsError, match="other than a demo"):
        demo.build_demo(tmp_path, NOW)
    assert list(tmp_path.iterdir()) == [mine]


@pytest.mark.parametrize("now", [NOW, datetime(2026, 9, 15, 23, 59, tzinfo=UTC)])
def test_an_incident_is_open_now(tmp_path: Path, now: datetime) -> None:
    demo.build_demo(tmp_path / "demo", now)
    with open_snapshot(tmp_path / "demo") as snapshot:
        posts = snapshot.table("incidents").filter(kind="incident", duration_quality="open")
    assert now - demo.OPEN_FOR in posts["published_at"].to_list()
