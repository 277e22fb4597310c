"""Sheets as arrays: totals, which of them count, their exact mean per entry; and ballots that are void."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks.panel import Few, VoidBallots
from .document import Scheme
from .exact import ROUNDINGS, SAFE, Integers, decimal_text, to_common_denominator
from .figures import Figure, constant, of_fractions
from .inputs import Inputs
from .rules.aggregation import Aggregation, AnyAggregation, WeightedGroups
from .rules.base import Rounding


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
    picked = slice(None) if columns is None else _neighbours(columns)
    weights = scheme.weights[picked]
    narrow = np.int32 if int(weights.sum()) * 65_535 < 2**31 else np.int64
    totals: Integers = (marks[:, picked].astype(narrow) @ weights.astype(narrow)).astype(np.int64)
    return totals + int(scheme.offsets[picked].sum())


def _neighbours(columns: list[int]) -> slice | list[int]:
    """Columns that lie side by side as a slice: reading them copies nothing."""
    side_by_side = columns == list(range(columns[0], columns[0] + len(columns))) if columns else False
    return slice(columns[0], columns[-1] + 1) if side_by_side else columns


def aggregate(
    scheme: Scheme,
    rule: AnyAggregation,
    inputs: Inputs,
    columns: list[int] | None = None,
    *,
    blocks: Blocks | None = None,
) -> Figure:
    """The figure of every entry over ``columns`` (all when None); unknown below the rule's minimum of sheets."""
    if isinstance(rule, WeightedGroups):
        return _weighted(scheme, rule, inputs, columns)
    return _mean_of_kept(scheme, rule, inputs, blocks or Blocks.of(inputs), columns)


def _mean_of_kept(
    scheme: Scheme, rule: Aggregation, inputs: Inputs, blocks: Blocks, columns: list[int] | None
) -> Figure:
    kept = rule.kept(blocks.position, blocks.count_of_sheet)
    every = columns if columns is not None else list(range(len(scheme.leaves)))
    parts: list[list[int] | None] = [columns] if rule.per == "sheet" else [[i] for i in every]
    total = np.zeros(len(inputs), dtype=np.int64)
    for part in parts:
        values = blocks.sorted_within(scaled_totals(scheme, inputs.marks, part), inputs.sheet_entry)
        total += blocks.sums(np.where(kept, values, 0))
    known = blocks.counts >= max(rule.minimum_sheets, 1)
    return _quotient(total, blocks.sums(kept) * scheme.scale, known, rule.round)


def _weighted(scheme: Scheme, rule: WeightedGroups, inputs: Inputs, columns: list[int] | None) -> Figure:
    """Each group's figure times its weight; a group that scored nobody either leaves the entry unknown or is shared
    out.
    """
    groups = np.array(inputs.sheet_group or [""] * len(inputs.sheet_entry), dtype=object)
    total, weight = constant(Fraction(0), len(inputs)), constant(Fraction(0), len(inputs))
    nothing, every = constant(Fraction(0), len(inputs)), np.ones(len(inputs), dtype=bool)
    for name, share in rule.groups.items():
        figure = aggregate(scheme, rule.within, inputs.of_sheets(groups == name), columns)
        here = figure.known if rule.empty_group == "redistribute" else every
        total = total.plus(figure.times(share).where(here, nothing))
        weight = weight.plus(constant(share, len(inputs)).where(here, nothing))
    enough = np.bincount(inputs.sheet_entry, minlength=len(inputs)) >= max(rule.minimum_sheets, 1)
    found = divided(total, weight).known_only(enough)
    return rule.round.of(found) if rule.round else found


def divided(one: Figure, other: Figure) -> Figure:
    """Quotient per entry; unknown where the divisor is zero."""
    pairs = zip(one.values(), other.values(), strict=True)
    return of_fractions([a / b if a is not None and b else None for a, b in pairs])


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
    return Figure(ROUNDINGS[rounding.mode](top * unit, safe), unit, known, rounding.places)


# -- ballots


def void_sheets(scheme: Scheme, inputs: Inputs) -> NDArray[np.bool_]:
    """Sheets of ballots that are void: True for every sheet of such an inspector in such a round and period."""
    void = np.zeros(len(inputs.sheet_entry), dtype=bool)
    rule = scheme.panel.ballots
    if rule is None or not len(void):
        return void
    totals, full = (
        scaled_totals(scheme, inputs.marks),
        scheme.scale * sum((m.full for m in scheme.methods), Fraction(0)),
    )
    for sheets in _ballots(inputs):
        values = [int(totals[i]) for i in sheets]
        void[sheets] = any(_reasons(rule, values, full, scheme.scale))
    return void


def _ballots(inputs: Inputs) -> Iterator[list[int]]:
    found: dict[tuple[Any, ...], list[int]] = {}
    for i, number in enumerate(inputs.sheet_inspector):
        round_ = int(inputs.entry_round[inputs.sheet_entry[i]])
        period = inputs.sheet_period[i] if inputs.sheet_period else ""
        found.setdefault((round_, period, number), []).append(i)
    yield from found.values()


def _reasons(rule: VoidBallots, values: list[int], full: Fraction, scale: int) -> Iterator[str]:
    """Why a ballot of these scaled totals is void."""
    several = len(values) > 1
    if rule.void_if_all_equal and several and len(set(values)) == 1:
        yield "全部同分"
    if rule.void_if_all_full and several and all(value == full for value in values):
        yield "全部满分"
    for few in rule.at_most:
        if (count := _count(few, values, scale)) > few.count:
            yield f"{few_words(few)}的 {count} 个，超过 {few.count} 个"
    for few in rule.at_least:
        if (count := _count(few, values, scale)) < few.count:
            yield f"{few_words(few)}的 {count} 个，不足 {few.count} 个"


def _count(few: Few, values: list[int], scale: int) -> int:
    return sum(
        (few.at_least is None or value >= few.at_least * scale) and (few.below is None or value < few.below * scale)
        for value in values
    )


def few_words(few: Few) -> str:
    """One side of a bound: ``90 分以上``."""
    low = [f"{decimal_text(few.at_least)} 分以上"] if few.at_least is not None else []
    high = [f"{decimal_text(few.below)} 分以下"] if few.below is not None else []
    return "、".join([*low, *high])
