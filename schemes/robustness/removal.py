"""Removing one inspector: the round computed again without their sheets, and every result that would differ.

Exact: the same ``compute`` decides, ties, thresholds and minimum numbers of sheets included. Everything is computed
again, not only the groups in which the inspector sat: corrections between panels and points by rank reach further.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..document import Scheme
from ..engine import compute
from ..outcome import EntryResult, Outcome, Verdict
from ..problems import Problem, ProblemsFound
from . import work


@dataclass(frozen=True)
class Change:
    """One entry whose result, or whose place inside or outside the cut, is another without the inspector."""

    entry: int
    before: EntryResult
    after: EntryResult

    @property
    def turns(self) -> bool:
        """Whether an award, a grade or a badge is won or lost, and not only the reason for winning none."""
        return _won(self.before) != _won(self.after)


def _won(row: EntryResult) -> tuple[bool, str, tuple[str, ...]]:
    return row.outcome == Verdict.AWARDED, row.grade, row.badges


@dataclass(frozen=True)
class Removal:
    """What the round would be without one inspector: how many sheets fall away, and what changes.

    ``problem``: the scheme cannot compute the round without those sheets.
    """

    inspector: str
    sheets: int
    changes: tuple[Change, ...]
    problem: Problem | None = None


@dataclass(frozen=True)
class Removals:
    """Every inspector, in the order of their numbers; ``problem`` says why nothing was computed."""

    rows: tuple[Removal, ...]
    problem: Problem | None = None

    @property
    def fragile(self) -> tuple[int, ...]:
        """The entries whose result hangs on at least one inspector."""
        return tuple(sorted({change.entry for row in self.rows for change in row.changes if change.turns}))


def removals(scheme: Scheme, outcome: Outcome) -> Removals:
    """Compute again without each inspector in turn. Refused with a sentence when that is more than ``work.MOST``."""
    names = np.array(outcome.inputs.sheet_inspector, dtype=str)
    present = np.unique(names).tolist()
    if problem := work.too_much("逐位去掉评委重算", len(present) * len(names), work.MOST):
        return Removals((), problem)
    return Removals(tuple(_removal(scheme, outcome, name, names == name) for name in present))


def _removal(scheme: Scheme, outcome: Outcome, name: str, theirs: NDArray[np.bool_]) -> Removal:
    try:
        again = compute(scheme, outcome.inputs.of_sheets(~theirs))
    except ProblemsFound as found:
        return Removal(name, int(theirs.sum()), (), found.problems[0])
    differ = [entry for entry in range(len(outcome.inputs)) if _stand(outcome, entry) != _stand(again, entry)]
    changes = tuple(Change(entry, outcome.row(entry), again.row(entry)) for entry in differ)
    return Removal(name, int(theirs.sum()), changes)


def _stand(outcome: Outcome, entry: int) -> tuple[Any, ...]:
    """The result, and whether the place lies within the limit."""
    limit, place = outcome.group_of(entry).limit, int(outcome.place[entry])
    within = place > 0 and (limit is None or place <= limit)
    return outcome.verdict_of(entry), outcome.grade_of(entry), outcome.badges_of(entry), within
