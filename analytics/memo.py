"""Keep answers with an open snapshot, so that each is worked out once.

A page, a document and a metric ask the same things of a snapshot: its scopes, the incidents on
them, the states observed, who is compared with whom. A snapshot never changes while it is open,
so an answer holds for as long as the snapshot does. ``once`` marks a function whose answers are
kept, and names the part of a question that they depend on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
#: Answers kept at once; the largest are some megabytes.
MOST = 256


class Memo:
    """A bounded store of answers: the one asked for longest ago goes first.

    Sessions share a snapshot. Two that ask the same at the same time may both work it out, and
    both get the answer of the first.
    """

    __slots__ = ("_kept", "_lock", "_most")

    def __init__(self, most: int = MOST) -> None:
        """Keep at most ``most`` answers."""
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def get(self, key: Hashable, work: Callable[[], T]) -> T:
        """Return the answer kept under ``key``; work it out where there is none."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                kept: T = self._kept[key]
                return kept
        found = work()
        with self._lock:
            first: T = self._kept.setdefault(key, found)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return first

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._kept.clear()


class Remembering(Protocol):
    """An open snapshot, as far as keeping answers goes."""

    memo: Memo


S = TypeVar("S", bound=Remembering)


def once(
    key: Callable[P, Hashable],
) -> Callable[[Callable[Concatenate[S, P], T]], Callable[Concatenate[S, P], T]]:
    """Mark a function of a snapshot whose answers are kept with it.

    ``key`` names what an answer depends on, from the arguments after the snapshot: questions
    that differ elsewhere share it. Answers are shared, so nobody may change them.
    """

    def remembering(
        work: Callable[Concatenate[S, P], T],
    ) -> Callable[Concatenate[S, P], T]:
        @wraps(work)
        def remembered(snapshot: S, /, *asked: P.args, **more: P.kwargs) -> T:
            return snapshot.memo.get(
                (work, key(*asked, **more)), lambda: work(snapshot, *asked, **more)
            )

        return remembered

    return remembering
