"""Every figure of one entry's tree with its working, and a guard: a working that gives another figure than the one
that decided is never shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .blocks.consequences import ZeroItem, ZeroScore
from .blocks.criteria import Node
from .combining import counted_periods
from .evaluation import Evaluation
from .exact import share_text
from .formula import parse_formula
from .inputs import Inputs
from .rules.aggregation import Aggregation, AnyAggregation, WeightedGroups
from .rules.base import Rounding
from .sheets import scaled_totals
from .working import Working, at_least, at_most, given, highest, lowest, minus, quotient, rounded, times, total


@dataclass(frozen=True)
class DerivedLine:
    """One node (or derived fact): how its figure came about. ``depth`` 0 is the total score.

    ``working.value`` is the figure as it counts; ``full`` its full marks, None where unlimited.
    """

    key: str
    name: str
    depth: int
    role: str
    full: Fraction | None
    working: Working
    clause: str

    @property
    def text(self) -> str:
        """The arithmetic, then how each named part of it came about."""
        return "；".join([self.working.text(), *_parts(self.working)])


def _parts(working: Working) -> Iterator[str]:
    """``评分 8：…`` for every named operand that was itself computed."""
    for operand in working.operands:
        if operand.operation != "given" and operand.label:
            yield f"{operand.label}：{operand.text()}"
        yield from _parts(operand)


class Disagreement(Exception):
    """A working gives another figure than the one that decided."""


def derive(evaluation: Evaluation, entry: int) -> tuple[DerivedLine, ...]:
    """The total first, then the tree depth first, then the facts that were computed. Raises Disagreement."""
    lines = [*_lines(evaluation, evaluation.whole, entry, 0, "")]
    for key, fact in evaluation.scheme.derived.items():
        if not fact.per_period:
            made = _fact(evaluation, key, entry)
            _agree(fact.name, made, evaluation.number(key).value(entry))
            lines.append(DerivedLine(key, fact.name, 1, "info", None, made, ""))
    return tuple(lines)


def _agree(name: str, working: Working, decided: Fraction | None) -> None:
    if working.value != decided:
        raise Disagreement(f"{name}：说明得 {working.value}，计算得 {decided}")


def _lines(evaluation: Evaluation, node: Node, entry: int, depth: int, period: str) -> Iterator[DerivedLine]:
    made = node_working(evaluation, node, entry, period)
    _agree(node.name, made, evaluation.number(node.key, period).value(entry))
    yield DerivedLine(node.key, node.name, depth, node.role, node.full, made, _clause(evaluation, node))
    inside = evaluation.scheme.one_sheet or node.key in evaluation.scheme.sheet_nodes
    if node.over_time and not period:
        for each in node.over_time.periods:
            bare = _bare(evaluation, node, entry, each)
            if node.children or _applying(evaluation, node, entry, each):
                _agree(f"{node.name} {each}", bare, evaluation.bare_of(node, each).value(entry))
            yield DerivedLine(f"{node.key}@{each}", each, depth + 1, "info", None, bare, "")
            for child in () if inside else node.children:
                yield from _lines(evaluation, child, entry, depth + 2, each)
        return
    for child in () if inside else node.children:
        yield from _lines(evaluation, child, entry, depth + 1, period)


def _clause(evaluation: Evaluation, node: Node) -> str:
    rule = node.mark
    return node.clause or (rule.clause if rule is not None else "") or _rule_clause(evaluation, node)


def _rule_clause(evaluation: Evaluation, node: Node) -> str:
    rule = sheet_rule(evaluation, node)
    return rule.clause if rule is not None else ""


def sheet_rule(evaluation: Evaluation, node: Node) -> AnyAggregation | None:
    """The rule by which sheets become this node's figure; None where they do not."""
    scheme = evaluation.scheme
    return scheme.score if node.key == "score" and scheme.one_sheet else scheme.sheet_nodes.get(node.key)


def node_working(evaluation: Evaluation, node: Node, entry: int, period: str = "") -> Working:
    """One node as it counts in its parent."""
    for rule in evaluation.scheme.vetoes:
        if isinstance(rule.effect, ZeroItem) and rule.effect.item == node.key:
            if rule.when.holds(lambda key: evaluation.cell(key, entry)):
                return given(Fraction(0), node.name, f"0（{rule.name}，本项计 0 分）")
    if node.key == "score" and (zeroed := _zero_score(evaluation, entry)) is not None:
        return zeroed
    if not _applying(evaluation, node, entry, period):
        return _instead(evaluation, node)
    return _finished(node, _made(evaluation, node, entry, period))


def _applying(evaluation: Evaluation, node: Node, entry: int, period: str) -> bool:
    """Whether the criterion concerns the entry; what is on sheets was settled there, mark by mark."""
    asked = node.applies is not None or (node.mark is not None and not node.on_sheets)
    return not asked or bool(evaluation.applies(node, period)[entry])


def _instead(evaluation: Evaluation, node: Node) -> Working:
    instead = evaluation.instead(node)
    return given(instead, node.name, f"{given(instead).shown}（不涉及）")


def _zero_score(evaluation: Evaluation, entry: int) -> Working | None:
    found = None
    for rule in evaluation.scheme.vetoes:
        if isinstance(rule.effect, ZeroScore) and rule.when.holds(lambda key: evaluation.cell(key, entry)):
            score = Fraction(rule.effect.score)
            found = given(score, "总分", f"{given(score).shown}（{rule.name}）")
    return found


def _finished(node: Node, made: Working) -> Working:
    """Cap, floor, weight, rounding, as :meth:`Evaluation.finish` does."""
    done = made if node.cap is None else at_most(made, node.cap)
    done = done if node.floor is None else at_least(done, node.floor)
    if node.weight is not None:
        done = times(done, given(node.weight, "权重", share_text(node.weight)))
    return rounded(done, node.round.places, node.round.mode) if node.round else done


def _made(evaluation: Evaluation, node: Node, entry: int, period: str) -> Working:
    timed = node.over_time is not None and not period
    made = _over_time(evaluation, node, entry) if timed else _bare(evaluation, node, entry, period)
    if node.correction is None or made.value is None:
        return made
    before = evaluation.over_time(node) if timed else evaluation.bare(node, period)
    own, everybody = evaluation.panels(node, before, period)[evaluation.group_of((node.correction.panel,), entry)]
    return node.correction.corrected(made, own, everybody)


def _bare(evaluation: Evaluation, node: Node, entry: int, period: str) -> Working:
    if (rule := sheet_rule(evaluation, node)) is not None:
        columns = None if node.key == "score" else evaluation.columns(node)
        return sheets_working(evaluation, rule, evaluation.sheets_of(period), columns, entry)
    if node.children:
        return _combined(evaluation, node, entry, period)
    if not _applying(evaluation, node, entry, period):
        return _instead(evaluation, node)
    return evaluation.marked(node, entry, period)


def _combined(evaluation: Evaluation, node: Node, entry: int, period: str) -> Working:
    values = {child.key: evaluation.number(child.key, period).value(entry) for child in node.children}
    named = {child.key: given(values[child.key], child.name) for child in node.children}
    base = [child for child in node.children if child.role == "base"]
    plus = [named[child.key] for child in node.children if child.role == "bonus"]
    made = _base(evaluation, node, base, named, entry, period)
    made = total([*(made.operands if made.operation == "sum" else [made]), *plus]) if plus else made
    for child in node.children:
        made = minus(made, named[child.key]) if child.role == "deduction" else made
    return made


def _base(
    evaluation: Evaluation, node: Node, base: list[Node], named: dict[str, Working], entry: int, period: str
) -> Working:
    if not base:
        return given(Fraction(0))
    shared = [child for child in base if child.applies and child.applies.otherwise == "redistribute"]
    kept = [child for child in base if child not in shared or bool(evaluation.applies(child, period)[entry])]
    operands = [named[child.key] for child in kept]
    if not operands:
        return given(None, node.name, "没有涉及的条目")
    if node.combine == "mean":
        return quotient(total(operands), given(Fraction(len(operands)), "项数"))
    if node.combine != "sum":
        return highest(operands) if node.combine == "highest" else lowest(operands)
    made = total(operands)
    if not shared:
        return made
    full, here = (sum((child.full or Fraction(0) for child in each), Fraction(0)) for each in (base, kept))
    made = times(made, quotient(given(full, "满分"), given(here, "涉及部分满分")))
    return made


def _over_time(evaluation: Evaluation, node: Node, entry: int) -> Working:
    time = node.over_time
    assert time is not None
    values = evaluation.of_periods(node, entry)
    known = counted_periods(time, values)
    if known is None:
        missing = "、".join(period for period in time.periods if values.get(period) is None)
        return given(None, node.name, f"缺{missing}")
    each = {period: _period(period, value, values[period]) for period, value in known.items()}
    operands = list(each.values())
    match time.combine:
        case "sum":
            return total(operands)
        case "latest":
            return operands[-1]
        case "highest":
            return highest(operands)
        case "weighted":
            whole = sum((time.weights[period] for period in each), Fraction(0))
            parts = [times(one, _share(time.weights[period])) for period, one in each.items()]
            return total(parts) if whole == 1 else quotient(total(parts), given(whole, "权重合计", share_text(whole)))
    return quotient(total(operands), given(Fraction(len(operands)), "期数"))


def _period(period: str, counted: Fraction, found: Fraction | None) -> Working:
    return given(counted, period, f"{period} 0（缺，计 0 分）" if found is None else "")


def _share(share: Fraction) -> Working:
    return given(share, "权重", share_text(share))


# -- sheets


def sheets_working(
    evaluation: Evaluation, rule: AnyAggregation, inputs: Inputs, columns: list[int] | None, entry: int
) -> Working:
    """How one entry's sheets became a figure."""
    if isinstance(rule, WeightedGroups):
        return _weighted(evaluation, rule, inputs, columns, entry)
    mine = np.flatnonzero(inputs.sheet_entry == entry)
    if len(mine) < max(rule.minimum_sheets, 1):
        return given(None, "", f"{len(mine)} 份评分单，不足 {max(rule.minimum_sheets, 1)} 份")
    every = columns if columns is not None else list(range(len(evaluation.scheme.leaves)))
    parts = [columns] if rule.per == "sheet" else [[column] for column in every]
    means = [_mean(evaluation, rule, inputs, mine, part) for part in parts]
    made = means[0] if len(means) == 1 else total(means)
    return _rounded(rule.round, made)


def _mean(
    evaluation: Evaluation, rule: Aggregation, inputs: Inputs, mine: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    columns: list[int] | None,
) -> Working:  # fmt: skip
    scale = evaluation.scheme.scale
    values = np.sort(scaled_totals(evaluation.scheme, inputs.marks[mine], columns))
    kept = rule.kept(np.arange(len(values)), np.full(len(values), len(values)))
    used = [given(Fraction(int(value), scale)) for value, keep in zip(values, kept, strict=True) if keep]
    name = evaluation.scheme.leaves[columns[0]].name if columns is not None and rule.per == "criterion" else "评分单"
    return quotient(total(used), given(Fraction(len(used)), "份数")).named(name if rule.per == "criterion" else "")


def _weighted(
    evaluation: Evaluation, rule: WeightedGroups, inputs: Inputs, columns: list[int] | None, entry: int
) -> Working:
    groups = np.array(inputs.sheet_group or [""] * len(inputs.sheet_entry), dtype=object)
    count = int((inputs.sheet_entry == entry).sum())
    if count < max(rule.minimum_sheets, 1):
        return given(None, "", f"{count} 份评分单，不足 {max(rule.minimum_sheets, 1)} 份")
    parts, weight = [], Fraction(0)
    for name, share in rule.groups.items():
        one = sheets_working(evaluation, rule.within, inputs.of_sheets(groups == name), columns, entry)
        if one.value is None and rule.empty_group == "redistribute":
            continue
        parts.append(times(one.named(name), _share(share)))
        weight += share
    made = total(parts) if parts else given(None, "", "没有评分单")
    if parts and weight != 1:
        made = quotient(made, given(weight, "权重合计", share_text(weight)))
    return _rounded(rule.round, made)


def _rounded(rounding: Rounding | None, made: Working) -> Working:
    return rounded(made, rounding.places, rounding.mode) if rounding else made


def _fact(evaluation: Evaluation, key: str, entry: int) -> Working:
    fact = evaluation.scheme.derived[key]
    return _rounded(fact.round, evaluation.formula(parse_formula(fact.formula), entry, ""))
