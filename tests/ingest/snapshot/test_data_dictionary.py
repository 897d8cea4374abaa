"""The data dictionary says what the schema says."""

import hashlib

from ingest.models import DERIVATION_VERSION
from ingest.snapshot.data_dictionary import SHARED, dictionary
from ingest.snapshot.file import stored_columns
from tests.support.paths import ROOT

PAGE = ROOT / "data" / "README.md"


def test_the_dictionary_is_the_schema_in_words() -> None:
    assert PAGE.read_text(encoding="utf-8") == dictionary(), (
        "renew it: python -m ingest.snapshot.data_dictionary > data/README.md"
    )


def test_every_column_has_a_meaning_and_every_shared_meaning_a_column() -> None:
    rows = [line.split(" | ") for line in dictionary().splitlines() if line.startswith("| `")]
    assert [row[0] for row in rows if not row[2].rstrip(" |")] == []
    assert SHARED.keys() <= {row[0].strip("| `") for row in rows}


def test_other_columns_are_another_version_of_the_tables() -> None:
    """A snapshot without a column that is asked for ends in a traceback; its version in a line."""
    columns = sorted((table, [*names]) for table, names in stored_columns().items())
    digest = hashlib.sha256(repr(columns).encode()).hexdigest()[:12]
    assert (DERIVATION_VERSION, digest) == ("3", "eece9dd79ee2"), (
        "raise DERIVATION_VERSION in ingest/models.py, and put the new pair here"
    )
