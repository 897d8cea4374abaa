"""Run a Prometheus exporter of status pages pass by pass, at the instants it is told.

This runs in the environment of the exporter, which knows nothing of this project:
``statuspage-prometheus-exporter==2.6.0``. Each line read is an instant; each line written is
what its gauges then say.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
from datetime import datetime, tzinfo
from typing import Any

PACKAGE = "statuspage_prometheus_exporter"
GAUGES = {
    "statuspage_uptime_percentage": "window",
    "statuspage_component_status": "component_name",
    "statuspage_probe_check": "",
}


class Clock(datetime):
    """Replace the exporter's clock by one that stands at the instant told."""

    told: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        """Return the instant told."""
        return cls.told


def main() -> None:
    """Let one pass of the exporter happen at each instant read."""
    logging.disable(logging.ERROR)
    monitor = importlib.import_module(f"{PACKAGE}.service_monitor")
    vars(importlib.import_module(f"{PACKAGE}.uptime_tracker"))["datetime"] = Clock
    registry = importlib.import_module("prometheus_client").REGISTRY
    for nr, line in enumerate(sys.stdin):
        Clock.told = datetime.fromisoformat(line.strip())
        monitor.monitor_services(is_initial_run=nr == 0)
        said = [
            [sample.name, sample.labels["service_name"], sample.labels.get(label, ""), sample.value]
            for metric in registry.collect()
            for sample in metric.samples
            for label in [GAUGES.get(sample.name)]
            if label is not None
        ]
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
