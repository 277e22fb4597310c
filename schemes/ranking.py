"""Ranking groups, ranks with tie-breaks, and places within limits: integer arrays over whole rounds."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks.conditions import cell_text
from .evaluation import Evaluation
from .exact import Integers
from .figures import Figure, of_fractions
from .rules.limits import Group, Limit
from .rules.ties import AnyTieBreak, Draw, FigureTie
from .sheets import mean_of_columns

Mask = NDArray[np.bool_]


def group_entries(evaluation: Evaluation) -> tuple[Integers, list[tuple[str, str, str]]]:
    """The ranking group of each entry, and (round, tier, words) of the groups; tier '' when all rank together."""
    inputs, ranking = evaluation.inputs, evaluation.scheme.ranking
    tiers = len(inputs.tiers) if ranking.per_tier else 1
    raw = inputs.entry_round.astype(np.int64) * tiers
    if ranking.per_tier:
        raw = raw + inputs.entry_tier
    labels = [""]
    if ranking.group_by:
        words = [" ".join(_words(evaluation, entry)) for entry in range(len(inputs))]
        labels = sorted(set(words))
        place = {word: i for i, word in enumerate(labels)}
        raw = raw * len(labels) + np.array([place[word] for word in words], dtype=np.int64)
    codes, group = np.unique(raw, return_inverse=True)
    names = []
    for code in codes.tolist():
        whole, label = divmod(code, len(labels) or 1)
        round_, tier = divmod(whole, tiers)
        names.append((inputs.rounds[round_], inputs.tiers[tier] if ranking.per_tier else "", labels[label]))
    return group.astype(np.int64), names


def _words(evaluation: Evaluation, entry: int) -> list[str]:
    return [cell_text(evaluation.cell(key, entry)) or "未填" for key in evaluation.scheme.ranking.group_by]


def tie_figure(evaluation: Evaluation, tie: AnyTieBreak) -> Figure:
    """What a tie-break compares, so that the higher goes first; what is missing comes last."""
    inputs = evaluation.inputs
    if isinstance(tie, Draw):
        rounds = [inputs.rounds[r] for r in inputs.entry_round]
        numbers = [-tie.number(name, code) for name, code in zip(rounds, inputs.entry_org, strict=True)]
        return Figure(np.array(numbers, dtype=np.int64), 1, np.ones(len(inputs), dtype=bool), None)
    if not isinstance(tie, FigureTie):
        return mean_of_columns(
            evaluation.scheme, tie.columns(evaluation.scheme), tie.round, evaluation.counted, evaluation.blocks
        )
    figure = _ordered(evaluation, tie)
    figure = tie.round.of(figure) if tie.round else figure
    lowest = min((value for value in figure.values() if value is not None), default=None)
    return figure if lowest is None else of_fractions([lowest - 1 if v is None else v for v in figure.values()])


def _ordered(evaluation: Evaluation, tie: FigureTie) -> Figure:
    cells = [evaluation.cell(tie.of, entry) for entry in range(len(evaluation.inputs))]
    numbers = [Fraction(cell.toordinal()) if isinstance(cell, date) else cell for cell in cells]
    sign = -1 if tie.first == "lowest" else 1
    return of_fractions([sign * n if isinstance(n, Fraction) else None for n in numbers])


def rank(group: Integers, ranked: Mask, keys: Sequence[Any]) -> tuple[Integers, Integers]:
    """Competition ranks (1, 2, 2, 4) within groups, highest first; and the size of each entry's tie."""
    chosen = np.flatnonzero(ranked)
    order = chosen[np.lexsort([*(-key[chosen] for key in reversed(keys)), group[chosen]])]
    ranks, size = np.zeros(len(group), dtype=np.int64), np.zeros(len(group), dtype=np.int64)
    if not len(order):
        return ranks, size
    new_group = _changes(group[order])
    new_run = new_group | np.logical_or.reduce([_changes(key[order]) for key in keys])
    at = np.arange(len(order))
    run_start = np.maximum.accumulate(np.where(new_run, at, 0))
    ranks[order] = run_start - np.maximum.accumulate(np.where(new_group, at, 0)) + 1
    run = np.cumsum(new_run) - 1
    size[order] = np.bincount(run)[run]
    return ranks, size


def dense(group: Integers, ranks: Integers) -> Integers:
    """1, 2, 2, 3 instead of 1, 2, 2, 4; 0 stays 0."""
    found = np.zeros(len(ranks), dtype=np.int64)
    for each in np.unique(group[ranks > 0]):
        members = np.flatnonzero((group == each) & (ranks > 0))
        found[members] = np.unique(ranks[members], return_inverse=True)[1] + 1
    return found


def _changes(values: Any) -> Mask:
    """True where a value differs from the one before it (and at the first)."""
    return np.concatenate(([True], values[1:] != values[:-1]))


def strictest(limits: Sequence[Limit], group: Group) -> tuple[int | None, int | None]:
    """The lowest of the limits that say something of the group, and which one it is; the first of equals."""
    said = [(most, i) for i, limit in enumerate(limits) if (most := limit.at_most(group)) is not None]
    return min(said) if said else (None, None)


def inside(limit: Integers, group: Integers, open_: Mask, place: Integers, *, admit_ties: bool) -> tuple[Mask, Mask]:
    """Of the ``open_`` entries of each group those within its limit, by ``place``; and those tied across the cut.

    ``limit`` is one number per entry (that of its group). The tied are inside when they are admitted, else not.
    """
    ranks, size = rank(group, open_, [-place])
    within = open_ & (ranks <= limit)
    crosses = within & (ranks - 1 > limit - size)
    return (within if admit_ties else within & ~crosses), crosses
