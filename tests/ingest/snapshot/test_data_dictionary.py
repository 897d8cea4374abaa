"""The data dictionary says what the schema says."""

from ingest.snapshot.data_dictionary import SHARED, dictionary
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
