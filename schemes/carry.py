"""The marks of a past round as another scheme would have taken them: what can be carried over exactly, and what cannot.

Criteria are the same when their keys are, tiers when their names are. Nothing is guessed: a mark that the new scheme
would not have taken, a criterion nobody marked, a tier that is gone are problems, unless the caller has chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .document import Node, Scheme
from .exact import decimal_text
from .inputs import Inputs, MarkCodec
from .problems import Problem, ProblemsFound, errors
from .rules.marking import SheetMark


@dataclass(frozen=True)
class Choices:
    """What a person decided where the two schemes differ.

    ``convert``: marks of a criterion whose full marks changed are taken in proportion. ``fill``: the mark that every
    sheet gets for a criterion nobody marked, by its key. ``tiers``: the new tier of an old one that is gone, by names.
    """

    convert: bool = False
    fill: Mapping[str, Fraction] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)


def added_criteria(old: Scheme, new: Scheme) -> tuple[Node, ...]:
    """The new scheme's criteria that no sheet of the old one has marks for."""
    return tuple(leaf for leaf in new.leaves if leaf.key not in old.column_keys)


def fill_added(old: Scheme, new: Scheme, *, full: bool) -> dict[str, Fraction]:
    """Full marks, or the lowest mark, for every criterion that is new: a ``fill`` for :class:`Choices`."""
    keys = {leaf.key for leaf in added_criteria(old, new)}
    methods = zip(new.column_keys, new.methods, strict=True)
    return {key: method.full if full else method.lowest for key, method in methods if key in keys}


def carry_inputs(
    old: Scheme, new: Scheme, inputs: Inputs, choices: Choices | None = None
) -> tuple[Inputs, list[Problem]]:
    """``inputs``, marked under ``old``, as inputs of ``new``; and notes of what was dropped, filled or converted.

    A mark that is missing stays missing. A proportional mark is exact: it is a step of the new criterion or a problem,
    never rounded. Raises ProblemsFound with every problem, and the notes, when something cannot be carried.
    """
    carrier = _Carrier(old, new, inputs, choices or Choices())
    marks, tiers = carrier.marks(), carrier.tiers()
    carrier.check_recorded()
    carrier.note_dropped()
    if errors(carrier.problems):
        raise ProblemsFound(carrier.problems)
    return replace(inputs, tiers=new.tier_names, entry_tier=tiers, marks=marks), carrier.problems


class _Carrier:
    def __init__(self, old: Scheme, new: Scheme, inputs: Inputs, choices: Choices) -> None:
        self.old, self.new, self.inputs, self.choices = old, new, inputs, choices
        self.missing = MarkCodec(old).missing, MarkCodec(new).missing
        self.places = {key: place for place, key in enumerate(old.column_keys)}
        self.problems: list[Problem] = []

    def problem(self, name: str, reason: str, remedy: str, value: str = "") -> None:
        self.problems.append(Problem(place=f"“{name}”", value=value, reason=reason, remedy=remedy))

    def note(self, name: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(place=f"“{name}”", reason=reason, remedy=remedy, severity="warning"))

    # -- marks, a column each

    def marks(self) -> NDArray[Any]:
        carried = np.empty((len(self.inputs.marks), len(self.new.column_keys)), dtype=MarkCodec(self.new).dtype)
        for place, leaf in enumerate(self.new.leaves):
            method = self.new.methods[place]
            if leaf.key in self.places:
                carried[:, place] = self.carried(leaf, method)
            else:
                carried[:, place] = self.filled(leaf, method)
        return carried

    def filled(self, leaf: Node, method: SheetMark) -> int:
        """Steps for a criterion that nobody marked."""
        if leaf.key not in self.choices.fill:
            reason = f"旧轮次没有“{leaf.name}”的打分，无法试算"
            self.problem(leaf.name, reason, "请选择新增的标准按满分或按最低分计，或在新办法里去掉它")
            return self.missing[1]
        mark = self.choices.fill[leaf.key]
        try:
            steps = int(method.to_units(mark))
        except ValueError as error:
            self.problem(leaf.name, f"给新增的标准填的分{error}", "请换一个分值", decimal_text(mark))
            return self.missing[1]
        self.note(leaf.name, f"是新增的标准，旧轮次没有打分，一律按 {decimal_text(mark)} 分计", "请看结果时留意")
        return steps

    def carried(self, leaf: Node, method: SheetMark) -> NDArray[Any]:
        """Steps of a criterion that both schemes have."""
        place = self.places[leaf.key]
        before, column = self.old.methods[place], self.inputs.marks[:, place]
        share = method.full / before.full if method.full and before.full else Fraction(1)
        self.note_renamed(place, leaf)
        if share != 1:
            change = f"满分由 {decimal_text(before.full)} 改为 {decimal_text(method.full)}"
            if not self.choices.convert:
                self.problem(leaf.name, f"{change}，旧打分不能直接用", "请选择按比例换算，或换一轮试算")
                return column
            self.note(leaf.name, f"{change}，打分已按比例换算", "请看结果时留意")
        values, counts = np.unique(column, return_counts=True)
        table = np.full(int(values.max(initial=0)) + 1, self.missing[1], dtype=np.int64)
        for steps, count in zip(values.tolist(), counts.tolist(), strict=True):
            if steps != self.missing[0]:
                table[steps] = self.steps_of(leaf, method, before.to_mark(steps), share, count)
        return np.asarray(table[column])

    def steps_of(self, leaf: Node, method: SheetMark, mark: Fraction, share: Fraction, count: int) -> int:
        """One mark in steps of the new method; "missing", with the problem noted, when it does not take it."""
        try:
            return int(method.to_units(mark * share))
        except ValueError as error:
            converted = f"按比例换算为 {decimal_text(mark * share)}，" if share != 1 else ""
            reason = f"有 {count} 处打分 {decimal_text(mark)}，{converted}新办法里{error}"
            self.problem(leaf.name, reason, "请改新办法的分值或分档，或换一轮试算")
            return self.missing[1]

    def note_renamed(self, place: int, leaf: Node) -> None:
        before = self.old.leaves[place].name
        if before != leaf.name:
            self.note(leaf.name, f"编号与旧办法的“{before}”相同，按同一项标准试算", "若不是同一项，请换一个编号")

    def note_dropped(self) -> None:
        kept = {leaf.key for leaf in (*self.new.leaves, *self.new.recorded_leaves)}
        for leaf in (*self.old.leaves, *self.old.recorded_leaves):
            if leaf.key not in kept:
                self.note(leaf.name, "新办法没有这一项，旧打分不计", "若不是本意，请在新办法里补上")

    # -- what is recorded goes along as it is; what was never asked for cannot be there

    def check_recorded(self) -> None:
        for key, fact in self.new.recorded.items():
            if key not in self.old.recorded and fact.missing == "refuse":
                reason = f"旧轮次没有登记“{fact.name}”，无法试算"
                self.problem(fact.name, reason, "请在新办法里写明没有登记的怎么算，或换一轮试算")
        known = {event.key for event in self.old.events}
        for event in self.new.events:
            if event.key not in known:
                self.note(event.name, "旧轮次没有登记这类事项，按没有发生计", "请看结果时留意")

    # -- tiers

    def tiers(self) -> NDArray[np.int32]:
        """The new tier of every entry. Tiers nobody entered for need none; schemes without tiers take everybody."""
        if "tiers" not in self.new.model_fields_set:
            return np.zeros(len(self.inputs), dtype=np.int32)
        used, counts = np.unique(self.inputs.entry_tier, return_counts=True)
        table = np.zeros(len(self.inputs.tiers), dtype=np.int32)
        for tier, count in zip(used.tolist(), counts.tolist(), strict=True):
            name = self.inputs.tiers[tier]
            chosen = name if name in self.new.tier_names else self.choices.tiers.get(name, "")
            if chosen in self.new.tier_names:
                table[tier] = self.new.tier_names.index(chosen)
            else:
                known = "、".join(f"“{each}”" for each in self.new.tier_names)
                self.problem(name, f"新办法没有这个等次，{count} 家申报了它", f"请选择改按哪个等次试算（{known}）")
        return np.asarray(table[self.inputs.entry_tier])
