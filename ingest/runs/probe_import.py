"""Take in a user's own probes: their own lane in the data folder, apart from what pages posted.

A file of rows ``at, target, ok, latency_ms``, as CSV with a head or as JSON Lines. Each import is
one Parquet file under ``probes/``, named by the bytes it was made of and how many rows were taken,
so that a repeated import changes nothing, and a later one takes rows that were yet to come.
Nothing of it enters the archive or the snapshot.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from ingest.files.atomic_write import whole
from ingest.files.disk_errors import write_parquet
from ingest.models import UsageError

#: Folder of the probes inside a data folder.
FOLDER = "probes"
COLUMNS = ("at", "target", "ok", "latency_ms")
SCHEMA: Mapping[str, Any] = {
    "at": pl.Datetime("us", "UTC"),
    "provider": pl.String,
    "surface": pl.String,
    "target": pl.String,
    "ok": pl.Boolean,
    "latency_ms": pl.Float64,
}
WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
#: A file larger than this is refused.
LARGEST = 256 * 2**20
LONGEST_TARGET = 2_000


class ProbeFileError(UsageError):
    """A file that holds no probes; one line that says what one looks like."""


@dataclass(frozen=True, slots=True)
class TakenProbes:
    """Hold what an import of probes did. ``refused``: a line for each row that was not taken."""

    taken: int
    known_already: bool
    refused: tuple[str, ...]
    first: datetime | None
    last: datetime | None


def import_probes(
    data: Path, path: Path, provider: str, surface: str, now: datetime
) -> TakenProbes:
    """Take the rows of a file into the data folder.

    Args:
        data: The data folder.
        path: CSV or JSON Lines.
        provider: Whom the probes asked.
        surface: What of it.
        now: Probes of later are refused.

    Raises:
        ProbeFileError: The file cannot be read, or has other columns.
        OSError: The folder cannot be written.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ProbeFileError(f"{path}: over {LARGEST // 2**20} MiB; split it")
        body = path.read_bytes()
    except OSError as error:
        raise ProbeFileError(f"{path}: {error.strerror}") from None
    refused: list[str] = []
    rows = []
    for number, told in read_rows(str(path), body):
        row = read_probe(told, now)
        if isinstance(row, str):
            refused.append(f"{path}:{number}: {row}")
        else:
            rows.append({**row, "provider": provider, "surface": surface})
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row").unique().sort(*SCHEMA)
    of = "\0".join((provider, surface, str(frame.height), ""))
    digest = hashlib.sha256(of.encode() + body).hexdigest()
    target = data / FOLDER / f"{digest[:32]}.parquet"
    known = target.exists()
    if not frame.is_empty() and not known:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as draft:
            write_parquet(frame, draft)
    times = frame["at"].to_list()
    return TakenProbes(
        frame.height, known, tuple(refused), min(times, default=None), max(times, default=None)
    )


def read_rows(name: str, body: bytes) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield the rows of a file with the numbers of their lines; a text says why one is none.

    Args:
        name: Names the file in an error.
        body: Its bytes.

    Raises:
        ProbeFileError: It is no text, or a CSV with other columns.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProbeFileError(f"{name}: no text in UTF-8") from None
    if text.lstrip().startswith("{"):
        yield from _json_lines(text)
        return
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        head = [column.strip() for column in next(reader, [])]
        _require_columns(name, head)
        for row in reader:
            if row:
                fits = len(row) == len(head)
                told = dict(zip(head, row, strict=True)) if fits else "another number of columns"
                yield reader.line_num, told
    except csv.Error as error:
        raise ProbeFileError(f"{name}: line {reader.line_num} is no CSV: {error}") from None


def _require_columns(name: str, head: Sequence[str]) -> None:
    wanted = f"a head such as {','.join(COLUMNS)}, or JSON Lines with these keys"
    if missing := [column for column in COLUMNS[:3] if column not in head]:
        raise ProbeFileError(f"{name}: no column {missing[0]!r}; write {wanted}")


def _json_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            told = orjson.loads(line)
        except orjson.JSONDecodeError:
            told = None
        yield number, told if isinstance(told, dict) else "no object of JSON"


def read_probe(told: Mapping[str, Any] | str, now: datetime) -> dict[str, Any] | str:
    """Read one probe; a text says why it is refused.

    >>> now = datetime(2026, 3, 5, tzinfo=UTC)
    >>> read_probe({"at": "2026-03-04T10:00:00Z", "target": "eu", "ok": "false"}, now)["ok"]
    False
    >>> read_probe({"at": "2026-03-04T10:00:00", "target": "eu", "ok": "false"}, now)
    "at '2026-03-04T10:00:00' names no time zone"
    """
    if isinstance(told, str):
        return told
    at = _instant(told.get("at"), now)
    target = told.get("target")
    ok = told.get("ok")
    latency = _latency(told.get("latency_ms"))
    if isinstance(at, str):
        return at
    if not isinstance(target, str) or not 0 < len(target.strip()) <= LONGEST_TARGET:
        return f"target {target!r} is no name"
    if isinstance(ok, str):
        ok = WORDS.get(ok.strip().lower(), ok)
    if not isinstance(ok, bool):
        return f"ok {ok!r} is neither true nor false"
    if isinstance(latency, str):
        return latency
    return {"at": at, "target": target.strip(), "ok": ok, "latency_ms": latency}


def _instant(value: Any, now: datetime) -> datetime | str:
    try:
        at = datetime.fromisoformat(value.strip())
        if at.tzinfo is None:
            return f"at {value!r} names no time zone"
        at = at.astimezone(UTC)
    except (AttributeError, ValueError, OverflowError):
        return f"at {value!r} is no time such as 2026-03-02T12:06:00Z"
    return f"at {value!r} is yet to come" if at > now else at


def _latency(value: Any) -> float | str | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number) or number < 0:
        return f"latency_ms {value!r} is no number of milliseconds"
    return number
