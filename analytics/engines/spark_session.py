"""Open a session of Spark as the user's configuration says, with what metrics rely on."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Whatever the machine's zone and its table of zones: hours are mapped to zones outside of Spark.
ALWAYS = {"spark.sql.session.timeZone": "UTC"}
#: Where the user's configuration says nothing. To cap a batch by bytes, Spark 4.3 measures it after
#: every row: groups of wide rows took two to three times as long. Rows cap it all the same.
USUALLY = {"spark.sql.execution.arrow.maxBytesPerBatch": str(2**31 - 1)}
#: On one machine, where the user's configuration says nothing: as many parts as cores, few files
#: apiece, and plans that are made once.
SHUFFLE_PARTS = "spark.sql.shuffle.partitions"
AT_A_DESK = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.files.openCostInBytes": "4096",
}


class NoSparkError(UsageError):
    """Spark cannot start here; the message says what to install."""


def missing() -> str | None:
    """Say what Spark lacks on this machine; None where nothing is missing."""
    if find_spec("pyspark") is None:
        return "Spark needs the package pyspark: pip install 'pyspark>=4.0,<5'"
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") or (home and (Path(home) / "bin" / "java").is_file()):
        return None
    return (
        "Spark needs Java 17 or newer: install it (on Debian and Ubuntu openjdk-17-jre-headless), "
        "or name it in JAVA_HOME"
    )


def spark_session() -> SparkSession:
    """Open a session: on the master that the user's configuration names, else on this machine.

    Settings of the user's own stand; the session's own settings touch no other session. One that
    runs already is used.

    Raises:
        NoSparkError: A package or Java is missing, or Java is too old.
    """
    if lacking := missing():
        raise NoSparkError(lacking)
    from pyspark.errors import PySparkRuntimeError
    from pyspark.sql import SparkSession

    # Frames of pandas, of which this warns, are used nowhere.
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    # Workers run the Python of this process, unless told otherwise: it has what they import.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    running = SparkSession.getActiveSession()
    try:
        started = running or (
            SparkSession.builder.appName("statusledger")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
    except PySparkRuntimeError as error:
        raise NoSparkError("Spark did not start: it needs Java 17 or newer") from error
    context, session = started.sparkContext, started.newSession()
    usual, own = {**USUALLY}, context.getConf()
    if context.master.startswith("local"):
        if running is None:
            context.setLogLevel("ERROR")
        usual |= {SHUFFLE_PARTS: str(context.defaultParallelism), **AT_A_DESK}
    settings = {name: text for name, text in usual.items() if not own.contains(name)}
    for name, text in {**settings, **ALWAYS}.items():
        session.conf.set(name, text)
    return session
