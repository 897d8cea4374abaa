"""Read the Parquet release on Spark: its manifest, and each table as a frame."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from analytics.engines.spark_differences import RELEASED, declared
from analytics.engines.spark_session import spark_session
from analytics.snapshot import Tables
from ingest.models import DERIVATION_VERSION, RELEASE_MANIFEST, RELEASE_VERSION, UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class NotAReleaseError(UsageError):
    """The folder holds no release that this version reads; one line."""


@dataclass(frozen=True, slots=True)
class Release:
    """Hold a release on Spark.

    ``meta``: what the manifest says of the snapshot, as in its table ``meta``. ``tables``: every
    table as a frame of Spark. ``with_text``: whether the providers' wording is in it.
    """

    meta: Mapping[str, str]
    tables: Mapping[str, DataFrame]
    with_text: bool

    def relations(self, *names: str) -> Tables:
        """Return tables as relations, for functions that run on any engine."""
        return {name: nw.from_native(self.tables[name]) for name in names}


def open_release(folder: Path | str) -> Release:
    """Open the release that ``publish --parquet`` wrote to ``folder``.

    Driver and workers must both reach it: a folder all machines share, else an address that Spark
    reads, such as ``s3a://bucket/release``.

    Raises:
        NotAReleaseError: There is none.
        NoSparkError: Spark cannot start.
    """
    place = str(folder)
    if here := "://" not in place:
        place = f"file://{Path(folder).resolve()}"
        if not (Path(folder) / RELEASE_MANIFEST).is_file():
            raise NotAReleaseError(
                f"{folder} is no release: `statusledger publish --parquet DIR` writes one"
            )
    session = spark_session()
    if here:
        text = (Path(folder) / RELEASE_MANIFEST).read_text(encoding="utf-8")
    else:
        text = _text_at(session, f"{place}/{RELEASE_MANIFEST}")
    try:
        manifest: dict[str, Any] = json.loads(text)
        versions = manifest.get("format_version"), manifest.get("derivation_version")
    except (ValueError, AttributeError):
        raise NotAReleaseError(
            f"{folder}: its {RELEASE_MANIFEST} is damaged: publish it again"
        ) from None
    if versions != (RELEASE_VERSION, DERIVATION_VERSION):
        raise NotAReleaseError(
            f"{folder} was written by another version: publish it again with this one"
        )
    tables = {}
    for name, told in manifest["tables"].items():
        types = {one["name"]: RELEASED[one["type"]] for one in told["columns"]}
        tables[name] = session.read.schema(declared(types)).parquet(f"{place}/{name}")
    meta = {name: told for name, told in manifest.items() if isinstance(told, str)}
    return Release(meta, tables, manifest["with_text"])


def _text_at(session: SparkSession, address: str) -> str:
    """Read a text at an address that Spark knows."""
    from pyspark.errors import PySparkException

    try:
        found = session.read.text(address, wholetext=True).first()
    except PySparkException as error:
        why = str(error).splitlines()[0]
        raise NotAReleaseError(f"no release can be read at {address}: {why}") from error
    return "" if found is None else str(found[0])
