"""Margins: how far each score is from what decides it, and whether one mark, one step higher or lower, would cross it.

Exact. The cut of an entry is the score it has to beat when everybody else stays as they are: with at most n places,
the n-th best score among the others of its group. So an entry that won is measured against the first that did not,
an entry that lost against the last that won, and entries tied across the cut against each other, at distance zero.
Where places are shared out by township there is no one cut; then only the tier's threshold is measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import itemgetter
from typing import Literal

import numpy as np

from ..document import Scheme
from ..outcome import Outcome, Verdict
from ..problems import Problem
from . import trials

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
        """The score less what decides it: at least 0 for who won; above 0 for who lost only by another condition."""
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


#: Whose score does not decide: a condition that no mark mends keeps them out.
_KEPT_OUT = frozenset({Verdict.UNMET, Verdict.RATED, Verdict.NOT_RATED})


def margins(scheme: Scheme, outcome: Outcome) -> Margins:
    """The margins of every ranked entry whose group has a place to win and whose score decides.

    What one mark can do is found by computing again, see ``trials``.
    """
    cuts = sorted(_cuts(scheme, outcome), key=itemgetter(0))
    rows = tuple(_row(scheme, outcome, *found) for found in cuts if outcome.verdict_of(found[0]) not in _KEPT_OUT)
    if problem := trials.why_not(scheme, outcome):
        return Margins(rows, problem)
    lowest, highest = trials.reach(scheme, outcome)
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


def _cuts(scheme: Scheme, outcome: Outcome) -> Iterator[tuple[int, Fraction | None, tuple[int, ...]]]:
    """Every ranked entry with its cut and the rivals at it; groups where nobody may win are left out."""
    codes = np.array(outcome.inputs.entry_org, dtype=str)
    for index, group in enumerate(outcome.groups):
        members = np.flatnonzero((outcome.entry_group == index) & (outcome.place > 0))
        by_place = np.lexsort((codes[members], outcome.place[members]))
        ordered = [int(entry) for entry in members[by_place]]
        limit = len(ordered) if group.limit is None else group.limit
        lines = () if scheme.selection.per_parent else (limit - 1, limit)
        at_line = {line: _level(outcome, ordered, line) for line in lines}
        for place, entry in enumerate(ordered if limit else ()):
            level = at_line.get(limit if place < limit else limit - 1, [])
            cut = _score(outcome, level[0]) if level else None
            yield entry, cut, tuple(other for other in level if other != entry)


def _level(outcome: Outcome, ordered: list[int], line: int) -> list[int]:
    """The entry at a place of the ranking and those with the same score; none where nobody stands there."""
    if not 0 <= line < len(ordered):
        return []
    cut = _score(outcome, ordered[line])
    return [ordered[line], *(other for other in ordered if other != ordered[line] and _score(outcome, other) == cut)]
