"""Who gets which grade (等次、类别、星级) and which badges: thresholds, prerequisites, ceilings, steps, limits.

In this order: not rated; fixed by a veto; the bottom of the ranking; the grades from the highest down; no further
down than allowed; lowered by a veto.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .blocks.consequences import FixedGrade, GradeAtMost, Lower, NoGrade
from .blocks.rating import Badge, Bottom, Rating
from .evaluation import Evaluation
from .exact import ROUNDINGS, Integers
from .ranking import inside, rank, strictest
from .rules.limits import Group, Limit
from .selecting import take_by_parent

Mask = NDArray[np.bool_]
NONE, NOT_RATED = -1, -2


class Why(IntEnum):
    """What came of one grade for one entry, and how the final grade came about."""

    NOT_ASKED = 0
    GIVEN = 1
    BELOW = 2
    UNMET = 3
    CEILING = 4
    STEP = 5
    OVER = 6
    TIED = 7
    FIXED = 8
    BOTTOM = 9
    HELD = 10
    LOWERED = 11
    NOT_RATED = 12
    PARENT = 13


@dataclass(frozen=True)
class Ratings:
    """``grade``: index of the grade, NONE or NOT_RATED. ``asked[g]``: what came of grade ``g`` (a Why).

    ``decided``: how the final grade came about. ``limits[g][group]``: places and which limit, None where unlimited.
    """

    grade: NDArray[np.int16]
    asked: tuple[NDArray[np.int8], ...]
    decided: NDArray[np.int8]
    limits: tuple[tuple[tuple[int | None, int | None], ...], ...]


@dataclass(frozen=True)
class Ranked:
    """What ratings start from: each entry's group, its place in it, and who is ranked; the groups' sizes."""

    group: Integers
    groups: Sequence[Group]
    place: Integers
    ranked: Mask


def rate(evaluation: Evaluation, rating: Rating, ranked: Ranked) -> Ratings:
    """The grade of every entry."""
    return _Rater(evaluation, rating, ranked).ratings()


class _Rater:
    def __init__(self, evaluation: Evaluation, rating: Rating, ranked: Ranked) -> None:
        self.evaluation, self.rating, self.ranked = evaluation, rating, ranked
        self.count, self.names = evaluation.count, [grade.name for grade in rating.grades]
        self.grade = np.full(self.count, NONE, dtype=np.int16)
        self.decided = np.zeros(self.count, dtype=np.int8)
        self.open = ranked.ranked.copy()
        self.rule = evaluation.scheme.selection.per_parent
        self.parents = [str(evaluation.cell(self.rule.by, i) or "") for i in range(self.count)] if self.rule else []
        self.given: list[dict[str, int]] = [{} for _ in ranked.groups]

    def ratings(self) -> Ratings:
        self.leave_out()
        self.fix()
        for bottom in self.rating.bottom:
            self.take_bottom(bottom)
        asked, limits = self.descend()
        self.hold_steps()
        self.lower()
        return Ratings(self.grade, tuple(asked), self.decided, tuple(limits))

    def leave_out(self) -> None:
        out = ~self.ranked.ranked
        for rule in self.evaluation.scheme.vetoes:
            if isinstance(rule.effect, NoGrade):
                out |= self.evaluation.holds(rule.when)
        self.settle(out, NOT_RATED, Why.NOT_RATED)

    def fix(self) -> None:
        for rule in self.evaluation.scheme.vetoes:
            if isinstance(rule.effect, FixedGrade):
                here = self.evaluation.holds(rule.when) & self.open
                self.settle(here, self.names.index(rule.effect.grade), Why.FIXED)

    def settle(self, here: Mask, grade: int, why: Why) -> None:
        self.grade[here], self.decided[here] = grade, why
        self.open &= ~here

    def take_bottom(self, bottom: Bottom) -> None:
        """The last of each group by place, counted from the end."""
        asked = self.ranked.ranked if bottom.fixed_take_places else self.ranked.ranked & (self.decided != Why.FIXED)
        ranks, size = rank(self.ranked.group, asked, [self.ranked.place])
        wanted = [_bottom_count(bottom, group) for group in self.ranked.groups]
        most = np.array(wanted, dtype=np.int64)[self.ranked.group]
        last = (ranks > 0) & (ranks <= most)
        if bottom.ties == "exclude":
            last &= ranks + size - 1 <= most
        if bottom.when:
            last &= self.evaluation.holds(bottom.when)
        self.settle(last & self.open, self.names.index(bottom.grade), Why.BOTTOM)

    def descend(self) -> tuple[list[NDArray[np.int8]], list[tuple[tuple[int | None, int | None], ...]]]:
        asked, limits = [], []
        spare = np.zeros(len(self.ranked.groups), dtype=np.int64)
        for index in range(len(self.names)):
            answer, found, spare = self.ask(index, spare)
            asked.append(answer)
            limits.append(found)
        rest = self.open & (self.grade == NONE)
        self.decided[rest] = Why.BELOW
        return asked, limits

    def ask(
        self, index: int, spare: Integers
    ) -> tuple[NDArray[np.int8], tuple[tuple[int | None, int | None], ...], Integers]:
        """Give one grade: who may have it, who of those is within its limits, what is left over."""
        answer = np.where(self.open, self.allowed(index), Why.NOT_ASKED).astype(np.int8)
        candidates = answer == Why.GIVEN
        found = tuple(strictest(self.rating.grades[index].limits, group) for group in self.ranked.groups)
        unlimited = np.array([most is None for most, _ in found], dtype=bool)
        places = np.array([0 if most is None else most for most, _ in found], dtype=np.int64) + spare
        most = np.where(unlimited, self.count + 1, places)
        taken, crosses = self.take(candidates, most)
        answer[candidates & ~taken] = Why.OVER
        answer[self.full_parents() & candidates & ~taken] = Why.PARENT
        answer[crosses & ~taken] = Why.TIED
        self.settle(taken, index, Why.GIVEN)
        if self.rating.over_quota == "none":
            self.settle(candidates & ~taken, NONE, Why.OVER)
        used = np.bincount(self.ranked.group[taken], minlength=len(places))
        left = np.where(unlimited | (self.rating.unused == "lost"), 0, np.maximum(places - used, 0))
        return answer, tuple((m if m is None else m + int(s), w) for (m, w), s in zip(found, spare, strict=True)), left

    def take(self, candidates: Mask, most: Integers) -> tuple[Mask, Mask]:
        """Which candidates get a place, ``most`` per group; and who was tied across the cut."""
        admit = self.rating.tie_at_cut == "admit_all"
        if self.rule is None or self.rule.at_most is None:
            limit = most[self.ranked.group]
            return inside(limit, self.ranked.group, candidates, self.ranked.place, admit_ties=admit)
        taken, tied = np.zeros(self.count, dtype=bool), np.zeros(self.count, dtype=bool)
        for group in np.unique(self.ranked.group[candidates]).tolist():
            members = np.flatnonzero(candidates & (self.ranked.group == group))
            got, crossed = take_by_parent(
                self.parents, self.rule.at_most, self.given[group], members, self.ranked.place, int(most[group]),
                admits=admit,
            )  # fmt: skip
            taken[got], tied[crossed] = True, True
        return taken, tied

    def full_parents(self) -> Mask:
        """Entries whose township has all the places it may have."""
        if self.rule is None or self.rule.at_most is None:
            return np.zeros(self.count, dtype=bool)
        groups, cap = self.ranked.group.tolist(), self.rule.at_most
        given = [self.given[group].get(name, 0) for group, name in zip(groups, self.parents, strict=True)]
        return np.array(given, dtype=np.int64) >= cap

    def allowed(self, index: int) -> NDArray[np.int8]:
        """For every entry whether it may have the grade; the first reason against it that applies."""
        grade = self.rating.grades[index]
        answer = np.full(self.count, Why.GIVEN, dtype=np.int8)
        answer[~self.steps_up(index)] = Why.STEP
        answer[~self.under_ceilings(index)] = Why.CEILING
        for condition in grade.requires:
            answer[~self.evaluation.holds(condition)] = Why.UNMET
        if grade.threshold is not None:
            answer[~self.reached(grade.threshold)] = Why.BELOW
        return answer

    def reached(self, threshold: Fraction) -> Mask:
        figure = self.evaluation.number(self.rating.by)
        numerator, unit = threshold.numerator, threshold.denominator
        return np.asarray(
            figure.known & (figure.times(Fraction(unit)).numerators >= numerator * figure.unit), dtype=bool
        )

    def under_ceilings(self, index: int) -> Mask:
        under = np.ones(self.count, dtype=bool)
        for ceiling in self.rating.ceilings:
            if index < self.names.index(ceiling.at_most):
                under &= ~self.evaluation.holds(ceiling.when)
        for rule in self.evaluation.scheme.vetoes:
            if isinstance(rule.effect, GradeAtMost) and index < self.names.index(rule.effect.grade):
                under &= ~self.evaluation.holds(rule.when)
        return under

    def previous(self) -> list[int | None]:
        """Index of last year's grade; one past the lowest for those below all; None where there is none."""
        steps = self.rating.steps
        assert steps is not None
        found: list[int | None] = []
        for entry in range(self.count):
            cell = self.evaluation.cell(steps.previous, entry)
            known = cell in self.names
            nothing = len(self.names) if cell is not None or steps.newcomers_climb else None
            found.append(self.names.index(str(cell)) if known else nothing)
        return found

    def steps_up(self, index: int) -> Mask:
        steps = self.rating.steps
        if steps is None or steps.most_up is None:
            return np.ones(self.count, dtype=bool)
        up = steps.most_up
        free = np.array([before is None or index >= before - up for before in self.previous()], dtype=bool)
        return free | self.evaluation.holds(steps.exceptional) if steps.exceptional else free

    def hold_steps(self) -> None:
        """No further down than allowed, yet never above a ceiling."""
        steps = self.rating.steps
        if steps is None or steps.most_down is None:
            return
        for entry, before in enumerate(self.previous()):
            if before is None or self.grade[entry] == NOT_RATED or self.decided[entry] == Why.FIXED:
                continue
            now = len(self.names) if self.grade[entry] == NONE else int(self.grade[entry])
            held = before + steps.most_down
            while held < now and not self.under_ceilings(held)[entry]:
                held += 1
            if now > held:
                self.put(entry, held, Why.HELD)

    def lower(self) -> None:
        for rule in self.evaluation.scheme.vetoes:
            if not isinstance(rule.effect, Lower):
                continue
            before = self.previous() if self.rating.steps and rule.effect.from_previous else [None] * self.count
            for entry in np.flatnonzero(self.evaluation.holds(rule.when) & (self.grade != NOT_RATED)).tolist():
                now = len(self.names) if self.grade[entry] == NONE else int(self.grade[entry])
                last = before[entry]
                self.put(entry, now + rule.effect.by if last is None else max(now, last + rule.effect.by), Why.LOWERED)

    def put(self, entry: int, index: int, why: Why) -> None:
        self.grade[entry] = NONE if index >= len(self.names) else index
        self.decided[entry] = why


def _bottom_count(bottom: Bottom, group: Group) -> int:
    """The lowest so many of a group: a number, a share of the ranked, or the larger of both."""
    share = (bottom.share or Fraction(0)) * group.ranked
    return max(bottom.count or 0, int(ROUNDINGS[bottom.whole](share.numerator, share.denominator)))


@dataclass(frozen=True)
class BadgeOutcome:
    """``asked``: a Why per entry; GIVEN for those who won it."""

    badge: Badge
    asked: NDArray[np.int8]

    @property
    def won(self) -> Mask:
        return np.asarray(self.asked == Why.GIVEN)


def award_badge(evaluation: Evaluation, badge: Badge, ranked: Ranked, open_: Mask) -> BadgeOutcome:
    """Which of the ``open_`` win a badge: enough points of its node, its prerequisites, its limits by those points."""
    figure = evaluation.number(badge.of)
    asked = np.full(evaluation.count, Why.GIVEN, dtype=np.int8)
    for condition in badge.requires:
        asked[~evaluation.holds(condition)] = Why.UNMET
    bound = badge.at_least
    high = figure.times(Fraction(bound.denominator)).numerators >= bound.numerator * figure.unit
    asked[~(figure.known & high.astype(bool))] = Why.BELOW
    asked[~open_] = Why.NOT_ASKED
    if badge.limits:
        _within_limits(badge.limits, ranked, figure.comparable(), asked)
    return BadgeOutcome(badge, asked)


def _within_limits(limits: Sequence[Limit], ranked: Ranked, points: Integers, asked: NDArray[np.int8]) -> None:
    most = [strictest(limits, group)[0] for group in ranked.groups]
    each = np.array([len(asked) + 1 if m is None else m for m in most], dtype=np.int64)[ranked.group]
    candidates = asked == Why.GIVEN
    place, _ = rank(ranked.group, candidates, [points])
    taken, _ = inside(each, ranked.group, candidates, place, admit_ties=False)
    asked[candidates & ~taken] = Why.OVER
