"""The ways to run unattended: what is written down is what there is, and does what it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.runs import collecting, data_folder
from ingest.runs.page_selection import chosen_pages, share
from statusledger import terminal
from tests.support import command_line
from tests.support.command_line import COMMANDS, LISTS, at, cli, rows
from tests.support.ledgers.fetching import NOON
from tests.support.loopback import Site, reply, serve
from tests.support.paths import ROOT
from tests.support.payloads.statuspage import incident, incidents_json, update
from tests.support.processes.waiting import wait_for


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


README, DOCKERFILE = text_of("README.md"), text_of("Dockerfile")
UNITS = ("collect.service", "collect.timer", "dashboard.service")
SERVICES: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))["services"]
#: ``on`` is a word for true in YAML 1.1, which is why its key is looked up as one.
WORKFLOW: dict[Any, Any] = yaml.safe_load(text_of("deploy/github-actions.yml"))
STEPS = WORKFLOW["jobs"]["collect"]["steps"]
#: A command line of ours in a script, a unit or a sentence.
TYPED = re.compile(r"""(?:^|[\s/`="])statusledger ([a-z]+(?: [\w./-]+)*)""", re.MULTILINE)


def block(language: str) -> str:
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL))


def unit(name: str) -> dict[str, str]:
    """Return what a unit sets; the sections have no key in common."""
    pairs = re.findall(r"^(\w+)=(.*)$", text_of(f"deploy/statusledger-{name}"), re.MULTILINE)
    assert len({key for key, _ in pairs}) == len(pairs)
    return dict(pairs)


def step(name: str) -> str:
    [run] = [one["run"] for one in STEPS if one.get("name") == name]
    return str(run)


def instructions(name: str) -> list[str]:
    """Return the arguments of each such instruction of the Dockerfile."""
    return re.findall(rf"^ *{name} (.+)$", DOCKERFILE, re.MULTILINE)


def setting(name: str) -> str:
    [value] = re.findall(rf"\b{name}=(\S+)", DOCKERFILE)
    return str(value)


def copied() -> set[str]:
    words = [line.split() for line in instructions("COPY") if not line.startswith("--from")]
    return {source for *sources, _ in words for source in sources}


def stub(script: Path, body: str) -> Path:
    """Make a shell script in the place of our command."""
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    return script.parent


def shell(line: str, folder: Path, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """Return what becomes of a script that, as a workflow's, ends at the first failure."""
    return subprocess.run(
        ["bash", "-e", "-c", line],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **surroundings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Make a status page that answers well, and need not be spared."""
    monkeypatch.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0))
    with serve() as well:
        for path, body in LISTS.items():
            well[path] = reply(body=body)
        yield well


def test_every_command_and_option_exists() -> None:
    checks = [json.loads(words) for words in re.findall(r"CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]
    told = [
        README,
        text_of("deploy/github-actions.yml"),
        *(text_of(f"deploy/statusledger-{name}") for name in UNITS),
        *SERVICES["collector"]["command"],
        " ".join(["statusledger", *SERVICES["dashboard"]["command"]]),
        *(" ".join(words) for words in checks),
    ]
    typed = [shlex.split(words) for text in told for words in TYPED.findall(text)]
    assert {words[0] for words in typed} >= {"collect", "dashboard", "health", "publish", "verify"}
    for words in typed:
        command = COMMANDS.get(" ".join(words[:2])) or COMMANDS.get(words[0])
        assert command, words
        known = {flag for p in command.params for flag in p.opts}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_cron_gets_five_fields_and_a_line_without_percent_signs() -> None:
    lines = block("cron").splitlines()
    assert len(lines) == 2
    for line in lines:
        assert re.fullmatch(r"(?:(?:\*(?:/[1-9]\d?)?|\d{1,2}) ){5}\S.*", line)
        assert "%" not in line


@pytest.mark.parametrize(("code", "mail"), [(0, ""), (1, "stale\n")])
def test_cron_writes_only_when_a_source_is_stale(tmp_path: Path, code: int, mail: str) -> None:
    stub(tmp_path / "status-ledger/.venv/bin/statusledger", f"echo stale; exit {code}")
    [line] = [line for line in block("cron").splitlines() if "health" in line]
    assert shell(line.split(" ", 5)[5], tmp_path).stdout == mail


def test_no_end_of_a_run_that_is_in_order_makes_its_unit_fail() -> None:
    good = (terminal.SOME_FAILED, terminal.LOCKED, terminal.INTERRUPTED)
    assert unit("collect.service")["SuccessExitStatus"] == " ".join(map(str, good))
    assert unit("dashboard.service")["SuccessExitStatus"] == str(terminal.INTERRUPTED)


def test_only_the_collecting_unit_may_write_and_only_its_data() -> None:
    collector, dashboard = unit("collect.service"), unit("dashboard.service")
    folder = f"STATUSLEDGER_DATA=/var/lib/{collector['StateDirectory']}"
    assert folder == collector["Environment"] == dashboard["Environment"].split()[-1]
    assert collector["ProtectSystem"] == dashboard["ProtectSystem"] == "strict"
    assert dashboard["DynamicUser"] == "yes"
    assert not {"StateDirectory", "ReadWritePaths"} & dashboard.keys()


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze: install Debian's systemd"
)
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        text = text_of(f"deploy/statusledger-{name}")
        here = text.replace("/opt/statusledger/bin/statusledger", sys.executable)
        (tmp_path / f"statusledger-{name}").write_text(here)
    paths = [str(tmp_path / f"statusledger-{name}") for name in UNITS]
    words = ["systemd-analyze", "verify", *paths]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (said.returncode, re.findall(r"statusledger-.*", said.stderr)) == (0, [])


def test_the_units_told_to_be_enabled_can_be() -> None:
    [line] = re.findall(r"enable --now (.+)", block("sh"))
    told = {name.removeprefix("statusledger-") for name in line.split()}
    assert told == {name for name in UNITS if "WantedBy" in unit(name)}


def test_the_image_is_made_from_what_the_wheel_needs_and_nothing_else() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))
    kinds = project["tool"]["hatch"]["build"]["targets"]["wheel"]["include"]
    wheel = {kind.split("/")[1] for kind in kinds}
    about = {project["project"]["readme"], *project["project"]["license-files"]}
    assert copied() == {"pyproject.toml", "requirements.lock", *about, *wheel}
    assert all((ROOT / name).exists() for name in copied())
    rules = [rule for rule in text_of(".dockerignore").splitlines() if not rule.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied()


def test_the_image_runs_one_command_as_a_user_without_rights() -> None:
    assert "pip install --require-hashes -r requirements.lock" in instructions("RUN")
    assert instructions("ENTRYPOINT") == ['["statusledger"]']
    [user] = instructions("USER")
    assert re.fullmatch(r"([1-9]\d+):\1", user)
    assert f"--owner={user.split(':')[0]} " in DOCKERFILE
    assert instructions("VOLUME") == [setting("STATUSLEDGER_DATA")] == ["/data"]
    assert 'CMD ["statusledger", "health"]' in DOCKERFILE


def test_the_image_has_the_python_that_is_tested() -> None:
    tested = set(re.findall(r"python:(\d\.\d+)", text_of(".github/workflows/ci.yml")))
    assert set(re.findall(r"^FROM python:(\d\.\d+)-slim", DOCKERFILE, re.MULTILINE)) == tested
    [setup] = [one["with"] for one in STEPS if "setup-python" in one.get("uses", "")]
    assert {setup["python-version"]} == tested


def test_two_services_share_a_volume_that_only_one_may_write() -> None:
    assert SERVICES.keys() == {"collector", "dashboard"}
    assert SERVICES["collector"]["volumes"] == ["ledger:/data"]
    assert SERVICES["dashboard"]["volumes"] == ["ledger:/data:ro"]
    assert "ledger" in yaml.safe_load(text_of("compose.yaml"))["volumes"]
    for service in SERVICES.values():
        assert service["restart"] == "unless-stopped"
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert SERVICES["dashboard"]["ports"] == ["127.0.0.1:8501:8501"]


def test_the_collector_outlives_a_failing_run_and_hands_a_stop_on(tmp_path: Path) -> None:
    [script] = SERVICES["collector"]["command"]
    hurried = script.replace("$$", "$").replace("sleep 300", "sleep 0.01")
    body = """
        trap 'kill $!; echo kept >> runs; exit 130' TERM
        echo begun >> runs
        [ "$(wc -l < runs)" -gt 1 ] || exit 3
        sleep 60 & wait"""
    folder = stub(tmp_path / "bin/statusledger", body)
    runs = tmp_path / "runs"
    env = {"PATH": f"{folder}:/usr/bin:/bin"}
    line = [*SERVICES["collector"]["entrypoint"], hurried]
    with subprocess.Popen(line, cwd=tmp_path, env=env) as loop:
        try:
            wait_for(lambda: runs.exists() and runs.read_text().count("begun") == 2)
            loop.send_signal(signal.SIGTERM)
            assert loop.wait(60) == 0
        finally:
            loop.kill()
    assert runs.read_text().split() == ["begun", "begun", "kept"]


@pytest.mark.parametrize(("status", "well"), [(200, True), (503, False)])
def test_the_dashboard_is_well_when_it_answers(status: int, well: bool) -> None:
    _, _, option, script = SERVICES["dashboard"]["healthcheck"]["test"]
    with serve() as site:
        site["/_stcore/health"] = reply(status)
        line = [sys.executable, option, script.replace("8501", str(site.port))]
        done = subprocess.run(line, check=False, capture_output=True)
    assert (done.returncode == 0) == well
    assert subprocess.run(line, check=False, capture_output=True).returncode != 0


def test_the_workflow_may_do_no_more_than_it_must() -> None:
    assert WORKFLOW["permissions"] == {"contents": "write"}
    assert "permissions" not in WORKFLOW["jobs"]["collect"]
    used = [one["uses"] for one in STEPS if "uses" in one]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in used)


@pytest.mark.parametrize("name", ["deploy/github-actions.yml", ".github/workflows/ci.yml"])
def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it(name: str) -> None:
    used = re.findall(r"uses: (.+)$", text_of(name), re.MULTILINE)
    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action) for action in used)


@pytest.mark.parametrize(("code", "passes"), [(0, True), (1, False), (3, True), (5, False)])
def test_the_workflow_passes_when_something_was_collected(
    tmp_path: Path, code: int, passes: bool
) -> None:
    folder = stub(tmp_path / "bin/statusledger", f"exit {code}")
    done = shell(step("Collect"), tmp_path, PATH=f"{folder}:{os.environ['PATH']}")
    assert (done.returncode == 0) == passes


def test_the_workflow_runs_hourly_one_run_after_another_and_keeps_what_failed_too() -> None:
    [schedule] = WORKFLOW[True]["schedule"]
    assert re.fullmatch(r"[1-5]?\d \* \* \* \*", schedule["cron"])
    assert WORKFLOW["concurrency"] == {"group": "collect"}
    [keep] = [one for one in STEPS if one.get("name") == "Keep"]
    assert keep["if"] == "${{ !cancelled() }}"


def test_the_workflow_keeps_the_archive_in_its_branch(tmp_path: Path, site: Site) -> None:
    def git(line: str, folder: Path = tmp_path, **who: str) -> str:
        done = shell(line, folder, **who)
        assert done.returncode == 0, done.stderr
        return done.stdout

    me = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME", "EMAIL"), "me")
    git("git init --quiet --bare origin && git clone --quiet origin own")
    git("git commit --quiet --allow-empty --message code", tmp_path / "own", **me)
    by_hand = re.findall(r"^#   (git .+)$", text_of("deploy/github-actions.yml"), re.MULTILINE)
    git("\n".join(by_hand), tmp_path / "own", **me)
    for clone in ("ledger", "reader"):
        git(f"git clone --quiet --branch ledger origin {clone}")
        at(tmp_path / clone, acme=site.url)
    ledger, reader = tmp_path / "ledger", tmp_path / "reader"
    assert cli(ledger, "collect", "acme", "--no-publish").exit_code == 0
    (ledger / "archive" / ".half.tmp").touch()
    for _ in range(2):
        git(step("Keep"), ledger)
    assert git("git rev-list --count ledger", tmp_path / "origin") == "2\n"
    assert all(
        re.fullmatch(r"archive/\S+\.parquet", name)
        for name in git("git ls-tree -r --name-only ledger", tmp_path / "origin").splitlines()
    )
    git("git pull --quiet", reader)
    assert cli(reader, "publish").exit_code == 0
    assert rows(reader, "incidents", "provider") == [("acme",)]


def test_shares_collected_apart_are_one_archive_when_put_together(
    tmp_path: Path, site: Site
) -> None:
    folders = [tmp_path / name for name in ("one", "other", "both")]
    for folder in folders:
        folder.mkdir()
        at(folder, acme=site.url, globex=site.url)
    *parts, both = folders
    for part, folder in zip(("1/2", "2/2"), parts, strict=True):
        assert cli(folder, "collect", "acme", "globex", "--shard", part).exit_code == 0
        assert len(rows(folder, "incidents", "provider")) == 1
    seen = set()
    for _ in range(2):
        for folder in parts:
            shutil.copytree(folder / "archive", both / "archive", dirs_exist_ok=True)
        assert cli(both, "publish").exit_code == 0
        assert rows(both, "incidents", "provider") == [("acme",), ("globex",)]
        seen.add(command_line.digest(both))
        assert cli(both, "compact").stdout == "1 month merged\n"
    assert len(seen) == 1


def test_eight_shares_put_together_are_what_one_collector_would_have_seen(
    tmp_path: Path, site: Site
) -> None:
    """Two rounds of ten pages; between them an incident that was open ends."""
    slugs = [f"acme{n}" for n in range(10)]
    one, union, *parts = (tmp_path / name for name in ("one", "union", *"abcdefgh"))
    for folder in (one, union, *parts):
        folder.mkdir()
        at(folder, **dict.fromkeys(slugs, site.url))

    def collect(folder: Path, when: datetime, stated: str | None) -> None:
        pages = chosen_pages(data_folder.registry_of(folder), slugs, False, when.date())
        collecting.collect_now(folder, share(pages, stated), fetcher, lambda: when)

    fetcher = Fetcher(spacing=0)
    begun = update("u1", "investigating", "2026-01-05T10:00:00.050Z")
    over = update("u2", "resolved", "2026-01-05T11:30:00.100Z")
    for when, updates in ((NOON, [begun]), (NOON + timedelta(hours=1), [begun, over])):
        site["/api/v2/incidents.json"] = reply(200, incidents_json(incident(updates=updates)))
        collect(one, when, None)
        for nr, folder in enumerate(parts, 1):
            collect(folder, when, f"{nr}/{len(parts)}")
    fetcher.close()
    for folder in parts:
        shutil.copytree(folder / "archive", union / "archive", dirs_exist_ok=True)
    assert [cli(folder, "publish").exit_code for folder in (one, union)] == [0, 0]
    assert rows(union, "incidents", "provider") == [(slug,) for slug in slugs]
    assert len(rows(union, "versions", "incident_id", "update_id")) == 4 * len(slugs)
    assert command_line.digest(union) == command_line.digest(one)
