"""Which items of two lists are the same item: by equality, then by name or kind, then by likeness; and which moved.

A pair only says that two items are compared with each other; whatever differs between them is found there.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

#: Beyond so many comparisons of leftovers they are paired by position: a list made to hurt costs bounded time.
MOST_COMPARISONS = 10_000
NAMING = ("key", "name")


@dataclass(frozen=True)
class Matched:
    """Positions in the old and the new list; ``pairs`` and ``moved`` (positions in new) in the order of the new one."""

    pairs: tuple[tuple[int, int], ...]
    removed: tuple[int, ...]
    added: tuple[int, ...]
    moved: tuple[int, ...]


def match_items(old: Sequence[Any], new: Sequence[Any]) -> Matched:
    """Pair the items of two lists, of models or of plain values."""
    pairs: dict[int, int] = {}
    left, right = dict(enumerate(old)), dict(enumerate(new))
    for stage in (_equal, _by_key, _by_name, _alike):
        for i, j in stage(left, right):
            pairs[j] = i
            del left[i], right[j]
    ordered = tuple((pairs[j], j) for j in sorted(pairs))
    return Matched(ordered, tuple(left), tuple(right), moved_among(ordered))


def moved_among(pairs: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """New positions of the fewest items whose moving turns the old order into the new one; ``pairs`` in new order."""
    ends: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for at, (i, _) in enumerate(pairs):
        length = bisect_left(ends, i)
        before.append(chain[length - 1] if length else -1)
        ends[length:] = [i, *ends[length + 1 :]]
        chain[length:] = [at, *chain[length + 1 :]]
    stay, at = set(), chain[-1] if chain else -1
    while at >= 0:
        stay.add(at)
        at = before[at]
    return tuple(j for at, (_, j) in enumerate(pairs) if at not in stay)


def name_of(item: Any) -> str:
    """What people call an item: its name, else its key; empty when it has neither."""
    found = [getattr(item, field, None) for field in reversed(NAMING)] if isinstance(item, BaseModel) else []
    return next((name for name in found if isinstance(name, str) and name), "")


def _equal(left: dict[int, Any], right: dict[int, Any]) -> list[tuple[int, int]]:
    return [pair for i, j in _by(_canonical, left, right) for pair in zip(i, j, strict=False)]


def _by_key(left: dict[int, Any], right: dict[int, Any]) -> list[tuple[int, int]]:
    return [pair for i, j in _by(_natural_key, left, right) for pair in _likest(left, right, i, j)]


def _by_name(left: dict[int, Any], right: dict[int, Any]) -> list[tuple[int, int]]:
    """Items that got another key."""
    return [
        pair for i, j in _by(lambda item: name_of(item) or None, left, right) for pair in _likest(left, right, i, j)
    ]


def _alike(left: dict[int, Any], right: dict[int, Any]) -> list[tuple[int, int]]:
    """Items without a key that lost their name but kept at least half of the rest."""
    i, j = ([at for at, item in side.items() if _is_nameable(item)] for side in (left, right))
    return _likest(left, right, i, j, least=0.5) if len(i) * len(j) <= MOST_COMPARISONS else []


def _is_nameable(item: Any) -> bool:
    return isinstance(item, BaseModel) and "key" not in type(item).model_fields


def _by(key: Any, left: dict[int, Any], right: dict[int, Any]) -> Iterator[tuple[list[int], list[int]]]:
    """Positions on both sides that have one key in common."""
    groups: dict[Any, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((left, right)):
        for at, item in items.items():
            groups[key(item)][side].append(at)
    return ((i, j) for found, (i, j) in groups.items() if found is not None and i and j)


def _canonical(item: Any) -> str:
    tree = item.model_dump() if isinstance(item, BaseModel) else item
    return json.dumps(tree, default=str, sort_keys=True)


def _natural_key(item: Any) -> tuple[str, str] | None:
    """Its name, else its kind, else its class; plain values have none."""
    for field in (*NAMING, "kind"):
        if isinstance(item, BaseModel) and isinstance(getattr(item, field, None), str):
            return field, getattr(item, field)
    return ("", type(item).__name__) if isinstance(item, BaseModel) else None


def _likest(
    left: dict[int, Any], right: dict[int, Any], i: list[int], j: list[int], *, least: float = 0
) -> list[tuple[int, int]]:
    """Pairs of the likest, each item once, none less alike than ``least``."""
    if len(i) * len(j) > MOST_COMPARISONS:
        return list(zip(i, j, strict=False))
    scored = sorted((-_likeness(left[a], right[b]), a, b) for a in i for b in j)
    taken: dict[int, int] = {}
    for score, a, b in scored:
        if a not in taken and b not in taken.values() and -score >= least:
            taken[a] = b
    return list(taken.items())


def _likeness(one: Any, other: Any) -> float:
    """Of what is written in either, names aside, the share that is equal; 0 for different models."""
    if type(one) is not type(other):
        return 0
    fields = [
        (getattr(one, field), getattr(other, field), info.get_default(call_default_factory=True))
        for field, info in type(one).model_fields.items()
        if field not in (*NAMING, "kind")
    ]
    written = [(a, b) for a, b, usual in fields if not (a == usual and b == usual)]
    return sum(bool(a == b) for a, b in written) / max(len(written), 1)
