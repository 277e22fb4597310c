"""What one mark can do to a score: the round computed again with one mark of every entry moved by one step.

All entries are moved at a time, so the round is computed once for every sheet of an entry, criterion and direction.
That is right only where a score depends on the entry's own sheets; whether it does is itself tried first.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..document import Scheme
from ..engine import compute
from ..inputs import Inputs, MarkCodec
from ..outcome import Outcome
from ..problems import Problem
from ..rules.marking.base import SheetMark
from ..rules.marking.choices import ChoiceMark
from . import work

Marks = NDArray[Any]


def why_not(scheme: Scheme, outcome: Outcome) -> Problem | None:
    """Why single marks are not tried; None when they may be."""
    inputs = outcome.inputs
    trials = len(inputs.sheet_entry) * int(outcome.sheet_count.max(initial=0)) * inputs.marks.shape[1] * 2
    if problem := work.too_much("逐条试算一档之差", trials, work.MOST_IN_TRIALS):
        return problem
    if not trials or not (scheme.panel.ballots or _linked(scheme, outcome)):
        return None
    reason = "办法的得分在各单位之间相互折算，一处打分会牵动别的单位，没有逐条试算一档之差"
    return Problem(place="稳健性", reason=reason, remedy="可以看去掉任一位评委的重算", severity="warning")


def _linked(scheme: Scheme, outcome: Outcome) -> bool:
    """Whether moving every mark of every other entry changes the score of an entry in between."""
    inputs = outcome.inputs
    entry = inputs.sheet_entry
    for parity in (0, 1):
        rows = np.flatnonzero(entry % 2 == parity)
        marks = inputs.marks.copy()
        for column, method in enumerate(MarkCodec(scheme).methods):
            for step in (1, -1):
                still = rows[marks[rows, column] == inputs.marks[rows, column]]
                marks[still, column] = _stepped(method, inputs.marks[still, column], step)
        changed = _changed(outcome, compute(scheme, replace(inputs, marks=marks)))
        if (changed % 2 != parity).any():
            return True
    return False


def reach(scheme: Scheme, outcome: Outcome) -> tuple[list[Fraction | None], list[Fraction | None]]:
    """The lowest and the highest score of every entry that one mark, moved by one step, gives; None without sheets."""
    lowest = [outcome.score.value(entry) if count else None for entry, count in enumerate(outcome.sheet_count)]
    highest = list(lowest)
    for marks in _moved(scheme, outcome.inputs):
        again = compute(scheme, replace(outcome.inputs, marks=marks))
        for entry in _changed(outcome, again).tolist():
            value, low, high = again.score.value(entry), lowest[entry], highest[entry]
            if value is not None and low is not None and high is not None:
                lowest[entry], highest[entry] = min(low, value), max(high, value)
    return lowest, highest


def _changed(outcome: Outcome, again: Outcome) -> NDArray[np.int64]:
    """The entries whose score is another."""
    mine, its = outcome.score, again.score
    return np.flatnonzero((mine.known != its.known) | (mine.numerators * its.unit != its.numerators * mine.unit))


def _moved(scheme: Scheme, inputs: Inputs) -> Iterator[Marks]:
    """The marks with one mark of every entry moved by one step: every sheet, criterion and direction in turn."""
    order = np.argsort(inputs.sheet_entry, kind="stable")
    owners = inputs.sheet_entry[order]
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order)) - np.searchsorted(owners, owners)
    for sheet in range(int(position.max(initial=-1)) + 1):
        rows = np.flatnonzero(position == sheet)
        for column, method in enumerate(MarkCodec(scheme).methods):
            for step in (-1, 1):
                marks = inputs.marks.copy()
                marks[rows, column] = _stepped(method, inputs.marks[rows, column], step)
                yield marks


def _stepped(method: SheetMark, marks: Marks, step: int) -> Marks:
    """Marks moved to the next one that the method allows; those at the end of their range, or missing, stay."""
    allowed = np.arange(method.units_at_most + 1)
    if isinstance(method, ChoiceMark):
        allowed = np.unique([method.to_units(points) for _, points in method.choices])
    place = np.minimum(np.searchsorted(allowed, marks), len(allowed) - 1)
    here = (allowed[place] == marks) & (place + step >= 0) & (place + step < len(allowed))
    return np.where(here, allowed[np.clip(place + step, 0, len(allowed) - 1)], marks)
