"""Count times unit (每增加 1 个加 10 分、每低 1 个百分点扣 1 分): so many points for every unit away from a base."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

from pydantic import Field

from ...exact import decimal_text
from ...problems import Problem
from ...working import Working, given, highest, minus, quotient, rounded, times, total
from ..base import Exact, Key
from .base import Measure
from .operands import bounded, bounds_problems, bounds_words, figure_word, figures, naming_missing, ungrouped_problems

_PARTS = {"floor": "的不计", "ceil": "的按 {} 计", "half_up": "的四舍五入"}


class PerUnit(Measure):
    """``start`` plus ``each`` points for every ``unit_size`` away from ``base`` (or the figure ``base_of``).

    ``direction``: only what lies ``above`` or ``below`` the base counts; ``both`` count alike; ``signed``: below it
    ``each`` is taken with the other sign. ``whole_units``: how a part of a unit counts (不足一个单位的); pro rata
    where nothing is said. Exact, between ``least`` and ``most``.
    """

    kind: Literal["per_unit"] = "per_unit"
    each: Exact
    unit_size: Exact = Field(default=Fraction(1), gt=0)
    whole_units: Literal["floor", "ceil", "half_up"] | None = None
    base: Exact = Fraction(0)
    base_of: Key | None = None
    direction: Literal["above", "below", "both", "signed"] = "above"
    start: Exact = Fraction(0)
    most: Exact | None = None
    least: Exact | None = None

    @property
    def full(self) -> Fraction | None:
        if self.each > 0 or self.direction == "signed":
            return self.most
        return self.start if self.most is None else min(self.start, self.most)

    def keys(self, own: str) -> tuple[str, ...]:
        return (self.of or own, *([self.base_of] if self.base_of else []))

    def problems(self, scheme: Any, place: str) -> Iterator[Problem]:
        if self.each == 0:
            yield Problem(place=f"{place}.each", reason="每个单位 0 分，不起作用", remedy="请写加几分或扣几分。")
        if self.base and self.base_of:
            reason = "既写了固定的基数，又写了取作基数的数据项"
            yield Problem(place=f"{place}.base_of", reason=reason, remedy="请写 base 或 base_of 中的一个。")
        if self.each < 0 < self.start and self.least is None:
            reason, remedy = "没有写扣到哪里为止，可能成为负分", "如扣完为止，请写 least: 0。"
            yield Problem(place=f"{place}.least", reason=reason, remedy=remedy, severity="warning")
        yield from bounds_problems(place, self.least, self.most)
        yield from ungrouped_problems(self, place)

    def sentence(self, scheme: Any) -> str:
        start = f"起始 {decimal_text(self.start)} 分，" if self.start else ""
        unlimited = "，不封顶" if self.full is None else ""
        figure = figure_word(self, scheme)
        return f"{start}{figure}{self._rate(scheme)}{self._part()}{bounds_words(self.least, self.most)}{unlimited}"

    def _rate(self, scheme: Any) -> str:
        base = f"“{scheme.name_of(self.base_of)}”" if self.base_of else f" {decimal_text(self.base)} "
        unit, gain, loss = decimal_text(self.unit_size), _change(self.each), _change(-self.each)
        match self.direction:
            case "above" if not self.base and not self.base_of:
                return f"每 {unit} {gain}"
            case "above":
                return f"比{base}每高 {unit} {gain}"
            case "below":
                return f"比{base}每低 {unit} {gain}"
            case "both":
                return f"与{base}每相差 {unit} {gain}"
        return f"比{base}每高 {unit} {gain}、每低 {unit} {loss}"

    def _part(self) -> str:
        unit = decimal_text(self.unit_size)
        return f"（不足 {unit} {_PARTS[self.whole_units].format(unit)}）" if self.whole_units else ""

    def mark(self, cells: tuple[Any, ...], reference: Any, names: Sequence[str]) -> Working:
        read = figures(cells, names)
        base = read[1] if self.base_of else given(self.base, "基数")
        sign, away = self._away(read[0], base)
        points = times(given(sign * self.each, "每个单位"), self._units(away))
        if self.start:
            points = total([given(self.start, "起始分"), points])
        return naming_missing(bounded(points, self.least, self.most), read)

    def _away(self, figure: Working, base: Working) -> tuple[int, Working]:
        """How far the figure is from the base, never negative, and the sign with which a unit counts."""
        if self.direction == "above":
            above = minus(figure, base) if self.base or self.base_of else figure
            return 1, _never_negative(above, "高出的部分")
        if self.direction == "below":
            return 1, _never_negative(minus(base, figure), "低出的部分")
        if figure.value is not None and base.value is not None and figure.value < base.value:
            return (-1 if self.direction == "signed" else 1), minus(base, figure)
        return 1, minus(figure, base)

    def _units(self, away: Working) -> Working:
        units = away if self.unit_size == 1 else quotient(away, given(self.unit_size, "一个单位"))
        return rounded(units, 0, self.whole_units).named("单位数") if self.whole_units else units


def _never_negative(distance: Working, label: str) -> Working:
    if distance.value is None or distance.value >= 0:
        return distance
    return highest([distance, given(Fraction(0), "没有")]).named(label)


def _change(points: Fraction) -> str:
    return f"{'加' if points > 0 else '扣'} {decimal_text(abs(points))} 分"
