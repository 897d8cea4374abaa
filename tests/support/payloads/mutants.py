"""Bodies that are almost right: a payload with a value, a key or some bytes gone wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

#: What may stand where something else should: nothing, other types, and the far ends of each.
WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**20,
    1e308,
    "",
    "x",
    "a b",
    "\u0000",
    "2026-13-01",
    "9999-12-31T23:59:59-23:00",
    [],
    [1],
    [[]],
    {},
    {"a": 1},
)
Path = tuple[Any, ...]


def mutants(body: bytes, random: Random, number: int) -> Iterator[bytes]:
    """Yield bodies made of ``body``: most of JSON by a value, others by their bytes."""
    document = _document(body)
    for _ in range(number):
        if document is not None and random.random() < 0.8:
            yield json.dumps(_changed(document, random)).encode()
        else:
            yield _damaged(body, random)


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _paths(one, (*path, key))


def _changed(document: Any, random: Random) -> Any:
    changed = copy.deepcopy(document)
    paths = [*_paths(changed)]
    for _ in range(random.choice((1, 1, 2))):
        if not paths:
            break
        *way, last = random.choice(paths)
        within = changed
        try:
            for key in way:
                within = within[key]
            if random.random() < 0.3:
                del within[last]
            else:
                within[last] = copy.deepcopy(random.choice(WRONG))
        except (LookupError, TypeError):
            continue  # An earlier change took the way there.
    return changed


def _damaged(body: bytes, random: Random) -> bytes:
    damaged = bytearray(body)
    for _ in range(random.choice((1, 2, 5, 20))):
        at = random.randrange(len(damaged) or 1)
        length = random.randrange(1, 30)
        match random.randrange(3):
            case 0:
                damaged[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                del damaged[at : at + length]
            case _:
                damaged[at:at] = damaged[at : at + length]
    return bytes(damaged)
