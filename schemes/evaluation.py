"""Every figure of a scheme for every entry: sheets, measures, the tree, facts and events, worked out once each.

What decides is what explains: a measure's points are the value of the very Working that people read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocks.conditions import Cell, Condition, as_number
from .blocks.consequences import ZeroItem
from .blocks.criteria import Node
from .combining import combined_over_time, counted_periods, redistributed, together
from .document import Scheme
from .figures import Figure, constant, of_fractions
from .formula import Column, Formula, parse_formula
from .inputs import Inputs
from .recorded import NOT_APPLICABLE, Record
from .rules.corrections import Scores
from .rules.marking import ByFormula, Measure
from .sheets import Blocks, aggregate
from .working import Working, given

Mask = NDArray[np.bool_]


class Evaluation:
    """Figures by key and period, each computed when first asked for.

    ``counted`` are the inputs without void ballots. ``late`` holds what is known only after ranking.
    """

    def __init__(self, scheme: Scheme, inputs: Inputs, counted: Inputs) -> None:
        self.scheme, self.inputs, self.count = scheme, inputs, len(inputs)
        self.figures: dict[tuple[str, str], Figure] = {}
        self.late: dict[str, Callable[[int], Cell]] = {}
        self._bare: dict[tuple[str, str], Figure] = {}
        self._panels: dict[tuple[str, str], dict[tuple[Any, ...], tuple[Scores, Scores]]] = {}
        self._columns: dict[tuple[str, str, int], Column] = {}
        self._references: dict[tuple[str, str], tuple[Any, dict[Any, Any]]] = {}
        self._concerned: dict[tuple[str, str], Mask] = {}
        self.counted = counted
        if (marks := _marks_as_they_count(self)) is not None:
            self.counted = replace(counted, marks=marks)
            for known in (self.figures, self._bare, self._panels, self._columns, self._references):
                known.clear()
            self._concerned.clear()

    @cached_property
    def blocks(self) -> Blocks:
        return Blocks.of(self.counted)

    # -- single figures

    def number(self, key: str, period: str = "") -> Figure:
        """A figure by key: a node, a fact, an event's total amount, the score."""
        found = self.figures.get((key, period))
        if found is None:
            found = self.figures[key, period] = self._number(key, period)
        return found

    def _number(self, key: str, period: str) -> Figure:
        if key == "score":
            return self.score()
        if key in self.scheme.nodes:
            return self.node(self.scheme.nodes[key], period)
        if key in self.scheme.derived:
            return self._derived(key, period)
        return of_fractions([as_number(self.cell(key, entry, period)) for entry in range(self.count)])

    def cell(self, key: str, entry: int, period: str = "") -> Cell:
        """What a condition compares for one entry: a number, a word, a day; None where it is missing."""
        if key in self.late:
            return self.late[key](entry)
        if key == "tier":
            return self.inputs.tiers[int(self.inputs.entry_tier[entry])]
        if key == "round":
            return self.inputs.rounds[int(self.inputs.entry_round[entry])]
        if key in self.event_keys:
            return sum((record.amount for record in self.records(key, entry, period)), Fraction(0))
        if key == "score" or key in self.scheme.derived or key in self.scheme.nodes:
            return self.number(key, period).value(entry)
        return self._recorded(key, entry, period)

    @cached_property
    def event_keys(self) -> frozenset[str]:
        return frozenset(event.key for event in self.scheme.events)

    def _recorded(self, key: str, entry: int, period: str) -> Cell:
        cell = self.raw(key, entry, period)
        fact = self.scheme.recorded.get(key)
        if cell is None and fact is not None and isinstance(fact.missing, Fraction):
            return fact.missing
        return None if cell is NOT_APPLICABLE else cell  # type: ignore[return-value]

    def raw(self, key: str, entry: int, period: str) -> Any:
        """A cell of the facts table as it was recorded; NOT_APPLICABLE for 不涉及."""
        fact = self.scheme.recorded.get(key)
        column = self.inputs.facts.cells.get((key, period if fact is not None and fact.per_period else ""))
        return column[entry] if column is not None else None

    def records(self, key: str, entry: int, period: str = "") -> tuple[Record, ...]:
        """Records of one event that count: of the period of 考核, and of the period asked for."""
        event = next(event for event in self.scheme.events if event.key == key)
        found = self.inputs.facts.events.get(key, {}).get(entry, ())
        calendar = self.scheme.period
        return tuple(
            record for record in found
            if (calendar is None or calendar.counts(event, record.day)) and (not period or record.period == period)
        )  # fmt: skip

    def holds(self, condition: Condition) -> Mask:
        return np.array([condition.holds(self.cells_of(entry)) for entry in range(self.count)], dtype=np.bool_)

    def cells_of(self, entry: int) -> Callable[[str], Cell]:
        """The figures of one entry by key."""
        return lambda key: self.cell(key, entry)

    def _derived(self, key: str, period: str) -> Figure:
        fact = self.scheme.derived[key]
        workings = [self.formula(parse_formula(fact.formula), entry, period) for entry in range(self.count)]
        figure = of_fractions([working.value for working in workings])
        return fact.round.of(figure) if fact.round else figure

    def formula(self, formula: Formula, entry: int, period: str) -> Working:
        """A formula's working for one entry; group functions look at the entries of its round."""
        names = {
            name: given(self.number(name, period).value(entry), self.scheme.name_of(name)) for name in formula.names
        }
        round_ = int(self.inputs.entry_round[entry])
        group = {name: self._column(name, period, round_) for name in formula.group_names}
        return formula.working(names, group)

    def _column(self, key: str, period: str, round_: int) -> Column:
        """The known figures of one round, made once."""
        at = (key, period, round_)
        if at not in self._columns:
            figure = self.number(key, period)
            self._columns[at] = Column([value for i in self.mates[round_] if (value := figure.value(i)) is not None])
        return self._columns[at]

    @cached_property
    def mates(self) -> dict[int, list[int]]:
        """Entries by round."""
        found: dict[int, list[int]] = defaultdict(list)
        for entry, round_ in enumerate(self.inputs.entry_round.tolist()):
            found[round_].append(entry)
        return found

    # -- the tree

    @cached_property
    def whole(self) -> Node:
        """The table of criteria as one node, so that the total is combined like any item."""
        whole = self.scheme.criteria
        bounds = Node(key="score", name="总分", children=whole.tree, cap=whole.cap, floor=whole.floor)
        return bounds.model_copy(update={"round": whole.round, "clause": whole.clause})

    def score(self) -> Figure:
        rule = self.scheme.score
        if self.scheme.one_sheet and rule is not None:
            return self.finish(self.whole, aggregate(self.scheme, rule, self.counted, blocks=self.blocks))
        return self.finish(self.whole, self.combine(self.whole, ""))

    def node(self, node: Node, period: str) -> Figure:
        """One node as it counts in its parent (before its role's sign)."""
        raw = self.over_time(node) if node.over_time and not period else self.bare(node, period)
        if node.correction:
            raw = self._corrected(node, raw, period)
        done = self.finish(node, raw)
        if node.applies or (node.mark is not None and not node.on_sheets):
            done = self._where_it_applies(node, done, period)
        return self._zeroed(node, done)

    def finish(self, node: Node, raw: Figure) -> Figure:
        """Cap, floor, weight, rounding: in this order."""
        done = raw
        done = done.at_most(node.cap) if node.cap is not None else done
        done = done.at_least(node.floor) if node.floor is not None else done
        done = done.times(node.weight) if node.weight is not None else done
        return node.round.of(done) if node.round else done

    def bare(self, node: Node, period: str) -> Figure:
        """From sheets, from what is recorded, or from the children: nothing done to it yet."""
        rule = self.scheme.sheet_nodes.get(node.key) or self.scheme.inner_sheet_nodes.get(node.key)
        if rule is not None:
            sheets = self.sheets_of(period)
            blocks = self.blocks if sheets is self.counted else None
            return aggregate(self.scheme, rule, sheets, self.columns(node), blocks=blocks)
        if node.children:
            return self.combine(node, period)
        return of_fractions([self.marked(node, entry, period).value for entry in range(self.count)])

    def columns(self, node: Node) -> list[int]:
        return list(self.scheme.columns_of(node.key))

    def sheets_of(self, period: str) -> Inputs:
        if not period or not self.counted.sheet_period:
            return self.counted
        return self.counted.of_sheets(np.array([each == period for each in self.counted.sheet_period], dtype=bool))

    def combine(self, node: Node, period: str) -> Figure:
        """Base children combined, bonuses added, deductions taken off."""
        parts: dict[str, list[Node]] = {"base": [], "bonus": [], "deduction": [], "info": []}
        for child in node.children:
            parts[child.role].append(child)
        if any(child.applies and child.applies.otherwise == "redistribute" for child in parts["base"]):
            figure = self._redistributed(node, parts["base"], period)
        else:
            figure = together(node.combine, [self.number(child.key, period) for child in parts["base"]], self.count)
        for child in parts["bonus"]:
            figure = figure.plus(self.number(child.key, period))
        for child in parts["deduction"]:
            figure = figure.minus(self.number(child.key, period))
        return figure

    def _redistributed(self, node: Node, children: list[Node], period: str) -> Figure:
        """The points of criteria that do not apply go to their neighbours pro rata."""
        values = [self.number(child.key, period).values() for child in children]
        masks = [self.applies(child, period) | (child.applies is None or child.applies.otherwise != "redistribute")
                 for child in children]  # fmt: skip
        found = [
            redistributed(node, children, [bool(mask[i]) for mask in masks], [value[i] for value in values])
            for i in range(self.count)
        ]
        return of_fractions(found)

    def applies(self, node: Node, period: str = "") -> Mask:
        """Whom the criterion concerns."""
        at = (node.key, period)
        if at not in self._concerned:
            self._concerned[at] = self._applies(node, period)
        return self._concerned[at]

    def _applies(self, node: Node, period: str) -> Mask:
        mask = np.ones(self.count, dtype=bool)
        if node.applies and node.applies.when:
            mask &= self.holds(node.applies.when)
        if isinstance(node.mark, Measure):
            keys = [key for key in node.mark.keys(node.key) if key in self.scheme.recorded]
        else:
            keys = [node.key] if node.key in self.scheme.recorded else []
        periods = node.over_time.periods if node.over_time and not period else (period,)
        for key in keys:
            mask &= np.array([self._concerns(key, i, periods) for i in range(self.count)], dtype=bool)
        return mask

    def _concerns(self, key: str, entry: int, periods: Sequence[str]) -> bool:
        """Whether a figure was not said to be 不涉及 in all of the periods."""
        return any(self.raw(key, entry, period) is not NOT_APPLICABLE for period in periods)

    def _where_it_applies(self, node: Node, figure: Figure, period: str) -> Figure:
        mask = self.applies(node, period)
        if mask.all():
            return figure
        return figure.where(mask, constant(self.instead(node), self.count))

    def instead(self, node: Node) -> Fraction:
        """What a criterion gives to whom it does not concern."""
        full = node.applies is None or node.applies.otherwise == "full"
        return (node.full or Fraction(0)) if full and node.role == "base" else Fraction(0)

    def _zeroed(self, node: Node, figure: Figure) -> Figure:
        for rule in self.scheme.vetoes:
            if isinstance(rule.effect, ZeroItem) and rule.effect.item == node.key:
                figure = constant(Fraction(0), self.count).where(self.holds(rule.when), figure)
        return figure

    # -- measures

    def marked(self, node: Node, entry: int, period: str) -> Working:
        """How a recorded criterion came to its points."""
        if not isinstance(node.mark, Measure):
            cell = self._recorded(node.key, entry, period)
            return given(cell if isinstance(cell, Fraction) else None, node.name)
        reference, memo = self._reference(node, period, entry)
        cells = self._cells(node.mark, node.key, entry, period)
        if (cells, id(reference)) not in memo:
            names = [self.scheme.name_of(key) for key in node.mark.keys(node.key)]
            memo[cells, id(reference)] = node.mark.mark(cells, reference, names)
        working: Working = memo[cells, id(reference)]
        return working

    def _cells(self, mark: Measure, own: str, entry: int, period: str) -> tuple[Any, ...]:
        if mark.wants_records:
            return tuple(self.records(key, entry, period) for key in mark.keys(own))
        cells = tuple(
            self._recorded(key, entry, period) if key == own else self.cell(key, entry, period)
            for key in mark.keys(own)
        )
        return tuple(as_number(cell) for cell in cells) if isinstance(mark, ByFormula) else cells

    def _reference(self, node: Node, period: str, entry: int) -> tuple[Any, dict[Any, Any]]:
        """What the entry's group is compared with, worked out once per group."""
        mark = node.mark
        assert isinstance(mark, Measure)
        at = (node.key, period)
        if at not in self._references:
            groups: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
            for i, here in enumerate(self.applies(node, period).tolist()):
                group = groups[self.group_of(mark.group_by, i)]
                group += [self._cells(mark, node.key, i, period)] if here else []
            self._references[at] = ({name: mark.reference(cells) for name, cells in groups.items()}, {})
        references, memo = self._references[at]
        return references[self.group_of(mark.group_by, entry)], memo

    def group_of(self, group_by: Sequence[str], entry: int) -> tuple[Any, ...]:
        return (int(self.inputs.entry_round[entry]), *(self.cell(key, entry) for key in group_by))

    # -- over time, between panels

    def over_time(self, node: Node) -> Figure:
        return of_fractions([self.periods(node, entry) for entry in range(self.count)])

    def periods(self, node: Node, entry: int) -> Fraction | None:
        """One entry's figures of all periods combined."""
        time = node.over_time
        assert time is not None
        known = counted_periods(time, self.of_periods(node, entry))
        return None if known is None else combined_over_time(time, known)

    def of_periods(self, node: Node, entry: int) -> dict[str, Fraction | None]:
        """One entry's figure of every period that concerns it; a period that is 不涉及 is left out."""
        assert node.over_time is not None
        periods = [each for each in node.over_time.periods if node.children or self.applies(node, each)[entry]]
        return {period: self.bare_of(node, period).value(entry) for period in periods}

    def bare_of(self, node: Node, period: str) -> Figure:
        at = (node.key, period)
        if at not in self._bare:
            self._bare[at] = self.bare(node, period)
        return self._bare[at]

    def _corrected(self, node: Node, figure: Figure, period: str) -> Figure:
        return of_fractions([self.corrected(node, figure, entry, period).value for entry in range(self.count)])

    def corrected(self, node: Node, figure: Figure, entry: int, period: str) -> Working:
        """One entry's figure brought to the common level of all panels."""
        value = figure.value(entry)
        assert node.correction is not None
        if value is None:
            return given(None, node.name)
        own, everybody = self.panels(node, figure, period)[self.group_of((node.correction.panel,), entry)]
        return node.correction.corrected(given(value, node.name), own, everybody)

    def panels(self, node: Node, figure: Figure, period: str) -> dict[tuple[Any, ...], tuple[Scores, Scores]]:
        """The scores of every panel, with those of its round, by round and panel; worked out once."""
        at = (node.key, period)
        if at not in self._panels:
            groups: dict[Any, list[Fraction]] = defaultdict(list)
            rounds: dict[Any, list[Fraction]] = defaultdict(list)
            assert node.correction is not None
            for entry, value in enumerate(figure.values()):
                if value is not None:
                    groups[self.group_of((node.correction.panel,), entry)].append(value)
                    rounds[int(self.inputs.entry_round[entry])].append(value)
            levels = {name: Scores(values) for name, values in rounds.items()}
            self._panels[at] = {name: (Scores(own), levels[name[0]]) for name, own in groups.items()}
        return self._panels[at]


def _marks_as_they_count(evaluation: Evaluation) -> NDArray[Any] | None:
    """Marks in which criteria that do not concern an entry count full or nothing, and items that a veto zeroes nothing.

    None where every mark counts as it was given.
    """
    scheme = evaluation.scheme
    changes = [*_where_none_apply(evaluation)]
    for rule in scheme.vetoes:
        if isinstance(rule.effect, ZeroItem) and rule.effect.item in scheme.inner_sheet_nodes:
            here = evaluation.holds(rule.when)
            changes += [(column, here, 0) for column in scheme.columns_of(rule.effect.item)]
    if not changes:
        return None
    marks = evaluation.counted.marks.copy()
    for column, entries, steps in changes:
        marks[entries[evaluation.counted.sheet_entry], column] = steps
    return marks


def _where_none_apply(evaluation: Evaluation) -> Iterator[tuple[int, Mask, int]]:
    """Column, entries and steps of criteria on sheets that do not concern everybody."""
    for column, leaf in enumerate(evaluation.scheme.leaves):
        for rule in evaluation.scheme.whom[leaf.key]:
            if rule.when:
                full = evaluation.scheme.methods[column].units_at_most if rule.otherwise == "full" else 0
                yield column, ~evaluation.holds(rule.when), full
