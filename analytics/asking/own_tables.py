"""Read a TOML file of a user's own: tables under names, each with known keys."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from ingest.models import UsageError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnTables:
    """Name a file of tables and the error that says, in a line, what of it cannot be read.

    ``kind``: what one of its tables is.
    """

    file: str
    kind: str
    error: type[UsageError]

    def refusal(self, why: str) -> UsageError:
        """Return the error that names the file and a reason."""
        return self.error(f"{self.file}: {why}")

    def read(self, text: str) -> dict[str, Any]:
        """Read the content of the file, in its order; decimal numbers are exact."""
        try:
            return tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            raise self.error(f"{self.file} is no TOML: {error}") from None

    def find(self, tables: Mapping[str, T], name: str) -> T:
        """Return the table of that name; the error says which there are."""
        if name in tables:
            return tables[name]
        known = f"one of {', '.join(tables)}" if tables else f"{self.file} holds none"
        raise self.error(f"no {self.kind} {name!r}: {known}")

    def check_keys(self, name: str, given: Any, allowed: Collection[str]) -> None:
        """Refuse what is no table, or has a key that is not allowed."""
        if not isinstance(given, dict):
            raise self.refusal(f"{name!r} is no table of keys such as {next(iter(allowed))}")
        for key in given:
            if key not in allowed:
                raise self.refusal(f"key {key!r} of {name!r} is not one of {', '.join(allowed)}")

    def word(self, name: str, key: str, value: Any) -> str:
        """Read a value that is one word."""
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.refusal(f"{key} of {name!r} is no word in quotes")
        return value

    def words(self, name: str, key: str, value: Any) -> tuple[str, ...]:
        """Read a value that is a list of words."""
        if not isinstance(value, list):
            raise self.refusal(f"{key} of {name!r} is no list of words in quotes")
        return tuple(self.word(name, key, one) for one in value)
