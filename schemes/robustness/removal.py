"""Removing one inspector: the round computed again without their sheets, and every verdict that would differ.

Exact: the same ``compute`` decides, ties, thresholds and minimum numbers of sheets included. Only the groups in which
the inspector handed in a sheet are computed again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..document import Scheme
from ..engine import compute
from ..inputs import Inputs
from ..outcome import EntryResult, Outcome, Verdict
from ..problems import Problem
from . import work


@dataclass(frozen=True)
class Change:
    """One entry whose verdict, or whose place inside or outside the cut, is another without the inspector."""

    entry: int
    before: EntryResult
    after: EntryResult

    @property
    def turns(self) -> bool:
        """Whether it is an award that is won or lost, and not only the reason for winning none."""
        return (self.before.outcome == Verdict.AWARDED) != (self.after.outcome == Verdict.AWARDED)


@dataclass(frozen=True)
class Removal:
    """What the round would be without one inspector: how many sheets fall away, and what changes."""

    inspector: str
    sheets: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Removals:
    """Every inspector, in the order of their numbers; ``problem`` says why nothing was computed."""

    rows: tuple[Removal, ...]
    problem: Problem | None = None

    @property
    def fragile(self) -> tuple[int, ...]:
        """The entries whose award hangs on at least one inspector."""
        return tuple(sorted({change.entry for row in self.rows for change in row.changes if change.turns}))


def removals(scheme: Scheme, outcome: Outcome) -> Removals:
    """Compute again without each inspector in turn. Refused with a sentence when that is more than ``work.MOST``."""
    inputs = outcome.inputs
    names = np.array(inputs.sheet_inspector, dtype=str)
    present = np.unique(names)
    group_of_sheet = outcome.entry_group[inputs.sheet_entry]
    sizes = np.bincount(group_of_sheet, minlength=len(outcome.groups))
    touched = {name: np.unique(group_of_sheet[names == name]) for name in present.tolist()} if len(present) else {}
    again = sum(int(sizes[groups].sum()) for groups in touched.values())
    if problem := work.too_much("逐位去掉评委重算", again, work.MOST):
        return Removals((), problem)
    return Removals(tuple(_removal(scheme, outcome, names, name, groups) for name, groups in touched.items()))


def _removal(
    scheme: Scheme, outcome: Outcome, names: NDArray[np.str_], name: str, groups: NDArray[np.int64]
) -> Removal:
    entries = np.flatnonzero(np.isin(outcome.entry_group, groups))
    theirs = names == name
    again = compute(scheme, subset(outcome.inputs, entries, ~theirs))
    changes = []
    for place, entry in enumerate(entries.tolist()):
        if _stand(outcome, entry) != _stand(again, place):
            changes.append(Change(entry, outcome.row(entry), again.row(place)))
    return Removal(name, int(theirs.sum()), tuple(changes))


def _stand(outcome: Outcome, entry: int) -> tuple[Any, bool]:
    """The verdict, and whether the rank lies within the places."""
    limit, rank = outcome.group_of(entry).limit, int(outcome.rank[entry])
    return outcome.verdict_of(entry), rank > 0 and (limit is None or rank <= limit)


def subset(inputs: Inputs, entries: NDArray[np.int64], kept: NDArray[np.bool_]) -> Inputs:
    """The inputs of some entries, with those of their sheets that are ``kept`` (one truth per sheet)."""
    place = np.full(len(inputs), -1, dtype=np.int32)
    place[entries] = np.arange(len(entries), dtype=np.int32)
    sheets = np.flatnonzero(kept & (place[inputs.sheet_entry] >= 0))
    chosen: dict[str, Any] = {}
    for field in fields(inputs):
        value = getattr(inputs, field.name)
        if field.name.startswith("entry_"):
            chosen[field.name] = _picked(value, entries)
        elif field.name.startswith("sheet_") or field.name == "marks":
            chosen[field.name] = _picked(value, sheets)
    chosen["sheet_entry"] = place[chosen["sheet_entry"]]
    return replace(inputs, **chosen)


def _picked(values: Any, places: NDArray[np.int64]) -> Any:
    if isinstance(values, np.ndarray):
        return values[places]
    if isinstance(values, Sequence):
        return [values[place] for place in places.tolist()]
    return values
