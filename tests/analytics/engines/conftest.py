"""One session of Spark for all tests that need it: it takes longer to start than to answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot
from analytics.engines.spark_release import Release, open_release
from analytics.engines.spark_session import missing, spark_session
from tests.support.numbered_world import numbered_world, released
from tests.support.paths import ROOT
from tests.support.soaking import SOAK

#: A few rows are read sooner than a plan for them is compiled: only `make soak` compiles.
INTERPRETED = (
    "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN "
    '--driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" '
)
#: As a user would configure it.
CONFIGURED = (
    "--master local[2] --driver-memory 1g --conf spark.ui.enabled=false "
    "--conf spark.sql.files.openCostInBytes=5000 "
    f"{'' if SOAK else INTERPRETED}pyspark-shell"
)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Start Spark as configured, and stop it at the end."""
    if lacking := missing():
        pytest.skip(lacking)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_SUBMIT_ARGS", CONFIGURED)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        session = spark_session()
        yield session
        session.stop()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return numbered_world(tmp_path_factory.mktemp("numbered"))


@pytest.fixture(scope="session")
def folder(world: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released(tmp_path_factory.mktemp("released") / "release", world)


@pytest.fixture(scope="session")
def release(spark: Any, folder: Path) -> Release:
    return open_release(folder)


@pytest.fixture(scope="session")
def worded(spark: Any, world: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("worded") / "release"
    return open_release(released(folder, world, with_text=True))
