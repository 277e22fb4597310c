"""What several measures share: figures as operands of a working, bounds of the points, checks, words of a sentence."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from ...exact import decimal_text
from ...problems import Problem
from ...working import Working, at_least, at_most, given, looked_up
from .base import Measure


def figures(cells: Sequence[Any], names: Sequence[str]) -> tuple[Working, ...]:
    """What was recorded as operands; a word or a day is no number and counts as missing."""
    numbers = [cell if isinstance(cell, Fraction) else None for cell in cells]
    return tuple(given(number, name) for number, name in zip(numbers, names, strict=True))


def fixed(figure: Working, points: Fraction, note: str) -> Working:
    """Points that are decided, not computed: the figure has them because of ``note``."""
    line = () if figure.value is None else ((figure.value, points),)
    return looked_up(figure, line, note, exact=True)


def bounded(points: Working, least: Fraction | None, most: Fraction | None) -> Working:
    """``points`` within its bounds; unknown ones stay as they are."""
    raised = points if least is None else at_least(points, least)
    return raised if most is None else at_most(raised, most)


def naming_missing(points: Working, read: Sequence[Working]) -> Working:
    """Unknown points say which of the figures that were read is missing."""
    missing = [figure.label for figure in read if figure.value is None]
    return points.named(points.label, f"缺“{'”“'.join(missing)}”") if missing else points


def bounds_problems(place: str, least: Fraction | None, most: Fraction | None) -> Iterator[Problem]:
    if least is not None and most is not None and least >= most:
        remedy = f"应高于最低分 {decimal_text(least)}。"
        yield Problem(place=f"{place}.most", value=decimal_text(most), reason="最高分不高于最低分", remedy=remedy)


def ungrouped_problems(measure: Measure, place: str) -> Iterator[Problem]:
    """Groups mean nothing to a measure that compares nobody."""
    if measure.group_by:
        reason = "这种打分方式不与别的组织比较，分组不起作用"
        yield Problem(place=f"{place}.group_by", reason=reason, remedy="请删去 group_by。")


def bounds_words(least: Fraction | None, most: Fraction | None) -> str:
    words = [("最高", most), ("最低", least)]
    return "".join(f"，{word} {decimal_text(bound)} 分" for word, bound in words if bound is not None)


def figure_word(measure: Measure, scheme: Any) -> str:
    """What a sentence calls the figure that the measure reads."""
    return f"“{scheme.name_of(measure.of)}”" if measure.of else "数值"


def group_words(measure: Measure, scheme: Any) -> str:
    """``同一组织类别内，`` where organizations are compared within groups."""
    names = "、".join(scheme.name_of(key) for key in measure.group_by)
    return f"同一{names}内，" if names else ""
