"""Margins: how far each score is from what decides it, and whether one mark, one step higher or lower, would cross it.

Exact. The cut of an entry is the score it has to beat when everybody else stays as they are: with at most n places,
the n-th best score among the others of its group. So an entry that won is measured against the first that did not,
an entry that lost against the last that won, and entries tied across the cut against each other, at distance zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import itemgetter
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..document import Scheme
from ..engine import compute
from ..inputs import Inputs, MarkCodec
from ..outcome import Outcome, Verdict
from ..problems import Problem
from . import work

Decider = Literal["cut", "threshold"]


@dataclass(frozen=True)
class Margin:
    """One ranked entry's distances, in points. ``rivals`` are the entries that hold the score of the ``cut``,
    first the one that stands at the line.

    ``lowest`` and ``highest`` are the scores that one mark of one sheet, moved by one step, can give; None where that
    was not tried. ``hinges``: one such score is on the other side of what decides, or exactly level with a rival.
    """

    entry: int
    awarded: bool
    score: Fraction
    cut: Fraction | None
    rivals: tuple[int, ...]
    threshold: Fraction | None
    lowest: Fraction | None = None
    highest: Fraction | None = None

    @property
    def decider(self) -> Decider | None:
        """Which of the two stands higher and therefore decides; None where nothing limits."""
        if self.cut is not None and (self.threshold is None or self.cut >= self.threshold):
            return "cut"
        return None if self.threshold is None else "threshold"

    @property
    def distance(self) -> Fraction | None:
        """The score less what decides it: at least 0 for who won, at most 0 for who lost."""
        bars = [bar for bar in (self.cut, self.threshold) if bar is not None]
        return self.score - max(bars) if bars else None

    @property
    def swing(self) -> Fraction | None:
        """The most that one mark, moved by one step towards the other side, changes the score."""
        if self.lowest is None or self.highest is None:
            return None
        return self.score - self.lowest if self.awarded else self.highest - self.score

    @property
    def hinges(self) -> bool:
        if self.lowest is None or self.highest is None or self.decider is None:
            return False
        if self.awarded:
            return self._below(self.lowest) or (self.cut is not None and self.lowest <= self.cut)
        return not self._below(self.highest) and (self.cut is None or self.highest >= self.cut)

    def _below(self, score: Fraction) -> bool:
        return self.threshold is not None and score < self.threshold


@dataclass(frozen=True)
class Margins:
    """Every ranked entry's margin, in the order of the inputs; ``problem`` says why single marks were not tried."""

    rows: tuple[Margin, ...]
    problem: Problem | None = None

    @property
    def hinging(self) -> tuple[Margin, ...]:
        return tuple(row for row in self.rows if row.hinges)


def margins(scheme: Scheme, outcome: Outcome) -> Margins:
    """The margins of every ranked entry whose group has a place to win.

    To see what one mark can do, the round is computed once for every sheet of an entry, criterion and direction, all
    entries at a time; that supposes that a score depends on the entry's own sheets only. Bounded by ``work.MOST_IN_TRIALS``.
    """
    rows = tuple(_row(scheme, outcome, *found) for found in sorted(_cuts(outcome), key=itemgetter(0)))
    sheets, columns = len(outcome.inputs.sheet_entry), outcome.inputs.marks.shape[1]
    trials = sheets * int(outcome.sheet_count.max(initial=0)) * columns * 2
    if problem := work.too_much("逐条试算一档之差", trials, work.MOST_IN_TRIALS):
        return Margins(rows, problem)
    lowest, highest = _reach(scheme, outcome)
    return Margins(tuple(replace(row, lowest=lowest[row.entry], highest=highest[row.entry]) for row in rows))


def _row(scheme: Scheme, outcome: Outcome, entry: int, cut: Fraction | None, rivals: tuple[int, ...]) -> Margin:
    threshold = scheme.tiers[int(outcome.inputs.entry_tier[entry])].threshold
    won = outcome.verdict_of(entry) == Verdict.AWARDED
    return Margin(entry, won, _score(outcome, entry), cut, rivals, threshold)


def _score(outcome: Outcome, entry: int) -> Fraction:
    value = outcome.score.value(entry)
    if value is None:
        raise ValueError(f"entry {entry} is ranked and has no score")
    return value


def _cuts(outcome: Outcome) -> Iterator[tuple[int, Fraction | None, tuple[int, ...]]]:
    """Every ranked entry with its cut and the rivals at it; groups where nobody may win are left out."""
    codes = np.array(outcome.inputs.entry_org, dtype=str)
    for index, group in enumerate(outcome.groups):
        members = np.flatnonzero((outcome.entry_group == index) & (outcome.rank > 0))
        by_rank = np.lexsort((codes[members], outcome.rank[members]))
        ordered = [int(entry) for entry in members[by_rank]]
        limit = len(ordered) if group.limit is None else group.limit
        at_line = {line: _level(outcome, ordered, line) for line in (limit - 1, limit)}
        for place, entry in enumerate(ordered if limit else ()):
            level = at_line[limit if place < limit else limit - 1]
            cut = _score(outcome, level[0]) if level else None
            yield entry, cut, tuple(other for other in level if other != entry)


def _level(outcome: Outcome, ordered: list[int], line: int) -> list[int]:
    """The entry at a place of the ranking and those with the same score; none where nobody stands there."""
    if not 0 <= line < len(ordered):
        return []
    cut = _score(outcome, ordered[line])
    return [ordered[line], *(other for other in ordered if other != ordered[line] and _score(outcome, other) == cut)]


def _reach(scheme: Scheme, outcome: Outcome) -> tuple[list[Fraction], list[Fraction]]:
    """The lowest and the highest score of every entry that one mark, moved by one step, gives."""
    lowest = [outcome.score.value(entry) or Fraction(0) for entry in range(len(outcome.inputs))]
    highest = list(lowest)
    for marks in _moved(scheme, outcome.inputs):
        score = compute(scheme, replace(outcome.inputs, marks=marks)).score
        for entry in np.flatnonzero(score.numerators * outcome.score.unit != outcome.score.numerators * score.unit):
            value = score.value(int(entry))
            if value is not None:
                lowest[entry], highest[entry] = min(lowest[entry], value), max(highest[entry], value)
    return lowest, highest


def _moved(scheme: Scheme, inputs: Inputs) -> Iterator[NDArray[Any]]:
    """The marks with one mark of every entry moved by one step: every sheet, criterion and direction in turn."""
    most = np.array([method.units_at_most for method in MarkCodec(scheme).methods], dtype=np.int64)
    order = np.argsort(inputs.sheet_entry, kind="stable")
    sorted_entries = inputs.sheet_entry[order]
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order)) - np.searchsorted(sorted_entries, sorted_entries)
    for sheet in range(int(position.max(initial=-1)) + 1):
        rows = np.flatnonzero(position == sheet)
        for column in range(inputs.marks.shape[1]):
            for step in (-1, 1):
                moved = inputs.marks[rows, column].astype(np.int64) + step
                legal = (moved >= 0) & (moved <= most[column])
                marks = inputs.marks.copy()
                marks[rows[legal], column] = moved[legal]
                yield marks
