"""What follows from a result: consequences as rows with their reason, and points for parents within their caps."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from .blocks.consequences import Amount, Consequence, Propagation
from .exact import ROUNDINGS, decimal_text
from .outcome import ConsequenceRow, Outcome, ParentRow, Verdict


def consequences(outcome: Outcome) -> tuple[ConsequenceRow, ...]:
    """Every consequence of every entry, rule by rule, in the order of entries."""
    return tuple(row for rule in outcome.evaluation.scheme.consequences for row in _rows(outcome, rule))


def _rows(outcome: Outcome, rule: Consequence) -> Iterator[ConsequenceRow]:
    scheme = outcome.evaluation.scheme
    for entry in range(len(outcome.inputs)):
        reasons = [*_last_reasons(outcome, rule, entry)]
        if rule.when is not None:
            if not rule.when.holds(lambda key, i=entry: outcome.evaluation.cell(key, i)):  # type: ignore[misc]
                continue
            reasons.append(rule.when.sentence(scheme.name_of))
        elif not reasons:
            if rule.last is not None or rule.last_share is not None or rule.amount is None:
                continue
        if (rule.last is not None or rule.last_share is not None) and not _is_last(outcome, rule, entry):
            continue
        amount, words = _amount(outcome, rule.amount, entry)
        if rule.amount is not None and not amount:
            continue
        reasons += [words] if words else []
        yield ConsequenceRow(
            entry, rule.key, rule.name, amount, rule.amount.unit if rule.amount else "", "；".join(reasons), rule.clause,
            rule.who, rule.within_days,
        )  # fmt: skip


def _last_reasons(outcome: Outcome, rule: Consequence, entry: int) -> Iterator[str]:
    if _is_last(outcome, rule, entry):
        group = outcome.group_of(entry).group
        yield f"{group.label or '本组'} {group.ranked} 个中名次第 {int(outcome.rank[entry])}，居末位"


def _is_last(outcome: Outcome, rule: Consequence, entry: int) -> bool:
    """Within the lowest so many of the group; everyone tied with the last one counted is among them."""
    if (rule.last is None and rule.last_share is None) or not outcome.place[entry]:
        return False
    size = outcome.group_of(entry).group.ranked
    share = (rule.last_share or Fraction(0)) * size
    wanted = max(rule.last or 0, int(ROUNDINGS[rule.whole](share.numerator, share.denominator)))
    behind = size - (int(outcome.place[entry]) + int(outcome.tie_size[entry]) - 1)
    return behind < wanted


def _amount(outcome: Outcome, amount: Amount | None, entry: int) -> tuple[Fraction | None, str]:
    """The amount and how it came about; None where the figure is missing."""
    if amount is None:
        return None, ""
    times, words = amount.times, f"{decimal_text(amount.times)} {amount.unit}"
    if amount.of is not None:
        scheme = outcome.evaluation.scheme
        cell = outcome.evaluation.cell(amount.of, entry)
        if not isinstance(cell, Fraction):
            return None, ""
        times = amount.times * cell
        words = f"{scheme.name_of(amount.of)} {decimal_text(cell)} × {words} = {decimal_text(times)} {amount.unit}"
    bounded = times if amount.most is None else min(times, amount.most)
    bounded = bounded if amount.least is None else max(bounded, amount.least)
    return bounded, words if bounded == times else f"{words}，限 {decimal_text(bounded)} {amount.unit}"


def parent_points(outcome: Outcome) -> tuple[ParentRow, ...]:
    """Points by round and parent for every propagation, in the order of parents' codes."""
    rules = outcome.evaluation.scheme.propagation
    return tuple(row for rule in rules for row in _parents(outcome, rule))


def _parents(outcome: Outcome, rule: Propagation) -> Iterator[ParentRow]:
    lines: dict[tuple[str, str], list[tuple[str, str, Fraction]]] = defaultdict(list)
    for entry in range(len(outcome.inputs)):
        parent = outcome.evaluation.cell(rule.to, entry)
        for won in _won(outcome, entry):
            if won in rule.points and parent is not None:
                row = outcome.row(entry)
                lines[row.round, str(parent)].append((row.org_code, won, rule.points[won]))
    for (round_, parent_code), found in sorted(lines.items()):
        whole = sum((points for _, _, points in found), Fraction(0))
        points = whole if rule.cap is None else min(whole, rule.cap)
        points = points if rule.floor is None else max(points, rule.floor)
        yield ParentRow(round_, parent_code, rule.key, rule.name, points, whole, tuple(sorted(found)), rule.clause)


def _won(outcome: Outcome, entry: int) -> Iterator[str]:
    """The tier awarded, the grade, the badges."""
    row = outcome.row(entry)
    if row.outcome == Verdict.AWARDED:
        yield row.tier
    if row.grade:
        yield row.grade
    yield from row.badges
