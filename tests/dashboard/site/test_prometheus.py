"""Prometheus' own tool reads the gauges and runs README's alert rule, where it is installed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dashboard.site.files import site_files
from tests.support.outages import outages
from tests.support.readme import alert_rules
from tests.support.snapshots import made

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="no promtool on the PATH: apt-get install prometheus"
)


def promtool(*words: str, folder: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    assert PROMTOOL is not None
    return subprocess.run(
        [PROMTOOL, *words], cwd=folder, input=given, capture_output=True, check=False, timeout=60
    )


@needs_promtool
def test_the_gauges_are_written_as_prometheus_wants_them(tmp_path: Path) -> None:
    posts, states = outages("acme", [3])
    snapshot = made(tmp_path, as_of="2026-01-31", posts=posts, states=states)
    gauges = site_files(snapshot, {}, None)["metrics.prom"]
    checked = promtool("check", "metrics", folder=tmp_path, given=gauges)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


@needs_promtool
def test_a_job_that_stopped_turns_the_alert_on_after_an_hour(tmp_path: Path) -> None:
    rules = alert_rules()
    [alert] = re.findall(r"alert: (\w+)", rules)
    (tmp_path / "rules.yml").write_text(rules)
    summary = re.findall(r'summary: "(.+)"', rules)
    # It read something every minute for ninety minutes, and then no more.
    read = {"series": "statusledger_as_of_timestamp_seconds", "values": "0+60x90 5400x90"}
    clock = [("90m", []), ("150m", []), ("151m", [{"exp_annotations": {"summary": summary[0]}}])]
    told = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [read],
                "alert_rule_test": [
                    {"eval_time": at, "alertname": alert, "exp_alerts": alerts}
                    for at, alerts in clock
                ],
            }
        ],
    }
    # JSON is YAML.
    (tmp_path / "told.yml").write_text(json.dumps(told))
    done = promtool("test", "rules", "told.yml", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
