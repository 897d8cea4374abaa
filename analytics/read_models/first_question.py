"""Choose the question that the Overview opens with: where most can be compared, for longest."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analytics.comparison.cohort import DAY_S
from analytics.memo import once
from analytics.question import Question
from analytics.scope import ALL_SURFACES, OTHER, epoch, scopes
from analytics.snapshot import Snapshot
from ingest.intervals import clip, total

#: Windows that are tried, in days, the longest first.
TRIED = (365, 180, 90, 30)
#: Share of the window that a provider must be covered for.
COVERED = 0.8
#: Providers that make a window good enough; else the best two decide.
ENOUGH = 3
#: Surfaces in the order in which they are preferred; clouds and upstreams follow.
SURFACES = (
    *("api_inference", "chat_web", "mobile", "desktop", "console", "auth", "billing"),
    *("embeddings", "image", "audio_realtime", "video", "fine_tuning", "batch", "files"),
    *("agents", "search_tools", "code_assistant", "docs_site", "gov_region"),
)


@dataclass(frozen=True, slots=True)
class FirstQuestion:
    """A window in days and a surface."""

    days: int
    surface: str


def _asked(
    providers: Sequence[str], windows: Sequence[int] = TRIED, surface: str | None = None, /
) -> Hashable:
    return tuple(providers), tuple(windows), surface


@once(_asked)
def first_question(
    snapshot: Snapshot,
    providers: Sequence[str],
    windows: Sequence[int] = TRIED,
    surface: str | None = None,
) -> FirstQuestion | None:
    """Choose window and surface; None where no provider is covered on any surface.

    The first window in which three providers are covered for 80 % on one surface wins, on the
    surface that has most of them. Without such a window the first with two does, else the window
    and surface on which the second best is covered for the largest share.

    Args:
        snapshot: Where the providers are.
        providers: Whom to compare.
        windows: Windows to choose from, in days.
        surface: Choose the window only, for this surface.
    """
    end = epoch(snapshot.as_of)
    since = (snapshot.as_of - timedelta(days=max(windows))).date()
    asked = Question(providers=tuple(providers), surface=surface, since=since)
    spans: dict[str, list[list[tuple[int, int]]]] = {}
    for scope in scopes(snapshot, asked):
        if scope.surface != OTHER and scope.covered:
            spans.setdefault(scope.surface, []).append(scope.covered)
    shares = {
        FirstQuestion(days, name): sorted(
            (total(clip(one, end - days * DAY_S, end)) / (days * DAY_S) for one in everyone),
            reverse=True,
        )
        for days in windows
        for name, everyone in sorted(spans.items(), key=lambda of: _place(of[0]))
    }
    for least in (ENOUGH, 2):
        for days in windows:
            held = {
                first: sum(share >= COVERED for share in found)
                for first, found in shares.items()
                if first.days == days
            }
            if max(held.values(), default=0) >= least:
                return max(held, key=lambda first: held[first])
    return max(shares, key=lambda first: shares[first][:2][::-1], default=None)


def first_surface(snapshot: Snapshot, question: Question) -> str | None:
    """Choose the surface of a question that names none, by the same rule, for its own window.

    Args:
        snapshot: Where the providers are.
        question: Providers and window.
    """
    shares: dict[str, list[float]] = {}
    for scope in scopes(snapshot, question):
        if scope.surface not in (OTHER, ALL_SURFACES) and scope.covered:
            shares.setdefault(scope.surface, []).append(scope.covered_s / scope.window_s)
    ordered = sorted(shares, key=_place)

    def good(surface: str) -> tuple[int, list[float]]:
        found = sorted(shares[surface], reverse=True)
        return sum(share >= COVERED for share in found), [*found, 0.0][1:2]

    return max(ordered, key=good, default=None)


def _place(surface: str) -> tuple[int, str]:
    return (SURFACES.index(surface) if surface in SURFACES else len(SURFACES)), surface
