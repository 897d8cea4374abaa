"""Correct labels by hand: ``overrides.toml`` in the data folder, laid over what rules give.

Each entry names one incident or one component of a page, and says why. What it sets is marked
in the snapshot, so that a number can say that it rests on it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from ingest.labels.classification import CLASSES
from ingest.labels.surfaces import SURFACES
from ingest.models import UsageError

FILE = "overrides.toml"
#: Marks what an entry sets: basis of a class, a surface or a time, and flag of an incident.
OWN, FLAG = "override", "overridden"
#: Tables that hold the surface of a component.
ON_SURFACES = ("components", "incident_components", "component_states", "coverage")
Row = dict[str, Any]
Key = tuple[str, str]
T = TypeVar("T")


class OverridesError(UsageError):
    """Entry of ``overrides.toml`` that cannot be read; one line with its number and key."""


@dataclass(frozen=True, slots=True)
class IncidentOverride:
    """Labels of one incident that a person set. None: left as the rules give it."""

    note: str
    source: str | None = None
    class_name: str | None = None
    window: tuple[datetime, datetime] | None = None

    @property
    def sets(self) -> str:
        """Name what it sets, in words."""
        window = "window" if self.window else None
        return ", ".join(one for one in (self.class_name, window) if one)


@dataclass(frozen=True, slots=True)
class ComponentOverride:
    """Surface of one component that a person set."""

    note: str
    surface: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """Every entry, by page key and id."""

    incidents: Mapping[Key, IncidentOverride] = field(default_factory=dict[Key, IncidentOverride])
    components: Mapping[Key, ComponentOverride] = field(
        default_factory=dict[Key, ComponentOverride]
    )

    def lay_over(self, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        """Return the tables of pages with what the entries set.

        Returns:
            The columns of each table; rows that an entry sets stand last.
        """
        laid = dict(tables)
        if "incidents" in laid:
            laid["incidents"] = _set(laid["incidents"], "incident_id", self.incidents, _incident)
        for table in ON_SURFACES:
            if table in laid:
                laid[table] = _set(laid[table], "component_id", self.components, _component)
        return laid


def _set(
    frame: pl.DataFrame, name: str, entries: Mapping[Key, T], change: Callable[[Row, T], Row]
) -> pl.DataFrame:
    """Return a frame with the rows changed that an entry names by page key and ``name``."""
    if not entries:
        return frame
    named = pl.DataFrame([*entries], schema=["page_key", name], orient="row")
    key = ["page_key", name]
    rows = [
        change(row, entries[row["page_key"], row[name]])
        for row in frame.join(named, on=key, how="semi").to_dicts()
    ]
    changed = pl.DataFrame(rows, schema=frame.schema, orient="row")
    return pl.concat([frame.join(named, on=key, how="anti"), changed])


def _incident(row: Row, own: IncidentOverride) -> Row:
    found = {**row, "flags": sorted({*row["flags"], FLAG})}
    if own.class_name is not None:
        found |= {"class": own.class_name, "class_basis": OWN, "class_reason": own.note}
    if own.window is not None:
        start, end = own.window
        found |= {"stated_start_at": start, "stated_end_at": end}
        found |= {"stated_text": own.note, "stated_confidence": OWN}
        found |= {"impact_start_at": start, "impact_end_at": end}
        found |= {"impact_start_basis": OWN, "impact_end_basis": OWN}
    return found


def _component(row: Row, own: ComponentOverride) -> Row:
    basis = {"surface_basis": OWN} if "surface_basis" in row else {}
    return {**row, "surface": own.surface, **basis}


NOTHING = Overrides()


def load(path: Path) -> Overrides:
    """Read the entries of a file; none where there is no file.

    Raises ``OverridesError`` and ``OSError``.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return NOTHING
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OverridesError(f"{path.name}: not TOML: {error}") from None
    if unknown := sorted(tables.keys() - {"incident", "component"}):
        raise OverridesError(f"{path.name}: {unknown[0]}: use [[incident]] and [[component]]")
    incidents: dict[Key, IncidentOverride] = {}
    components: dict[Key, ComponentOverride] = {}
    for kind, found in tables.items():
        if not isinstance(found, list):
            raise OverridesError(f"{path.name}: {kind}: write [[{kind}]], with two brackets")
        for nr, table in enumerate(found, 1):
            entry = _Entry(table, f"{path.name}: [[{kind}]] {nr}")
            key = entry.text("page"), entry.text("id")
            if key in (incidents if kind == "incident" else components):
                raise entry.fault("id", "has an entry already")
            if kind == "incident":
                incidents[key] = _read_incident(entry)
            else:
                components[key] = _read_component(entry)
            entry.finish()
    return Overrides(incidents, components)


def _read_incident(entry: _Entry) -> IncidentOverride:
    found = IncidentOverride(
        note=entry.text("note"),
        source=entry.optional("source"),
        class_name=entry.one_of("class", CLASSES),
        window=entry.window(),
    )
    if found.class_name is None and found.window is None:
        raise entry.fault("class", "is missing, and so is window")
    return found


def _read_component(entry: _Entry) -> ComponentOverride:
    surface = entry.one_of("surface", SURFACES)
    if surface is None:
        raise entry.fault("surface", "is missing")
    return ComponentOverride(entry.text("note"), surface, entry.optional("source"))


@dataclass(slots=True)
class _Entry:
    """Hold a table of the file, whose keys are read one by one."""

    table: Any
    where: str
    read: set[str] = field(default_factory=set[str])

    def fault(self, key: str, what: str) -> OverridesError:
        """Say what is wrong with a key."""
        return OverridesError(f"{self.where} {key}: {what}")

    def optional(self, key: str) -> str | None:
        """Return a text; None where it is not given."""
        self.read.add(key)
        value = self.table.get(key)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise self.fault(key, "must be a text")
        return value

    def text(self, key: str) -> str:
        """Return a text that must be given."""
        value = self.optional(key)
        if value is None:
            raise self.fault(key, "is missing")
        return value

    def one_of(self, key: str, words: Iterable[str]) -> str | None:
        """Return one of some words; None where it is not given."""
        value = self.optional(key)
        if value is not None and value not in (allowed := [*words]):
            raise self.fault(key, f"must be one of {', '.join(allowed)}")
        return value

    def window(self) -> tuple[datetime, datetime] | None:
        """Return start and end of a window; None where it is not given."""
        self.read.add("window")
        value = self.table.get("window")
        if value is None:
            return None
        whole = isinstance(value, list) and len(value) == 2
        if not whole or not all(isinstance(at, datetime) and at.tzinfo for at in value):
            raise self.fault("window", "must be two times with a zone, [start, end]")
        start, end = value
        if end <= start:
            raise self.fault("window", "must end after it starts")
        return start, end

    def finish(self) -> None:
        """Refuse keys that nobody reads."""
        if unknown := sorted(self.table.keys() - self.read):
            raise self.fault(unknown[0], "unknown key")
