"""From marks to outcome: a pure function over whole rounds, in exact integer arrays.

Stages: sheet totals → which sheets count and their mean → rounding → ranks with tie-breaks → limits and the cut
→ verdicts. Each stage is a rule of the scheme or arithmetic around one. No clock, no chance, no binary float.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .document import Scheme
from .exact import SAFE, Integers, round_half_up, to_common_denominator, widen
from .inputs import Inputs, MarkCodec
from .outcome import CODES, Figure, GroupOutcome, Outcome, Verdict
from .problems import Problem, ProblemsFound
from .rules.aggregation import Aggregation
from .rules.base import Rounding
from .rules.limits import Group

#: Changes whenever the same scheme and inputs could give another outcome; stored with every computation.
ENGINE_VERSION = "1"

#: The first reason that applies is the reason.
_IN_ORDER = (Verdict.VETOED, Verdict.UNSCORED, Verdict.BELOW_THRESHOLD, Verdict.TIED_AT_CUT, Verdict.AWARDED)


def compute(scheme: Scheme, inputs: Inputs) -> Outcome:
    """Compute every entry of the inputs.

    Raises ProblemsFound when a sheet lacks a mark: missing is not zero, and no rule of this scheme fills it.
    """
    require_complete(scheme, inputs)
    blocks = Blocks.of(inputs)
    score = aggregate(scheme, scheme.score, inputs, blocks)
    breaks = scheme.ranking.tie_breaks
    ties = tuple(mean_of_columns(scheme, tie.columns(scheme), tie.round, inputs, blocks) for tie in breaks)
    entry_group, names = _groups(scheme, inputs)
    ranked = score.known & ~inputs.entry_vetoed
    rank, tie_size = _rank(entry_group, ranked, [_comparable(figure) for figure in (score, *ties)])
    limits = [_strictest(scheme, group) for group in _sized_groups(scheme, inputs, entry_group, names, ranked)]
    verdict = _decide(scheme, inputs, score, ranked, rank, tie_size, _limit_column(limits, entry_group))
    return Outcome(
        inputs=inputs,
        score=score,
        tie_figures=ties,
        sheet_count=blocks.counts,
        rank=rank,
        tie_size=tie_size,
        verdict=verdict,
        entry_group=entry_group,
        groups=_group_outcomes(limits, entry_group, verdict),
    )


def require_complete(scheme: Scheme, inputs: Inputs) -> None:
    """Raise ProblemsFound naming every criterion that a sheet leaves out."""
    missing = MarkCodec(scheme).missing
    if not inputs.marks.size or inputs.marks.max() != missing:
        return
    problems = []
    for sheet, column in np.argwhere(inputs.marks == missing)[:200]:
        entry = inputs.sheet_entry[sheet]
        round_ = inputs.rounds[inputs.entry_round[entry]]
        label = f"第 {round_} 轮 {inputs.entry_org[entry]} {inputs.sheet_inspector[sheet]}"
        reason = f"{label}：“{scheme.leaves[column].name}”没有打分"
        problems.append(Problem(reason=reason, remedy="请补齐，没有打分不等于零分。"))
    raise ProblemsFound(problems)


@dataclass(frozen=True)
class Blocks:
    """The sheets of every entry lie together: ``order`` sorts sheets by entry, ``starts`` and ``counts`` per entry."""

    order: NDArray[np.int64]
    starts: Integers
    counts: Integers

    @classmethod
    def of(cls, inputs: Inputs) -> "Blocks":
        counts = np.bincount(inputs.sheet_entry, minlength=len(inputs)).astype(np.int64)
        order = np.argsort(inputs.sheet_entry, kind="stable")
        return cls(order=order, starts=np.cumsum(counts) - counts, counts=counts)

    @cached_property
    def present(self) -> NDArray[np.int64]:
        """Entries that have sheets."""
        return np.flatnonzero(self.counts)

    @cached_property
    def position(self) -> Integers:
        """Place of each sheet within its entry, from 0, in the order of blocks."""
        return np.arange(len(self.order)) - np.repeat(self.starts, self.counts)

    @cached_property
    def count_of_sheet(self) -> Integers:
        return np.repeat(self.counts, self.counts)

    def sums(self, values: Any) -> Integers:
        """Sum of ``values`` (one per sheet, in the order of blocks) per entry."""
        totals = np.zeros(len(self.counts), dtype=np.int64)
        if len(self.present):
            totals[self.present] = np.add.reduceat(values, self.starts[self.present], dtype=np.int64)
        return totals

    def sorted_within(self, values: Integers, entry: NDArray[Any]) -> Integers:
        """``values`` (one per sheet, in input order) lowest first within each entry, in the order of blocks."""
        span = int(values.max(initial=0)) + 1
        if span * len(self.counts) >= SAFE:
            return np.asarray(values[np.lexsort((values, entry))])
        return np.asarray(np.sort(entry.astype(np.int64) * span + values) % span)


def scaled_totals(scheme: Scheme, marks: NDArray[Any], columns: list[int] | None = None) -> Integers:
    """Total of each sheet over ``columns`` (all when None), in units of ``1 / scheme.scale`` points."""
    picked = slice(None) if columns is None else columns
    weights = scheme.weights[picked]
    narrow = np.int32 if int(weights.sum()) * 65_535 < 2**31 else np.int64
    totals: Integers = (marks[:, picked].astype(narrow) @ weights.astype(narrow)).astype(np.int64)
    return totals + int(scheme.offsets[picked].sum())


def aggregate(scheme: Scheme, rule: Aggregation, inputs: Inputs, blocks: Blocks) -> Figure:
    """The score of every entry by an aggregation rule; unknown below the rule's minimum of sheets."""
    kept = rule.kept(blocks.position, blocks.count_of_sheet)
    columns = [None] if rule.per == "sheet" else [[i] for i in range(len(scheme.leaves))]
    total = np.zeros(len(inputs), dtype=np.int64)
    for column in columns:
        values = blocks.sorted_within(scaled_totals(scheme, inputs.marks, column), inputs.sheet_entry)
        total += blocks.sums(np.where(kept, values, 0))
    known = blocks.counts >= max(rule.minimum_sheets, 1)
    return _quotient(total, blocks.sums(kept) * scheme.scale, known, rule.round)


def mean_of_columns(
    scheme: Scheme, columns: list[int], rounding: Rounding | None, inputs: Inputs, blocks: Blocks
) -> Figure:
    """Mean of some columns over all sheets of every entry, nothing dropped."""
    values = scaled_totals(scheme, inputs.marks, columns)[blocks.order]
    return _quotient(blocks.sums(values), blocks.counts * scheme.scale, blocks.counts > 0, rounding)


def _quotient(
    numerators: Integers, denominators: Integers, known: NDArray[np.bool_], rounding: Rounding | None
) -> Figure:
    safe = np.where(known, denominators, 1)
    top = np.where(known, numerators, 0)
    if rounding is None:
        common, unit = to_common_denominator(top, safe)
        return Figure(common, unit, known, None)
    unit = 10**rounding.places
    return Figure(round_half_up(top * unit, safe), unit, known, rounding.places)


def _groups(scheme: Scheme, inputs: Inputs) -> tuple[Integers, list[tuple[str, str]]]:
    """The ranking group of each entry, and the (round, tier) names of the groups; tier '' when all rank together."""
    tiers = len(inputs.tiers) if scheme.ranking.per_tier else 1
    raw = inputs.entry_round.astype(np.int64) * tiers
    if scheme.ranking.per_tier:
        raw = raw + inputs.entry_tier
    codes, group = np.unique(raw, return_inverse=True)
    names = [(inputs.rounds[c // tiers], inputs.tiers[c % tiers] if scheme.ranking.per_tier else "") for c in codes]
    return group.astype(np.int64), names


def _comparable(figure: Figure) -> Integers:
    """Numbers that order like the figure and fit int64."""
    if figure.numerators.dtype != object:
        return figure.numerators
    return np.unique(figure.numerators, return_inverse=True)[1].astype(np.int64)


def _rank(group: Integers, ranked: NDArray[np.bool_], keys: list[Integers]) -> tuple[Integers, Integers]:
    """Competition ranks (1, 2, 2, 4) within groups, highest first; and the size of each entry's tie."""
    chosen = np.flatnonzero(ranked)
    order = chosen[np.lexsort([*(-key[chosen] for key in reversed(keys)), group[chosen]])]
    rank, size = np.zeros(len(group), dtype=np.int64), np.zeros(len(group), dtype=np.int64)
    if not len(order):
        return rank, size
    new_group = _changes(group[order])
    new_run = new_group | np.logical_or.reduce([_changes(key[order]) for key in keys])
    at = np.arange(len(order))
    run_start = np.maximum.accumulate(np.where(new_run, at, 0))
    rank[order] = run_start - np.maximum.accumulate(np.where(new_group, at, 0)) + 1
    run = np.cumsum(new_run) - 1
    size[order] = np.bincount(run)[run]
    return rank, size


def _changes(values: Integers) -> NDArray[np.bool_]:
    """True where a value differs from the one before it (and at the first)."""
    return np.concatenate(([True], values[1:] != values[:-1]))


def _sized_groups(
    scheme: Scheme, inputs: Inputs, entry_group: Integers, names: list[tuple[str, str]], ranked: NDArray[np.bool_]
) -> list[Group]:
    takes_part = np.ones(len(inputs), bool) if scheme.veto.counts_as_participant else ~inputs.entry_vetoed
    participants = np.bincount(entry_group[takes_part], minlength=len(names))
    in_ranking = np.bincount(entry_group[ranked], minlength=len(names))
    return [Group(r, t, int(participants[i]), int(in_ranking[i])) for i, (r, t) in enumerate(names)]


def _strictest(scheme: Scheme, group: Group) -> tuple[Group, int | None, int | None]:
    """The lowest of the limits that say something of the group, and which one it is; the first of equals."""
    said = [(most, i) for i, limit in enumerate(scheme.selection.limits) if (most := limit.at_most(group)) is not None]
    return (group, *min(said)) if said else (group, None, None)


def _limit_column(limits: list[tuple[Group, int | None, int | None]], entry_group: Integers) -> Integers:
    """The limit of each entry's group; a group without one may award everybody."""
    most = [np.iinfo(np.int64).max if limit is None else limit for _, limit, _ in limits]
    return np.array(most, dtype=np.int64)[entry_group]


def thresholds(scheme: Scheme, unit: int) -> tuple[NDArray[Any], int]:
    """Every tier's threshold as an integer, and the unit in which scores of ``unit`` compare with it exactly."""
    values = [Fraction(tier.threshold or 0) for tier in scheme.tiers]
    common = lcm(unit, *(value.denominator for value in values))
    integers = [int(value * common) for value in values]
    return np.array(integers, dtype=np.int64 if max(integers) < SAFE else object), common


def _decide(
    scheme: Scheme,
    inputs: Inputs,
    score: Figure,
    ranked: NDArray[np.bool_],
    rank: Integers,
    tie_size: Integers,
    limit: Integers,
) -> NDArray[np.int8]:
    least, common = thresholds(scheme, score.unit)
    factor = common // score.unit
    below = widen(score.numerators, factor) * factor < least[inputs.entry_tier]
    inside = rank <= limit
    crosses = inside & (rank - 1 > limit - tie_size)
    tied = crosses if scheme.selection.tie_at_cut == "eliminate_all" else np.zeros(len(inputs), dtype=bool)
    verdict = np.select(
        [inputs.entry_vetoed, ~ranked, below.astype(bool), tied, inside],
        [CODES[verdict] for verdict in _IN_ORDER],
        default=CODES[Verdict.OVER_QUOTA],
    )
    return verdict.astype(np.int8)


def _group_outcomes(
    limits: list[tuple[Group, int | None, int | None]], entry_group: Integers, verdict: NDArray[np.int8]
) -> tuple[GroupOutcome, ...]:
    awarded = np.bincount(entry_group[verdict == CODES[Verdict.AWARDED]], minlength=len(limits))
    return tuple(GroupOutcome(group, limit, which, int(awarded[i])) for i, (group, limit, which) in enumerate(limits))
