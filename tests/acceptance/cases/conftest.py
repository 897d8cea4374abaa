"""Cases, each played once for all tests of a module."""

from __future__ import annotations

import pytest

from tests.support.captured.case_ledger import Case, Play, PlayedCase


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Play a case where nobody did yet."""
    found: dict[Case, PlayedCase] = {}

    def once(case: Case) -> PlayedCase:
        if case not in found:
            found[case] = case.play(tmp_path_factory.mktemp("case") / "data")
        return found[case]

    return once
