"""Labelled samples, split by hash, and how well labels agree with them.

A third of each sample was not looked at while the rules were written; every bound holds on it by
itself too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import binomtest

SAMPLES = Path(__file__).parents[1] / "ingest" / "labels" / "samples"
PARTS = ("looked at", "unseen")


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing of a sample: what it is, what it was labelled, and what it should have been.

    ``None`` stands for no label at all.
    """

    text: str
    found: object | None
    wanted: object | None

    @property
    def unseen(self) -> bool:
        """Tell whether the text belongs to the third that was not looked at."""
        return hashlib.sha256(self.text.encode()).digest()[0] % 3 == 0


def rows(name: str) -> list[dict[str, Any]]:
    """Read a sample of JSON Lines."""
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def wrong(judged: Iterable[Judged]) -> list[str]:
    """List what was labelled wrongly, for whoever reads a failure."""
    return [f"{j.text!r}: {j.found}, not {j.wanted}" for j in judged if j.found != j.wanted]


def hold(what: str, judged: Iterable[Judged], *, precision: float, recall: float) -> None:
    """Assert the bounds on each part of a sample, and print both shares with n and interval."""
    everything = list(judged)
    for part, name in enumerate(PARTS):
        own = [j for j in everything if j.unseen == bool(part)]
        decided = [j for j in own if j.found is not None]
        due = [j for j in own if j.wanted is not None]
        right = sum(j.found == j.wanted for j in decided)
        for share, bound, n in (("precision", precision, decided), ("recall", recall, due)):
            between = binomtest(right, len(n)).proportion_ci(method="wilson")
            print(
                f"{what}, {name}: {share} {right / len(n):.3f} of n {len(n)} "
                f"(Wilson 95 % {between.low:.3f} to {between.high:.3f}), at least {bound}"
            )
            assert right >= bound * len(n), wrong(own)
