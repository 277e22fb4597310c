"""From marks and facts to outcome: a pure function over whole rounds, in exact arrays.

Stages: figures of the tree → who is out → ranks with tie-breaks → limits and the cut → badges and grades →
consequences. Each stage is a rule of the scheme or arithmetic around one. No clock, no chance, no binary float.
"""

from dataclasses import replace
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks.conditions import Cell, Condition
from .blocks.consequences import NoGrade, Out, ZeroScore
from .completeness import require_complete
from .document import Scheme
from .evaluation import Evaluation
from .exact import SAFE, Integers, widen
from .figures import Figure, constant
from .following import consequences, parent_points
from .inputs import Inputs
from .outcome import CODES, GroupOutcome, Outcome, Verdict
from .ranking import dense, group_entries, inside, rank, strictest, tie_figure
from .rating import NOT_RATED, Ranked, award_badge, rate
from .rules.limits import Group
from .selecting import select_per_parent
from .sheets import Blocks, aggregate, mean_of_columns, scaled_totals, void_sheets

__all__ = ["ENGINE_VERSION", "Blocks", "aggregate", "compute", "mean_of_columns", "scaled_totals", "thresholds"]

#: Changes whenever the same scheme and inputs could give another outcome; stored with every computation.
ENGINE_VERSION = "2"

Mask = NDArray[np.bool_]


def compute(scheme: Scheme, inputs: Inputs) -> Outcome:
    """Compute every entry of the inputs.

    Raises ProblemsFound when a mark or a fact that counts is missing: missing is not zero unless the scheme says so.
    """
    void = void_sheets(scheme, inputs)
    counted = inputs.of_sheets(~void) if void.any() else inputs
    evaluation = Evaluation(scheme, inputs, counted)
    require_complete(evaluation)
    return _Computation(evaluation, void).outcome()


class _Computation:
    def __init__(self, evaluation: Evaluation, void: Mask) -> None:
        self.evaluation, self.scheme, self.inputs, self.void = evaluation, evaluation.scheme, evaluation.inputs, void
        self.score = self.evaluation.figures["score", ""] = self._zeroed(evaluation.number("score"))
        self.ineligible = ~self._all(self.scheme.eligibility.conditions)
        self.out = self._out()
        self.unrated = self._unrated()
        self.withheld = self._withheld()
        self.ranked = self.score.known & ~self.out & ~self.ineligible & ~self.unrated
        self.group, names = group_entries(evaluation)
        self.groups = self._sized(names)

    def outcome(self) -> Outcome:
        ties = tuple(tie_figure(self.evaluation, tie) for tie in self.scheme.ranking.tie_breaks)
        keys = [figure.comparable() for figure in (self.score, *ties)]
        place, tie_size = rank(self.group, self.ranked, keys)
        shown = dense(self.group, place) if self.scheme.ranking.ranks == "dense" else place
        self._late("rank", lambda i: Fraction(int(shown[i])) if shown[i] else None)
        limits = [(group, *strictest(self.scheme.selection.limits, group)) for group in self.groups]
        verdict = self._decide(place, tie_size, limits)
        ranked = Ranked(self.group, self.groups, place, self.ranked)
        open_ = self.ranked & ~self.withheld
        badges = tuple(award_badge(self.evaluation, badge, ranked, open_) for badge in self.scheme.badges)
        self._count_badges(badges)
        ratings = rate(self.evaluation, self.scheme.rating, ranked) if self.scheme.rating else None
        if ratings is not None and "tiers" not in self.scheme.model_fields_set:
            unrated = (ratings.grade == NOT_RATED) & (verdict == CODES[Verdict.RATED])
            verdict[unrated] = CODES[Verdict.NOT_RATED]
        outcome = Outcome(
            inputs=self.inputs,
            score=self.score,
            tie_figures=ties,
            sheet_count=self.evaluation.blocks.counts,
            rank=shown,
            tie_size=tie_size,
            verdict=verdict,
            entry_group=self.group,
            groups=_group_outcomes(limits, self.group, verdict),
            evaluation=self.evaluation,
            place=place,
            void=self.void,
            ratings=ratings,
            badges=badges,
        )
        self._late("grade", lambda i: outcome.grade_of(i) if ratings is None or ratings.grade[i] != NOT_RATED else None)
        return _with_what_follows(outcome)

    def _late(self, key: str, cell: Any) -> None:
        self.evaluation.late[key] = cell

    def _count_badges(self, badges: Any) -> None:
        counts = np.zeros(len(self.inputs), dtype=np.int64)
        for badge in badges:
            counts += badge.won
        self.evaluation.figures["badges", ""] = Figure(counts, 1, np.ones(len(self.inputs), dtype=bool), 0)
        self._late("badges", lambda i: Fraction(int(counts[i])))
        for badge in badges:
            self._late(badge.badge.key, lambda i, won=badge.won: bool(won[i]))

    # -- who is out

    def _all(self, conditions: tuple[Condition, ...]) -> Mask:
        every = np.ones(len(self.inputs), dtype=bool)
        for condition in conditions:
            every &= self.evaluation.holds(condition)
        return every

    def _zeroed(self, score: Figure) -> Figure:
        for rule in self.scheme.vetoes:
            if isinstance(rule.effect, ZeroScore):
                value, places = Fraction(rule.effect.score), score.places
                zeroed = constant(value, len(self.inputs)).where(self.evaluation.holds(rule.when), score)
                writable = places is not None and (value * 10**places).denominator == 1
                score = replace(zeroed, places=places) if writable else zeroed
        return score

    def _out(self) -> Mask:
        out = self.inputs.entry_vetoed.copy()
        for rule in self.scheme.vetoes:
            if isinstance(rule.effect, Out):
                out |= self.evaluation.holds(rule.when)
        return out

    def _withheld(self) -> Mask:
        """Ranked, but given no grade, tier or badge (只考核不定星)."""
        withheld = np.zeros(len(self.inputs), dtype=bool)
        for rule in self.scheme.vetoes:
            if isinstance(rule.effect, NoGrade):
                withheld |= self.evaluation.holds(rule.when)
        return withheld

    def _unrated(self) -> Mask:
        condition = self.scheme.rating.not_rated if self.scheme.rating else None
        return self.evaluation.holds(condition) if condition else np.zeros(len(self.inputs), dtype=bool)

    # -- groups, the cut, verdicts

    def _sized(self, names: list[tuple[str, str, str]]) -> list[Group]:
        takes_part = ~self.ineligible & ~self.unrated
        if not self.scheme.veto.counts_as_participant:
            takes_part &= ~self.out
        participants = np.bincount(self.group[takes_part], minlength=len(names))
        in_ranking = np.bincount(self.group[self.ranked], minlength=len(names))
        sizes = zip(names, participants.tolist(), in_ranking.tolist(), strict=True)
        return [Group(round_, tier, taking, ranked, label) for (round_, tier, label), taking, ranked in sizes]

    def _decide(self, place: Integers, tie_size: Integers, limits: Any) -> NDArray[np.int8]:
        below, unmet = self._below(), ~self._tier_conditions()
        limit = _limit_column(limits, self.group)
        open_ = self.ranked & ~below & ~unmet & ~self.withheld if self.by_parent else self.ranked
        within, crosses = self._within(limit, place, tie_size, open_)
        tied = crosses & ~within
        reserve = self._reserve(limit, place, within | tied)
        decided = [
            (self.ineligible, Verdict.INELIGIBLE),
            (self.out, Verdict.VETOED),
            (self.unrated, Verdict.NOT_RATED),
            (~self.ranked, Verdict.UNSCORED),
            (self.withheld, Verdict.NOT_RATED),
            (below, Verdict.BELOW_THRESHOLD),
            (unmet, Verdict.UNMET),
            (tied, Verdict.TIED_AT_CUT),
            (within, self._won()),
            (reserve, Verdict.RESERVE),
        ]
        masks, verdicts = [mask for mask, _ in decided], [CODES[verdict] for _, verdict in decided]
        return np.select(masks, verdicts, default=CODES[Verdict.OVER_QUOTA]).astype(np.int8)

    def _won(self) -> Verdict:
        """Schemes without tiers of their own award nothing: they rank, and rate."""
        return Verdict.AWARDED if "tiers" in self.scheme.model_fields_set else Verdict.RATED

    @property
    def by_parent(self) -> bool:
        """Whether townships have places of their own here; where grades are given, they have them there."""
        return self.scheme.selection.per_parent is not None and self.scheme.rating is None

    def _within(self, limit: Integers, place: Integers, tie_size: Integers, open_: Mask) -> tuple[Mask, Mask]:
        if self.by_parent:
            return select_per_parent(self.evaluation, limit, self.group, open_, place)
        within = place <= limit
        crosses = within & (place - 1 > limit - tie_size)
        admits = self.scheme.selection.tie_at_cut == "admit_all"
        return (within if admits else within & ~crosses), crosses

    def _reserve(self, limit: Integers, place: Integers, decided: Mask) -> Mask:
        """The next of the ranking, for when a place becomes free."""
        if self.scheme.selection.reserve is None:
            return np.zeros(len(self.inputs), dtype=bool)
        most = np.full(len(self.inputs), self.scheme.selection.reserve, dtype=np.int64)
        waiting = self.ranked & ~decided & ~self._below() & self._tier_conditions() & ~self.withheld
        return inside(most, self.group, waiting, place, admit_ties=True)[0]

    def _below(self) -> Mask:
        least, common = thresholds(self.scheme, self.score.unit)
        factor = common // self.score.unit
        below = widen(self.score.numerators, factor) * factor < least[self.inputs.entry_tier]
        return np.asarray(below, dtype=bool)

    def _tier_conditions(self) -> Mask:
        met = np.ones(len(self.inputs), dtype=bool)
        for index, tier in enumerate(self.scheme.tiers):
            if tier.requires:
                met &= (self.inputs.entry_tier != index) | self._all(tier.requires)
        return met


def _limit_column(limits: Any, entry_group: Integers) -> Integers:
    """The limit of each entry's group; a group without one may award everybody."""
    most = [np.iinfo(np.int64).max if limit is None else limit for _, limit, _ in limits]
    return np.array(most, dtype=np.int64)[entry_group]


def thresholds(scheme: Scheme, unit: int) -> tuple[NDArray[Any], int]:
    """Every tier's threshold as an integer, and the unit in which scores of ``unit`` compare with it exactly."""
    none = Fraction(-(10**15))
    values = [none if tier.threshold is None else Fraction(tier.threshold) for tier in scheme.tiers]
    common = lcm(unit, *(value.denominator for value in values))
    integers = [int(value * common) for value in values]
    return np.array(integers, dtype=np.int64 if max(map(abs, integers)) < SAFE else object), common


def _group_outcomes(limits: Any, entry_group: Integers, verdict: NDArray[np.int8]) -> tuple[GroupOutcome, ...]:
    awarded = np.bincount(entry_group[verdict == CODES[Verdict.AWARDED]], minlength=len(limits))
    return tuple(GroupOutcome(group, limit, which, int(awarded[i])) for i, (group, limit, which) in enumerate(limits))


def _with_what_follows(outcome: Outcome) -> Outcome:
    scheme = outcome.evaluation.scheme
    if not scheme.consequences and not scheme.propagation:
        return outcome
    return replace(outcome, consequences=consequences(outcome), parents=parent_points(outcome))


def cell_of(outcome: Outcome, key: str, entry: int) -> Cell:
    """Any figure of an outcome by key: a fact, a node, the score, rank, grade."""
    return outcome.evaluation.cell(key, entry)
